//! How much one update is sure to lower the loss, and the batch size that lowers it most per sample.

/// A gradient of one coordinate as estimated from a batch: with the slope changing by no more than L per unit
/// and the estimate good to 2σ/√B, L(x − ηĝ) ≤ L(x) − ηĝ(ĝ − 2σ/√B) + ½Lη²ĝ² (McAllester, TTIC 31230, 2018,
/// "A second order algorithm").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProgressGuarantee {
    /// |ĝ|.
    pub gradient: f64,
    /// σ, the standard deviation of the gradient of one sample.
    pub deviation: f64,
    /// L, the bound on the second derivative.
    pub curvature_bound: f64,
}

impl ProgressGuarantee {
    /// η*(B) = (1 − 2σ/(|ĝ|√B))/L, or 0 where the batch is too small to be sure of progress.
    pub fn best_rate(&self, batch: f64) -> f64 {
        (1.0 - 2.0 * self.deviation / (self.gradient * batch.sqrt())).max(0.0) / self.curvature_bound
    }

    /// The guaranteed fall of the loss at that rate, ½L η*(B)² ĝ².
    pub fn reduction(&self, batch: f64) -> f64 {
        0.5 * self.curvature_bound * (self.best_rate(batch) * self.gradient).powi(2)
    }

    /// B* = 16σ²/ĝ², which makes the guaranteed fall per sample largest. There η* = 1/(2L) and the fall is
    /// ĝ²/(8L).
    pub fn best_batch(&self) -> f64 {
        16.0 * (self.deviation / self.gradient).powi(2)
    }
}

/// What |ĝ − g| stays below with probability 1 − δ for the mean ĝ of k independent vectors that stay within b of
/// g in norm: b(1 + √(2 ln(1/δ)))/√k (Norkin & Wets, Law of small numbers as concentration inequalities, 2012,
/// theorem 3.1).
pub fn concentration_bound(b: f64, samples: f64, delta: f64) -> f64 {
    b * (1.0 + (-2.0 * delta.ln()).sqrt()) / samples.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_batch_is_best() {
        let guarantee = ProgressGuarantee { gradient: 0.3, deviation: 1.2, curvature_bound: 2.5 };
        let best = guarantee.best_batch();
        assert!((best - 256.0).abs() < 1e-10, "{best}");
        assert!((guarantee.best_rate(best) - 1.0 / 5.0).abs() < 1e-15);
        assert!((guarantee.reduction(best) - 0.09 / 20.0).abs() < 1e-15);
        for other in [0.1, 0.25, 0.5, 0.9, 1.1, 2.0, 10.0] {
            let per_sample = guarantee.reduction(best * other) / (best * other);
            assert!(per_sample < guarantee.reduction(best) / best, "{other} of the best batch");
        }
        assert_eq!(guarantee.reduction(0.25 * best), 0.0);
        // At every batch size η* minimises the bound.
        let (g, error) = (0.3, 2.4 / 100f64.sqrt());
        let bound = |eta: f64| -eta * g * (g - error) + 0.5 * 2.5 * eta * eta * g * g;
        let eta = guarantee.best_rate(100.0);
        assert!((bound(eta) + guarantee.reduction(100.0)).abs() < 1e-15);
        assert!(bound(1.01 * eta) > bound(eta) && bound(0.99 * eta) > bound(eta));
    }

    /// Sums of ±b exceed it with probability below δ, by the binomial law.
    #[test]
    fn fair_coins_stay_within_the_concentration_bound() {
        for (samples, delta) in [(10u32, 0.1), (50, 0.05), (50, 0.5), (200, 1e-3)] {
            let bound = concentration_bound(2.0, f64::from(samples), delta);
            let mut weight = 0.5f64.powi(samples as i32);
            let (mut outside, mut outside_quarter) = (0.0, 0.0);
            for heads in 0..=samples {
                let mean = 2.0 * (2.0 * f64::from(heads) / f64::from(samples) - 1.0);
                if mean.abs() > bound {
                    outside += weight;
                }
                if mean.abs() > 0.25 * bound {
                    outside_quarter += weight;
                }
                weight *= f64::from(samples - heads) / f64::from(heads + 1);
            }
            assert!(outside <= delta, "{outside} outside of {bound}");
            assert!(outside_quarter > delta, "a quarter of it is no bound");
        }
    }
}
