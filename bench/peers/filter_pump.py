"""The filter of bench/models/pump-filter.yaml as it is usually written in numpy: one pump at a time, one call of f a point.

filter_pump.py PUMPS UPDATES   prints million updates a second of processor time, then the states of pump 0

Cubature points by the Cholesky factor, two Runge-Kutta steps of each, mean and covariance; then the four samples one after
another: speed, flow and bearing by their rows, the current, which is not linear, by points drawn anew.
"""

import math
import sys
import time

import numpy as np
from kernel_peers import PUMP, pump_slopes, varied

N = 8
Q = np.diag(np.square([0.5, 1e-4, 0.05, 0.05, 0.02, 0.05, 1e-5, 1e-3]))
P0 = np.diag(np.square([1, 2e-4, 0.1, 0.1, 0.04, 0.1, 2e-5, 2e-3]))
R = np.square([0.5, 5e-4, 0.3, 0.3])
SAMPLES = (155.3, 0.0418, 8.5, 50.4)


class Math:
    """Plain functions of numbers, several times as fast as numpy's for one of them."""

    exp, tanh, sqrt = math.exp, math.tanh, math.sqrt


def f(x, p):
    for _ in range(2):
        h = 0.005
        k1 = np.array(pump_slopes(x.tolist(), p, Math))
        k2 = np.array(pump_slopes((x + h / 2 * k1).tolist(), p, Math))
        k3 = np.array(pump_slopes((x + h / 2 * k2).tolist(), p, Math))
        k4 = np.array(pump_slopes((x + h * k3).tolist(), p, Math))
        x = x + h / 6 * (k1 + 2 * (k2 + k3) + k4)
    return x


def current(x, p):
    slip = (p[1] - x[0]) / p[1]
    resistance = 0.35 * (1 + 0.0039 * (x[2] - 25)) * slip + 0.30 * (1 + 0.0039 * (x[3] - 25))
    return math.sqrt((p[0] * slip) ** 2 / (resistance**2 + (1.6 * slip) ** 2) + 20.25)


def points_of(x, covariance):
    reach = math.sqrt(N) * np.linalg.cholesky(covariance).T
    return np.vstack([x + reach, x - reach])


def update(x, covariance, p, samples):
    points = np.array([f(point, p) for point in points_of(x, covariance)])
    x = points.mean(axis=0)
    deviations = points - x
    covariance = deviations.T @ deviations / (2 * N) + Q
    for state, sensor in ((0, 0), (1, 1)):
        x, covariance = correct_state(x, covariance, state, samples[sensor], R[sensor])
    points = points_of(x, covariance)
    readings = np.array([current(point, p) for point in points])
    expected = readings.mean()
    across = (points - x).T @ (readings - expected) / (2 * N)
    variance = np.mean((readings - expected) ** 2) + R[2]
    x = x + across / variance * (samples[2] - expected)
    covariance = covariance - np.outer(across, across) / variance
    return correct_state(x, covariance, 5, samples[3], R[3])


def correct_state(x, covariance, state, sample, r):
    column = covariance[:, state]
    variance = column[state] + r
    return x + column / variance * (sample - x[state]), covariance - np.outer(column, column) / variance


def main(pumps, updates):
    start = list(PUMP.values())
    twins = []
    for twin in range(pumps):
        values = [varied(value, twin, number) for number, value in enumerate(start)]
        samples = [varied(value, twin, 50 + number) for number, value in enumerate(SAMPLES)]
        twins.append((np.array(values[:N]), P0.copy(), values[N:], samples))
    began = time.process_time()
    for _ in range(updates):
        twins = [(*update(x, covariance, p, samples), p, samples) for x, covariance, p, samples in twins]
    print(f"{pumps * updates / (time.process_time() - began) / 1e6:.6g}")
    for value in twins[0][0]:
        print(f"{value:.17g}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
