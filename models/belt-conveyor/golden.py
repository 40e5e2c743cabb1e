"""Belt conveyor: the right side by hand, from the README.

Run: PYTHONPATH=models /usr/bin/python3 -B models/belt-conveyor/golden.py
"""

from math import sqrt, tanh

import reference

C = 273.15
G, L, H = 9.81, 300.0, 20.0
COS = sqrt(1 - (H / L) ** 2)


def right_side(t, x, u):
    v, m1, m2, m3, motor, f, _ = x
    feed, wanted = u["feed"], u["speed_setpoint"]
    average = (m1 + m2 + m3) / 3
    friction = 1.31 * f * L * G * (21 + (2 * 20 + average) * COS) * tanh(v / 0.05)
    lift = H * G * average
    pull = 50e3 * tanh((wanted - v) / 0.2)
    mass = 8000 + L * (2 * 20 + 21 + average)
    dv = (pull - friction - lift - feed * v) / mass
    loss = abs(pull * v) * (1 / 0.92 - 1) + (900 if wanted > 0.01 else 0)
    return [
        dv if v > 0 else max(dv, 0.0),  # the backstop
        (feed - v * m1) / 100,
        v * (m1 - m2) / 100,
        v * (m2 - m3) / 100,
        (loss - 110 * (motor - u["ambient"])) / 120e3,
        5e-7 / 3600 * v / 2.5,
        2e-10 / 1000 * feed,
    ]


reference.write(
    __file__,
    about="Start empty, 800 t/h from 20 s, overfeeding from 200 s, slower from 300 s, feed off at 400 s, empty run.",
    right_side=right_side,
    start={
        "belt_speed": 0.0,
        "load_1": 0.0,
        "load_2": 0.0,
        "load_3": 0.0,
        "motor_temperature": 30 + C,
        "idler_friction": 0.022,
        "belt_wear": 0.0,
    },
    inputs=[
        (0, {"feed": 0.0, "speed_setpoint": 2.5, "ambient": 20 + C}),
        (20, {"feed": 800e3 / 3600}),
        (200, {"feed": 1000e3 / 3600}),
        (300, {"feed": 500e3 / 3600, "speed_setpoint": 1.5}),
        (400, {"feed": 0.0}),
    ],
    times=reference.steps((5, 0.2), (20, 1), (40, 2), (200, 8), (220, 2), (300, 8), (310, 0.5), (400, 9), (600, 10)),
    tick=0.1,
)
