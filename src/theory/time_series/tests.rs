use super::*;
use crate::experiment::Experiment;
use crate::theory::{Prediction, predict};
use nalgebra::DVector;

fn setup(text: &str) -> Setup {
    Experiment::parse("test", "test.toml", text, &[]).unwrap_or_else(|e| panic!("{e}")).cells[0].setup.clone()
}

fn found(setup: &Setup, name: &str, source: Source) -> Prediction {
    let all = predict(setup);
    let list = all.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", all.keys()));
    *list.iter().find(|p| p.source == source).expect("of this source")
}

const FRESH: &str = r#"
    landscape = { kind = "least-squares", synthetic = { samples = "fresh", features = 2, spectrum = [2.0, 0.5], label_noise = 0.6 } }
    noise = { kind = "minibatch" }
    dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 4 }
    ensemble = { walkers = 1e6, start = [3.0, -1.0], steps = 100 }
    measure = { time_series = { points = 3, spacing = "log", noise_covariance = true } }
"#;

/// At the first point the state before the update is the start, where C = ((σ² + xᵀHx)H + H x xᵀ H)/B is known by hand.
#[test]
fn noise_of_regression_at_the_start() {
    let setup = setup(FRESH);
    let minimum = setup.landscape.quadratic().expect("a quadratic").minimum.clone();
    let x = [3.0 - minimum[0], -1.0 - minimum[1]];
    let h = [2.0, 0.5];
    let form = h[0] * x[0] * x[0] + h[1] * x[1] * x[1];
    for (i, j) in [(0, 0), (0, 1), (1, 1)] {
        let isotropic = if i == j { (0.36 + form) * h[i] } else { 0.0 };
        let expected = (isotropic + h[i] * x[i] * h[j] * x[j]) / 4.0;
        let value = found(&setup, &format!("noise_covariance[{i},{j},1]"), Source::DiscreteLyapunov).value;
        assert!((value - expected).abs() < 1e-12 * expected.abs(), "{i}, {j}: {value}, not {expected}");
    }
    // Without the term of rank one: 2⟨L⟩h_k/B, L = ½(σ² + xᵀHx).
    for (k, h) in h.iter().enumerate() {
        let prediction = found(&setup, &format!("noise_covariance_eigenvalue[{k},1]"), Source::Decoupled);
        assert!((prediction.value - (0.36 + form) * h / 4.0).abs() < 1e-12, "{prediction:?}");
        assert_eq!(prediction.kind, Kind::Asymptotic);
    }
    // One update: E x' = (1 − ηh)x, and Cov x' = η² C.
    let mean = found(&setup, "mean[0,1]", Source::DiscreteLyapunov).value;
    assert!((mean - minimum[0] - (1.0 - 0.2) * x[0]).abs() < 1e-12, "{mean}");
    let noise = found(&setup, "noise_covariance[0,1,1]", Source::DiscreteLyapunov).value;
    let covariance = found(&setup, "covariance[0,1,1]", Source::DiscreteLyapunov).value;
    assert!((covariance - 0.01 * noise).abs() < 1e-12, "{covariance}");
}

/// Descents followed step by step, from point to point, are where they are when followed from the start at once.
#[test]
fn points_of_scheduled_descents_follow_upon_one_another() {
    for (noise, dynamics) in [
        ("kind = \"gaussian\", covariance = [0.5, 2.0]", "kind = \"sgd\""),
        ("kind = \"loss-hessian\"", "kind = \"momentum\", momentum_steps = 3"),
    ] {
        let text = |points: u32| {
            format!(
                r#"
                landscape = {{ kind = "quadratic", hessian = [[1.0, 0.3], [0.3, 0.5]], floor = 0.1 }}
                noise = {{ {noise} }}
                dynamics = {{ {dynamics}, learning_rate = 0.2, schedule = {{ kind = "step", every = 7, factor = 0.5 }} }}
                ensemble = {{ walkers = 1000, start = [1.0, 2.0], burn_in = 5, steps = 40 }}
                measure = {{ time_series = {{ points = {points} }} }}
                "#
            )
        };
        let (many, one) = (setup(&text(20)), setup(&text(1)));
        for name in ["mean[0,40]", "covariance[0,1,40]", "covariance[1,1,40]", "loss[40]", "gradient_norm_squared[40]"]
        {
            let [a, b] = [&many, &one].map(|setup| found(setup, name, Source::DiscreteLyapunov).value);
            assert!((a - b).abs() < 1e-12 * b.abs(), "{name}: {a} and {b}");
            let before = found(&many, &name.replace("40]", "38]"), Source::DiscreteLyapunov).value;
            assert!((a - before).abs() > 1e-9 * b.abs(), "canary: {name} has not changed");
        }
    }
}

