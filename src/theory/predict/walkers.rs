//! Predictions against walkers moved one by one, with another generator and in another order than the
//! engines.

use super::tests::setup;
use crate::experiment::{After, Condition, Dynamics, Landscape, PerCoordinate, Setup, Start};
use crate::theory::reduction::step_covariance;
use crate::theory::{Kind, Predictions, predict, relaxation_time};
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;

/// SplitMix64 (Steele, Lea & Flood, 2014) and the Box–Muller transform.
pub(in crate::theory) struct Normals(pub(in crate::theory) u64);

impl Normals {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(in crate::theory) fn next(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Estimates of one block of walkers, moved one by one.
fn simulate(setup: &Setup, walkers: std::ops::Range<u64>, normals: &mut Normals) -> BTreeMap<String, f64> {
    let d = setup.dimension();
    let rate = setup.step_sizes();
    let root = step_covariance(setup).cholesky().expect("noise in every direction").l();
    let sgd = matches!(setup.dynamics, Dynamics::Sgd(_));
    let passage = setup.measure.first_passage.as_ref();
    let passed = |x: &[f64]| match passage.map(|p| p.condition()) {
        Some(Condition::Above(i, a)) => x[i] > a,
        Some(Condition::Below(i, a)) => x[i] < a,
        Some(Condition::LossAbove(l)) => setup.landscape.loss(x) > l,
        Some(Condition::RadiusAbove(r)) => x.iter().map(|x| x * x).sum::<f64>() > r * r,
        None => false,
    };
    let after = passage.map(|p| p.after);
    let (burn_in, steps) = (setup.ensemble.burn_in, setup.ensemble.steps);
    let (mut count, mut loss, mut gradient, mut stochastic, mut left) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut mean, mut square) = (DVector::zeros(d), DMatrix::zeros(d, d));
    let (mut passages, mut at_risk) = (0.0, 0.0);
    for walker in walkers {
        let start: Vec<f64> = match &setup.ensemble.start {
            Start::Point(point) => point.clone(),
            Start::Points { points } => points[walker as usize % points.len()].clone(),
            Start::Normal { normal } => (0..d).map(|i| normal.mean[i] + normal.std[i] * normals.next()).collect(),
            Start::Uniform { uniform } => {
                (0..d).map(|i| uniform.low[i] + (uniform.high[i] - uniform.low[i]) * normals.uniform()).collect()
            }
        };
        let mut x = start.clone();
        let mut waiting = true;
        for step in 1..=burn_in + steps {
            let measured = step > burn_in;
            let kick = &root * DVector::from_fn(d, |_, _| normals.next());
            let slope = setup.landscape.gradient(&x);
            let noisy: f64 = (0..d).map(|i| (slope[i] - kick[i] / rate[i]).powi(2)).sum();
            for i in 0..d {
                x[i] += kick[i] - rate[i] * slope[i];
            }
            if measured && waiting {
                at_risk += 1.0;
            }
            let passes = passed(&x);
            if measured && waiting && passes {
                passages += 1.0;
                waiting = after == Some(After::Restart);
                if after == Some(After::Absorb) {
                    break;
                }
            }
            if measured && (step - burn_in).is_multiple_of(setup.measure.every) {
                count += 1.0;
                let state = DVector::from_column_slice(&x);
                square += &state * state.transpose();
                mean += state;
                loss += setup.landscape.loss(&x);
                gradient += setup.landscape.gradient(&x).iter().map(|g| g * g).sum::<f64>();
                stochastic += noisy;
                if let Landscape::DoubleWell(well) = &setup.landscape {
                    left += f64::from(u8::from(x[0] < well.critical_points()[1]));
                }
            }
            if passes && after == Some(After::Restart) {
                x.clone_from(&start);
            }
        }
    }
    let mut all = BTreeMap::new();
    if passage.is_some() {
        let rate: f64 = passages / (at_risk * setup.time_per_step().expect("constant"));
        all.insert("escape_rate".to_owned(), rate);
        all.insert("mean_first_passage_time".to_owned(), 1.0 / rate);
    }
    if after.is_none_or(|after| after == After::Continue) {
        let mean = mean / count;
        let covariance = square / count - &mean * mean.transpose();
        for i in 0..d {
            all.insert(format!("mean[{i}]"), mean[i]);
            all.extend((i..d).map(|j| (format!("covariance[{i},{j}]"), covariance[(i, j)])));
        }
        all.insert("loss".to_owned(), loss / count);
        all.insert("gradient_norm_squared".to_owned(), gradient / count);
        if sgd {
            all.insert("stochastic_gradient_norm_squared".to_owned(), stochastic / count);
        }
        if matches!(setup.landscape, Landscape::DoubleWell(_)) {
            all.insert("well_occupation[left]".to_owned(), left / count);
            all.insert("well_occupation[right]".to_owned(), 1.0 - left / count);
        }
    }
    all
}

/// The z-score of every simulated estimate against its exact prediction, from 64 blocks of 600 walkers.
fn scores(setup: &Setup, predictions: &Predictions) -> BTreeMap<String, f64> {
    const BLOCKS: u64 = 64;
    const WALKERS: u64 = 600;
    let mut normals = Normals(1);
    let blocks: Vec<_> = (0..BLOCKS).map(|b| simulate(setup, b * WALKERS..(b + 1) * WALKERS, &mut normals)).collect();
    let score = |estimate: &String| {
        let exact = predictions.get(estimate).and_then(|list| list.iter().find(|p| p.kind == Kind::Exact));
        let exact = exact.unwrap_or_else(|| panic!("no exact prediction of {estimate}")).value;
        let n = BLOCKS as f64;
        let mean = blocks.iter().map(|b| b[estimate]).sum::<f64>() / n;
        let variance = blocks.iter().map(|b| (b[estimate] - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (estimate.clone(), (mean - exact) / (variance / n).sqrt())
    };
    blocks[0].keys().map(score).collect()
}

const SYSTEMS: [&str; 6] = [
    r#"
    landscape = { kind = "quadratic", hessian = [[1.0, 0.4], [0.4, 2.0]], minimum = [0.5, -1.0], floor = 1.0 }
    noise = { kind = "gaussian", covariance = [[2.0, 0.7], [0.7, 1.0]] }
    dynamics = { kind = "sgd", learning_rate = [0.1, 0.05], batch_size = 2 }
    ensemble = { walkers = 600, start = { points = [[0.0, 0.0], [2.0, 1.0], [1.0, -2.0]] }, burn_in = 3, steps = 23 }
    measure = { every = 4 }
    "#,
    r#"
    landscape = { kind = "double-well", barrier = 0.3, separation = 1.2, tilt = 0.1, floor = 2.0, transverse = [2.0] }
    noise = { kind = "gaussian", covariance = [2.0, 3.0] }
    dynamics = { kind = "sgd", learning_rate = 0.1 }
    ensemble = { walkers = 600, start = { points = [[-1.0, 1.0], [1.0, -1.0], [0.3, 0.5]] }, burn_in = 5, steps = 60 }
    measure = { every = 3, first_passage = { axis = 0, above = 0.9, after = "continue" } }
    "#,
    r#"
    landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, tilt = 0.05, floor = 0.5 }
    dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }
    ensemble = { walkers = 600, start = { normal = { mean = [-0.8], std = [0.3] } }, burn_in = 7, steps = 80 }
    measure = { first_passage = { loss_above = 0.68, after = "absorb" } }
    "#,
    r#"
    landscape = { kind = "quadratic", hessian = [1.0], minimum = [0.2] }
    dynamics = { kind = "langevin", temperature = 0.3, time_step = 0.1 }
    ensemble = { walkers = 600, start = { uniform = { low = [-0.6], high = [0.9] } }, burn_in = 4, steps = 100 }
    measure = { first_passage = { radius_above = 1.0, after = "restart" } }
    "#,
    r#"
    landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.0] }
    dynamics = { kind = "langevin", temperature = [0.2, 0.1], time_step = 0.2 }
    ensemble = { walkers = 600, start = { points = [[1.0, 0.0], [0.4, 0.0]] }, burn_in = 9, steps = 100 }
    measure = { first_passage = { axis = 0, below = -0.5, after = "restart" } }
    "#,
    r#"
    landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [0.0, 3.0] }
    noise = { kind = "gaussian", covariance = [[2.0, 0.0, 0.0], [0.0, 1.0, 0.5], [0.0, 0.5, 2.0]] }
    dynamics = { kind = "sgd", learning_rate = [0.1, 0.2, 0.05] }
    ensemble = { walkers = 600, start = { uniform = { low = [-2.0, 1.0, 0.0], high = [-1.0, 2.0, 1.0] } }, steps = 30 }
    measure = { every = 1 }
    "#,
];

