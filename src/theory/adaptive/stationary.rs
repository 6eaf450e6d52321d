//! Stationary variance of RMSProp and Adam on a quadratic landscape when the second moment is averaged over
//! very many steps.

/// x −= η μ/√(s + ε) in a well of curvature h, with μ and s the running averages of the gradient and of its
/// square over N_g and N_s → ∞ steps; N_g = 1 is RMSProp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdaptiveRule {
    /// η.
    pub rate: f64,
    /// N_g ≥ 1.
    pub momentum_steps: f64,
    /// ε.
    pub epsilon: f64,
    /// h > 0.
    pub curvature: f64,
    /// Variance of the gradient that moves the walker, σ²/B.
    pub variance: f64,
    /// Variance of the gradients whose square is averaged: σ²/B where those are the batch's, σ² where they are
    /// each example's.
    pub averaged_variance: f64,
}

impl AdaptiveRule {
    /// The rate η_e = η/√(E s + ε) at which the walker moves.
    ///
    /// Derived here: s tends to E s = h²V + averaged variance, the walker then being one of plain momentum, so
    /// that V = η_e·variance/(h(2 − η_e h/(2N_g − 1))). η_e² (E s + ε) grows with η_e from 0 without end up to the
    /// rate where V diverges: there is one root, found by bisection.
    pub fn effective_rate(&self) -> f64 {
        let (mut low, mut high) = (0.0, 2.0 * (2.0 * self.momentum_steps - 1.0) / self.curvature);
        // Past the 53 bits of f64, as the root may lie far below the end of the interval.
        for _ in 0..120 {
            let middle = 0.5 * (low + high);
            let second_moment = self.curvature.powi(2) * self.variance_at(middle) + self.averaged_variance;
            if middle * middle * (second_moment + self.epsilon) > self.rate * self.rate {
                high = middle;
            } else {
                low = middle;
            }
        }
        0.5 * (low + high)
    }

    /// V.
    pub fn stationary_variance(&self) -> f64 {
        self.variance_at(self.effective_rate())
    }

    fn variance_at(&self, rate: f64) -> f64 {
        let shortfall = rate * self.curvature / (2.0 * self.momentum_steps - 1.0);
        rate * self.variance / (self.curvature * (2.0 - shortfall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rmsprop(rate: f64, curvature: f64, deviation: f64) -> AdaptiveRule {
        let variance = deviation * deviation;
        AdaptiveRule { rate, momentum_steps: 1.0, epsilon: 0.0, curvature, variance, averaged_variance: variance }
    }

    /// u = η_e h solves u² = a²(1 − u/2), a = ηh/s: derived here, as E s = s²/(1 − u/2).
    #[test]
    fn rmsprop_in_closed_form() {
        for (rate, h, s, expected) in
            [(0.1, 1.0, 1.0, 0.05126562), (0.1, 1.0, 0.3, 0.01630199), (0.05, 2.0, 1.0, 0.01281641)]
        {
            let a2 = (rate * h / s) * (rate * h / s);
            let u = 0.5 * (-0.5 * a2 + f64::sqrt(0.25 * a2 * a2 + 4.0 * a2));
            let found = rmsprop(rate, h, s).stationary_variance();
            assert!((found / (s * s * u / (h * h * (2.0 - u))) - 1.0f64).abs() < 1e-12, "{found}");
            assert!((found - expected).abs() < 5.1e-9, "{found} against {expected}");
        }
        // V ≈ ησ/(2h) as the step goes to zero.
        let small = rmsprop(1e-6, 2.0, 3.0).stationary_variance();
        assert!((small / (1e-6 * 3.0 / 4.0) - 1.0).abs() < 1e-6, "{small}");
    }

    /// Numbers from an independent program.
    #[test]
    fn adam_is_momentum_at_its_effective_rate() {
        for (rate, steps, expected) in
            [(0.1, 10.0, 0.0489452915), (0.05, 10.0, 0.0247286518), (0.1, 100.0, 0.0488340976)]
        {
            let adam = AdaptiveRule { momentum_steps: steps, ..rmsprop(rate, 1.0, 1.0) };
            let found = adam.stationary_variance();
            assert!((found - expected).abs() < 5.1e-11, "{found} against {expected}");
        }
        // A large ε makes it momentum at the rate η/√ε.
        let adam = AdaptiveRule { momentum_steps: 10.0, epsilon: 1e12, ..rmsprop(1e5, 1.0, 1.0) };
        let found = adam.stationary_variance();
        assert!((found - 0.1 / (2.0 - 0.1 / 19.0)).abs() < 1e-11, "{found}");
    }

    /// V at B = 16 over that at B = 1: a rate ∝ B makes V grow as √B where the batch's second moment is
    /// averaged, and keeps it where each example's is; a rate ∝ √B keeps it in the former.
    #[test]
    fn scaling_with_the_batch_size() {
        let variance = |rate: f64, batch: f64, per_example: bool| {
            let averaged_variance = if per_example { 1.0 } else { 1.0 / batch };
            let rule = AdaptiveRule { variance: 1.0 / batch, averaged_variance, ..rmsprop(rate, 1.0, 1.0) };
            rule.stationary_variance()
        };
        for (scaled_rate, per_example, ratio) in [(16.0, false, 4.0), (4.0, false, 1.0), (16.0, true, 1.0)] {
            let found = variance(1e-5 * scaled_rate, 16.0, per_example) / variance(1e-5, 1.0, per_example);
            assert!((found / ratio - 1.0f64).abs() < 1e-3, "{found} for rate {scaled_rate}, per example {per_example}");
        }
    }
}
