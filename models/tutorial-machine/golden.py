"""Tutorial machine: the three formulas in Python's floating-point numbers, one update a tick; exact to the last bit.

There is nothing to integrate, so SciPy is not needed. The numbers are in the document's units, which are unchecked.

Run: PYTHONPATH=models /usr/bin/python3 -B models/tutorial-machine/golden.py
"""

import math
import pathlib

import reference

TICK, TICKS = 0.5, 240
inputs = [(0, {"ambient": 22.0}), (30, {"ambient": 35.5}), (60, {"ambient": -10.25})]
start = {"temperature": 65.0, "vibration": 2.1, "rpm": 1512.0, "timestamp": 0.0}

x = list(start.values())
rows, ambient = [x], 0.0
for tick in range(TICKS):
    for time, changes in inputs:
        if time == tick * TICK:
            ambient = changes["ambient"]
    temperature, vibration, rpm, timestamp = x
    x = [
        temperature + (ambient - temperature) * 0.05 * TICK,
        max(0.5, vibration + (rpm - 1500) * 0.001),
        float(math.trunc(rpm * 0.999 + 1500 * 0.001)),
        timestamp + TICK,
    ]
    rows.append(x)

rows = rows[::5]
reference.save(
    pathlib.Path(__file__).resolve().parent / "golden.json",
    {
        "about": "Cooling towards the ambient temperature, which jumps at 30 s and 60 s; the speed creeps down to 1500 rpm.",
        "units": "the document's own",
        "computed": "Python's floats, one update a tick, from golden.py",
        "tick": TICK,
        "inputs": [{"from": time, **changes} for time, changes in inputs],
        "start": start,
        "time": [TICK * 5 * row for row in range(len(rows))],
        "states": {name: [row[i] for row in rows] for i, name in enumerate(start)},
    },
)
