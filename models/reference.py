"""Integrates a right side with SciPy and writes the golden.json beside the script that called it.

This file knows nothing of any machine: each model's golden.py brings its own equations, written by hand from
its README. Numbers are SI throughout, temperatures in kelvin.

Two things make the numbers good to the last digits that matter:
  - the solver integrates the change since the start, so that the tolerance applies to what a slow state
    (wear) has moved by, and not to where it happens to stand;
  - it stops at every time that is written down and wherever an input jumps: interpolating between long steps
    of a state that has settled costs five digits, and stepping over a jump more.

Needs Debian's python3-scipy. Run a model's script from the root of the repository, with this folder on Python's path:
    PYTHONPATH=models /usr/bin/python3 -B models/dc-motor/golden.py
"""

import json
import pathlib

import numpy
import scipy
from scipy.integrate import solve_ivp


def write(script, *, about, right_side, start, inputs, times, tick, updates=None, method="DOP853"):
    """Writes golden.json beside `script`.

    right_side(t, x, u): the derivatives of the states `x`, in the order of `start`; `u` is a dict.
    start: the states at time 0, a dict.
    inputs: a list of (time, dict): each holds from its time on; the first is at 0 and complete.
    times: when to write the states down.
    tick: a time that divides all times and the times of the inputs; the tick of Gemel's run.
    updates: (period, function(x, u) -> x): what a sampled controller does every period, first after one period.
    """
    folder = pathlib.Path(script).resolve().parent
    x0 = numpy.array(list(start.values()), dtype=float)
    problem = (right_side, x0, inputs, times, updates, method)
    # A first, loose run tells how far each state moves; that scales the absolute tolerances of the second.
    rough = _run(*problem, rtol=1e-6, atol=1e-9 * (abs(x0) + 1e-3))
    moved = numpy.ptp(rough, axis=0)
    states = _run(*problem, rtol=1e-10, atol=1e-12 * numpy.where(moved > 0, moved, 1))
    document = {
        "about": about,
        "units": "SI, temperatures in kelvin",
        "computed": f"SciPy {scipy.__version__}, solve_ivp, {method}, rtol 1e-10, from golden.py",
        "tick": tick,
        "inputs": [{"from": time, **changes} for time, changes in inputs],
        "start": start,
        "time": [float(time) for time in times],
        "states": {name: [float(value) for value in states[:, i]] for i, name in enumerate(start)},
    }
    save(folder / "golden.json", document)
    for i, name in enumerate(start):
        print(f"{name:24} {states[:, i].min():14.6g} … {states[:, i].max():14.6g}   end {states[-1, i]:.8g}")


def save(path, document):
    """Writes JSON in the house's format: objects over several lines, numbers filled up to the width."""
    path.write_text(_text(document, 0) + "\n")
    print(path)


def steps(*parts):
    """Times to write down: steps((1, 0.1), (10, 1)) is every 0.1 s up to 1 s, then every second up to 10 s."""
    times, now = [0.0], 0.0
    for until, step in parts:
        count = round((until - now) / step)
        times += [round(now + step * (k + 1), 9) for k in range(count)]
        now = until
    return times


def _run(right_side, x0, inputs, times, updates, method, rtol, atol):
    period, update = updates or (None, None)
    end = times[-1]
    stops = {float(time) for time in times} | {float(time) for time, _ in inputs if time < end}
    if period is not None:
        stops |= {round(period * k, 9) for k in range(1, int(round(end / period)) + 1)}
    stops = sorted(stops)
    rows, y, u = {0.0: x0.copy()}, numpy.zeros_like(x0), {}
    for begin, until in zip(stops, stops[1:]):
        for time, changes in inputs:
            if time == begin:
                u = {**u, **changes}
        solution = solve_ivp(
            lambda t, change: right_side(t, x0 + change, u),
            (begin, until), y, method=method, rtol=rtol, atol=atol,
        )
        assert solution.success, solution.message
        y = solution.y[:, -1]
        if period is not None and abs(until / period - round(until / period)) < 1e-9:
            y = numpy.array(update(x0 + y, u), dtype=float) - x0
        rows[until] = x0 + y
    return numpy.array([rows[float(time)] for time in times])


WIDTH = 110


def _text(value, depth):
    inside, outside = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        entries = [f"{inside}{json.dumps(key)}: {_text(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(entries) + f"\n{outside}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(inside + _text(item, depth + 1) for item in value) + f"\n{outside}]"
    if isinstance(value, list):
        lines, line = [], inside
        for i, number in enumerate(value):
            piece = _number(number) + ("," if i + 1 < len(value) else "")
            if len(line) + len(piece) > WIDTH:
                lines.append(line.rstrip())
                line = inside
            line += piece + " "
        return "[\n" + "\n".join([*lines, line.rstrip()]) + f"\n{outside}]"
    return _number(value) if isinstance(value, (int, float)) else json.dumps(value, ensure_ascii=False)


def _number(value):
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value)).replace("e-0", "e-").replace("e+", "e")
