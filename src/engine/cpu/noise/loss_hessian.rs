//! ĝ = g + √L F z, F Fᵀ = 2 H/B, H the Hessian of the minimum. Record: F, as [`Amplitude`] takes it.

use super::{Amplitude, Noise};
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

pub struct LossHessian<R> {
    isa: Isa,
    factor: Amplitude<R>,
    floor: R,
    /// √L.
    root: Row<R>,
    noise: Row<R>,
}

impl<R: Real> LossHessian<R> {
    pub fn new(isa: Isa, factor: Amplitude<R>, floor: R) -> Self {
        let zeros = Row::new(R::default());
        Self { isa, factor, floor, root: zeros.clone(), noise: zeros }
    }
}

impl<R: Real> Noise<R> for LossHessian<R> {
    fn stochastic_gradient(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &mut Tile<R>) {
        let Self { isa, factor, floor, root, noise } = self;
        landscape.gradient(&tile.x, &mut tile.g);
        landscape.loss(&tile.x, root);
        let (z, g) = (&tile.z[step.z.clone()], &mut tile.g);
        isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    let level = root[lane] + *floor;
                    root[lane] = (if level > R::default() { level } else { R::default() }).square_root();
                }
                for (i, g) in g.iter_mut().enumerate() {
                    factor.noise_of(i, z, noise);
                    for lane in 0..LANES {
                        g[lane] = root[lane].mul_add(noise[lane], g[lane]);
                    }
                }
            },
        );
    }
}
