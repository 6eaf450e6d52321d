//! ĝ_i = g_i + Σ_{j ≤ i} F_ij z_j, F the Cholesky factor of the covariance. Record: F row by row.

use super::Noise;
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct GaussianFull<R> {
    isa: Isa,
    factor: Vec<R>,
    dimension: usize,
}

impl<R: Real> GaussianFull<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        Self { isa, factor: record.to_vec(), dimension }
    }
}

impl<R: Real> Noise<R> for GaussianFull<R> {
    fn stochastic_gradient(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &mut Tile<R>) {
        landscape.gradient(&tile.x, &mut tile.g);
        let (z, g) = (&tile.z[step.z.clone()], &mut tile.g);
        self.isa.run(
            #[inline(always)]
            || {
                for (i, g) in g.iter_mut().enumerate() {
                    for (j, z) in z[..=i].iter().enumerate() {
                        let f = self.factor[i * self.dimension + j];
                        for lane in 0..LANES {
                            g[lane] = f.mul_add(z[lane], g[lane]);
                        }
                    }
                }
            },
        );
    }
}
