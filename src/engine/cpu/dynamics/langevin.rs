//! x_i += −Δt g_i + a_i z_i, a_i = √(2 T_i Δt). Record: Δt, a.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Langevin<R> {
    isa: Isa,
    minus_time_step: R,
    amplitude: Vec<R>,
}

impl<R: Real> Langevin<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self { isa, minus_time_step: record[0].negative(), amplitude: record[1..].to_vec() }
    }
}

impl<R: Real> Dynamics<R> for Langevin<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let (z, bounds) = (&tile.z[step.z.clone()], step.bounds);
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (((a, g), z), x) in self.amplitude.iter().zip(&tile.g).zip(z).zip(&mut tile.x) {
                    for lane in 0..LANES {
                        let moved = self.minus_time_step.mul_add(g[lane], x[lane]);
                        x[lane] = a.mul_add(z[lane], moved);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
