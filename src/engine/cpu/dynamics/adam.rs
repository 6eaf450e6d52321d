//! μ = (1 − 1/m) μ + ĝ/m with m = min(n, N_g), s = (1 − 1/m) s + ĝ²/m with m = min(n, N_s),
//! x −= η μ/√(s + ε), coordinate by coordinate. Record: η, then N_g, N_s, ε. Memory: μ, then s.

use super::{Dynamics, Forces, Step, root};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Adam<R> {
    isa: Isa,
    rate: Vec<R>,
    mean_steps: R,
    square_steps: R,
    epsilon: R,
}

impl<R: Real> Adam<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        let (rate, rest) = record.split_at(dimension);
        Self { isa, rate: rate.to_vec(), mean_steps: rest[0], square_steps: rest[1], epsilon: rest[2] }
    }
}

impl<R: Real> Dynamics<R> for Adam<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let (bounds, epsilon, one) = (step.bounds, self.epsilon, R::from_f32(1.0));
        let done = R::from_count(step.n);
        let share = |steps: R| one / if done < steps { done } else { steps };
        let (of_mean, of_square) = (share(self.mean_steps), share(self.square_steps));
        let (means, squares) = tile.memory.split_at_mut(self.rate.len());
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (i, rate) in self.rate.iter().enumerate() {
                    let rate = (*rate * step.rate_factor).negative();
                    let (g, mean, s, x) = (&tile.g[i], &mut means[i], &mut squares[i], &mut tile.x[i]);
                    for lane in 0..LANES {
                        mean[lane] = (one - of_mean).mul_add(mean[lane], of_mean * g[lane]);
                        s[lane] = (one - of_square).mul_add(s[lane], of_square * (g[lane] * g[lane]));
                        x[lane] = rate.mul_add(mean[lane] / root(s[lane] + epsilon), x[lane]);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
