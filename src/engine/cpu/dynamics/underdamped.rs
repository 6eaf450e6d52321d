//! BAOAB: half a kick, half a drift, friction and noise, half a drift, half a kick, of unit mass.
//! v −= h g, x += h v, v = c v + a z, x += h v, v −= h g, with h = Δt/2, c = exp(−γ Δt),
//! a_i = √((1 − c²) T_i). Record: h, c, a. Memory: v.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Underdamped<R> {
    isa: Isa,
    half: R,
    kept: R,
    amplitude: Vec<R>,
}

impl<R: Real> Underdamped<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self { isa, half: record[0], kept: record[1], amplitude: record[2..].to_vec() }
    }
}

impl<R: Real> Dynamics<R> for Underdamped<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        let (half, kept, bounds) = (self.half, self.kept, step.bounds);
        forces.landscape.gradient(&tile.x, &mut tile.g);
        let z = &tile.z[step.z.clone()];
        let beyond = self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (i, a) in self.amplitude.iter().enumerate() {
                    let (g, z, v, x) = (&tile.g[i], &z[i], &mut tile.memory[i], &mut tile.x[i]);
                    for lane in 0..LANES {
                        let pushed = half.negative().mul_add(g[lane], v[lane]);
                        let drifted = half.mul_add(pushed, x[lane]);
                        v[lane] = a.mul_add(z[lane], kept * pushed);
                        x[lane] = half.mul_add(v[lane], drifted);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        );
        forces.landscape.gradient(&tile.x, &mut tile.g);
        self.isa.run(
            #[inline(always)]
            || {
                for (g, v) in tile.g.iter().zip(&mut tile.memory) {
                    for lane in 0..LANES {
                        v[lane] = half.negative().mul_add(g[lane], v[lane]);
                    }
                }
            },
        );
        beyond
    }
}
