//! ĝ_i = g_i + √L Σ_{j ≤ i} F_ij z_j, F Fᵀ = 2 H/B, H the Hessian of the minimum. Record: F row by row, a
//! lower Cholesky factor, then the floor of L.

use super::Noise;
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

pub struct LossHessian<R> {
    isa: Isa,
    factor: Vec<R>,
    floor: R,
    dimension: usize,
    amplitude: Row<R>,
    sum: Row<R>,
}

impl<R: Real> LossHessian<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        let (factor, floor) = record.split_at(dimension * dimension);
        let zeros = Row::new(R::default());
        Self { isa, factor: factor.to_vec(), floor: floor[0], dimension, amplitude: zeros.clone(), sum: zeros }
    }
}

impl<R: Real> Noise<R> for LossHessian<R> {
    fn stochastic_gradient(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &mut Tile<R>) {
        let Self { isa, factor, floor, dimension, amplitude, sum } = self;
        landscape.gradient(&tile.x, &mut tile.g);
        landscape.loss(&tile.x, amplitude);
        let (z, g) = (&tile.z[step.z.clone()], &mut tile.g);
        isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    let level = amplitude[lane] + *floor;
                    amplitude[lane] = (if level > R::default() { level } else { R::default() }).sqrt();
                }
                for (i, g) in g.iter_mut().enumerate() {
                    **sum = [R::default(); LANES];
                    for (j, z) in z[..=i].iter().enumerate() {
                        let f = factor[i * *dimension + j];
                        for lane in 0..LANES {
                            sum[lane] = f.mul_add(z[lane], sum[lane]);
                        }
                    }
                    for lane in 0..LANES {
                        g[lane] = amplitude[lane].mul_add(sum[lane], g[lane]);
                    }
                }
            },
        );
    }
}
