//! s = (1 − 1/N) s + q/N, x −= η ĝ/√(s + ε), coordinate by coordinate, q the squared gradient. Record: η,
//! then 1/N, ε. Memory: s.

use super::{Dynamics, Forces, Step, root};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Rmsprop<R> {
    isa: Isa,
    rate: Vec<R>,
    share: R,
    epsilon: R,
    /// Whether q is the mean over the batch's examples, which the noise leaves in the tile.
    per_example: bool,
}

impl<R: Real> Rmsprop<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize, per_example: bool) -> Self {
        let (rate, rest) = record.split_at(dimension);
        Self { isa, rate: rate.to_vec(), share: rest[0], epsilon: rest[1], per_example }
    }
}

impl<R: Real> Dynamics<R> for Rmsprop<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let (bounds, share, epsilon) = (step.bounds, self.share, self.epsilon);
        let kept = R::from_f32(1.0) - share;
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (i, rate) in self.rate.iter().enumerate() {
                    let rate = (*rate * step.rate_factor).negative();
                    let (g, s, x) = (&tile.g[i], &mut tile.memory[i], &mut tile.x[i]);
                    if self.per_example {
                        let squares = &tile.squares[i];
                        for lane in 0..LANES {
                            s[lane] = kept.mul_add(s[lane], share * squares[lane]);
                        }
                    } else {
                        for lane in 0..LANES {
                            s[lane] = kept.mul_add(s[lane], share * (g[lane] * g[lane]));
                        }
                    }
                    for lane in 0..LANES {
                        x[lane] = rate.mul_add(g[lane] / root(s[lane] + epsilon), x[lane]);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
