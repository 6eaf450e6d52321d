//! Windows in one dimension against closed forms.

use super::super::gradient_rule::GradientRule;
use super::super::linear::stationary_covariance;
use super::*;
use crate::theory::Predictions;
use crate::theory::predict;
use crate::theory::predict::tests::setup;
use nalgebra::DMatrix;

/// Predictions for SGD with h = s = 1.
fn sgd(rate: f64, start: f64, ensemble: &str, measured: &str) -> Predictions {
    let text = format!(
        r#"
        landscape = {{ kind = "quadratic", hessian = [1.0] }}
        noise = {{ kind = "gaussian", covariance = 1.0 }}
        dynamics = {{ kind = "sgd", learning_rate = {rate} }}
        ensemble = {{ walkers = 1000, start = [{start}], {ensemble} }}
        measure = {{ fluctuation_dissipation = {{ {measured} }} }}
        "#
    );
    predict(&setup(&text))
}

fn exact(all: &Predictions, name: &str) -> f64 {
    let found = all.get(name).and_then(|list| list.iter().find(|p| p.kind == Kind::Exact));
    found.unwrap_or_else(|| panic!("no {name} in {all:#?}")).value
}

/// Relative standard deviations of one update, √(2 + s²/(h²V)) and √2, and of the mismatch over T updates,
/// √(1 − q^2T)/(ηhT): derived here. With θ taken from a point o away the variance has another 2o²V(1 − q^T)/(ηT)².
#[test]
fn spread_of_sgd_in_one_dimension() {
    for (rate, length, expected) in [(0.1, 100, 0.1), (0.01, 1000, 0.1), (0.01, 100, 0.9306)] {
        let ensemble = "burn_in = 10000, steps = 10000";
        let all = sgd(rate, 0.0, ensemble, &format!("windows = [{length}]"));
        let (v, q) = (rate / (2.0 - rate), 1.0 - rate);
        let found = exact(&all, &format!("fdr1_mismatch_deviation[{length}]"));
        let formula = (1.0 - q.powi(2 * length)).sqrt() / (rate * f64::from(length));
        assert!((found / formula - 1.0).abs() < 1e-9 && (found - expected).abs() < 5.1e-5, "{found} against {formula}");
        for (side, spread) in [("left", (2.0 + 1.0 / v).sqrt()), ("right", 2f64.sqrt())] {
            let mean = exact(&all, &format!("fdr1_{side}"));
            assert!((mean / v - 1.0).abs() < 1e-12, "{side} {mean} against hV = {v}");
            let found = exact(&all, &format!("fdr1_{side}_variance")).sqrt() / mean;
            assert!((found / spread - 1.0).abs() < 1e-12, "{side}: {found} against {spread}");
        }
        let spread = exact(&all, &format!("fdr1_window_right_variance[{length}]")).sqrt() / v;
        let near = (2.0 / f64::from(length)).sqrt();
        assert!((spread / near - 1.0).abs() < 0.02, "right over {length}: {spread} against {near}");
    }
    let all = sgd(0.1, 0.0, "burn_in = 1000, steps = 1000", "windows = [100], centre = [2.0]");
    let (found, v) = (exact(&all, "fdr1_mismatch_variance[100]"), 0.1 / 1.9);
    let (q2, q) = (0.9f64.powi(200), 0.9f64.powi(100));
    let formula = (4.0 * v * v * (1.0 - q2) + 8.0 * 4.0 * v * (1.0 - q)) / (4.0 * 0.01 * 1e4);
    assert!((found / formula - 1.0).abs() < 1e-12, "{found} against {formula}");
    assert!((exact(&all, "fdr1_mismatch_deviation[100]") - 1.237).abs() < 5.1e-4);
    assert!((exact(&all, "fdr1_half_running[1000]") - 1.0).abs() < 1e-12);
}

/// From the minimum itself the first window has the bias −(1 − q^2T)/(2ηhT) of hV, and all windows together less.
#[test]
fn windows_of_walkers_that_start_at_the_minimum() {
    for (length, bias) in [(100, -0.433010), (1000, -0.05)] {
        let all = sgd(0.01, 0.0, &format!("steps = {length}"), &format!("windows = [{length}]"));
        let v = 0.01 / 1.99;
        let mismatch = exact(&all, &format!("fdr1_mismatch[{length}]"));
        assert!((mismatch / v - bias).abs() < 1e-6, "{} over {length}", mismatch / v);
        let sides = ["left", "right"].map(|side| exact(&all, &format!("fdr1_window_{side}[{length}]")));
        assert!((sides[0] - sides[1] - mismatch).abs() < 1e-15, "{sides:?} differ by {mismatch}");
        assert!(!all.contains_key(&format!("fdr1_mismatch_variance[{length}]")), "not stationary");
        let ten = sgd(0.01, 0.0, &format!("steps = {}", 10 * length + 3), &format!("windows = [{length}]"));
        let q = 0.99f64.powi(20 * length);
        let expected = -v * (1.0 - q) / (0.02 * 10.0 * f64::from(length));
        assert!((exact(&ten, &format!("fdr1_mismatch[{length}]")) - expected).abs() < 1e-15);
    }
}

