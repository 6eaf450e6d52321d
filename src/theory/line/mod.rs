//! What updates and later states of one coordinate tell, by its transition kernel: exact at the finite step.

mod relations;
mod time_correlation;

use super::collocated::SETTLED;
use super::ensemble::{MeasuringTimes, SecondOrder};
use super::predict::add;
use super::reduction::{Coordinate, coordinates};
use super::transition_kernel::{Occupation, TransitionKernel};
use super::{Kind, Predictions, Source};
use crate::experiment::Setup;

const SOURCE: Source = Source::TransitionKernel;

/// A setup whose coordinate 0 moves by a kernel, and whose others, if any, are quadratic.
pub struct Line<'a> {
    /// The setup.
    pub setup: &'a Setup,
    /// Its coordinates.
    pub coordinates: &'a [Coordinate],
    /// The kernel of coordinate 0.
    pub kernel: &'a TransitionKernel,
    /// Its law before the measured updates, pooled.
    pub before: &'a Occupation<'a>,
    /// The others' then.
    pub across: &'a SecondOrder,
    /// Mean loss after the measured updates.
    pub loss: f64,
}

impl Line<'_> {
    /// Adds what is measured of updates and between states.
    pub fn predict(&self, all: &mut Predictions) {
        self.predict_relations(all);
        self.predict_correlations(all);
    }

    /// Whether coordinate 0 has come to its stationary law after `n` updates.
    fn is_settled(&self, n: u64) -> bool {
        self.kernel.relaxation_rate().is_some_and(|rate| rate * n as f64 > SETTLED)
    }
}

/// Adds moments, and what is measured of updates and between states, of one coordinate whose loss is a formula without
/// two wells.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some(coordinates) = coordinates(setup).filter(|c| c.len() == 1 && c[0].profile.wells().is_none()) else {
        return;
    };
    let profile = &coordinates[0].profile;
    let Some(start) = coordinates[0].start(setup, 0) else { return };
    let Some(kernel) = TransitionKernel::on_line(&coordinates[0], &start) else { return };
    let Some(before) = kernel.pooled(&start, MeasuringTimes::of(setup).before(), 1.0) else { return };
    let law = before.next();
    let bounds = setup.ensemble.bounds;
    if law.atoms().filter(|atom| atom.position.abs() > bounds).map(|atom| atom.weight).sum::<f64>() > 1e-9 {
        return;
    }
    let (mean, loss) = (law.mean(|x| x), setup.landscape.floor() + law.mean(|x| profile.value(x)));
    let mut exact = |name: &str, value: f64| add(all, name, SOURCE, Kind::Exact, value);
    exact("mean[0]", mean);
    exact("covariance[0,0]", law.mean(|x| (x - mean) * (x - mean)));
    exact("loss", loss);
    exact("gradient_norm_squared", law.mean(|x| profile.slope(x).powi(2)));
    let across = SecondOrder { mean: Default::default(), square: Default::default() };
    Line { setup, coordinates: &coordinates, kernel: &kernel, before: &before, across: &across, loss }.predict(all);
}

#[cfg(test)]
mod tests;
