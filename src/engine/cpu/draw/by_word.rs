//! Numbers that are made of one word each; twin of `shaders/random/quad_by_word.wgsl`.

use super::{Calls, Draw};
use crate::engine::cpu::philox::Sink;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{Row, Walkers};

/// Numbers by a function of a word, four a call.
pub struct ByWord<const ROUNDS: u32, F> {
    calls: Calls<ROUNDS>,
    number: F,
}

impl<const ROUNDS: u32, F: Fn(u32) -> f32> ByWord<ROUNDS, F> {
    pub fn new(calls: Calls<ROUNDS>, number: F) -> Self {
        Self { calls, number }
    }
}

impl<R: Real, const ROUNDS: u32, F: Fn(u32) -> f32 + Send + Sync> Draw<R> for ByWord<ROUNDS, F> {
    fn fill(&mut self, first_quad: u64, walkers: &Walkers, z: &mut [Row<R>]) {
        self.calls.fill(first_quad, walkers, z, |z| Transform { z, number: &self.number });
    }
}

/// Rows of numbers that words are turned into.
struct Transform<'z, R, F> {
    z: &'z mut [Row<R>],
    number: &'z F,
}

impl<R: Real, F: Fn(u32) -> f32> Sink for Transform<'_, R, F> {
    #[inline(always)]
    fn take<const N: usize>(&mut self, call: usize, lane: usize, words: [[u32; N]; 4]) {
        for (row, words) in self.z[4 * call..4 * call + 4].iter_mut().zip(words) {
            let mut numbers = [R::default(); N];
            for k in 0..N {
                numbers[k] = R::from_f32((self.number)(words[k]));
            }
            row[lane..lane + N].copy_from_slice(&numbers);
        }
    }
}
