"""Initial value problems by SciPy: DOP853 where they are not stiff, Radau where they are. One JSON line a run.

Arguments: the problem's file, then tolerances. The fastest of three solutions
counts; what takes longer than a twentieth of a second is solved once.
"""

import json
import sys
import time

import numpy as np
from scipy.integrate import solve_ivp

path, *tolerances = sys.argv[1:]
problem = json.load(open(path))
scope = {name: getattr(np, name) for name in ("sin", "cos", "exp", "sqrt", "abs", "log10")}
lines = [f"    {', '.join(problem['states'])}, = y"]
lines += [f"    {name} = {value}" for name, value in problem["params"].items()]
lines += [f"    {name} = {text.replace('^', '**')}" for name, text in problem.get("let", {}).items()]
lines += [f"    return [{', '.join(text.replace('^', '**') for text in problem['rhs'])}]"]
exec("def slopes(t, y):\n" + "\n".join(lines), scope)
reference = np.array(problem["ref"])
for text in tolerances:
    tolerance = float(text)
    best = float("inf")
    for _ in range(3):
        if best < float("inf") and best > 0.05:
            break
        began = time.perf_counter()
        solution = solve_ivp(
            scope["slopes"],
            (problem["t0"], problem["t_end"]),
            problem["y0"],
            method="Radau" if problem["stiff"] else "DOP853",
            rtol=tolerance,
            atol=tolerance * 1e-9,
            t_eval=[problem["t_end"]],
        )
        best = min(best, time.perf_counter() - began)
    error = float(np.max(np.abs(solution.y[:, -1] / reference - 1))) if solution.success else float("inf")
    print(json.dumps({"tolerance": tolerance, "ms": best * 1000, "error": error, "evaluations": int(solution.nfev)}))
