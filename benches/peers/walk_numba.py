"""The standard work in numba, as its users write it: xoshiro128++ and Box-Muller with NumPy's functions,
tiles of 64 walkers a thread so that the compiler may vectorise what it can."""

import numba
import numpy as np
from numba import njit, prange

from standard import AMPLITUDE, BINS, EVERY, STEPS, TIME_STEP, arguments, clocked, report

u32, f32 = np.uint32, np.float32
LANES = 64
UNIT = f32(2.0**-24)
TURN = f32(2 * np.pi * 2.0**-24)
SCALE, STEP = f32(AMPLITUDE), f32(TIME_STEP)


@njit(inline="always")
def rotate(x, k):
    return (x << u32(k)) | (x >> u32(32 - k))


@njit(inline="always")
def mix(z):
    z = (z ^ (z >> u32(16))) * u32(0x85EBCA6B)
    z = (z ^ (z >> u32(13))) * u32(0xC2B2AE35)
    return z ^ (z >> u32(16))


@njit(parallel=True, fastmath=True, cache=True)
def walk(x, passed_at, histograms, steps, measured):
    for tile in prange(x.size // LANES):
        first = tile * LANES
        state = np.empty((4, LANES), u32)
        a, b = np.empty(LANES, u32), np.empty(LANES, u32)
        here, late = np.empty(LANES, f32), np.empty(LANES, f32)
        at = np.zeros(LANES, np.int32)
        counts = histograms[numba.get_thread_id()]
        for i in range(LANES):
            for k in range(4):
                state[k, i] = mix(u32(4 * (first + i) + k + 1))
            here[i] = f32(-1)
        for n in range(1, steps + 1, 2):
            for i in range(LANES):
                s0, s1, s2, s3 = state[0, i], state[1, i], state[2, i], state[3, i]
                a[i] = rotate(u32(s0 + s3), 7) + s0
                shifted = s1 << u32(9)
                s2 ^= s0
                s3 ^= s1
                s1 ^= s2
                s0 ^= s3
                s2 ^= shifted
                s3 = rotate(s3, 11)
                b[i] = rotate(u32(s0 + s3), 7) + s0
                shifted = s1 << u32(9)
                s2 ^= s0
                s3 ^= s1
                s1 ^= s2
                s0 ^= s3
                s2 ^= shifted
                s3 = rotate(s3, 11)
                state[0, i], state[1, i], state[2, i], state[3, i] = s0, s1, s2, s3
            for i in range(LANES):
                u = (f32(np.int32(a[i] >> u32(8))) + f32(0.5)) * UNIT
                angle = f32(np.int32(b[i] >> u32(8))) * TURN
                radius = SCALE * np.sqrt(f32(-2) * np.log(u))
                z = here[i]
                here[i] = z + (z - z * z * z) * STEP + radius * np.cos(angle)
                late[i] = radius * np.sin(angle)
            if measured:
                for i in range(LANES):
                    at[i] = n if (at[i] == 0 and here[i] > 0) else at[i]
            for i in range(LANES):
                z = here[i]
                here[i] = z + (z - z * z * z) * STEP + late[i]
            if measured:
                for i in range(LANES):
                    at[i] = n + 1 if (at[i] == 0 and here[i] > 0) else at[i]
                if (n + 1) % EVERY == 0:
                    for i in range(LANES):
                        k = int(np.floor((here[i] + f32(2)) * f32(BINS / 4)))
                        if 0 <= k < BINS:
                            counts[k] += 1
        for i in range(LANES):
            x[first + i] = here[i]
            passed_at[first + i] = at[i]


def main():
    measured, walkers = arguments()
    threads = numba.get_num_threads()
    walkers -= walkers % LANES

    def run(walkers, steps):
        x, passed_at = np.empty(walkers, f32), np.empty(walkers, np.int32)
        histograms = np.zeros((threads, BINS), np.int64)
        walk(x, passed_at, histograms, steps, measured)
        return x, passed_at, histograms

    run(LANES, 2)  # compiles
    (x, passed_at, histograms), seconds = clocked(lambda: run(walkers, STEPS))
    extra = (passed_at, histograms) if measured else ()
    report(f"{threads} threads", f"numba {numba.__version__}", walkers, seconds, x, *extra)


main()
