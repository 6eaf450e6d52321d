"""The standard work W, what is exact about it, and the line that every peer prints.

W: 2000 Euler-Maruyama steps of L = (x^2 - 1)^2/4 at T = 0.15, dt = 0.01, in single precision, from -1.
(a) final mean and variance; (b) also a histogram of 256 bins on [-2, 2] every ten steps and each
walker's first passage over 0.
"""

import json
import math
import sys
import time

STEPS, EVERY, BINS = 2000, 10, 256
TIME_STEP, TEMPERATURE = 0.01, 0.15
AMPLITUDE = math.sqrt(2 * TEMPERATURE * TIME_STEP)

# Of the discrete chain at t = 20: value, and standard deviation of one walker's contribution. By its
# transition kernel, as `kramers predict` has it; passage time is that at t = 20 where there was none.
EXACT = {
    "mean": (-0.18737991, math.sqrt(0.80374295)),
    "variance": (0.80374295, math.sqrt(1.01101475 - 0.80374295**2)),
    "passed": (0.7736196, math.sqrt(0.7736196 * (1 - 0.7736196))),
    "passage_time": (10.767819, math.sqrt(46.5338)),
}

# A |z| beyond which a peer is wrong: by chance less often than once in a million runs.
WRONG = 5.5


def z_scores(result):
    """How far the result is from what is exact, in standard errors."""
    root = math.sqrt(result["walkers"])
    return {
        key: round((result[key] - value) / deviation * root, 2)
        for key, (value, deviation) in EXACT.items()
        if key in result
    }


def arguments():
    """The work, `a` or `b`, and the number of walkers."""
    if len(sys.argv) != 3 or sys.argv[1] not in ("a", "b"):
        sys.exit(f"usage: {sys.argv[0]} a|b WALKERS")
    return sys.argv[1] == "b", int(sys.argv[2])


def clocked(work):
    """What `work()` returns, and its seconds."""
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def report(device, version, walkers, seconds, x, passed_at=None, histogram=None):
    """Prints the line; `passed_at` holds the step of each walker's passage, 0 for none."""
    result = {
        "device": device,
        "version": version,
        "walkers": walkers,
        "steps": STEPS,
        "seconds": seconds,
        "mean": float(x.mean(dtype="f8")),
        "variance": float(x.var(dtype="f8")),
    }
    if passed_at is not None:
        passed = passed_at > 0
        waited = passed_at.astype("f8") + STEPS * (1 - passed)
        result["passed"] = float(passed.mean())
        result["passage_time"] = float(waited.mean() * TIME_STEP)
        result["histogram_states"] = int(histogram.sum())
    print(json.dumps(result))
