//! ĝ_i = g_i + s_i z_i. Record: s.

use super::Noise;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};

pub struct GaussianDiagonal<R> {
    isa: Isa,
    std: Vec<R>,
}

impl<R: Real> GaussianDiagonal<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self { isa, std: record.to_vec() }
    }
}

impl<R: Real> Noise<R> for GaussianDiagonal<R> {
    fn add(&self, z: &[Row<R>], g: &mut [Row<R>]) {
        self.isa.run(
            #[inline(always)]
            || {
                for ((s, z), g) in self.std.iter().zip(z).zip(g) {
                    for lane in 0..LANES {
                        g[lane] = s.mul_add(z[lane], g[lane]);
                    }
                }
            },
        );
    }
}
