//! Langevin on U = ln L, in the time τ with dτ = L dt: x_i += −Δτ g_i/L + a_i z_i, a_i = √(2 T_i Δτ).
//! Record: Δτ, floor of L, a.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

pub struct LogLangevin<R> {
    isa: Isa,
    time_step: R,
    floor: R,
    amplitude: Vec<R>,
    /// Δτ/L.
    scaled: Row<R>,
}

impl<R: Real> LogLangevin<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        let (amplitude, scaled) = (record[2..].to_vec(), Row::new(R::default()));
        Self { isa, time_step: record[0], floor: record[1], amplitude, scaled }
    }
}

impl<R: Real> Dynamics<R> for LogLangevin<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        let Self { isa, time_step, floor, amplitude, scaled } = self;
        forces.landscape.gradient(&tile.x, &mut tile.g);
        forces.landscape.loss(&tile.x, scaled);
        let (z, bounds) = (&tile.z[step.z.clone()], step.bounds);
        isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for lane in 0..LANES {
                    scaled[lane] = *time_step / (scaled[lane] + *floor);
                }
                for (((a, g), z), x) in amplitude.iter().zip(&tile.g).zip(z).zip(&mut tile.x) {
                    for lane in 0..LANES {
                        let moved = scaled[lane].negative().mul_add(g[lane], x[lane]);
                        x[lane] = a.mul_add(z[lane], moved);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
