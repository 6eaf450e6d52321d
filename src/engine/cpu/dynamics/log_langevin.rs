//! Langevin on U = ln L, in the time τ with dτ = L dt: x −= Δτ g/L, and noise. Record: Δτ, then amplitudes as
//! [`Amplitude`] takes them.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::noise::Amplitude;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

pub struct LogLangevin<R> {
    isa: Isa,
    time_step: R,
    floor: R,
    amplitude: Amplitude<R>,
    /// Δτ/L.
    scaled: Row<R>,
    noise: Row<R>,
}

impl<R: Real> LogLangevin<R> {
    pub fn new(isa: Isa, time_step: R, amplitude: Amplitude<R>, floor: R) -> Self {
        let zeros = Row::new(R::default());
        Self { isa, time_step, floor, amplitude, scaled: zeros.clone(), noise: zeros }
    }
}

impl<R: Real> Dynamics<R> for LogLangevin<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        let Self { isa, time_step, floor, amplitude, scaled, noise } = self;
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
                for (i, x) in tile.x.iter_mut().enumerate() {
                    amplitude.noise_of(i, z, noise);
                    let g = &tile.g[i];
                    for lane in 0..LANES {
                        x[lane] = noise[lane] + scaled[lane].negative().mul_add(g[lane], x[lane]);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
