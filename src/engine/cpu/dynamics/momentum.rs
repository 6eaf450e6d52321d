//! v = β v + η ĝ, x −= v, coordinate by coordinate. Record: η, then β. Memory: v.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Momentum<R> {
    isa: Isa,
    rate: Vec<R>,
    momentum: R,
}

impl<R: Real> Momentum<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        Self { isa, rate: record[..dimension].to_vec(), momentum: record[dimension] }
    }
}

impl<R: Real> Dynamics<R> for Momentum<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let (bounds, momentum) = (step.bounds, self.momentum);
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (((rate, g), v), x) in self.rate.iter().zip(&tile.g).zip(&mut tile.memory).zip(&mut tile.x) {
                    let rate = *rate * step.rate_factor;
                    for lane in 0..LANES {
                        v[lane] = rate.mul_add(g[lane], momentum * v[lane]);
                        x[lane] = x[lane] - v[lane];
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
