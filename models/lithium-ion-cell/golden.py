"""Lithium-ion cell: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/lithium-ion-cell/golden.py
"""

from math import exp

import reference

C = 273.15
GAS = 8.314462618
FULL = 0.850 * 3600  # coulombs


def right_side(t, x, u):
    soc, fast, slow, temperature, fade = x
    i = u["current"]
    arrhenius = (1 / temperature - 1 / 298.15) / GAS
    warm = exp(20e3 * arrhenius)
    z = max(soc, 0.05)
    rs = (0.1562 * exp(-24.37 * z) + 0.07446) * warm
    rf = (0.3208 * exp(-29.14 * z) + 0.04669) * warm
    cf = -752.9 * exp(-13.51 * z) + 703.6
    rl = (6.603 * exp(-155.2 * z) + 0.04984) * warm
    cl = -6056 * exp(-27.12 * z) + 4475
    heat = i * i * rs + fast * fast / rf + slow * slow / rl + i * temperature * 1e-4
    return [
        -i / (FULL * (1 - fade)),
        i / cf - fast / (rf * cf),
        i / cl - slow / (rl * cl),
        (heat - 0.04 * (temperature - u["ambient"])) / 20,
        0.0004 * abs(i) / (2 * FULL) * exp(-31.7e3 * arrhenius),
    ]


reference.write(
    __file__,
    about="Discharge at 1 C with a rest, a short pulse at 3.5 C in the cold, nearly to empty, then charging at 0.8 C.",
    right_side=right_side,
    start={
        "charge": 0.98,
        "fast_overvoltage": 0.0,
        "slow_overvoltage": 0.0,
        "temperature": 25 + C,
        "fade": 0.1,
    },
    inputs=[
        (0, {"current": 0.85, "ambient": 25 + C}),
        (1200, {"current": 0.0}),
        (1800, {"current": 3.0, "ambient": 5 + C}),
        (1860, {"current": 0.85}),
        (3270, {"current": 0.0}),
        (3600, {"current": -0.7}),
    ],
    times=reference.steps((60, 5), (1200, 60), (1260, 5), (1800, 30), (1900, 5), (3240, 67), (3300, 5), (3600, 30), (3660, 5), (5400, 60)),
    tick=1,
)
