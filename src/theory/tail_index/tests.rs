//! Against numbers by independent programs in f64.

use super::*;
use crate::landscape::Profile;
use crate::theory::predict::predict as predict_all;
use crate::theory::predict::tests::{setup, value};

/// By an independent program.
#[test]
fn kesten_indices_of_regression() {
    for (rate, batch, expected, digits) in [
        (0.1, 1, 17.28459, 5e-6),
        (0.1, 4, 65.72, 5e-3),
        (0.2, 1, 8.30259, 5e-6),
        (0.3, 1, 5.30590, 5e-6),
        (0.5, 1, 2.90397, 5e-6),
        (0.5, 4, 9.97838, 5e-6),
        (1.0, 1, 1.09083, 5e-6),
        (1.0, 2, 2.0, 1e-9),
        (1.0, 4, 3.50468, 5e-6),
        (1.0, 8, 6.20230, 5e-6),
        (1.0, 16, 11.41944, 5e-6),
        (1.5, 8, 2.43125, 5e-6),
    ] {
        let index = regression_tail_index(0.5 * rate, 2.0, batch).expect("stationary");
        assert!((index - expected).abs() < 1.1 * digits, "ηh = {rate}, B = {batch}: {index} for {expected}");
    }
    // The limit of stationarity is ηh = 2.42125 for B = 1.
    assert!(regression_tail_index(2.41, 1.0, 1).is_some_and(|index| index < 0.1));
    assert_eq!(regression_tail_index(2.43, 1.0, 1), None);
}

/// By an independent program; E a² = 1 where (1 − ηh)² + (ηh)²/B = 1.
#[test]
fn kesten_indices_of_normal_factors() {
    for (rate, expected, digits) in [(0.1, 21.863, 5e-4), (0.5, 5.5506, 5e-5), (1.0, 2.0, 1e-9)] {
        let index = normal_tail_index(1.0 - rate, rate).expect("stationary");
        assert!((index - expected).abs() < 1.1 * digits, "ηh = {rate}: {index} for {expected}");
    }
    assert_eq!(normal_tail_index(0.5, 1e-9), None, "a random factor that never exceeds 1");
}

/// Student's t with φ = (ν + 1)/2, by quadrature.
#[test]
fn exponent_of_a_power_of_the_loss() {
    for (dimension, phi) in [(1, 1.1), (1, 11.0), (3, 6.5)] {
        let measure = |r: f64| r.powi(dimension as i32 - 1) * (-phi * (r * r).ln_1p()).exp();
        // r = exp(u).
        let atoms = panel_nodes(-40.0, 120.0, 800);
        let average = |f: &dyn Fn(f64) -> f64| -> f64 {
            atoms
                .iter()
                .map(|atom| atom.weight * atom.position.exp() * measure(atom.position.exp()) * f(atom.position.exp()))
                .sum()
        };
        let mean = average(&|r| (r * r).ln_1p()) / average(&|_| 1.0);
        let found = loss_exponent(mean, dimension).expect("positive");
        assert!((found / phi - 1.0).abs() < 1e-8, "{dimension}: {found} for {phi}");
    }
    assert_eq!(loss_exponent(-1.0, 1), None);
}

/// Of the exact stationary law, by an independent program; of η = 1, B = 1, whose tails are the heaviest, from the mean
/// 1.29907 ± 0.00038 of ln(1 + x²) over 2.4·10⁸ steps of a walker in C.
#[test]
fn exponents_of_stationary_laws() {
    for (rate, expected) in [
        (1.0, [1.0281, 1.5452, 2.5411, 4.5255, 8.5115]),
        (0.5, [1.9536, 3.4461, 6.4511, 12.4653, 24.4792]),
        (0.1, [9.9381, 19.4648, 38.4814, 76.4904, 152.4952]),
    ] {
        for (k, expected) in expected.into_iter().enumerate() {
            let step = Regression::new(rate, 1.0, 0.5, 1 << k);
            let found = loss_exponent(regression_mean_log(&step).expect("stationary"), 1).expect("positive");
            let tolerance = if rate == 1.0 && k == 0 { 4e-4 } else { 1.1e-4 };
            assert!((found - expected).abs() < tolerance, "η = {rate}, B = {}: {found} for {expected}", 1 << k);
        }
    }
    for (rate, batch, expected) in
        [(0.1, 1.0, 10.4926), (0.1, 2.0, 19.9961), (0.1, 16.0, 152.9995), (1.0, 2.0, 1.7202), (1.0, 8.0, 4.8771)]
    {
        let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.0 };
        let along = LossDriven { profile, floor: 0.3, rate, temperature: rate / batch, clock: Clock::Time };
        let found = loss_exponent(loss_driven_mean_log(&along).expect("stationary"), 1).expect("positive");
        assert!((found - expected).abs() < 1.1e-4, "η = {rate}, B = {batch}: {found} for {expected}");
    }
}

/// Exponents of the chain beside those of Student's t, its limit.
#[test]
fn tails_are_predicted_in_one_dimension() {
    let of = |landscape: &str, noise: &str| {
        predict_all(&setup(&format!(
            r#"
            landscape = {{ {landscape} }}
            noise = {{ {noise} }}
            dynamics = {{ kind = "sgd", learning_rate = 0.5 }}
            ensemble = {{ walkers = 1000, start = [0.0], steps = 1000 }}
            "#
        )))
    };
    let regression = r#"kind = "least-squares", synthetic = { samples = "fresh", features = 1, label_noise = 2.0 }"#;
    let all = of(regression, r#"kind = "minibatch""#);
    assert!((value(&all, "tail_exponent[0]", Source::Kesten) - 2.90397).abs() < 5.5e-6);
    assert!((value(&all, "loss_tail_exponent", Source::TransitionKernel) - 1.9536).abs() < 1.1e-4);
    let grows = r#"kind = "loss-hessian""#;
    let all = of(r#"kind = "quadratic", hessian = [1.0], floor = 0.5"#, grows);
    assert!((value(&all, "tail_exponent[0]", Source::Kesten) - 5.5506).abs() < 5.5e-5);
    assert_eq!(value(&all, "tail_exponent[0]", Source::StudentT), 5.0);
    assert_eq!(value(&all, "loss_tail_exponent", Source::StudentT), 3.0);
    let constant = of(r#"kind = "quadratic", hessian = [1.0]"#, r#"kind = "gaussian", covariance = 1.0"#);
    assert!(!constant.contains_key("tail_exponent[0]"));
}
