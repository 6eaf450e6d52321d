//! Rules that take one stochastic gradient a step, on a quadratic landscape.

use super::ensemble::SecondOrder;
use super::gradient_noise::GradientNoise;
use super::linear::{LinearRule, conjugate};
use super::moment_map::MomentMap;
use nalgebra::DMatrix;

/// z' = F z + J ĝ(x) with x, the distance from the minimum, the first coordinates of z, and
/// ĝ(x) = H x + n(x).
#[derive(Clone, Debug, PartialEq)]
pub struct GradientRule {
    /// F, the step without a gradient.
    pub free: DMatrix<f64>,
    /// J, what a gradient does to the state.
    pub injection: DMatrix<f64>,
}

impl GradientRule {
    /// x' = x − R ĝ.
    pub fn sgd(rates: &DMatrix<f64>) -> Self {
        Self { free: DMatrix::identity(rates.nrows(), rates.nrows()), injection: -rates }
    }

    /// v' = μ v + R ĝ, x' = x − v', with z = (x, v). With N the averaging length in steps μ = 1 − 1/N.
    pub fn momentum(rates: &DMatrix<f64>, retention: f64) -> Self {
        let d = rates.nrows();
        let mut free = DMatrix::identity(2 * d, 2 * d);
        let mut injection = DMatrix::zeros(2 * d, d);
        for i in 0..d {
            free[(i, d + i)] = -retention;
            free[(d + i, d + i)] = retention;
        }
        injection.rows_mut(0, d).copy_from(&-rates);
        injection.rows_mut(d, d).copy_from(rates);
        Self { free, injection }
    }

    /// The rule with all rates multiplied by `factor`, as a schedule does.
    pub fn scaled(&self, factor: f64) -> Self {
        Self { free: self.free.clone(), injection: &self.injection * factor }
    }

    /// The rule under noise of one covariance C everywhere: z' = A z + ζ, Cov ζ = J C Jᵀ.
    pub fn linear(&self, hessian: &DMatrix<f64>, covariance: &DMatrix<f64>) -> LinearRule {
        LinearRule { map: self.map(hessian), noise: conjugate(&self.injection, covariance) }
    }

    /// What a step does to the moments of z.
    pub fn moments(&self, hessian: &DMatrix<f64>, noise: &GradientNoise) -> MomentMap {
        MomentMap::new(&self.map(hessian), &self.injection, noise)
    }

    /// One step of the moments of z, for rules that change from step to step.
    pub fn step(&self, hessian: &DMatrix<f64>, noise: &GradientNoise, law: &SecondOrder) -> SecondOrder {
        let map = self.map(hessian);
        let place = law.leading(hessian.nrows());
        SecondOrder {
            mean: &map * &law.mean,
            square: conjugate(&map, &law.square) + conjugate(&self.injection, &noise.mean_covariance(&place)),
        }
    }

    /// Moments of the state at the start, what is not a position being at rest.
    pub fn start(&self, positions: &SecondOrder) -> SecondOrder {
        positions.followed_by(&vec![0.0; self.free.nrows() - positions.mean.len()])
    }

    /// A: F z + J H x.
    fn map(&self, hessian: &DMatrix<f64>) -> DMatrix<f64> {
        let mut map = self.free.clone();
        let mut positions = map.columns_mut(0, hessian.nrows());
        positions += &self.injection * hessian;
        map
    }
}

/// Learning rate and momentum for batches of `batch`, from a learning rate and an averaging length that suit
/// batches of one without and with momentum: N = max(1, N'/B), η = B η'/N (McAllester, TTIC 31230, 2018,
/// after Goyal et al., arXiv:1706.02677; the slides print min for max).
pub fn batch_rule(rate: f64, momentum_steps: f64, batch: f64) -> (f64, f64) {
    let steps = (momentum_steps / batch).max(1.0);
    (batch * rate / steps, steps)
}

#[cfg(test)]
mod tests {
    use super::super::correlation::{lagged_covariance, relaxation_steps};
    use super::super::linear::stationary_covariance;
    use super::*;

