//! Learning rates from running averages g, s of ĝ, ĝ², coordinate by coordinate:
//! B* = λ_B σ²/(g² + ε) and η = λ_η g²/σ² with σ² = s − g², both from the averages before this update;
//! x −= η ĝ, and the averages move by min(1, B/B*) towards ĝ, ĝ². In the first K updates B* = K and η = 0.
//! Record: B, K, λ_B, λ_η, ε, the largest η. Memory: g, then s.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Tile};

pub struct Adaptive<R> {
    isa: Isa,
    batch: R,
    warm_up: R,
    lambda_batch: R,
    lambda_rate: R,
    epsilon: R,
    largest_rate: R,
}

impl<R: Real> Adaptive<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self {
            isa,
            batch: record[0],
            warm_up: record[1],
            lambda_batch: record[2],
            lambda_rate: record[3],
            epsilon: record[4],
            largest_rate: record[5],
        }
    }

    /// How far the averages move, and the learning rate, from the averages g, s.
    #[inline(always)]
    fn share_and_rate(&self, g: R, s: R) -> (R, R) {
        let square = g * g;
        let variance = s - square;
        let variance = if variance > R::default() { variance } else { R::default() };
        // Quotients only where they are below their bounds, as a variance may vanish.
        let (wanted, size) = (self.batch * (square + self.epsilon), self.lambda_batch * variance);
        let share = if wanted < size { wanted / size } else { R::from_f32(1.0) };
        let gain = self.lambda_rate * square;
        let rate = if gain < self.largest_rate * variance { gain / variance } else { self.largest_rate };
        (share, rate)
    }
}

impl<R: Real> Dynamics<R> for Adaptive<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let (bounds, one) = (step.bounds, R::from_f32(1.0));
        let warm = R::from_count(step.n) > self.warm_up;
        let first_share = if self.batch < self.warm_up { self.batch / self.warm_up } else { one };
        let (means, squares) = tile.memory.split_at_mut(tile.x.len());
        self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (i, x) in tile.x.iter_mut().enumerate() {
                    let (g, mean, s) = (&tile.g[i], &mut means[i], &mut squares[i]);
                    for lane in 0..LANES {
                        let (share, rate) =
                            if warm { self.share_and_rate(mean[lane], s[lane]) } else { (first_share, R::default()) };
                        x[lane] = rate.negative().mul_add(g[lane], x[lane]);
                        mean[lane] = (one - share).mul_add(mean[lane], share * g[lane]);
                        s[lane] = (one - share).mul_add(s[lane], share * (g[lane] * g[lane]));
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}
