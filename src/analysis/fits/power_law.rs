//! Escape by a power of the loss: its exponent, and what that grows with.

use super::{Fit, FitKind, groups};
use crate::analysis::Estimates;
use crate::experiment::{Condition, Experiment, Noise, Setup};

/// Fits of ln κ, each with the keys that change its abscissa and, but for the step, nothing else.
const FITS: [(FitKind, &[&str]); 3] = [
    (FitKind::PowerLaw, &["landscape.floor", "measure.first_passage.loss_above"]),
    (FitKind::PerInverseTemperature, &["dynamics.learning_rate", "dynamics.batch_size", "dynamics.temperature"]),
    (FitKind::PerDimension, &["landscape.transverse"]),
];

/// Relative change of a number below which it is the same.
const SAME: f64 = 1e-9;

/// What the rate of a cell is a power of, and what the exponent depends on.
struct PowerLaw {
    /// c, the loss of the lowest pass out of the well, or that of `loss_above`, over the loss of the minimum.
    ratio: f64,
    /// T = ηh*/B and n, of directions that are not flat, where that is the loss of a pass and the noise isotropic.
    between_wells: Option<(f64, f64)>,
}

/// The weighted least-squares line of ln κ, with the relative errors of κ as errors, where noise grows with the loss:
/// against ln c; and between wells, where the prefactor depends on neither T nor n, against (ln c)/T and n ln c. Made
/// over each of the keys that is swept and changes that number and not the others, once for each combination of the other
/// swept keys; where keys are swept together (`zip`), those of the ensemble and of how rare passages are reached aside.
/// Cells without a rate are left out.
pub(super) fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    let measured = estimates.iter().any(|cell| cell.contains_key("escape_rate"));
    let grows = experiment.cells.iter().all(|cell| grows_with_loss(&cell.setup));
    if !measured || !grows {
        return Vec::new();
    }
    let swept = experiment.sweep.keys();
    let laws: Vec<Option<PowerLaw>> = experiment.cells.iter().map(|cell| PowerLaw::of(&cell.setup)).collect();
    let fit = |kind: FitKind, over: &str| {
        let abscissa = |cell: usize| laws[cell].as_ref()?.abscissa(kind);
        let is_known = |law: &&PowerLaw| law.abscissa(kind).is_some();
        let known =
            |cells: &[usize]| cells.iter().filter_map(|cell| laws[*cell].as_ref()).filter(is_known).collect::<Vec<_>>();
        let groups = groups(experiment, over).into_iter().filter(|(_, cells)| is_followed(kind, &known(cells)));
        groups.map(|(at, cells)| Fit::of_rates(kind, (over.to_owned(), at, cells), estimates, abscissa)).collect()
    };
    let all = FITS.into_iter().flat_map(|(kind, keys)| keys.iter().map(move |key| (kind, *key)));
    let all = all.filter(|(_, key)| swept.iter().any(|k| k == key));
    all.flat_map(|(kind, over)| -> Vec<Fit> { fit(kind, over) }).collect()
}

/// Whether of c, T and n that one changes which a fit is about.
fn is_followed(kind: FitKind, laws: &[&PowerLaw]) -> bool {
    let changes = |number: fn(&PowerLaw) -> Option<f64>| {
        let is_same = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a / b - 1.0).abs() < SAME,
            _ => a == b,
        };
        laws.iter().any(|law| !is_same(number(law), number(laws[0])))
    };
    let temperature = |law: &PowerLaw| law.between_wells.map(|(t, _)| t);
    let dimension = |law: &PowerLaw| law.between_wells.map(|(_, n)| n);
    let found = [changes(|law| Some(law.ratio)), changes(temperature), changes(dimension)];
    found == [FitKind::PowerLaw, FitKind::PerInverseTemperature, FitKind::PerDimension].map(|one| one == kind)
}

impl PowerLaw {
    /// None where the loss of the minimum below the start is not positive, or nothing higher is to be passed.
    fn of(setup: &Setup) -> Option<Self> {
        let landscape = &setup.landscape;
        let minimum = landscape.minimum_below(&setup.ensemble.start.first_point())?;
        let least = landscape.loss(&minimum);
        let level = match setup.measure.first_passage.as_ref()?.condition() {
            Condition::LossAbove(level) => Some(level),
            _ => None,
        };
        let passed = level.or_else(|| lowest_pass(setup, &minimum))?;
        let isotropic = || setup.log_temperature().zip(setup.effective_dimension().map(|n| n as f64));
        let between_wells = if leaves_a_well(setup) { isotropic() } else { None };
        (least > 0.0 && passed > least).then(|| Self { ratio: passed / least, between_wells })
    }

    fn abscissa(&self, kind: FitKind) -> Option<f64> {
        let factor = match kind {
            FitKind::PerInverseTemperature => 1.0 / self.between_wells?.0,
            FitKind::PerDimension => self.between_wells?.1,
            _ => 1.0,
        };
        Some(factor * self.ratio.ln())
    }
}

/// Whether the noise is that of a mean squared error at one learning rate, or the time is changed so that it is.
fn grows_with_loss(setup: &Setup) -> bool {
    let grows = matches!(setup.noise, Some(Noise::LossHessian(_) | Noise::Minibatch(_)));
    setup.is_time_changed() || (grows && setup.dynamics.schedule().is_constant())
}

/// Whether the passage is over the saddle between two wells.
fn leaves_a_well(setup: &Setup) -> bool {
    let condition = setup.measure.first_passage.as_ref().map(|passage| passage.condition());
    match (condition, setup.landscape.saddle()) {
        (Some(Condition::Above(0, threshold)), Some(saddle)) => threshold >= saddle,
        (Some(Condition::Below(0, threshold)), Some(saddle)) => threshold <= saddle,
        _ => false,
    }
}

/// The loss of the lowest pass out of the well of this minimum.
fn lowest_pass(setup: &Setup, minimum: &[f64]) -> Option<f64> {
    let relief = setup.landscape.relief(&setup.ensemble.start.corners())?;
    let distance =
        |k: &usize| -> f64 { relief.points[*k].position.iter().zip(minimum).map(|(x, m)| (x - m).powi(2)).sum() };
    let minima = (0..relief.points.len()).filter(|k| relief.points[*k].index == 0);
    let place = minima.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    let out = relief.passes.iter().filter(|pass| pass.minima.contains(&Some(place)));
    out.map(|pass| relief.points[pass.saddle].loss).reduce(f64::min)
}

#[cfg(test)]
mod tests;
