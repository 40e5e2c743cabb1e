"""Room with air handling: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/hvac-zone/golden.py
"""

from math import exp

import reference

C = 273.15


def saturated(kelvin):
    t = kelvin - C
    e = 611.2 * exp(17.62 * t / (243.12 + t))
    return 0.622 * e / (101325 - e)


def right_side(t, x, u):
    air, wall, supply, water, co2, dust = x
    v, share, outside, n = u["supply_flow"], u["outdoor_share"], u["outdoor_temperature"], u["occupants"]
    m = 1.2 * v
    load = (v * 3600 / 1200) ** 2
    fan = v * load * (60 * (1 + dust / 0.080) + 240) / 0.55
    hot = 350 * u["heating_valve"] * (60 + C - supply)
    cold = 450 * u["cooling_valve"] * (supply - (7 + C))
    mixed = share * outside + (1 - share) * air
    wet = share * u["outdoor_humidity"] + (1 - share) * water
    blown = min(wet, saturated(supply))
    sun = 7 * u["solar"]
    return [
        (m * 1006 * (supply - air) + 400 + 75 * n + 0.3 * sun - 900 * (air - wall) - 45 * (air - outside)) / 1.1e6,
        (900 * (air - wall) + 0.7 * sun - 60 * (wall - outside)) / 25e6,
        (m * 1006 * (mixed - supply) + hot - cold + 2.5e6 * m * (wet - blown) + fan) / 15e3,
        (m * (blown - water) + 0.060 / 3600 * n) / 360,
        (v * share * (420e-6 - co2) + 18.7e-3 / 3600 * n) / 300,
        0.05e-6 * v * share,
    ]


reference.write(
    __file__,
    about="A winter morning: heating up, people arrive at 1 h; then a muggy summer afternoon from 3 h, cooled below the dew point.",
    right_side=right_side,
    start={
        "air_temperature": 16 + C,
        "wall_temperature": 15 + C,
        "supply_temperature": 16 + C,
        "humidity": 0.005,
        "co2": 450e-6,
        "filter_dust": 0.030,
    },
    inputs=[
        (
            0,
            {
                "supply_flow": 1200 / 3600,
                "outdoor_share": 0.3,
                "heating_valve": 1.0,
                "cooling_valve": 0.0,
                "outdoor_temperature": -5 + C,
                "outdoor_humidity": 0.002,
                "solar": 0.0,
                "occupants": 0.0,
            },
        ),
        (3600, {"occupants": 12.0, "heating_valve": 0.5}),
        (7200, {"solar": 300.0, "heating_valve": 0.2}),
        (
            10800,
            {"outdoor_temperature": 32 + C, "outdoor_humidity": 0.016, "solar": 500.0, "heating_valve": 0.0, "cooling_valve": 1.0},
        ),
        (14400, {"supply_flow": 2000 / 3600, "outdoor_share": 0.6}),
    ],
    times=reference.steps((120, 10), (3600, 120), (3660, 10), (7200, 236), (10800, 240), (10920, 10), (14400, 120), (14460, 10), (18000, 177)),
    tick=1,
)
