//! Running averages of x_1, x_2, … (McAllester, TTIC 31230, 2018): what weight they give in all, and their
//! variance where the x are independent of variance σ².

/// How the average of N values is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunningAverage {
    /// The mean of the last N values, of all where there are fewer.
    Window,
    /// μ_t = (1 − 1/N) μ_{t−1} + x_t/N with μ_0 = 0.
    Exponential,
    /// The same with 1/min(t, N) for 1/N.
    BiasCorrected,
}

impl RunningAverage {
    /// E μ_t/E x of `steps` N ≥ 1 at t ≥ 1: 1 − (1 − 1/N)^t where the average starts at 0, else 1.
    pub fn weight(self, steps: u64, t: u64) -> f64 {
        match self {
            Self::Window | Self::BiasCorrected => 1.0,
            Self::Exponential => 1.0 - retained(steps).powf(t as f64),
        }
    }

    /// Var μ_t/σ² of `steps` N ≥ 1 at t ≥ 1, the sum of the squares of the weights. Derived here: a geometric
    /// series, which in the last case begins at t = N with 1/N.
    pub fn variance(self, steps: u64, t: u64) -> f64 {
        let settled = 1.0 / (2 * steps - 1) as f64;
        match self {
            Self::Window => 1.0 / steps.min(t) as f64,
            Self::Exponential => settled * (1.0 - retained(steps).powf(2.0 * t as f64)),
            Self::BiasCorrected if t <= steps => 1.0 / t as f64,
            Self::BiasCorrected => {
                settled + (1.0 / steps as f64 - settled) * retained(steps).powf(2.0 * (t - steps) as f64)
            }
        }
    }
}

/// 1 − 1/N.
fn retained(steps: u64) -> f64 {
    1.0 - 1.0 / steps as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weights of x_1 … x_t, by following the update.
    fn weights(average: RunningAverage, steps: u64, t: u64) -> Vec<f64> {
        let mut weights: Vec<f64> = Vec::new();
        for s in 1..=t {
            let new = match average {
                RunningAverage::Window => {
                    let first = s.saturating_sub(steps);
                    weights = (0..s).map(|k| if k >= first { 1.0 / steps.min(s) as f64 } else { 0.0 }).collect();
                    continue;
                }
                RunningAverage::Exponential => 1.0 / steps as f64,
                RunningAverage::BiasCorrected => 1.0 / steps.min(s) as f64,
            };
            weights.iter_mut().for_each(|w| *w *= 1.0 - new);
            weights.push(new);
        }
        weights
    }

    #[test]
    fn weights_and_variances_are_those_of_the_update() {
        use RunningAverage::{BiasCorrected, Exponential, Window};
        for average in [Window, Exponential, BiasCorrected] {
            for steps in [1, 2, 7] {
                for t in [1, 2, 5, 7, 8, 30] {
                    let weights = weights(average, steps, t);
                    let total: f64 = weights.iter().sum();
                    let squares: f64 = weights.iter().map(|w| w * w).sum();
                    let found = (average.weight(steps, t), average.variance(steps, t));
                    assert!((found.0 - total).abs() < 1e-14, "{average:?} N = {steps}, t = {t}: weight {}", found.0);
                    assert!((found.1 - squares).abs() < 1e-14, "{average:?} N = {steps}, t = {t}: {}", found.1);
                }
            }
        }
    }
}