/// Some 50 scores of Student's t with 63 degrees of freedom: that any is beyond 4.7 has a chance of
/// 50 × 1.4·10⁻⁵ < 10⁻³.
const FARTHEST: f64 = 4.7;

#[test]
fn exact_predictions_hold_for_walkers_moved_one_by_one() {
    for (k, text) in SYSTEMS.iter().enumerate() {
        let setup = setup(text);
        if let Some(passage) = &setup.measure.first_passage {
            assert!(passage.after != After::Restart || relaxation_time(&setup).is_some(), "system {k}");
        }
        let scores = scores(&setup, &predict(&setup));
        for (estimate, z) in &scores {
            assert!(z.abs() < FARTHEST, "system {k}: {estimate} has z = {z}; all: {scores:#?}");
        }
    }
}

/// Each system with the learning rate or the temperature 5 % off: the canary of the test above.
#[test]
fn predictions_of_a_slightly_wrong_system_are_found_out() {
    for (k, text) in SYSTEMS.iter().enumerate() {
        let right = setup(text);
        let mut wrong = right.clone();
        match &mut wrong.dynamics {
            Dynamics::Sgd(rule) => {
                rule.learning_rate = PerCoordinate::Each(right.step_sizes().iter().map(|r| r * 1.05).collect());
                if setup(text).time_per_step() != Some(1.0) {
                    rule.learning_rate = PerCoordinate::One(right.step_sizes()[0] * 1.05);
                }
            }
            Dynamics::Langevin(rule) => {
                let values = rule.temperature.as_ref().expect("thermal").values(right.dimension());
                rule.temperature = Some(PerCoordinate::Each(values.iter().map(|t| t * 1.05).collect()));
            }
            rule => unreachable!("no system has {rule:?}"),
        }
        let scores = scores(&right, &predict(&wrong));
        assert!(scores.values().any(|z| z.abs() > FARTHEST), "system {k}: {scores:?}");
    }
}
