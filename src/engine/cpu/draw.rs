//! The normal numbers of a group of steps; twin of `shaders/random/`.

use super::isa::Isa;
use super::real::Real;
use super::tile::{LANES, Row, rows};
use crate::random::{Stream, counter, normal_pair, philox4x32_10};

/// Fills rows with normals, call by call.
pub struct Draw {
    isa: Isa,
    key: [u32; 2],
    cell: u32,
    words: Vec<Row<u32>>,
}

impl Draw {
    pub fn new(isa: Isa, seed: u64, cell: u32) -> Self {
        Self { isa, key: crate::random::key(seed), cell, words: rows(4) }
    }

    /// The four normals of `call` for every walker from `first_walker` on.
    pub fn normals<R: Real>(&mut self, call: u64, first_walker: u32, z: &mut [Row<R>]) {
        let (isa, key) = (self.isa, self.key);
        let base = counter(Stream::Walk, self.cell, first_walker, call);
        let [w0, w1, w2, w3] = &mut self.words[..] else { unreachable!("there are four rows of words") };
        let [z0, z1, z2, z3] = z else { unreachable!("a call gives four rows of normals") };
        isa.run(
            #[inline(always)]
            || {
                words(base, key, w0, w1, w2, w3);
                transform(w0, w1, z0, z1);
                transform(w2, w3, z2, z3);
            },
        );
    }
}

#[inline(always)]
fn words(base: [u32; 4], key: [u32; 2], w0: &mut Row<u32>, w1: &mut Row<u32>, w2: &mut Row<u32>, w3: &mut Row<u32>) {
    for lane in 0..LANES {
        let counter = [base[0], base[1].wrapping_add(lane as u32), base[2], base[3]];
        [w0[lane], w1[lane], w2[lane], w3[lane]] = philox4x32_10(counter, key);
    }
}

#[inline(always)]
fn transform<R: Real>(a: &Row<u32>, b: &Row<u32>, z0: &mut Row<R>, z1: &mut Row<R>) {
    for lane in 0..LANES {
        let (cosine, sine) = normal_pair(a[lane], b[lane]);
        z0[lane] = R::from_f32(cosine);
        z1[lane] = R::from_f32(sine);
    }
}
