//! The normal numbers of steps; twin of `shaders/random/`.

use super::isa::Isa;
use super::philox::{self, MOST_CALLS, Sink};
use super::real::Real;
use super::tile::Row;
use crate::random::{Stream, counter, normal_pair};

/// Fills rows with normals.
pub struct Draw {
    isa: Isa,
    key: [u32; 2],
    cell: u32,
}

impl Draw {
    pub fn new(isa: Isa, seed: u64, cell: u32) -> Self {
        Self { isa, key: crate::random::key(seed), cell }
    }

    /// The normals of calls from `first_call` on, four rows each, for every walker from `first_walker`
    /// on.
    pub fn normals<R: Real>(&self, first_call: u64, first_walker: u32, z: &mut [Row<R>]) {
        for (k, z) in z.chunks_mut(4 * MOST_CALLS).enumerate() {
            let mut counters = [[0; 4]; MOST_CALLS];
            let calls = z.len() / 4;
            for (call, slot) in (first_call + (k * MOST_CALLS) as u64..).zip(&mut counters) {
                *slot = counter(Stream::Walk, self.cell, first_walker, call);
            }
            philox::words::<10>(self.isa, &counters[..calls], self.key, &mut Normals(z));
        }
    }
}

/// Rows of normals that words are turned into.
struct Normals<'z, R>(&'z mut [Row<R>]);

impl<R: Real> Sink for Normals<'_, R> {
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
