//! Rules under a schedule, whose learning rate is multiplied by f_k at step k = 0, 1, …: moments by going
//! through the steps.

use super::ensemble::{MeasuringTimes, SecondOrder};
use nalgebra::{DMatrix, DVector};

/// Moments pooled over the measuring times, `step` taking those before update k = 0, 1, … to those after it.
pub fn pooled_by_steps(
    start: &SecondOrder,
    times: MeasuringTimes,
    mut step: impl FnMut(u64, &SecondOrder) -> SecondOrder,
) -> SecondOrder {
    let count = times.count as f64;
    let mut law = start.clone();
    let mut sum = SecondOrder { mean: &law.mean * 0.0, square: &law.square * 0.0 };
    for n in 0..=times.last() {
        if measured(times, n) {
            sum.mean += &law.mean / count;
            sum.square += &law.square / count;
        }
        law = step(n, &law);
    }
    sum
}

/// x' = x − f_k R (H x + n) with diagonal R > 0 and Cov n = C: with x = √R U w and √R H √R = U Λ Uᵀ
/// every moment of w is a recursion of its own, w_i' = (1 − f_k λ_i) w_i − f_k (Uᵀ√R n)_i, so that millions
/// of steps are quick.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledDescent {
    eigenvalues: DVector<f64>,
    /// √R U.
    to_positions: DMatrix<f64>,
    /// Uᵀ/√R.
    from_positions: DMatrix<f64>,
    /// Uᵀ√R C √R U.
    noise: DMatrix<f64>,
}

impl ScheduledDescent {
    /// None unless every rate is positive.
    pub fn new(hessian: &DMatrix<f64>, rates: &[f64], covariance: &DMatrix<f64>) -> Option<Self> {
        if !rates.iter().all(|rate| *rate > 0.0 && rate.is_finite()) {
            return None;
        }
        let diagonal = |f: fn(f64) -> f64| {
            DMatrix::from_diagonal(&DVector::from_iterator(rates.len(), rates.iter().copied().map(f)))
        };
        let root = diagonal(f64::sqrt);
        let eigen = (&root * hessian * &root).symmetric_eigen();
        let to_positions = &root * &eigen.eigenvectors;
        Some(Self {
            noise: to_positions.transpose() * covariance * &to_positions,
            from_positions: eigen.eigenvectors.transpose() * diagonal(|rate| 1.0 / rate.sqrt()),
            eigenvalues: eigen.eigenvalues,
            to_positions,
        })
    }

    /// Moments pooled over the measuring times, the rates being multiplied by `factor(k)` at step k.
    pub fn pooled(&self, start: &SecondOrder, times: MeasuringTimes, factor: impl Fn(u64) -> f64) -> SecondOrder {
        let d = self.eigenvalues.len();
        let count = times.count as f64;
        let mut mean = &self.from_positions * &start.mean;
        let mut square = &self.from_positions * &start.square * self.from_positions.transpose();
        let mut sum = SecondOrder { mean: DVector::zeros(d), square: DMatrix::zeros(d, d) };
        let mut contraction = DVector::zeros(d);
        for n in 0..=times.last() {
            if measured(times, n) {
                sum.mean += &mean / count;
                sum.square += &square / count;
            }
            let f = factor(n);
            contraction.zip_apply(&self.eigenvalues, |q, lambda| *q = 1.0 - f * lambda);
            mean.component_mul_assign(&contraction);
            for j in 0..d {
                for i in 0..d {
                    let m = &mut square[(i, j)];
                    *m = contraction[i] * contraction[j] * *m + f * f * self.noise[(i, j)];
                }
            }
        }
        let back = &self.to_positions;
        SecondOrder { mean: back * sum.mean, square: back * sum.square * back.transpose() }
    }
}

fn measured(times: MeasuringTimes, n: u64) -> bool {
    n >= times.first && (n - times.first).is_multiple_of(times.every)
}

/// Whether rates ∝ k^−p meet the conditions of the classical convergence theorem, η_k → 0 and Σ η_k = ∞
/// (Bertsekas & Tsitsiklis, Neuro-Dynamic Programming, proposition 3.5): 0 < p ≤ 1.
pub fn power_schedule_converges(exponent: f64) -> bool {
    exponent > 0.0 && exponent <= 1.0
}

#[cfg(test)]
mod tests {
    use super::super::gradient_noise::GradientNoise;
    use super::super::gradient_rule::GradientRule;
    use super::super::linear::LinearRule;
    use super::*;

