//! Philox in vectors that are written out: compilers let the rounds of one vector run almost alone, at
//! half the speed.
//!
//! A product of 32-bit words takes a 64-bit lane, so even and odd walkers of a vector go through the
//! rounds apart; what is above the low 32 bits of a lane is ignored. Two vectors of walkers are in
//! flight, as many as hide the latency of multiplications. In the first three rounds most words are the
//! same for all walkers, and are found once a call; the first product is the same for all calls, and is
//! found once a walker.

use super::vectors::Vectors;
use super::{MOST_CALLS, Sink};
use crate::engine::cpu::tile::{LANES, Row};
use crate::random::philox::{MULTIPLIERS, round, round_key};
use std::array::from_fn;

/// Vectors of walkers in flight.
const IN_FLIGHT: usize = 2;

/// Words of a call that are the same for all walkers.
#[derive(Clone, Copy, Default)]
struct Shared {
    /// What is xored to word 0 in the first round,
    first: u32,
    /// to word 2 in the second,
    second: u32,
    /// and to both in the third.
    third: [u32; 2],
    /// Word 3 after the third round.
    last: u32,
}

impl Shared {
    /// Rounds only take products and exclusive ors, so what differs between walkers is 0 here and xored
    /// in there.
    fn new(counter: [u32; 4], key: [u32; 2]) -> Self {
        let one = round([counter[0], 0, counter[2], counter[3]], key);
        let two = round([0, one[1], one[2], one[3]], round_key(key, 1));
        let three = round([two[0], two[1], 0, 0], round_key(key, 2));
        Self { first: one[0], second: two[2], third: [three[0], three[2]], last: three[3] }
    }
}

/// Words of up to [`MOST_CALLS`] calls for every lane, in vectors of `N` 32-bit lanes.
#[inline(always)]
pub fn words<S: Vectors<N>, const N: usize, const ROUNDS: u32>(
    s: S,
    counters: &[[u32; 4]],
    walkers: &Row<u32>,
    key: [u32; 2],
    sink: &mut impl Sink,
) {
    let mut shared = [Shared::default(); MOST_CALLS];
    for (shared, counter) in shared.iter_mut().zip(counters) {
        *shared = Shared::new(*counter, key);
    }
    let [m0, m1] = [s.splat(MULTIPLIERS[0]), s.splat(MULTIPLIERS[1])];
    let zero = s.splat(0);
    for first in (0..LANES).step_by(IN_FLIGHT * N) {
        // Of even and of odd walkers of every vector.
        let mut first_products = [[zero; 2]; IN_FLIGHT];
        for (vector, [even, odd]) in first_products.iter_mut().enumerate() {
            let walker = s.load(from_fn(|lane| walkers[first + vector * N + lane]));
            let c0 = s.xor(walker, s.splat(shared[0].first));
            *even = s.multiply(c0, m0);
            *odd = s.multiply(s.high(c0), m0);
        }
        for (call, shared) in shared[..counters.len()].iter().enumerate() {
            let mut states = [[[zero; 4]; 2]; IN_FLIGHT];
            for (c, p0) in states.as_flattened_mut().iter_mut().zip(first_products.as_flattened()) {
                let p1 = s.multiply(s.xor(s.high(*p0), s.splat(shared.second)), m1);
                *c = [
                    s.xor(s.high(p1), s.splat(shared.third[0])),
                    p1,
                    s.xor(*p0, s.splat(shared.third[1])),
                    s.splat(shared.last),
                ];
            }
            for n in 3..ROUNDS - 1 {
                let k = round_key(key, n);
                // All products first: they take longest.
                let mut products = [[[zero; 2]; 2]; IN_FLIGHT];
                for (p, c) in products.as_flattened_mut().iter_mut().zip(states.as_flattened()) {
                    *p = [s.multiply(c[0], m0), s.multiply(c[2], m1)];
                }
                for (c, [p0, p1]) in states.as_flattened_mut().iter_mut().zip(products.as_flattened()) {
                    *c = [s.xor3(s.high(*p1), c[1], s.splat(k[0])), *p1, s.xor3(s.high(*p0), c[3], s.splat(k[1])), *p0];
                }
            }
            let k = round_key(key, ROUNDS - 1);
            let mut words = [[zero; 4]; IN_FLIGHT];
            for (words, [even, odd]) in words.iter_mut().zip(&states) {
                let [p0, p1] = [s.multiply(even[0], m0), s.multiply(even[2], m1)];
                let [q0, q1] = [s.multiply(odd[0], m0), s.multiply(odd[2], m1)];
                let c0 = s.xor3(s.join_high(p1, q1), s.join_low(even[1], odd[1]), s.splat(k[0]));
                let c2 = s.xor3(s.join_high(p0, q0), s.join_low(even[3], odd[3]), s.splat(k[1]));
                *words = [c0, s.join_low(p1, q1), c2, s.join_low(p0, q0)];
            }
            for (vector, [w0, w1, w2, w3]) in words.into_iter().enumerate() {
                let words = [s.store(w0), s.store(w1), s.store(w2), s.store(w3)];
                sink.take(call, first + vector * N, words);
            }
        }
    }
}
