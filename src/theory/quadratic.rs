//! Predictions for quadratic landscapes: exact at the finite step and the finite run.

use super::batch_noise::{BatchNoise, samples};
use super::ensemble::{MeasuringTimes, SecondOrder};
use super::linear::hessian;
use super::predict::add;
use super::recursion::Recursion;
use super::{
    Kind, Predictions, Source, current, fluctuation_dissipation, fourth_moment, temperature, time_correlation,
    time_series,
};
use crate::experiment::{Quadratic, Setup};
use nalgebra::DMatrix;

const SOURCE: Source = Source::DiscreteLyapunov;

/// Adds the predictions of moments and temperatures, where the first two moments are a recursion of their
/// own.
pub fn predict(setup: &Setup, landscape: &Quadratic, all: &mut Predictions) {
    let Some(noise) = BatchNoise::of(setup, landscape) else { return };
    let Some(rule) = Recursion::of(setup, landscape, noise.clone()) else { return };
    let start = SecondOrder::of_start(&setup.ensemble, &landscape.minimum);
    if !stays_in_bounds(setup, landscape, &rule, &start) {
        return;
    }
    let times = MeasuringTimes::of(setup);
    let law = rule.pooled(&start, times);
    let d = setup.dimension();
    let covariance = law.covariance();
    for i in 0..d {
        add(all, format!("mean[{i}]"), SOURCE, Kind::Exact, law.mean[i] + landscape.minimum[i]);
        for j in setup.covariances().partners(i, d) {
            add(all, format!("covariance[{i},{j}]"), SOURCE, Kind::Exact, covariance[(i, j)]);
        }
    }
    let hessian = hessian(landscape);
    let squared = &hessian * &hessian;
    let above_floor = 0.5 * trace(&hessian, &law.square);
    add(all, "loss", SOURCE, Kind::Exact, landscape.floor + above_floor);
    add(all, "gradient_norm_squared", SOURCE, Kind::Exact, trace(&squared, &law.square));
    if setup.has_stochastic_gradient() {
        // ĝ is taken before the update that is measured, where L and ∇L are taken after it.
        let before = rule.pooled(&start, times.before());
        if let Some(noise) = noise.mean_covariance(&before) {
            let value = trace(&squared, &before.square) + noise.trace();
            add(all, "stochastic_gradient_norm_squared", SOURCE, Kind::Exact, value);
        }
    }

    // L = ½ zᵀHz has ⟨L⟩ = d T/2 over the Gibbs density; every coordinate of a diagonal H has T/2.
    if hessian.symmetric_eigenvalues().iter().all(|h| *h > 0.0) {
        temperature::of_loss(setup, SOURCE, 2.0 * above_floor / d as f64, all);
        if setup.landscape.profiles().is_some() {
            for i in 0..d {
                temperature::of_coordinate(setup, i, SOURCE, hessian[(i, i)] * law.square[(i, i)], all);
            }
        }
    }
    temperature::of_slope(setup, all);
    fluctuation_dissipation::predict(setup, landscape, &rule, &start, above_floor, all);
    current::predict(setup, landscape, &rule, &start, all);
    time_correlation::predict(setup, landscape, &rule, &start, all);

    time_series::predict(setup, landscape, &noise, &rule, &start, all);

    if matches!(noise, BatchNoise::Varying(_)) && !has_fourth_moment(setup, landscape) {
        // Means are soon right, squares are not.
        let squares = all.iter_mut().filter(|(estimate, _)| !estimate.starts_with("mean["));
        let exact = squares.flat_map(|(_, list)| list).filter(|p| p.source == SOURCE && p.kind == Kind::Exact);
        exact.for_each(|prediction| prediction.kind = Kind::Asymptotic);
    }
}

fn has_fourth_moment(setup: &Setup, landscape: &Quadratic) -> bool {
    let samples = samples(&setup.landscape, &landscape.minimum);
    let hessians = samples.map(|all| all.into_iter().map(|sample| sample.hessian).collect());
    fourth_moment::is_finite(setup, landscape, hessians)
}

/// tr(A B) for symmetric matrices.
fn trace(a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
    a.component_mul(b).sum()
}

/// Whether walkers stay within the bounds, six standard deviations away from losing any: at the start
/// and, as an unstable rule only ever grows, at the end.
fn stays_in_bounds(setup: &Setup, landscape: &Quadratic, rule: &Recursion, start: &SecondOrder) -> bool {
    let end = rule.after(start, setup.ensemble.total_steps());
    [start, &end].into_iter().all(|law| {
        let covariance = law.covariance();
        (0..setup.dimension()).all(|i| {
            let spread = 6.0 * covariance[(i, i)].max(0.0).sqrt();
            (law.mean[i] + landscape.minimum[i]).abs() + spread <= setup.ensemble.bounds
        })
    })
}
