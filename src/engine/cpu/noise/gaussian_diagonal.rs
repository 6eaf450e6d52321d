//! ĝ_i = g_i + s_i z_i. Record: s.

use super::Noise;
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

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
    fn stochastic_gradient(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &mut Tile<R>) {
        landscape.gradient(&tile.x, &mut tile.g);
        let (z, g) = (&tile.z[step.z.clone()], &mut tile.g);
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
