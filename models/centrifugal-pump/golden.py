"""Centrifugal pump with motor: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/centrifugal-pump/golden.py
"""

from math import exp, log, pi, sqrt, tanh

import reference

C = 273.15
RPM = pi / 30
G, RHO, CP = 9.81, 998.0, 4180.0
N0 = 2900 * RPM
VOLUME = 0.008


def right_side(t, x, u):
    w, q, tw, th, tb, tf, wear, vib = x
    n = max(w, 0.0) / N0  # a trial step of the solver may look below standstill

    lag = 2 * pi * u["frequency"] - w
    r = lag / (350 * RPM)
    torque = 2 * 186.0 * r / (1 + r * r)
    rotor = torque * lag
    square = 0.35**2 + (1 - 0.35**2) * rotor / (71.7 * 70 * RPM)  # (I / rated)²
    copper = 750.0 * (1 + 0.00393 * (tw - (75 + C))) * square
    iron = 420.0 * (u["frequency"] / 50) ** 1.5

    tc = tf - C
    vapour = 611.2 * exp(17.62 * tc / (243.12 + tc))
    available = (u["suction_pressure"] - vapour) / (RHO * G)
    required = 1.5 * n * n + 1000 * q * q
    cav = 0.5 * (1 + tanh((required - available) / 0.3))

    head = (52 * n * n - 9000 * q * q) * (1 - 0.3 * cav) * (1 - 0.15 * wear)
    system = 18 + (6000 + 2000 * 50 ** (2 * (1 - u["valve"]))) * q * q
    impeller = 3.04e-4 * w * w + 2.8 * w * q
    churning = impeller * w - RHO * G * head * q

    thin = exp(-0.03 * (tb - (40 + C)))
    friction = (0.5 * (thin * n) ** (2 / 3) + 0.25 * n * n) * (1 + 6 * wear)
    air = (9 + 34 * n**0.8) * (th - u["ambient"])

    dq = G * 0.0314 / 60 * (head - system)
    level = 1e-3 * (1.8 * n * n * (1 + 4 * wear) + 2.5 * (q / (150 / 3600) - n) ** 2 + 6 * cav * n)
    return [
        (torque - impeller - friction) / 0.2,
        dq if q > 0 else max(dq, 0.0),  # the check valve: no flow backwards
        (copper - 22 * (tw - th)) / 6000,
        (22 * (tw - th) + 6 * (tb - th) + rotor + iron - air) / 60000,
        (friction * w - 6 * (tb - th)) / 1800,
        (churning - 12 * (tf - u["ambient"])) / (RHO * CP * VOLUME) + q * (u["inlet_temperature"] - tf) / VOLUME,
        0.01 * 0.001 / 3600 * n**3 * exp((tb - (70 + C)) / 15) * (1 + 4 * wear) * (1 + 10 * cav * n),
        (level - vib) / 2,
    ]


reference.write(
    __file__,
    about="Start in steps of 10 Hz, valve to 40 % at 20 s, nearly closed at 40 s, open again with a starving suction at 70 s.",
    right_side=right_side,
    start={
        "speed": 0.0,
        "flow": 0.0,
        "winding_temperature": 60 + C,
        "housing_temperature": 45 + C,
        "bearing_temperature": 50 + C,
        "fluid_temperature": 25 + C,
        "wear": 0.2,
        "vibration": 0.0,
    },
    inputs=[
        (0, {"frequency": 10.0, "valve": 1.0, "suction_pressure": 1.2e5, "inlet_temperature": 20 + C, "ambient": 25 + C}),
        (1, {"frequency": 20.0}),
        (2, {"frequency": 30.0}),
        (3, {"frequency": 40.0}),
        (4, {"frequency": 50.0}),
        (20, {"valve": 0.4}),
        (40, {"valve": 0.02}),
        (70, {"valve": 1.0, "suction_pressure": 0.3e5, "inlet_temperature": 50 + C}),
    ],
    times=reference.steps((6, 0.1), (20, 1), (22, 0.1), (40, 1.5), (41, 0.1), (70, 2.9), (73, 0.1), (100, 2.7)),
    tick=0.1,
)
