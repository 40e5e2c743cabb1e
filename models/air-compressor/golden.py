"""Air compressor: the right side by hand, from the README. The receiver is balanced in mass and inner energy.

Run: PYTHONPATH=models /usr/bin/python3 -B models/air-compressor/golden.py
"""

from math import sqrt, tanh

import reference

C = 273.15
R, K = 287.05, 1.4
CP, CV = K * R / (K - 1), R / (K - 1)
CHOKED = sqrt(K * (2 / (K + 1)) ** ((K + 1) / (K - 1)))


def right_side(t, x, u):
    p, temperature, oil, dust, loaded = x
    ambient, outside = u["ambient"], u["inlet_pressure"]
    suction = outside - 1500.0 * (1 + 6 * dust * dust) * loaded
    ratio = p / suction
    inflow = loaded * 7.2 / 60 * (1 - 0.0125 * ratio) * suction / (R * ambient)
    leak = 0.8 * 7e-6 * p * CHOKED / sqrt(R * temperature)
    outflow = u["demand"] * outside / (R * ambient) + leak
    power = inflow * CP * ambient * (ratio ** ((K - 1) / K) - 1) / 0.72 if loaded > 0.5 else 10e3
    cooling = (60 + 700 * (1 + tanh((oil - (78 + C)) / 6)) / 2) * (oil - ambient)

    # m = p V / (R T) and U = m cv T, so T' = (U' − cv T m') / (m cv) and p' = R U' / (cv V), with V = 1 m³.
    mass = p / (R * temperature)
    d_mass = inflow - outflow
    d_energy = CP * inflow * (ambient + 10) - CP * outflow * temperature + 40 * (ambient - temperature)
    return [
        R / CV * d_energy,
        (d_energy - CV * temperature * d_mass) / (mass * CV),
        (power - inflow * CP * (oil - ambient) - cooling) / 60e3,
        7e-7 * 7.2 / 60 * loaded,
        0.0,
    ]


def controller(x, u):
    p, temperature, oil, dust, loaded = x
    if p < 7e5:
        loaded = 1.0
    elif p > 8e5:
        loaded = 0.0
    return [p, temperature, oil, dust, loaded]


reference.write(
    __file__,
    about="Cycling at 4 m³/min, then hardly any demand from 200 s, then 8 m³/min, more than it delivers, from 300 s.",
    right_side=right_side,
    updates=(1.0, controller),
    start={
        "receiver_pressure": 7.5e5,
        "receiver_temperature": 298.0,
        "oil_temperature": 55 + C,
        "filter_dust": 0.4,
        "loaded": 0.0,
    },
    inputs=[
        (0, {"demand": 4.0 / 60, "ambient": 25 + C, "inlet_pressure": 1.0e5}),
        (200, {"demand": 0.2 / 60}),
        (300, {"demand": 8.0 / 60}),
    ],
    times=reference.steps((200, 4), (300, 10), (400, 5)),
    tick=1,
)
