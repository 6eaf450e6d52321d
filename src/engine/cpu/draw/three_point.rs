//! Three-point numbers, sixteen a call; twin of `shaders/random/quad_three_point.wgsl`.

use super::Draw;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::philox::{self, Words};
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Walkers, rows};
use crate::random::{Stream, counter, key, three_point};

/// Three-point numbers: a quad is a word of Philox with so many rounds, and four quads share a call.
pub struct ThreePoint<const ROUNDS: u32> {
    isa: Isa,
    key: [u32; 2],
    words: Vec<Row<u32>>,
    /// The call and the walkers' turn that the words are of.
    held: Option<(u64, u64)>,
}

impl<const ROUNDS: u32> ThreePoint<ROUNDS> {
    pub fn new(isa: Isa, seed: u64) -> Self {
        Self { isa, key: key(seed), words: rows(4), held: None }
    }
}

impl<R: Real, const ROUNDS: u32> Draw<R> for ThreePoint<ROUNDS> {
    fn fill(&mut self, first_quad: u64, walkers: &Walkers, z: &mut [Row<R>]) {
        for (quad, z) in (first_quad..).zip(z.as_chunks_mut().0) {
            let (call, place) = (quad / 4, (quad % 4) as usize);
            if self.held.replace((call, walkers.turn)) != Some((call, walkers.turn)) {
                let counter = counter(Stream::ThreePoint, walkers.cell, 0, call);
                philox::words::<ROUNDS>(self.isa, &[counter], walkers, self.key, &mut Words(&mut self.words));
            }
            let (words, [z0, z1, z2, z3]) = (&self.words[place], z);
            self.isa.run(
                #[inline(always)]
                || {
                    for lane in 0..LANES {
                        [z0[lane], z1[lane], z2[lane], z3[lane]] = three_point(words[lane]).map(R::from_f32);
                    }
                },
            );
        }
    }
}