    fn scalar(value: f64) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, value)
    }

    fn once(n: u64) -> MeasuringTimes {
        MeasuringTimes { first: n, every: 1, count: 1 }
    }

    /// Mean and variance after n updates at rates c/(k + 1)^p, k = 1, 2, …, n, from x₀ = 1 with h = s = 1.
    fn annealed(c: f64, p: f64, n: u64) -> (f64, f64) {
        let rule = ScheduledDescent::new(&scalar(1.0), &[c], &scalar(1.0)).expect("positive rate");
        let start = SecondOrder { mean: DVector::from_element(1, 1.0), square: scalar(1.0) };
        let law = rule.pooled(&start, once(n), |k| ((k + 2) as f64).powf(-p));
        (law.mean[0], law.covariance()[0])
    }

    /// Numbers from an independent program; means by ∏(1 − c/k) = Γ(T + 1 − c) Γ(2)/(Γ(T + 1) Γ(2 − c)), T = n + 1.
    #[test]
    fn decaying_rates() {
        let table = [
            (1.0, 1.0, [(100, 9.90099e-3, 9.80296e-3), (10_000, 9.999e-5, 9.998e-5)]),
            (1.0, 2.0, [(100, 0.50495, 0.0406612), (10_000, 0.50005, 0.0398761)]),
            (0.3, 1.0, [(100, 0.275335, 0.0100978), (10_000, 0.069437, 7.60922e-4)]),
        ];
        for (c, p, rows) in table {
            for (n, mean, variance) in rows {
                let found = annealed(c, p, n);
                assert!((found.0 / mean - 1.0).abs() < 1e-5, "mean {} at {n} of {c}/k^{p}", found.0);
                assert!((found.1 / variance - 1.0).abs() < 1e-5, "variance {} at {n} of {c}/k^{p}", found.1);
            }
        }
        for (c, variances) in [(0.5, [0.0107695, 2.23836e-4, 2.81422e-5]), (2.0, [0.0132673, 1.33327e-4, 1.33333e-5])] {
            for (n, variance) in [100, 10_000, 100_000].into_iter().zip(variances) {
                let found = annealed(c, 1.0, n).1;
                assert!((found / variance - 1.0f64).abs() < 5e-6, "variance {found} at {n} of {c}/k");
            }
        }
        let (found, c) = (annealed(0.3, 1.0, 100_000), 0.3);
        assert!((found.0 / 0.0348022 - 1.0).abs() < 2e-6 && (found.1 / 1.9455e-4 - 1.0).abs() < 3e-5, "{found:?}");
        use statrs::function::gamma::ln_gamma;
        let product = (ln_gamma(100_002.0 - c) - ln_gamma(100_002.0) - ln_gamma(2.0 - c)).exp();
        assert!((found.0 / product - 1.0).abs() < 1e-9, "{} against {product}", found.0);
    }

    /// Σ 1/k² is finite: the start is never forgotten, ∏(1 − 1/k²) → ½.
    #[test]
    fn rates_with_a_finite_sum_do_not_converge() {
        let forgotten = |p: f64| annealed(1.0, p, 100_000).0 < 1e-3;
        for p in [0.6, 1.0, 2.0] {
            assert_eq!(forgotten(p), power_schedule_converges(p), "exponent {p}");
        }
        assert!(!power_schedule_converges(0.0), "constant rates");
        let (mean, variance) = annealed(1.0, 2.0, 100_000);
        assert!((mean - 0.500005).abs() < 1e-9 && (variance - 0.0398689).abs() < 5.1e-8, "{mean}, {variance}");
    }

    #[test]
    fn coupled_coordinates_step_by_step() {
        let hessian = DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 1.0]);
        let covariance = DMatrix::from_row_slice(2, 2, &[1.0, 0.3, 0.3, 4.0]);
        let rates = [0.3, 0.1];
        let factor = |k: u64| 1.0 / (1.0 + k as f64 / 7.0);
        let mean = DVector::from_row_slice(&[1.0, -2.0]);
        let start = SecondOrder { square: &mean * mean.transpose() + DMatrix::identity(2, 2), mean };
        let times = MeasuringTimes { first: 2, every: 3, count: 9 };
        let quick = ScheduledDescent::new(&hessian, &rates, &covariance).expect("positive rates");
        let quick = quick.pooled(&start, times, factor);
        let rule = GradientRule::sgd(&DMatrix::from_diagonal(&DVector::from_row_slice(&rates)));
        let noise = GradientNoise::additive(&covariance);
        let plain = pooled_by_steps(&start, times, |k, law| rule.scaled(factor(k)).step(&hessian, &noise, law));
        assert!((&quick.mean - plain.mean).amax() < 1e-14 && (&quick.square - plain.square).amax() < 1e-14);
        assert_eq!(ScheduledDescent::new(&hessian, &[0.1, 0.0], &covariance), None);
    }

    /// A constant factor is a smaller rate.
    #[test]
    fn a_constant_schedule_is_a_linear_rule() {
        let rule = GradientRule::momentum(&scalar(0.2), 0.7);
        let noise = GradientNoise::gaussian_regression(&scalar(1.5), 1.0, 2.0);
        let start = rule.start(&SecondOrder { mean: DVector::from_element(1, 1.0), square: scalar(1.5) });
        let times = MeasuringTimes { first: 4, every: 5, count: 6 };
        let found = pooled_by_steps(&start, times, |_, law| rule.scaled(0.5).step(&scalar(1.5), &noise, law));
        let smaller = GradientRule::momentum(&scalar(0.1), 0.7);
        let exact = smaller.moments(&scalar(1.5), &noise).pooled(&start, times);
        assert!((found.mean - &exact.mean).amax() < 1e-15 && (found.square - exact.square).amax() < 1e-14);
        let additive: LinearRule = smaller.linear(&scalar(1.5), &scalar(1.0));
        assert!((additive.pooled(&start, times).mean - exact.mean).amax() < 1e-15);
    }
}
