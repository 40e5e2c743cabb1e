"""Heat exchanger: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/heat-exchanger/golden.py
"""

import reference

C = 273.15


def right_side(t, x, u):
    h, c, rf = x[0:3], x[3:6], x[6]
    mh, mc = u["hot_flow"], u["cold_flow"]
    alpha_h = 5200 * max(mh / 3, 0.02) ** 0.8
    alpha_c = 4600 * max(mc / 3, 0.02) ** 0.8
    ua = 12 / (1 / alpha_h + 1 / alpha_c + 3e-5 + rf) / 3
    ch, cc = (10 * 4190 + 10e3) / 3, (10 * 4180 + 10e3) / 3
    q = [ua * (h[k] - c[k]) for k in range(3)]
    hot_before = [u["hot_inlet"], h[0], h[1]]
    cold_before = [c[1], c[2], u["cold_inlet"]]
    return [
        *[(mh * 4190 * (hot_before[k] - h[k]) - q[k]) / ch for k in range(3)],
        *[(mc * 4180 * (cold_before[k] - c[k]) + q[k]) / cc for k in range(3)],
        4e-7 / 3600 - 1e-3 / 3600 * (mc / 3) ** 2 * rf,
    ]


reference.write(
    __file__,
    about="Hot water enters a cold, half fouled exchanger; half cold flow at 30 s, cold flow off at 60 s, back on at 90 s.",
    right_side=right_side,
    start={
        "hot_1": 20 + C,
        "hot_2": 20 + C,
        "hot_3": 20 + C,
        "cold_1": 20 + C,
        "cold_2": 20 + C,
        "cold_3": 20 + C,
        "fouling": 0.0001,
    },
    inputs=[
        (0, {"hot_flow": 3.0, "hot_inlet": 80 + C, "cold_flow": 3.0, "cold_inlet": 20 + C}),
        (30, {"cold_flow": 1.5}),
        (60, {"cold_flow": 0.0}),
        (90, {"cold_flow": 4.0, "hot_inlet": 70 + C}),
    ],
    times=reference.steps((3, 0.1), (10, 0.5), (30, 2), (35, 0.5), (60, 2.5), (65, 0.5), (90, 2.5), (93, 0.1), (120, 1.5)),
    tick=0.1,
)
