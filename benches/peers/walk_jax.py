"""The standard work in JAX, on whatever device it finds: one compiled loop over all walkers as an array,
its default generator."""

import jax
import jax.numpy as jnp
import numpy as np

from standard import AMPLITUDE, BINS, EVERY, STEPS, TIME_STEP, arguments, clocked, report


def simulation(walkers, measured):
    """The compiled simulation: positions, steps of passages, histogram."""

    def step(n, state):
        x, passed_at, histogram, key = state
        key, now = jax.random.split(key)
        noise = jax.random.normal(now, x.shape, jnp.float32)
        x = x + (x - x * x * x) * jnp.float32(TIME_STEP) + jnp.float32(AMPLITUDE) * noise
        if measured:
            passed_at = jnp.where((passed_at == 0) & (x > 0), n + 1, passed_at)

            def count(histogram):
                bins = jnp.floor((x + 2) * (BINS / 4)).astype(jnp.int32)
                # Those outside go beyond the end, where JAX drops them.
                return histogram.at[jnp.where(bins < 0, BINS, bins)].add(1, mode="drop")

            histogram = jax.lax.cond((n + 1) % EVERY == 0, count, lambda same: same, histogram)
        return x, passed_at, histogram, key

    def run(key):
        x = jnp.full(walkers, -1, jnp.float32)
        passed_at = jnp.zeros(walkers if measured else 0, jnp.int32)
        return jax.lax.fori_loop(0, STEPS, step, (x, passed_at, jnp.zeros(BINS, jnp.int32), key))[:3]

    return jax.jit(run).lower(jax.random.key(0)).compile()


def main():
    measured, walkers = arguments()
    run = simulation(walkers, measured)
    device = jax.devices()[0]
    if device.platform != "cpu":
        jax.block_until_ready(run(jax.random.key(1)))
    found, seconds = clocked(lambda: jax.block_until_ready(run(jax.random.key(2))))
    x, passed_at, histogram = (np.asarray(part) for part in found)
    extra = (passed_at, histogram) if measured else ()
    report(device.device_kind, f"jax {jax.__version__}", walkers, seconds, x, *extra)


main()
