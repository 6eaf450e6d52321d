//! Against numbers of independent programs, closed forms and limits.

use super::*;
use crate::theory::predict;
use crate::theory::predict::tests::{setup, value};
use std::f64::consts::LN_2;

/// η_c by an independent program, and that of the diffusion.
#[test]
fn critical_rates() {
    let n = [3, 4, 6, 8, 10, 20, 50];
    let tables = [
        (1.0, [0.666664, 0.517035, 0.354136, 0.266710, 0.212736, 0.104164, 0.040750]),
        (4.0, [1.33333, 1.136551, 0.886710, 0.729937, 0.620773, 0.354018, 0.153008]),
    ];
    for (batch, expected) in tables {
        for (n, expected) in n.into_iter().zip(expected) {
            let found = critical_learning_rate(n, 1.0, batch);
            assert!((found - expected).abs() < 5.1e-6, "n = {n}, B = {batch}: {found} against {expected}");
            assert!((critical_learning_rate(n, 2.5, batch) * 2.5 / found - 1.0).abs() < 1e-12, "η_c ∝ 1/h");
            let diffusion = diffusion_critical_learning_rate(n, 1.0, batch).expect("n > 2");
            assert!(diffusion > found && diffusion_growth_rate(diffusion, 1.0, batch, n).abs() < 1e-15);
        }
    }
    assert_eq!(diffusion_critical_learning_rate(2, 1.0, 1.0), None);
    // Both agree where many directions make η_c small: by 0.02 at n = 50, B = 1, and half of that at n = 100.
    let gap =
        |n| diffusion_critical_learning_rate(n, 1.0, 1.0).expect("n > 2") / critical_learning_rate(n, 1.0, 1.0) - 1.0;
    assert!((gap(50) / gap(100) - 2.0).abs() < 0.2, "{} and {}", gap(50), gap(100));
}

/// E ln χ² with two and four degrees of freedom, in closed form: ln δ + E₁(δ/2), of which E₁ is a series; and, n = 4,
/// (1 − e^(−δ/2))/(δ/2) less of it.
#[test]
fn logarithm_of_the_noncentral_law() {
    const EULER: f64 = 0.577_215_664_901_532_9;
    for m in [0.01, 0.5, 1.0, 4.0f64] {
        let mut term = -1.0;
        let series: f64 = (1..80)
            .map(|k| {
                term *= -m / f64::from(k);
                term / f64::from(k)
            })
            .sum();
        let exponential_integral = -EULER - m.ln() + series;
        let two = (2.0 * m).ln() + exponential_integral;
        for (n, expected) in [(2, two), (4, two + (1.0 - (-m).exp()) / m)] {
            // s = 2: E ln ‖q e + s ξ‖ = ln s + half of it.
            let found = step_growth(2.0 * (2.0 * m).sqrt(), 2.0, n);
            assert!((found - LN_2 - 0.5 * expected).abs() < 1e-13, "n = {n}, δ/2 = {m}: {found}");
        }
    }
    // χ² of two degrees: E ln = ln 2 − γ.
    assert!((step_growth(0.0, 1.0, 2) - 0.5 * (LN_2 - EULER)).abs() < 1e-14);
}

/// The sum and the expansion are one where they meet.
#[test]
fn little_noise() {
    for n in [1, 2, 3, 4, 10, 64] {
        let at = |mean: f64| step_growth(-1.0, (0.5 / mean).sqrt(), n);
        let (sum, expansion) = (at(LARGE), at(LARGE * (1.0 + 1e-12)));
        assert!((sum - expansion).abs() < 1e-13, "n = {n}: {sum} and {expansion}");
    }
}

#[test]
fn growth_tends_to_that_of_the_diffusion() {
    for n in [1, 3, 10] {
        let gap = |rate: f64| growth_rate(rate, 2.0, 3.0, n) - diffusion_growth_rate(rate, 2.0, 3.0, n);
        let (wide, narrow) = (gap(2e-3), gap(1e-3));
        // ln(1 − ηh) = −ηh − (ηh)²/2.
        assert!((narrow + 0.5 * 1e-3 * 4.0).abs() < 3e-5, "n = {n}: {narrow}");
        assert!((wide / narrow - 2.0).abs() < 0.03, "n = {n}: {wide} and {narrow}");
    }
}

