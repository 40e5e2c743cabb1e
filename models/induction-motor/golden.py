"""Induction motor: the right side by hand, from the README, with the circuit solved in complex numbers.

Run: PYTHONPATH=models /usr/bin/python3 -B models/induction-motor/golden.py
"""

import math

import reference

C = 273.15
LIFE = 20000 * 3600.0


def right_side(t, x, u):
    w, tw, tr, th, _ = x
    f = u["frequency"]
    sync = 2 * math.pi * f / 2
    s = (sync - w) / sync
    rs = 0.087 * (1 + 0.00393 * (tw - (75 + C)))
    rr = 0.228 * (1 + 0.00403 * (tr - (75 + C)))
    zs, xlr, xm = complex(rs, 0.302 * f / 60), 0.302 * f / 60, 13.08 * f / 60
    if abs(s) < 1e-13:
        i_rotor, i_stator = 0j, u["voltage"] / math.sqrt(3) / (zs + 1j * xm)
    else:
        rotor = complex(rr / s, xlr)
        gap = 1j * xm * rotor / (1j * xm + rotor)
        i_stator = u["voltage"] / math.sqrt(3) / (zs + gap)
        i_rotor = i_stator * gap / rotor
    # Power over the air gap is torque times synchronous speed; its part `slip` is lost in the rotor.
    over_gap = 3 * abs(i_rotor) ** 2 * rr / s if abs(s) >= 1e-13 else 0.0
    torque = over_gap / sync
    stator_loss = 3 * rs * abs(i_stator) ** 2
    ratio = w / (math.pi * 60)
    friction = 0.6 * math.tanh(w) + 1.2 * ratio**2
    air = (15 + 60 * ratio**0.8) * (th - u["ambient"])
    return [
        (torque - friction - u["load_torque"]) / 1.662,
        (stator_loss - 25 * (tw - th)) / 10e3,
        (over_gap * s - 55 * (tr - th)) / 35e3,
        (25 * (tw - th) + 55 * (tr - th) + 500 * (u["voltage"] / 460) ** 2 + friction * w - air) / 95e3,
        2 ** ((tw - (155 + C)) / 10) / LIFE,
    ]


reference.write(
    __file__,
    about="Start on the mains, rated load at 2 s, a brown-out at 60 s, overload from 80 s, half frequency and voltage at 300 s.",
    right_side=right_side,
    start={
        "speed": 0.0,
        "winding_temperature": 40 + C,
        "rotor_temperature": 45 + C,
        "housing_temperature": 35 + C,
        "insulation_used": 0.0,
    },
    inputs=[
        (0, {"voltage": 460.0, "frequency": 60.0, "load_torque": 0.0, "ambient": 30 + C}),
        (2, {"load_torque": 209.0}),
        (60, {"voltage": 400.0}),
        (80, {"voltage": 460.0, "load_torque": 260.0}),
        (300, {"voltage": 230.0, "frequency": 30.0, "load_torque": 100.0}),
    ],
    times=reference.steps((2, 0.05), (3, 0.05), (60, 3), (61, 0.1), (80, 1), (81, 0.1), (300, 12), (301, 0.05), (400, 9)),
    tick=0.05,
)
