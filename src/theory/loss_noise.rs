//! The stationary law under noise that grows with the loss, as the step goes to zero.

use super::predict::add;
use super::{Kind, Predictions, Source};
use crate::experiment::{Drive, Dynamics, Noise, Quadratic, Setup};

/// The law of x in L = L* + ½hx² under dx = −hx dt + √(2ηLh/B) dW (Itô), up to scale Student's t: p(x) ∝
/// (1 + x²/(ν scale²))^(−(ν + 1)/2), that is p ∝ L^(−(1 + B/(ηh))) (Mori, Ziyin, Liu & Ueda, ICML 2022, here in one
/// dimension). Derived here: without current hx p + (ηLh p/B)' = 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossNoiseLaw {
    /// ν = 1 + 2B/(ηh).
    pub degrees_of_freedom: f64,
    /// √(2L*/(hν)).
    pub scale: f64,
}

impl LossNoiseLaw {
    /// With the floor L* > 0, the curvature h > 0, the learning rate η and the batch size B.
    pub fn new(floor: f64, curvature: f64, rate: f64, batch: f64) -> Self {
        let degrees_of_freedom = 1.0 + 2.0 * batch / (rate * curvature);
        Self { degrees_of_freedom, scale: (2.0 * floor / (curvature * degrees_of_freedom)).sqrt() }
    }

    /// V = 2ηL*/(2B − ηh), finite where ν > 2.
    pub fn variance(&self) -> Option<f64> {
        let nu = self.degrees_of_freedom;
        (nu > 2.0).then(|| self.scale * self.scale * nu / (nu - 2.0))
    }
}

impl LossNoiseLaw {
    /// The law that a rule tends to in one coordinate of a quadratic: SGD, or an Itô equation, under
    /// loss-hessian noise; after the time change also that of a temperature T, as ηh/B = T.
    fn of(setup: &Setup, landscape: &Quadratic) -> Option<(Self, f64)> {
        let hessian = landscape.hessian.matrix();
        let [curvature] = hessian.as_slice() else { return None };
        let grows = matches!(setup.noise, Some(Noise::LossHessian(_)));
        let rate_per_sample = match (&setup.dynamics, setup.dynamics.drive()) {
            (Dynamics::Sgd(rule), _) if grows && rule.schedule.is_constant() => {
                rule.learning_rate.shared()? / rule.batch_size as f64
            }
            (_, Some(Drive::GradientNoise { learning_rate, batch_size })) if grows => learning_rate / batch_size as f64,
            (Dynamics::LogLangevin(_), Some(Drive::Temperature(temperature))) => temperature.shared()? / curvature,
            _ => return None,
        };
        let confined = *curvature > 0.0 && landscape.floor > 0.0 && rate_per_sample > 0.0;
        confined.then(|| (Self::new(landscape.floor, *curvature, rate_per_sample, 1.0), *curvature))
    }
}

/// Adds the exponents of the law's tails, and its moments where they are finite.
pub fn predict(setup: &Setup, landscape: &Quadratic, all: &mut Predictions) {
    let Some((law, curvature)) = LossNoiseLaw::of(setup, landscape) else { return };
    let mut leading = |estimate: &str, value: f64| add(all, estimate, Source::StudentT, Kind::LeadingOrder, value);
    leading("tail_exponent[0]", law.degrees_of_freedom);
    leading("loss_tail_exponent", 0.5 * (law.degrees_of_freedom + 1.0));
    let Some(variance) = law.variance() else { return };
    leading("covariance[0,0]", variance);
    leading("loss", landscape.floor + 0.5 * curvature * variance);
    leading("gradient_norm_squared", curvature * curvature * variance);
}

#[cfg(test)]
mod tests {
    use super::super::gradient_noise::GradientNoise;
    use super::super::gradient_rule::GradientRule;
    use super::*;
    use nalgebra::DMatrix;

    #[test]
    fn no_current_flows() {
        let (floor, h, rate, batch) = (0.3, 2.0, 0.4, 3.0);
        let law = LossNoiseLaw::new(floor, h, rate, batch);
        let nu = law.degrees_of_freedom;
        let density = |x: f64| (1.0 + x * x / (nu * law.scale * law.scale)).powf(-0.5 * (nu + 1.0));
        let spread = |x: f64| rate * h / batch * (floor + 0.5 * h * x * x) * density(x);
        for x in [0.1, 0.5, 1.3] {
            let step = 1e-5;
            let slope = (spread(x + step) - spread(x - step)) / (2.0 * step);
            assert!((h * x * density(x) + slope).abs() < 1e-9, "current at {x}");
        }
        let v = law.variance().expect("finite");
        assert!((v - 2.0 * rate * floor / (2.0 * batch - rate * h)).abs() < 1e-15, "{v}");
        assert_eq!(LossNoiseLaw::new(floor, h, 4.0, 3.0).variance(), None, "ν < 2");
    }

    /// The chain at a finite step has V = 2ηL*/(B(2 − ηh − ηh/B)).
    #[test]
    fn chain_tends_to_the_law_as_the_step_goes_to_zero() {
        let (floor, h, batch) = (0.3, 2.0, 3.0);
        let hessian = DMatrix::from_element(1, 1, h);
        let noise = GradientNoise::loss_hessian(&hessian, floor, batch);
        for rate in [1e-2, 1e-3] {
            let rule = GradientRule::sgd(&DMatrix::from_element(1, 1, rate)).moments(&hessian, &noise);
            let chain = rule.stationary().expect("stable").square[0];
            let v = LossNoiseLaw::new(floor, h, rate, batch).variance().expect("finite");
            assert!((chain / v - 1.0 - 0.5 * rate * h).abs() < 2.0 * rate * rate * h * h, "{chain} against {v}");
        }
    }
}