/// ηh of the limit by an independent program.
#[test]
fn regression_without_label_noise() {
    for (batch, expected) in [(1, 2.42125), (2, 2.68451), (4, 2.66300), (8, 2.49258)] {
        let found = regression_critical_learning_rate(2.0, batch) * 2.0;
        assert!((found - expected).abs() < 5.1e-6, "B = {batch}: {found}");
    }
    // B = 2: Q/2 is exponential, and E ln |1 − ηe| = −e^(−1/η) Ei(1/η), Ei(1) = 1.895117816355937.
    let unit = regression_growth_rate(1.0, 1.0, 2);
    assert!((unit + 1.895117816355937 / std::f64::consts::E).abs() < 1e-10, "{unit}");
    // ln|1 − x|, x = η(1 + √(2/B) ξ + …), as B → ∞.
    let many = regression_growth_rate(0.5, 1.0, 10_000_000);
    assert!((many / (2.0 * 0.5f64.ln()) - 1.0).abs() < 1e-6, "{many}");
}

#[test]
fn experiments_at_a_minimum_without_loss() {
    let text = |noise: &str, rule: &str| {
        let mut setup = setup(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [2.0, 2.0, 2.0], floor = 1.0 }}
            noise = {{ kind = "loss-hessian"{noise} }}
            dynamics = {{ {rule} }}
            ensemble = {{ walkers = 1000, start = [1.0, 0.0, 0.0], steps = 100 }}
            "#
        ));
        let with_floor = predict(&setup);
        assert!(!with_floor.contains_key("growth_rate"), "noise at the minimum: {with_floor:?}");
        let crate::experiment::Landscape::Quadratic(landscape) = &mut setup.landscape else { panic!("a quadratic") };
        landscape.floor = 0.0;
        predict(&setup)
    };
    let exact = |all: &_| value(all, "growth_rate", Source::LyapunovExponent);
    let sgd = text("", "kind = \"sgd\", learning_rate = 0.333332");
    assert!(exact(&sgd).abs() < 1e-5, "the critical rate: {sgd:?}");
    assert!((value(&sgd, "growth_rate", Source::GeometricBrownianMotion) + 2.0 - 0.666664).abs() < 1e-12);
    // Euler's steps of the Itô equation: of Δt = η they are those of SGD, smaller ones tend to the diffusion.
    let langevin = |dt: f64| {
        exact(&text("", &format!("kind = \"langevin\", learning_rate = 0.2, batch_size = 2, time_step = {dt}")))
    };
    assert!((langevin(0.2) - growth_rate(0.2, 2.0, 2.0, 3)).abs() < 1e-13);
    assert!((langevin(1e-4) - diffusion_growth_rate(0.2, 2.0, 2.0, 3)).abs() < 1e-3);
    let other = text(", distribution = \"uniform\"", "kind = \"sgd\", learning_rate = 0.1");
    assert!(!other.contains_key("growth_rate"), "{other:?}");
}

#[test]
fn fresh_samples_without_label_noise() {
    let predicted = |label_noise: f64| {
        predict(&setup(&format!(
            r#"
            landscape = {{ kind = "least-squares", synthetic = {{ samples = "fresh", features = 1, label_noise = {label_noise} }} }}
            noise = {{ kind = "minibatch" }}
            dynamics = {{ kind = "sgd", learning_rate = 2.66300, batch_size = 4 }}
            ensemble = {{ walkers = 1000, start = [1.0], steps = 10 }}
            "#
        )))
    };
    let rate = value(&predicted(0.0), "growth_rate", Source::LyapunovExponent);
    assert!(rate.abs() < 1e-5, "{rate}");
    assert!(!predicted(1.0).contains_key("growth_rate"));
}