/// Eigenvalues that a sample pushes apart by more than it scatters are no exact predictions.
#[test]
fn eigenvalues_are_exact_where_they_are_apart() {
    let text = |hessian: &str, walkers: &str| {
        format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = {hessian} }}
            noise = {{ kind = "gaussian", covariance = 1.0 }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = {walkers}, start = [0.0, 0.0], steps = 1000 }}
            measure = {{ time_series = {{ points = 1 }} }}
            "#
        )
    };
    for (hessian, walkers, kind) in [
        ("[1.0, 0.5]", "1e6", Kind::Exact),
        ("[1.0, 0.5]", "25", Kind::Asymptotic),
        ("[1.0, 1.0]", "1e6", Kind::Asymptotic),
    ] {
        let setup = setup(&text(hessian, walkers));
        let prediction = found(&setup, "covariance_eigenvalue[0,1000]", Source::DiscreteLyapunov);
        assert_eq!(prediction.kind, kind, "{hessian}, {walkers} walkers");
        let h = if hessian.contains("0.5") { 0.5 } else { 1.0 };
        assert!((prediction.value - 0.1 / (h * (2.0 - 0.1 * h))).abs() < 1e-12, "{prediction:?}");
    }
}

/// Free energies along the run by iterating mean and covariance; exact while far from where a sample is never quite.
#[test]
fn free_energies_along_the_run() {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], minimum = [1.0, 0.0] }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.05 }
        ensemble = { walkers = 1e6, start = { normal = { mean = [4.0, 3.0], std = [1.0, 0.5] } }, burn_in = 2, steps = 600 }
        measure = { time_series = { points = 2 } }
    "#;
    let setup = setup(text);
    let energies = FreeEnergies::of(&setup).expect("stationary");
    let diagonal = |values: [f64; 2]| DMatrix::from_diagonal(&DVector::from_row_slice(&values));
    let map = DMatrix::from_row_slice(2, 2, &[0.95, -0.025, -0.025, 0.95]);
    let noise = diagonal([0.0025, 0.01]);
    let mut law = Gaussian { mean: DVector::from_row_slice(&[3.0, 3.0]), covariance: diagonal([1.0, 0.25]) };
    for n in 1..=602 {
        law = law.after(&map, &noise);
        let Some(step) = [302, 602].contains(&n).then(|| n - 2) else { continue };
        for (name, value) in FreeEnergies::NAMES.into_iter().zip(energies.of_law(&law)) {
            let prediction = found(&setup, &format!("{name}[{step}]"), Source::DiscreteLyapunov);
            assert!((prediction.value - value).abs() < 1e-11 * value.abs().max(1.0), "{name}: {prediction:?}, {value}");
        }
    }
    let kind = |text: &str, name: &str| found(&self::setup(text), name, Source::DiscreteLyapunov).kind;
    assert_eq!(kind(text, "free_energy[600]"), Kind::Asymptotic);
    assert_eq!(kind(text, "loss_free_energy[600]"), Kind::Exact);
    let early = text.replace("steps = 600", "steps = 60");
    assert_eq!(kind(&early, "free_energy[60]"), Kind::Exact);
    assert_eq!(kind(&early.replace("1e6", "64"), "free_energy[60]"), Kind::Asymptotic);
}
