"""Cascaded tanks: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/cascaded-tanks/golden.py
"""

from math import sqrt

import reference

ROOT = sqrt(2 * 9.81)


def hole(square_metres, level):
    return 0.62 * square_metres * ROOT * sqrt(max(level, 0.0))


def rim(above):
    return 0.62 * 2 / 3 * 0.4 * ROOT * max(above, 0.0) ** 1.5


def right_side(t, x, u):
    pump, upper, lower = x
    falls, spills = hole(12e-4, upper), rim(upper - 2.0)
    return [
        (6e-3 * u["pump_signal"] - pump) / 3,
        (pump - falls - spills) / 1.2,
        (falls + 0.8 * spills - hole(11e-4, lower) - rim(lower - 2.2)) / 1.5,
    ]


reference.write(
    __file__,
    about="Full pump until both tanks overflow, then off from 2400 s, then 70 % from 3000 s.",
    right_side=right_side,
    start={"pump_flow": 0.0, "upper_level": 0.5, "lower_level": 0.2},
    inputs=[(0, {"pump_signal": 1.0}), (2400, {"pump_signal": 0.0}), (3000, {"pump_signal": 0.7})],
    times=reference.steps((20, 2), (2400, 40), (2420, 2), (3000, 20), (3020, 2), (4000, 49)),
    tick=1,
)