    fn scalar(value: f64) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, value)
    }

    /// Momentum with averaging length N and effective rate η' = ηN, h = s = 1.
    fn momentum(effective_rate: f64, steps: f64) -> LinearRule {
        let rule = GradientRule::momentum(&scalar(effective_rate / steps), 1.0 - 1.0 / steps);
        rule.linear(&scalar(1.0), &scalar(1.0))
    }

    fn covariance(rule: &LinearRule) -> DMatrix<f64> {
        stationary_covariance(&rule.map, &rule.noise).expect("stable")
    }

    /// V = η's²/(h(2 − η'h/(2N − 1))) and E v² = 2η²s²/((1 − μ)(2(1 + μ) − ηh)), derived here from the moments
    /// of AR(2).
    #[test]
    fn stationary_variance_with_momentum() {
        let table = [(1.0, 0.1111111), (2.0, 0.1034483), (5.0, 0.1011236), (10.0, 0.1005291), (100.0, 0.1000503)];
        for (steps, expected) in table {
            let found = covariance(&momentum(0.2, steps));
            assert!((found[(0, 0)] - expected).abs() < 5.1e-8, "N = {steps}: {}", found[(0, 0)]);
            assert!((found[(0, 0)] - 0.2 / (2.0 - 0.2 / (2.0 * steps - 1.0))).abs() < 1e-14);
            let (eta, mu) = (0.2 / steps, 1.0 - 1.0 / steps);
            let speed = 2.0 * eta * eta / ((1.0 - mu) * (2.0 * (1.0 + mu) - eta));
            assert!((found[(1, 1)] - speed).abs() < 1e-15, "E v² = {} against {speed}", found[(1, 1)]);
        }
        // Stable for η'h < 2(2N − 1).
        for (rate, stable) in [(5.99, true), (6.01, false)] {
            let rule = momentum(rate, 2.0);
            assert_eq!(stationary_covariance(&rule.map, &rule.noise).is_some(), stable, "η' = {rate}");
        }
    }

    /// AR(2), from an independent program.
    #[test]
    fn autocorrelation_with_momentum() {
        let rule = momentum(0.2, 10.0);
        let variance = covariance(&rule)[(0, 0)];
        let table = [(1, 0.9894737), (5, 0.7849291), (10, 0.3497802), (20, -0.2598358), (50, 0.0764228)];
        for (lag, expected) in table {
            let found = lagged_covariance(&rule, lag).expect("stable")[(0, 0)] / variance;
            assert!((found - expected).abs() < 5.1e-8, "r_{lag} = {found}");
        }
    }

    #[test]
    fn scaling_with_the_batch_size() {
        let (rate, steps) = (0.01, 100.0);
        let rule = |batch: f64| {
            let (rate, steps) = batch_rule(rate, steps, batch);
            GradientRule::momentum(&scalar(rate), 1.0 - 1.0 / steps).linear(&scalar(1.0), &scalar(1.0 / batch))
        };
        let table = [
            (1.0, 1.000025),
            (10.0, 1.0026385),
            (20.0, 1.0112360),
            (50.0, 1.0909091),
            (100.0, 2.0),
            (150.0, 4.0),
            (190.0, 20.0),
        ];
        for (batch, expected) in table {
            let found = covariance(&rule(batch))[(0, 0)] / (0.5 * rate);
            assert!((found / expected - 1.0).abs() < 1e-6, "B = {batch}: {found}");
        }
        let diverging = rule(200.0);
        assert_eq!(stationary_covariance(&diverging.map, &diverging.noise), None);
        for (batch, samples) in [(1.0, 199.00), (10.0, 189.82), (20.0, 179.26), (50.0, 144.27)] {
            let found = batch * relaxation_steps(&rule(batch)).expect("contracts");
            assert!((found - samples).abs() < 5.1e-3, "B = {batch}: {found} samples");
        }
    }

    /// Liu, Ziyin & Ueda, ICML 2021, theorem 1: with rates Λ that do not commute with H and C,
    /// (1 − μ)(ΛHΣ + ΣHΛ) − (1 + μ²)/(1 − μ²) ΛHΣHΛ + μ/(1 − μ²)(ΛHΛHΣ + ΣHΛHΛ) = ΛCΛ.
    #[test]
    fn preconditioned_momentum_obeys_its_matrix_equation() {
        let symmetric = |a, b, c| DMatrix::from_row_slice(2, 2, &[a, b, b, c]);
        let (rates, hessian, noise) = (symmetric(0.2, 0.05, 0.1), symmetric(1.0, -0.3, 0.6), symmetric(1.0, 0.4, 2.0));
        for mu in [0.0f64, 0.5, 0.9] {
            let all = covariance(&GradientRule::momentum(&rates, mu).linear(&hessian, &noise));
            let s = all.view((0, 0), (2, 2)).clone_owned();
            let lh = &rates * &hessian;
            let both = |m: DMatrix<f64>| &m + m.transpose();
            let c = 1.0 - mu * mu;
            let left = both(&lh * &s) * (1.0 - mu) - conjugate(&lh, &s) * ((1.0 + mu * mu) / c)
                + both(&lh * &lh * &s) * (mu / c);
            let right = conjugate(&rates, &noise);
            assert!((&left - &right).amax() < 1e-14, "μ = {mu}: {left} against {right}");
            // Without the last term it does not hold.
            assert!(mu == 0.0 || (left - both(&lh * &lh * &s) * (mu / c) - right).amax() > 1e-4);
        }
    }
}
