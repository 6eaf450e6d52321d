//! x_i −= η_i ĝ_i. Record: η.

use super::Dynamics;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};

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
    fn update(&self, g: &[Row<R>], _z: &[Row<R>], x: &mut [Row<R>], bounds: R::Magnitude) -> bool {
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for ((rate, g), x) in self.minus_rate.iter().zip(g).zip(x) {
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
