//! x_i += −Δt g_i + a_i (z_i + the z_i of the update before), a_i = √(2 T_i Δt)/2. Record: Δt, a.
//! Memory: z.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct LeimkuhlerMatthews<R> {
    isa: Isa,
    minus_time_step: R,
    amplitude: Vec<R>,
}

impl<R: Real> LeimkuhlerMatthews<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self { isa, minus_time_step: record[0].negative(), amplitude: record[1..].to_vec() }
    }
}

impl<R: Real> Dynamics<R> for LeimkuhlerMatthews<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.landscape.gradient(&tile.x, &mut tile.g);
        let (z, bounds) = (&tile.z[step.z.clone()], step.bounds);
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (i, a) in self.amplitude.iter().enumerate() {
                    let (g, z, before, x) = (&tile.g[i], &z[i], &mut tile.memory[i], &mut tile.x[i]);
                    for lane in 0..LANES {
                        let moved = self.minus_time_step.mul_add(g[lane], x[lane]);
                        x[lane] = a.mul_add(before[lane] + z[lane], moved);
                        before[lane] = z[lane];
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
