//! Predictions of what is measured of updates and between states, against walkers moved one by one.

mod walk;

use super::tests::setup;
use super::walkers::Normals;
use crate::theory::{Kind, Predictions, predict};
use std::collections::BTreeMap;
use walk::{Sums, Walk, measure};

/// Estimates from a block's sums: means, ratios of them, and correlations.
fn estimates(sums: &Sums) -> BTreeMap<String, f64> {
    let mean = |name: &str| sums.get(name).map_or(f64::NAN, |(sum, count)| sum / count);
    let mut all: BTreeMap<String, f64> = sums.keys().map(|name| (name.clone(), mean(name))).collect();
    for name in ["fdr1", "fdr2", "nqm1"] {
        all.insert(format!("{name}_ratio"), mean(&format!("{name}_left")) / mean(&format!("{name}_right")));
    }
    for name in sums.keys() {
        if let Some(length) = name.strip_prefix("half_left") {
            all.insert(format!("fdr1_half_running{length}"), mean(name) / mean(&format!("half_right{length}")));
        }
        if let Some(signals) = name.strip_prefix("product[")
            && let [a, b, lag] = signals.trim_end_matches(']').split(',').collect::<Vec<_>>()[..]
            && lag != "0"
        {
            let variance = |a: &str| mean(&format!("product[{a},{a},0]"));
            all.insert(format!("correlation[{signals}"), mean(name) / (variance(a) * variance(b)).sqrt());
        }
    }
    all
}

/// The z-score of every simulated estimate that has an exact prediction, from 64 blocks of walkers.
fn scores(text: &str, predictions: &Predictions) -> BTreeMap<String, f64> {
    const BLOCKS: usize = 64;
    const WALKERS: usize = 24;
    let setup = setup(text);
    let exact = |name: &str| {
        let found = predictions.get(name).and_then(|list| list.iter().find(|p| p.kind == Kind::Exact));
        found.map_or(f64::NAN, |p| p.value)
    };
    let walk = Walk::new(&setup);
    let mut normals = Normals(2);
    let blocks: Vec<_> = (0..BLOCKS)
        .map(|_| {
            let mut sums = Sums::new();
            (0..WALKERS).for_each(|_| measure(&walk, &exact, &mut normals, &mut sums));
            estimates(&sums)
        })
        .collect();
    let score = |name: &String| {
        let n = BLOCKS as f64;
        let mean = blocks.iter().map(|b| b[name]).sum::<f64>() / n;
        let variance = blocks.iter().map(|b| (b[name] - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (name.clone(), (mean - exact(name)) / (variance / n).sqrt())
    };
    blocks[0].keys().map(score).filter(|(_, z)| !z.is_nan()).collect()
}

/// Systems, how many estimates of each have scores, and a change that must be found out.
const SYSTEMS: [(&str, usize, [&str; 2]); 4] = [
    (
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.4], [0.4, 2.0]], minimum = [0.5, -1.0], floor = 1.0 }
        noise = { kind = "gaussian", covariance = [[2.0, 0.7], [0.7, 1.0]] }
        dynamics = { kind = "sgd", learning_rate = [0.2, 0.1], batch_size = 2 }
        ensemble = { walkers = 600, start = [0.5, -1.0], burn_in = 200, steps = 300 }
        [measure]
        every = 2
        fluctuation_dissipation = { windows = [5, 20], centre = [0.3, 0.1] }
        current = { centre = [0.3, -0.8] }
        correlation = { lags = { to = 6 } }
        "#,
        94,
        ["[0.4, 2.0]]", "[0.4, 2.2]]"],
    ),
    (
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.3], [0.3, 1.5]], floor = 1.0 }
        noise = { kind = "gaussian", covariance = [1.0, 3.0] }
        dynamics = { kind = "momentum", learning_rate = 0.1, momentum = 0.6 }
        ensemble = { walkers = 600, start = [0.0, 0.0], burn_in = 150, steps = 300 }
        [measure]
        every = 1
        fluctuation_dissipation = { windows = [3, 30], centre = [0.3, -0.4] }
        current = {}
        correlation = { lags = [2, 5, 9] }
        "#,
        59,
        ["momentum = 0.6", "momentum = 0.65"],
    ),
    (
        r#"
        landscape = { kind = "quadratic", hessian = [1.5] }
        dynamics = { kind = "underdamped", temperature = 0.3, friction = 1.0, time_step = 0.4 }
        ensemble = { walkers = 600, start = [0.0], burn_in = 100, steps = 300 }
        [measure]
        every = 1
        fluctuation_dissipation = { windows = [4, 20], centre = [0.3] }
        correlation = { lags = [1, 3, 8] }
        "#,
        41,
        ["friction = 1.0", "friction = 1.1"],
    ),
    (
        r#"
        landscape = { kind = "quadratic", hessian = [1.0, 3.0], minimum = [0.4, 0.0] }
        noise = { kind = "gaussian", covariance = [[1.0, 0.5], [0.5, 1.0]], distribution = "rademacher" }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 600, start = [1.0, 0.3], burn_in = 2, steps = 50 }
        [measure]
        every = 3
        fluctuation_dissipation = { windows = [7] }
        current = {}
        "#,
        16,
        ["learning_rate = 0.1", "learning_rate = 0.105"],
    ),
];

/// Some 200 scores of Student's t with 63 degrees of freedom: that any is beyond 5 has a chance of
/// 200 × 5·10⁻⁶ = 10⁻³.
const FARTHEST: f64 = 5.0;

#[test]
fn exact_predictions_hold_for_updates_made_one_by_one() {
    for (k, (text, count, _)) in SYSTEMS.iter().enumerate() {
        let scores = scores(text, &predict(&setup(text)));
        for (estimate, z) in &scores {
            assert!(z.abs() < FARTHEST, "system {k}: {estimate} has z = {z}; all: {scores:#?}");
        }
        assert_eq!(scores.len(), *count, "system {k}: {:?}", scores.keys());
    }
}

/// The canary of the test above.
#[test]
fn predictions_of_another_system_are_found_out() {
    for (k, (text, _, [from, to])) in SYSTEMS.iter().enumerate() {
        let wrong = text.replace(from, to);
        assert!(wrong != *text, "system {k}");
        let scores = scores(text, &predict(&setup(&wrong)));
        let found = scores.values().filter(|z| z.abs() > FARTHEST).count();
        assert!(found >= 3, "system {k}: {found} of {scores:#?}");
    }
}
