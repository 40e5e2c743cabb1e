"""Hydraulic power unit: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/hydraulic-power-unit/golden.py
"""

from math import exp, sqrt, tanh

import reference

C = 273.15
BAR = 1e5
L_MIN = 1e-3 / 60
L_MIN_BAR = L_MIN / BAR


def right_side(t, x, u):
    p, oil, dirt, leakage = x
    thin = exp(0.035 * (oil - (40 + C)))  # 1 over the viscosity's ratio
    pump = 45e-6 * 1480 / 60 * (1 + tanh((u["set_pressure"] - p) / (4 * BAR))) / 2
    leak = leakage * thin * p
    drop = max(p - u["load_pressure"], 0.0)
    consumer = 60 * L_MIN * u["opening"] * sqrt(drop / (10 * BAR))
    relief = 6 * L_MIN_BAR * max(p - 220 * BAR, 0.0)
    net = pump - leak - consumer - relief

    # Polytropic gas: p Vⁿ constant, so −dV/dp = V / (n p).
    p_abs, p0_abs = p + 1.013 * BAR, 101.013 * BAR
    gas = 0.010 * (p0_abs / p_abs) ** (1 / 1.3)
    elasticity = (1 + tanh((p - 100 * BAR) / (3 * BAR))) / 2 * gas / (1.3 * p_abs) + 0.020 / 700e6

    # The heat, piece by piece: pump friction, leakage, valve, relief valve.
    heat = p * pump * (1 / 0.93 - 1) + 700 + p * (leak + relief) + (p - u["load_pressure"]) * consumer
    cooling = (35 + 260 * u["fan"]) * (oil - u["ambient"])
    return [
        net / elasticity,
        (heat - cooling) / 290e3,
        0.011e-2 * (consumer + relief + leak),
        1e-5 * L_MIN_BAR / 3600 * (max(p, 0.0) / (160 * BAR)) ** 3,
    ]


reference.write(
    __file__,
    about="Charging from 110 bar, consumer at 20 s, a demand beyond the pump from the accumulator at 60 s, relief valve at 100 s.",
    right_side=right_side,
    start={
        "pressure": 110 * BAR,
        "oil_temperature": 35 + C,
        "filter_dirt": 0.3,
        "leakage": 0.03 * L_MIN_BAR,
    },
    inputs=[
        (0, {"set_pressure": 160 * BAR, "opening": 0.0, "load_pressure": 60 * BAR, "fan": 1.0, "ambient": 20 + C}),
        (20, {"opening": 0.2}),
        (60, {"opening": 0.4}),
        (65, {"opening": 0.1}),
        (100, {"set_pressure": 260 * BAR, "opening": 0.0, "fan": 0.5}),
        (160, {"set_pressure": 160 * BAR, "opening": 0.15}),
    ],
    times=reference.steps((10, 0.2), (20, 1), (21, 0.1), (60, 3), (67, 0.1), (100, 3), (120, 0.5), (160, 4), (165, 0.2), (200, 3.5)),
    tick=0.1,
)
