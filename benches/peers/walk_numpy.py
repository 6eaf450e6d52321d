"""The standard work in NumPy: chunks that stay in the cache, a generator and a thread each (NumPy's
loops let go of the interpreter's lock)."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from standard import AMPLITUDE, BINS, EVERY, STEPS, TIME_STEP, arguments, clocked, report

CHUNK = 1 << 14


def walk(x, passed_at, seed, steps):
    """Moves the walkers of a chunk; their histogram, where passages are looked for."""
    generator = np.random.Generator(np.random.SFC64(seed))
    noise, drift = np.empty_like(x), np.empty_like(x)
    counts = np.zeros(BINS, np.int64)
    one, time_step, amplitude = np.float32(1), np.float32(TIME_STEP), np.float32(AMPLITUDE)
    for n in range(1, steps + 1):
        generator.standard_normal(dtype=np.float32, out=noise)
        np.multiply(x, x, out=drift)
        np.subtract(one, drift, out=drift)
        drift *= x
        drift *= time_step
        noise *= amplitude
        x += drift
        x += noise
        if passed_at is not None:
            passed_at[(x > 0) & (passed_at == 0)] = n
            if n % EVERY == 0:
                bins = np.floor((x + np.float32(2)) * np.float32(BINS / 4)).astype(np.int32)
                counts += np.bincount(bins[(bins >= 0) & (bins < BINS)], minlength=BINS)
    return counts


def main():
    measured, walkers = arguments()
    threads = os.cpu_count()
    x = np.full(walkers, -1, np.float32)
    passed_at = np.zeros(walkers, np.int32) if measured else None
    seeds = np.random.SeedSequence(1).spawn(-(-walkers // CHUNK))

    def chunk(k):
        part = slice(k * CHUNK, (k + 1) * CHUNK)
        return walk(x[part], passed_at[part] if measured else None, seeds[k], STEPS)

    def work():
        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(chunk, range(len(seeds))))

    histogram, seconds = clocked(work)
    report(f"{threads} threads", f"numpy {np.__version__}", walkers, seconds, x, passed_at, histogram)


main()
