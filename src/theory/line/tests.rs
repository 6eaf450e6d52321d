//! Against an independent program, identities, and quadrature over one step.

use super::super::collocation::NoiseLaw;
use super::super::predict::predict;
use super::super::predict::tests::{setup, value};
use super::*;

fn wells(rate: f64, measure: &str) -> Setup {
    setup(&format!(
        r#"
        landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
        noise = {{ kind = "gaussian", covariance = 1.0 }}
        dynamics = {{ kind = "sgd", learning_rate = {rate} }}
        ensemble = {{ walkers = 600, start = {{ points = [[-1.0], [1.0]] }}, burn_in = 100_000_000, steps = 1000 }}
        measure = {{ {measure} }}
        "#
    ))
}

/// The average of f over the stationary law of x in these wells.
fn stationary_mean(setup: &Setup, f: impl Fn(f64) -> f64) -> f64 {
    let coordinates = coordinates(setup).expect("apart");
    let start = coordinates[0].start(setup, 0).expect("points");
    let kernel = TransitionKernel::on_line(&coordinates[0], &start).expect("confined");
    kernel.stationary().expect("nobody leaves").mean(f)
}

fn slope(x: f64) -> f64 {
    x * x * x - x
}

/// ⟨L'²⟩ and both sides in (x² − 1)²/4 with s = 1, from an independent program.
#[test]
fn relations_in_a_double_well() {
    for (rate, square, side) in [
        (0.02, 0.0200987570, 0.0102009876),
        (0.05, 0.0505865491, 0.0262646637),
        (0.1, 0.1018622568, 0.0550931128),
        (0.15, 0.1555589925, 0.0866669244),
        (0.2, 0.2188413214, 0.1218841321),
    ] {
        let all = predict(&wells(rate, "fluctuation_dissipation = { windows = [10, 300], centre = [0.0] }"));
        let exact = |name: &str| value(&all, name, SOURCE);
        assert!((exact("gradient_norm_squared") - square).abs() < 1e-9, "η = {rate}");
        for name in ["fdr1_left", "fdr1_right"] {
            assert!((exact(name) - side).abs() < 1e-9, "{name} = {} at η = {rate}", exact(name));
        }
        assert!((exact("fdr1_ratio") - 1.0).abs() < 1e-9);
        // At the smallest step walkers do not pass in so short a time.
        if rate > 0.02 {
            assert!((exact("fdr1_window_left[10]") - side).abs() < 1e-9);
            assert!((exact("fdr1_window_right[300]") - side).abs() < 1e-9);
            assert_eq!(exact("fdr1_half_running[1000]"), 1.0);
        }
        assert!((exact("fdr2_left") - square).abs() < 1e-9);
        assert!((exact("nqm1_right") - 0.5 * side).abs() < 1e-9);
        assert!((exact("nqm1_left") - exact("loss")).abs() < 1e-14, "no loss at the minima");
    }
}

/// What the second relation lacks beyond a quadratic: ⟨L(θ') − L(θ)⟩ = 0 has terms of the third and fourth
/// derivatives, −xΔ³ + Δ⁴/4, too.
#[test]
fn second_relation_lacks_the_higher_derivatives() {
    for rate in [0.05, 0.2] {
        let setup = wells(rate, "fluctuation_dissipation = {}");
        let all = predict(&setup);
        let found = value(&all, "fdr2_left", SOURCE) - value(&all, "fdr2_right", SOURCE);
        let third = |x: f64| rate.powi(3) * (slope(x).powi(3) + 3.0 * slope(x));
        let fourth = |x: f64| rate.powi(4) * (slope(x).powi(4) + 6.0 * slope(x).powi(2) + 3.0);
        let expected = stationary_mean(&setup, |x| x * third(x) - 0.25 * fourth(x)) / rate;
        assert!((found + expected).abs() < 1e-11 && found.abs() > 1e-5, "{found} against {expected} at η = {rate}");
    }
}

/// The variance of the mismatch over one update is that of its sides' difference.
#[test]
fn mismatch_of_one_update() {
    let setup = wells(0.1, "fluctuation_dissipation = { windows = [1, 2], centre = [0.5] }");
    let all = predict(&setup);
    let exact = |name: &str| value(&all, name, SOURCE);
    // E[(x − c) u · r u²/2], u = U' + ξ.
    let product = stationary_mean(&setup, |x| 0.05 * (x - 0.5) * (slope(x).powi(3) + 3.0 * slope(x)));
    let means = exact("fdr1_left") * exact("fdr1_right");
    let expected = exact("fdr1_left_variance") + exact("fdr1_right_variance") - 2.0 * (product - means);
    let found = exact("fdr1_mismatch_variance[1]");
    assert!((found / expected - 1.0).abs() < 1e-9, "{found} against {expected}");
    assert!(exact("fdr1_mismatch_variance[2]") < found);
}

#[test]
fn correlations_in_a_double_well() {
    let setup = wells(0.2, "correlation = { lags = [1, 100, 200, 400] }");
    let all = predict(&setup);
    let exact = |name: &str| value(&all, name, SOURCE);
    // At long lags by the passage alone.
    let fall = exact("correlation[0,0,200]") / exact("correlation[0,0,400]");
    assert!((fall.ln() / 200.0 / 0.2 - exact("relaxation_rate")).abs() < 1e-8, "{fall}");
    let (time, rate) = (exact("correlation_time[0]"), exact("relaxation_rate"));
    assert!((time * rate - 1.0).abs() < 0.1, "mostly passages: {time} against 1/{rate}");
    // At lag 1 by quadrature over the noise; x is odd, the loss is even.
    let noise = NoiseLaw::Gaussian.gauss(20).expect("a rule");
    let loss = |x: f64| 0.25 * (x * x - 1.0).powi(2);
    let later = |x: f64| noise.iter().map(|xi| xi.weight * loss(x - 0.2 * (slope(x) + xi.position))).sum::<f64>();
    let mean = stationary_mean(&setup, loss);
    let covariance = stationary_mean(&setup, |x| (loss(x) - mean) * later(x));
    let expected = covariance / stationary_mean(&setup, |x| (loss(x) - mean).powi(2));
    assert!((exact("correlation[loss,loss,1]") - expected).abs() < 1e-9, "against {expected}");
    assert!(exact("correlation[0,loss,1]").abs() < 1e-9 && exact("correlation[loss,loss,400]").abs() < 1e-6);
}

/// U = x⁴/4, one well: about ⟨x⁴⟩ = T over exp(−x⁴/4T).
#[test]
fn one_well_that_is_not_quadratic() {
    let all = predict(&setup(
        r#"
        landscape = { kind = "formula", loss = "x^4/4", variables = ["x"] }
        dynamics = { kind = "langevin", temperature = 0.5, time_step = 0.01 }
        ensemble = { walkers = 600, start = [0.3], burn_in = 10000, steps = 1000 }
        measure = { fluctuation_dissipation = {}, correlation = { lags = { to = 3 } } }
        "#,
    ));
    let exact = |name: &str| value(&all, name, SOURCE);
    assert!((exact("fdr1_ratio") - 1.0).abs() < 1e-9);
    assert!((exact("fdr1_left") - 0.5).abs() < 0.01 && (exact("loss") - 0.125).abs() < 2e-3);
    assert!(exact("correlation[0,0,3]") < exact("correlation[0,0,2]") && exact("increment_spectrum[0,3]") > 0.0);
}
