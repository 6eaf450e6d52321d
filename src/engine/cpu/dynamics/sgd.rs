//! x_i −= η_i ĝ_i. Record: η.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Sgd<R> {
    isa: Isa,
    minus_rate: Vec<R>,
}

impl<R: Real> Sgd<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self { isa, minus_rate: record.iter().map(|rate| rate.negative()).collect() }
    }
}

impl<R: Real> Dynamics<R> for Sgd<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let bounds = step.bounds;
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for ((rate, g), x) in self.minus_rate.iter().zip(&tile.g).zip(&mut tile.x) {
                    let rate = *rate * step.rate_factor;
                    for lane in 0..LANES {
                        x[lane] = rate.mul_add(g[lane], x[lane]);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
