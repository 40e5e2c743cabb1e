"""The models of the kernel benchmark as they are usually written in Python.

kernel_peers.py MODEL WAY COUNT STEPS   prints million steps a second of processor time, then the states of twin 0

MODEL  pump (bench/models/pump.yaml, classical Runge-Kutta, 5 ms) or tutorial (three formulas, 0.5 s)
WAY    numpy (arrays over all twins) or pydantic (an object a twin)
"""

import math
import sys
import time

PUMP = dict(speed=140, flow=0.02, winding=60, rotor=65, housing=45, bearing=50, wear=0.05, level=2,
            voltage=230, synchronous=157.08, valve=0.8, ambient=25, loss=4000, inertia=0.6)
TUTORIAL = dict(temperature=65, vibration=2.1, rpm=1500, timestamp=0, ambient=22)
PUMP_STATES, TUTORIAL_STATES = 8, 4


def varied(value, twin, number):
    return value * (1 + 0.02 * ((twin * 7919 + number * 104729) % 1000 / 1000 - 0.5))


def pump_slopes(x, p, m):
    speed, flow, winding, rotor, housing, bearing, wear, level = x
    voltage, synchronous, valve, ambient, loss, inertia = p
    slip = (synchronous - speed) / synchronous
    stator_resistance = 0.35 * (1 + 0.0039 * (winding - 25))
    rotor_resistance = 0.30 * (1 + 0.0039 * (rotor - 25))
    resistance = stator_resistance * slip + rotor_resistance
    reactance = 1.6 * slip
    impedance = resistance * resistance + reactance * reactance
    slip_voltage = voltage * slip
    rotor_current_squared = slip_voltage * slip_voltage / impedance
    torque = 3 * voltage * voltage * rotor_resistance * slip / (synchronous * impedance)
    stator_current = m.sqrt(rotor_current_squared + 20.25)
    flow_squared = flow * abs(flow)
    cavitation = 0.5 * (1 + m.tanh((2 + 2500 * flow * flow - (8.5 - 0.02 * (housing - 20))) * 3.3))
    head = (0.0016 * speed * speed + 0.07 * speed * flow - 9000 * flow_squared) * (1 - 0.3 * cavitation)
    opening = m.exp(3.9 * (valve - 1))
    system_head = 4 + level + loss / (opening * opening) * 0.5 * flow_squared
    viscosity = 0.004 * m.exp(-0.03 * (bearing - 40))
    worn = 1 + 4 * wear
    friction = (0.8 * m.tanh(speed * 2) + viscosity * speed) * worn
    pump_torque = 0.0008 * speed * speed + 2.2 * speed * flow
    fan = 1.5 + 0.09 * (abs(speed) + 0.001) ** 0.8
    filled = m.maximum(level, 0) if hasattr(m, "maximum") else max(level, 0)
    relative_speed = speed * 0.006366
    return (
        (torque - pump_torque - friction) / inertia,
        (head - system_head) * 0.0077,
        (3 * stator_current * stator_current * stator_resistance - 14 * (winding - housing)) / 5200,
        (3 * rotor_current_squared * rotor_resistance - 11 * (rotor - housing)) / 4100,
        (14 * (winding - housing) + 11 * (rotor - housing) + 6 * (bearing - housing) - fan * (housing - ambient)) / 21000,
        (friction * speed - 6 * (bearing - housing)) / 900,
        1e-7 * worn * relative_speed * relative_speed * relative_speed * m.exp((bearing - 70) * 0.0667),
        (flow - 0.0142 * m.sqrt(filled)) * 0.25,
    )


def pump_step(x, p, m):
    h = 0.005
    k1 = pump_slopes(x, p, m)
    k2 = pump_slopes([a + h / 2 * k for a, k in zip(x, k1)], p, m)
    k3 = pump_slopes([a + h / 2 * k for a, k in zip(x, k2)], p, m)
    k4 = pump_slopes([a + h * k for a, k in zip(x, k3)], p, m)
    return [a + h / 6 * (q + 2 * r + 2 * s + t) for a, q, r, s, t in zip(x, k1, k2, k3, k4)]


def tutorial_step(x, p, m):
    temperature, vibration, rpm, timestamp = x
    dt = 0.5
    shaken = vibration + (rpm - 1500) * 0.001
    return [
        temperature + (p[0] - temperature) * 0.05 * dt,
        m.maximum(0.5, shaken) if hasattr(m, "maximum") else max(0.5, shaken),
        m.trunc(rpm * 0.999 + 1500 * 0.001),
        timestamp + dt,
    ]


def with_numpy(values, states, step, count, steps):
    import numpy
    columns = [numpy.array([varied(value, twin, n) for twin in range(count)]) for n, value in enumerate(values.values())]
    if states == TUTORIAL_STATES:
        columns[4][:] = 22
    x, p = columns[:states], columns[states:]
    began = time.thread_time()
    for _ in range(steps):
        x = step(x, p, numpy)
    return time.thread_time() - began, [column[0] for column in x]


def with_pydantic(values, states, step, count, steps):
    from pydantic import create_model
    Twin = create_model("Twin", **{name: (float, ...) for name in values})
    names = list(values)
    twins = []
    for twin in range(count):
        own = {name: varied(value, twin, n) for n, (name, value) in enumerate(values.items())}
        if states == TUTORIAL_STATES:
            own["ambient"] = 22
        twins.append(Twin(**own))
    moving, fixed = names[:states], names[states:]

    def update(twin):
        x = step([getattr(twin, name) for name in moving], [getattr(twin, name) for name in fixed], math)
        for name, value in zip(moving, x):
            setattr(twin, name, value)

    began = time.thread_time()
    for _ in range(steps):
        for twin in twins:
            update(twin)
    return time.thread_time() - began, [getattr(twins[0], name) for name in moving]


def main(model, way, count, steps):
    values, states, step = (PUMP, PUMP_STATES, pump_step) if model == "pump" else (TUTORIAL, TUTORIAL_STATES, tutorial_step)
    run = with_numpy if way == "numpy" else with_pydantic
    seconds, first = run(values, states, step, count, steps)
    print(f"{count * steps / seconds / 1e6:.6g}")
    for value in first:
        print(repr(float(value)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
