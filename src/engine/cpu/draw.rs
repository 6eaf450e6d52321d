//! The random numbers of steps; twins of `shaders/random/`.

mod by_word;
mod three_point;

pub use by_word::ByWord;
pub use three_point::ThreePoint;

use super::isa::Isa;
use super::philox::{self, MOST_CALLS, Sink};
use super::real::Real;
use super::tile::{Row, Walkers};
use crate::random::{Stream, counter, key, normal_pair};

/// The random numbers of the steps.
pub trait Draw<R>: Send + Sync {
    /// Numbers from 4·`first_quad` on, a row each, for every one of the walkers.
    fn fill(&mut self, first_quad: u64, walkers: &Walkers, z: &mut [Row<R>]);
}

/// Calls of the walk's stream, with so many rounds: a quad each.
pub struct Calls<const ROUNDS: u32> {
    isa: Isa,
    key: [u32; 2],
}

impl<const ROUNDS: u32> Calls<ROUNDS> {
    pub fn new(isa: Isa, seed: u64) -> Self {
        Self { isa, key: key(seed) }
    }

    /// Gives the words of the calls from `first` on to a `sink` of the rows that they are for.
    fn fill<'z, R, S: Sink>(
        &self,
        first: u64,
        walkers: &Walkers,
        z: &'z mut [Row<R>],
        sink: impl Fn(&'z mut [Row<R>]) -> S,
    ) {
        for (calls, z) in (first..).step_by(MOST_CALLS).zip(z.chunks_mut(4 * MOST_CALLS)) {
            let mut counters = [[0; 4]; MOST_CALLS];
            for (call, slot) in (calls..).zip(&mut counters) {
                *slot = counter(Stream::Walk, walkers.cell, 0, call);
            }
            philox::words::<ROUNDS>(self.isa, &counters[..z.len() / 4], walkers, self.key, &mut sink(z));
        }
    }
}

/// Normal numbers, four a call.
pub struct Normals<const ROUNDS: u32>(pub Calls<ROUNDS>);

impl<R: Real, const ROUNDS: u32> Draw<R> for Normals<ROUNDS> {
    fn fill(&mut self, first_quad: u64, walkers: &Walkers, z: &mut [Row<R>]) {
        self.0.fill(first_quad, walkers, z, Transform);
    }
}

/// Rows of normals that words are turned into.
struct Transform<'z, R>(&'z mut [Row<R>]);

impl<R: Real> Sink for Transform<'_, R> {
    #[inline(always)]
    fn take<const N: usize>(&mut self, call: usize, lane: usize, words: [[u32; N]; 4]) {
        for (rows, [a, b]) in self.0[4 * call..4 * call + 4].chunks_exact_mut(2).zip(words.as_chunks().0) {
            let (mut cosines, mut sines) = ([R::default(); N], [R::default(); N]);
            for k in 0..N {
                let (cosine, sine) = normal_pair(a[k], b[k]);
                cosines[k] = R::from_f32(cosine);
                sines[k] = R::from_f32(sine);
            }
            rows[0][lane..lane + N].copy_from_slice(&cosines);
            rows[1][lane..lane + N].copy_from_slice(&sines);
        }
    }
}
