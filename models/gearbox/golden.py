"""Gearbox: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/gearbox/golden.py
"""

from math import exp, pi, tanh

import reference

C = 273.15
I = 8.2
PER_MWH = 1e-3 / 3.6e9  # mm/MWh in m/J


def right_side(t, x, u):
    w1, w2, twist, oil, housing, _ = x
    torque = 3e4 * twist + 80 * (w1 / I - w2)
    sliding = 0.025 * abs(torque) / I * tanh(w1)
    # √(ν(T)/ν(60 °C)), both on the same exponential
    churning = 2.0 * w1 / (1480 * pi / 30) * exp(-0.0408 * (oil - (60 + C)) / 2)
    to_housing = 90 * (oil - housing)
    return [
        (u["drive_torque"] - torque / I - sliding - churning) / 0.35,
        (torque - u["load_torque"]) / 40,
        w1 / I - w2,
        ((sliding + churning) * w1 - to_housing) / 25e3,
        (to_housing - 22 * (housing - u["ambient"])) / 55e3,
        2.8e-4 * PER_MWH * abs(torque * w2) * exp(0.0408 * (oil - (40 + C)) / 2),
    ]


reference.write(
    __file__,
    about="Run up with cold oil, load in two steps at 2 s and 4 s, a jolt of load at 20 s, lighter running from 40 s.",
    right_side=right_side,
    start={
        "input_speed": 0.0,
        "output_speed": 0.0,
        "twist": 0.0,
        "oil_temperature": 30 + C,
        "housing_temperature": 25 + C,
        "tooth_wear": 0.0,
    },
    inputs=[
        (0, {"drive_torque": 80.0, "load_torque": 0.0, "ambient": 25 + C}),
        (2, {"drive_torque": 130.0, "load_torque": 1000.0}),
        (4, {"drive_torque": 242.0, "load_torque": 1900.0}),
        (20, {"load_torque": 2500.0}),
        (20.3, {"load_torque": 1900.0}),
        (40, {"drive_torque": 120.0, "load_torque": 940.0}),
    ],
    times=reference.steps((1, 0.02), (2, 0.1), (5, 0.05), (20, 1), (22, 0.05), (40, 2), (41, 0.05), (60, 1.9)),
    tick=0.01,
)
