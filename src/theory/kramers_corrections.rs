//! Kramers' escape rate to the next order in temperature, and at a finite step.

use super::kramers::{Well, escape_rate};
use crate::landscape::Profile;

/// Length of a finite difference over the distance from minimum to saddle.
const DIFFERENCE: f64 = 1e-3;

/// c of κ(1 − cT + O(T²)), the escape rate over the saddle of a diffusion. Derived here: up to what is exponentially
/// small, 1/rate = (1/T) ∫_well e^(−U/T) dx ∫_saddle e^(U/T) dx, and Laplace's method has ∫e^(−U/T) dx =
/// √(2πT/h) e^(−U_a/T) [1 + T(5a²/(24h³) − b/(8h²)) + O(T²)] with the second, third and fourth derivatives h, a, b at
/// the minimum; those of −U at the saddle.
pub fn temperature_coefficient(profile: &Profile, from: Well) -> Option<f64> {
    let [left, saddle, right] = profile.wells()?;
    let minimum = if from == Well::Left { left } else { right };
    let step = DIFFERENCE * (saddle - minimum);
    // Exact for polynomials up to the fourth degree.
    let of_extremum = |x: f64, sign: f64| {
        let [below, h, above] = [x - step, x, x + step].map(|x| sign * profile.curvature(x));
        let third = (above - below) / (2.0 * step);
        let fourth = (above - 2.0 * h + below) / (step * step);
        5.0 * third * third / (24.0 * h.powi(3)) - fourth / (8.0 * h * h)
    };
    Some(of_extremum(minimum, 1.0) + of_extremum(saddle, -1.0))
}

/// κ_η/κ = (ln Λ/(η√(h_a |h_s|))) √((1 − q²)/(Λ² − 1)) exp(η(h_a + |h_s|)/2) with q = 1 − ηh_a and Λ = 1 + η|h_s|:
/// Kramers' rate of the chain x' = x − ηU' + √(2ηT) ξ, ξ normal, as T → 0 with η²/T → 0. It is 1 + η(h_a − |h_s|)/4 +
/// O(η²). None where the chain does not stay at the minimum. Derived here: the chain's stationary density is
/// exp(−U/T + η(U'²/(4T) − U''/2)) to first order in η, and about minimum and saddle, where it is linear, the chain has
/// variance 2ηT/(1 − q²) and leaves at the rate ln Λ.
pub fn step_factor(profile: &Profile, step: f64, from: Well) -> Option<f64> {
    let [left, saddle, right] = profile.wells()?;
    let stable = profile.curvature(if from == Well::Left { left } else { right });
    let unstable = profile.curvature(saddle).abs();
    let (q, growth) = (1.0 - step * stable, 1.0 + step * unstable);
    let spreads = (1.0 - q * q) / (growth * growth - 1.0);
    let rate = growth.ln() * spreads.sqrt() * (0.5 * step * (stable + unstable)).exp();
    (q.abs() < 1.0).then(|| rate / (step * (stable * unstable).sqrt()))
}

/// [`escape_rate`] with both corrections; none where that in temperature takes half of it.
pub fn corrected_escape_rate(profile: &Profile, temperature: f64, step: f64, from: Well) -> Option<f64> {
    let lost = temperature_coefficient(profile, from)? * temperature;
    let factor = step_factor(profile, step, from)? * (1.0 - lost);
    (lost.abs() < 0.5).then_some(escape_rate(profile, temperature, from)? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;
    use crate::theory::passage_time::mean_first_passage_time;
    use crate::theory::predict::tests::setup;

    fn well(tilt: f64) -> Profile {
        Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt, floor: 0.0, transverse: vec![] })
    }

    /// Against quadrature: what is left is of second order in T.
    #[test]
    fn next_order_in_temperature() {
        let symmetric = temperature_coefficient(&well(0.0), Well::Left).expect("two wells");
        assert!((symmetric - 1.5).abs() < 1e-8, "{symmetric}");
        for (tilt, from) in [(0.0, Well::Left), (0.05, Well::Left), (0.05, Well::Right), (-0.1, Well::Left)] {
            let profile = well(tilt);
            let [left, _, right] = profile.wells().expect("two wells");
            let ends = if from == Well::Left { (left, right) } else { (right, left) };
            let c = temperature_coefficient(&profile, from).expect("two wells");
            let left_over = |t: f64| {
                let time = mean_first_passage_time(&profile, t, ends.0, ends.1).expect("confined");
                let rate = escape_rate(&profile, t, from).expect("two wells");
                1.0 / (time * rate) - (1.0 - c * t)
            };
            let (warm, cold) = (left_over(0.01), left_over(0.005));
            assert!(cold.abs() < 20.0 * 0.005f64.powi(2), "{cold} at tilt {tilt}");
            assert!((warm / cold - 4.0).abs() < 0.7, "{warm} and {cold} at tilt {tilt}, from {from:?}, c = {c}");
        }
    }

    /// cos x + 0.3 sin x + 0.01 x⁴ has derivatives of every degree.
    #[test]
    fn wells_of_a_formula() {
        let text = r#"
            landscape = { kind = "formula", loss = "cos(x) + 0.3*sin(x) + 0.01*x^4", variables = ["x"] }
            dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01 }
            ensemble = { walkers = 10, start = [2.0], steps = 10 }
        "#;
        let profile = setup(text).landscape.profiles().expect("one coordinate").remove(0);
        let [left, saddle, _] = profile.wells().expect("two wells");
        let of = |x: f64| {
            let (third, fourth) = (x.sin() - 0.3 * x.cos() + 0.24 * x, x.cos() + 0.3 * x.sin() + 0.24);
            let h = profile.curvature(x);
            5.0 * third * third / (24.0 * h.abs().powi(3)) - h.signum() * fourth / (8.0 * h * h)
        };
        let found = temperature_coefficient(&profile, Well::Left).expect("two wells");
        let expected = of(left) + of(saddle);
        assert!((found - expected).abs() < 1e-4 * expected.abs(), "{found} against {expected}");
    }

    /// Relaxation of (x² − 1)²/4 per unit time at finite steps over that of the diffusion, by an independent program.
    #[test]
    fn finite_steps() {
        let tables = [
            (0.05, 2.77614057e-3, [3.05547057e-3, 2.87587259e-3, 2.81827625e-3, 2.79131552e-3, 2.78346004e-3]),
            (0.1, 3.35452875e-2, [3.70736377e-2, 3.48295498e-2, 3.41046483e-2, 3.37517241e-2, 3.36457883e-2]),
        ];
        for (t, diffusion, chains) in tables {
            for (step, chain) in [0.2, 0.1, 0.05, 0.02, 0.01].into_iter().zip(chains) {
                let factor = step_factor(&well(0.0), step, Well::Left).expect("stable");
                let error: f64 = chain / diffusion - factor;
                assert!(error.abs() < 0.6 * step * t + 0.2 * step * step / t, "T = {t}, η = {step}: {error}");
            }
        }
        let small = step_factor(&well(0.05), 1e-4, Well::Right).expect("stable");
        let [_, saddle, right] = well(0.05).wells().expect("two wells");
        let difference = well(0.05).curvature(right) - well(0.05).curvature(saddle).abs();
        assert!((small - 1.0 - 0.25e-4 * difference).abs() < 1e-7, "{small}");
        assert_eq!(step_factor(&well(0.0), 1.0, Well::Left), None, "ηh = 2");
    }
}
