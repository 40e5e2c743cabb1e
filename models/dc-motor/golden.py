"""DC motor: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/dc-motor/golden.py
"""

import math

import reference

C = 273.15
R75, L, LAF, RF, J = 0.6, 0.012, 1.8, 240.0, 1.0
T_DRY, B = 0.5, 0.003


def right_side(t, x, u):
    i, w, tw, th, _ = x
    r = R75 * (1 + 0.00393 * (tw - (75 + C)))
    k = LAF * u["field_current"]
    friction = T_DRY * math.tanh(w) + B * w
    to_housing = 6.0 * (tw - th)
    to_air = (4.0 + 0.04 * abs(w)) * (th - u["ambient"])
    return [
        (u["voltage"] - r * i - k * w) / L,
        (k * i - friction - u["load_torque"]) / J,
        (r * i * i - to_housing) / 6000.0,
        (to_housing + RF * u["field_current"] ** 2 + friction * w - to_air) / 25000.0,
        (6.5e-11 + 4e-12 * abs(i)) * 0.05 * abs(w),
    ]


reference.write(
    __file__,
    about="Start in three steps of voltage, rated load at 4 s, field weakened at 20 s, run back to low voltage at 40 s.",
    right_side=right_side,
    start={"current": 0.0, "speed": 0.0, "winding_temperature": 20 + C, "housing_temperature": 20 + C, "brush_wear": 0.0},
    inputs=[
        (0, {"voltage": 80.0, "load_torque": 0.0, "field_current": 1.0, "ambient": 20 + C}),
        (1, {"voltage": 160.0}),
        (2, {"voltage": 240.0}),
        (4, {"load_torque": 29.2}),
        (20, {"field_current": 0.8}),
        (40, {"voltage": 100.0, "field_current": 1.0}),
    ],
    times=reference.steps((0.2, 0.02), (3, 0.2), (5, 0.1), (20, 3), (21, 0.1), (40, 3.8), (41, 0.1), (60, 3.8)),
    tick=0.02,
)
