//! The front of theory: every prediction for one cell.

use super::{
    Kind, Prediction, Predictions, Source, adaptive, bin_shares, collocated, deterministic, double_well, escape,
    growth_rate, line, loss_driven, loss_jump, loss_noise, plane, quadratic, radial_wells, tail_index,
};
use crate::experiment::{Distribution, Setup};

/// Every prediction for one cell, by estimate; none that needs equilibrium where walkers that pass are
/// restarted or frozen.
///
/// The transition kernel is that of normal noise. Where noise is otherwise its predictions hold as the
/// step goes to zero at a fixed temperature; those of linear rules need two moments of the noise alone.
pub fn predict(setup: &Setup) -> Predictions {
    let mut all = Predictions::new();
    if setup.dynamics.schedule().is_own() {
        return all;
    }
    if setup.measure.first_passage.is_some() {
        escape::predict(setup, &mut all);
        loss_jump::predict(setup, &mut all);
        radial_wells::predict_passages(setup, &mut all);
    }
    if !setup.takes_walkers_out() {
        match setup.landscape.quadratic() {
            Some(landscape) => {
                quadratic::predict(setup, landscape, &mut all);
                adaptive::predict(setup, landscape, &mut all);
                loss_noise::predict(setup, landscape, &mut all);
                tail_index::predict(setup, landscape, &mut all);
                growth_rate::predict(setup, landscape, &mut all);
            }
            None => {
                double_well::predict(setup, &mut all);
                loss_driven::predict(setup, &mut all);
                line::predict(setup, &mut all);
                collocated::predict(setup, &mut all);
                plane::predict(setup, &mut all);
                radial_wells::predict(setup, &mut all);
            }
        }
        deterministic::predict(setup, &mut all);
        bin_shares::predict(setup, &mut all);
    }
    if setup.distribution() != Distribution::Gaussian {
        let by_kernel = all.values_mut().flatten().filter(|p| p.source == Source::TransitionKernel);
        by_kernel.for_each(|prediction| prediction.kind = Kind::LeadingOrder);
    }
    all
}

/// Adds a prediction where its value is a number.
pub(super) fn add(all: &mut Predictions, estimate: impl Into<String>, source: Source, kind: Kind, value: f64) {
    if value.is_finite() {
        all.entry(estimate.into()).or_default().push(Prediction { source, value, kind });
    }
}

#[cfg(test)]
mod rules;
#[cfg(test)]
pub(super) mod tests;
#[cfg(test)]
mod updates;
#[cfg(test)]
pub(super) mod walkers;
#[cfg(test)]
mod wells;
