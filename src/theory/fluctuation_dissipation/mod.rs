//! Fluctuation–dissipation relations (S. Yaida, ICLR 2019) on quadratic landscapes: exact at the finite step.

mod relations;
mod window;

pub use relations::Relations;
pub use window::{difference_variance, window_variance};

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::predict::add;
use super::recursion::Recursion;
use super::reduction::gradient_covariance;
use super::updates::{Updates, is_gaussian};
use super::{Kind, Predictions, Source};
use crate::experiment::{Quadratic, Setup};
use window::stationary_moments;

const SOURCE: Source = Source::DiscreteLyapunov;

/// Adds both sides of the relations and of their averages over windows; and of ⟨L⟩ − L* = (η/4)⟨|ĝ|²⟩ (McAllester,
/// TTIC 31230, 2018), whose left side is `above_floor`.
pub fn predict(
    setup: &Setup,
    landscape: &Quadratic,
    rule: &Recursion,
    start: &SecondOrder,
    above_floor: f64,
    all: &mut Predictions,
) {
    let Some(measured) = &setup.measure.fluctuation_dissipation else { return };
    let Some(updates) = Updates::of(rule, start) else { return };
    let Some(relations) = Relations::on_quadratic(setup, landscape, measured.centre(), updates.map.nrows()) else {
        return;
    };
    let mut exact = |name: String, value: f64| add(all, name, SOURCE, Kind::Exact, value);
    let moments = updates.moments(MeasuringTimes::of(setup).before());
    for (order, [left, right]) in [("fdr1", &relations.first), ("fdr2", &relations.second)] {
        let (left, right) = (left.mean(&moments), right.mean(&moments));
        exact(format!("{order}_left"), left);
        exact(format!("{order}_right"), right);
        exact(format!("{order}_ratio"), left / right);
    }
    if setup.landscape.minimum_below(&setup.ensemble.start.first_point()).is_some() {
        let right = 0.5 * relations.first[1].mean(&moments);
        exact("nqm1_left".to_owned(), above_floor);
        exact("nqm1_right".to_owned(), right);
        exact("nqm1_ratio".to_owned(), above_floor / right);
    }

    let (first, steps) = (setup.ensemble.burn_in, setup.ensemble.steps);
    let settled = updates.settled(first);
    let stationary = settled.as_ref().map(|covariance| stationary_moments(&updates.map, covariance));
    let means = |from: u64, to: u64| {
        let times = MeasuringTimes { first: first + from, every: 1, count: to - from };
        let moments = stationary.clone().unwrap_or_else(|| updates.moments(times));
        relations.first.each_ref().map(|side| side.mean(&moments))
    };
    for (from, to) in measured.half_running(steps) {
        let [left, right] = means(from, to);
        exact(format!("fdr1_half_running[{to}]"), left / right);
    }
    let spread = settled.as_ref().filter(|_| is_gaussian(setup, rule));
    if let Some(moments) = stationary.as_ref().filter(|_| spread.is_some()) {
        for (side, form) in ["left", "right"].into_iter().zip(&relations.first) {
            exact(format!("fdr1_{side}_variance"), form.covariance(form, moments));
        }
    }
    for length in &measured.windows {
        let end = steps / length * length;
        let sides = means(0, end);
        let fall = |n: u64| relations.potential.mean(&updates.state(n));
        exact(format!("fdr1_mismatch[{length}]"), (fall(first) - fall(first + end)) / end as f64);
        for (side, mean) in ["left", "right"].into_iter().zip(sides) {
            exact(format!("fdr1_window_{side}[{length}]"), mean);
        }
        let Some(covariance) = spread else { continue };
        for (side, form) in ["left", "right"].into_iter().zip(&relations.first) {
            let variance = window_variance(form, &updates.map, covariance, *length);
            exact(format!("fdr1_window_{side}_variance[{length}]"), variance);
        }
        let variance =
            difference_variance(&relations.potential, &updates.map, covariance, *length) / (*length as f64).powi(2);
        exact(format!("fdr1_mismatch_variance[{length}]"), variance);
        exact(format!("fdr1_mismatch_deviation[{length}]"), variance.max(0.0).sqrt() / sides[1]);
    }
}

/// ½ Tr HC, H the Hessian at the minimum downhill from the start and C the covariance of the stochastic gradient: the
/// slope of ⟨|∇L|²⟩ against a learning rate near 0 (FDR2). None without such a minimum, or where C varies.
pub fn half_trace(setup: &Setup) -> Option<f64> {
    let minimum = setup.landscape.minimum_below(&setup.ensemble.start.first_point())?;
    Some(0.5 * (setup.landscape.hessian(&minimum)? * gradient_covariance(setup)?).trace())
}

#[cfg(test)]
mod tests;