/// The variance of the difference of the sides, summed over pairs of updates, is that of its potential; of a long window
/// it takes no longer.
#[test]
fn mismatch_is_the_fall_of_the_potential() {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.4], [0.4, 2.0]], minimum = [0.5, -1.0] }
        noise = { kind = "gaussian", covariance = [[2.0, 0.7], [0.7, 1.0]] }
        dynamics = { kind = "momentum", learning_rate = [0.1, 0.05], momentum = 0.6 }
        ensemble = { walkers = 600, start = [0.0, 0.0], burn_in = 3, steps = 23 }
    "#;
    let setup = setup(text);
    let landscape = setup.landscape.quadratic().expect("quadratic");
    let rates = DMatrix::from_row_slice(2, 2, &[0.1, 0.0, 0.0, 0.05]);
    let noise = DMatrix::from_row_slice(2, 2, &[2.0, 0.7, 0.7, 1.0]);
    let rule = GradientRule::momentum(&rates, 0.6).linear(&landscape.hessian.matrix(), &noise);
    let covariance = stationary_covariance(&rule.map, &rule.noise).expect("stable");
    let relations = Relations::on_quadratic(&setup, landscape, &[0.3, 0.2], 4).expect("a rate");
    let [left, right] = &relations.first;
    let difference = super::super::quadratic_form::QuadraticForm { matrix: &left.matrix - &right.matrix };
    for length in [1, 2, 7, 30] {
        let summed = window_variance(&difference, &rule.map, &covariance, length) * (length * length) as f64;
        let fallen = difference_variance(&relations.potential, &rule.map, &covariance, length);
        assert!((summed / fallen - 1.0).abs() < 1e-10, "T = {length}: {summed} against {fallen}");
    }
    let long = window_variance(right, &rule.map, &covariance, 1_000_000);
    let longer = window_variance(right, &rule.map, &covariance, 2_000_000);
    assert!((long / longer - 2.0).abs() < 1e-4, "{long} and {longer}");
}

/// (L − L*)/η of SGD on four samples, one a step, at η = 0.1, from an independent program: noise that depends on the
/// position.
#[test]
fn converged_loss_of_four_samples() {
    let text = r#"
        landscape = { kind = "finite-sum", gradients = [[1.0, -0.5], [-0.6, 0.9], [0.3, 0.4], [-0.7, -0.8]], hessians = [
            [[2.0, 0.3], [0.3, 1.0]], [[0.5, -0.2], [-0.2, 1.5]], [[1.0, 0.0], [0.0, 0.2]], [[1.5, 0.4], [0.4, 0.8]]] }
        noise = { kind = "minibatch" }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 1000, start = [0.0, 0.0], burn_in = 1000, steps = 1000 }
        measure = { fluctuation_dissipation = { windows = [100], centre = [0.3, -2.0] } }
    "#;
    let all = predict(&setup(text));
    for name in ["nqm1_left", "nqm1_right"] {
        assert!((exact(&all, name) - 0.025449087).abs() < 5.1e-10, "{name} {}", exact(&all, name));
    }
    for name in ["fdr1_ratio", "fdr2_ratio", "fdr1_half_running[1000]"] {
        assert!((exact(&all, name) - 1.0).abs() < 1e-10, "{name} {}", exact(&all, name));
    }
    assert!(!all.contains_key("fdr1_left_variance"), "not Gaussian");
}

/// In the double well H = 2 at both minima; coupled, Tr HC/B = (2·1 + 2·½·½ + 3·4)/2.
#[test]
fn half_of_the_trace() {
    let of = |landscape: &str, covariance: &str, start: &str| {
        half_trace(&setup(&format!(
            r#"
            landscape = {{ {landscape} }}
            noise = {{ kind = "gaussian", covariance = {covariance} }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1, batch_size = 2 }}
            ensemble = {{ walkers = 128, start = {start}, steps = 10 }}
            "#
        )))
    };
    let wells = of("kind = \"double-well\", barrier = 0.25, separation = 1.0", "3.0", "[-0.4]").expect("a minimum");
    assert!((wells - 1.5).abs() < 1e-9, "{wells}");
    let quadratic = "kind = \"quadratic\", hessian = [[2.0, 0.5], [0.5, 3.0]]";
    let coupled = of(quadratic, "[[1.0, 0.5], [0.5, 4.0]]", "[1.0, 1.0]").expect("a minimum");
    assert!((coupled - 14.5 / 4.0).abs() < 1e-14, "{coupled}");
    assert_eq!(of("kind = \"quadratic\", hessian = [-1.0]", "1.0", "[1.0]"), None);
}
