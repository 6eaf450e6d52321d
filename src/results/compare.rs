//! Comparison: estimates held against predictions.

mod fit;

pub(super) use fit::compare_fit;

use super::document::{EstimateResult, PredictionResult};
use super::rounding::{Rounding, rounding};
use crate::analysis::{Estimate, Estimates, FitKind};
use crate::experiment::{Experiment, Setup};
use crate::theory::{Kind, Prediction, Predictions, Source};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use std::collections::BTreeMap;

/// How far a measurement is from an exact prediction, as a normal deviate: (value − predicted)/error
/// follows Student's t with `blocks` − 1 degrees of freedom, and z is the standard normal quantile of
/// the same probability. None for fewer than two blocks or without an error bar.
pub fn z_score(value: f64, std_error: f64, blocks: usize, predicted: f64) -> Option<f64> {
    let t = (value - predicted) / std_error;
    let degrees = blocks.checked_sub(1).filter(|n| *n > 0)? as f64;
    (std_error > 0.0 && t.is_finite()).then(|| normal_deviate(t, degrees))
}

/// The standard normal quantile at the probability that Student's t has at `t`. Where that probability
/// is beyond the range of f64, by D. L. Wallace's approximation (Ann. Math. Statist. 30, 1124, 1959):
///
/// ```text
/// z ≈ (8ν + 1)/(8ν + 3) · √(ν ln(1 + t²/ν))
/// ```
fn normal_deviate(t: f64, degrees: f64) -> f64 {
    /// Probabilities below lose digits as they near the least positive f64.
    const LEAST: f64 = 1e-290;
    let tail = StudentsT::new(0.0, 1.0, degrees).map_or(0.0, |student| student.cdf(-t.abs()));
    let size = if tail > LEAST {
        -Normal::standard().inverse_cdf(tail)
    } else {
        (8.0 * degrees + 1.0) / (8.0 * degrees + 3.0) * (degrees * (t * t / degrees).ln_1p()).sqrt()
    };
    size.copysign(t)
}

/// What the author expects of each cell, by estimate.
pub(super) fn expectations(experiment: &Experiment) -> Vec<Predictions> {
    let mut all = vec![Predictions::new(); experiment.cells.len()];
    let is_fit = |name: &str| FitKind::ALL.iter().any(|kind| kind.name() == name);
    for (name, expectation) in experiment.expect.iter().filter(|(name, _)| !is_fit(name)) {
        // Reading the experiment has evaluated it once.
        for (cell, value) in all.iter_mut().zip(expectation.evaluate(&experiment.cells).unwrap_or_default()) {
            let prediction = |value| vec![Prediction { source: Source::Expect, value, kind: expectation.kind }];
            cell.extend(value.map(|value| (name.clone(), prediction(value))));
        }
    }
    all
}

/// The estimates of one cell beside what theory and the author of the experiment predict.
pub(super) fn compare_cell(
    experiment: &Experiment,
    setup: &Setup,
    estimates: Estimates,
    predictions: &Predictions,
    expected: &Predictions,
) -> BTreeMap<String, EstimateResult> {
    let mut results: BTreeMap<String, EstimateResult> =
        estimates.into_iter().map(|(name, estimate)| (name, finite(estimate))).collect();
    for (name, list) in predictions {
        if let Some(estimate) = results.get_mut(name) {
            list.iter().for_each(|prediction| attach(estimate, prediction, rounding(experiment, setup, name)));
        }
    }
    for (name, list) in expected {
        // What an experiment does not measure is said so.
        let missing = || EstimateResult {
            reason: Some("expected, but not among the estimates of this experiment".to_owned()),
            ..EstimateResult::default()
        };
        let estimate = results.entry(name.clone()).or_insert_with(missing);
        let rounding = rounding(experiment, setup, name);
        list.iter().for_each(|prediction| attach(estimate, prediction, rounding));
    }
    results
}

/// JSON has no infinities: an estimate that is not finite is none.
fn finite(estimate: Estimate) -> EstimateResult {
    let value = estimate.value.filter(|v| v.is_finite());
    let lost = estimate.value.is_some() && value.is_none();
    EstimateResult {
        value,
        std_error: estimate.std_error.filter(|e| e.is_finite()),
        blocks: estimate.blocks,
        chi_squared: estimate.chi_squared.filter(|x| x.is_finite()),
        degrees_of_freedom: estimate.degrees_of_freedom,
        p_value: estimate.p_value.filter(|p| p.is_finite()),
        reason: estimate.reason.or_else(|| lost.then(|| "not finite".to_owned())),
        upper_limit: estimate.upper_limit.filter(|u| u.is_finite()),
        predictions: BTreeMap::new(),
    }
}

fn attach(estimate: &mut EstimateResult, prediction: &Prediction, rounding: Option<Rounding>) {
    if prediction.value.is_finite() {
        let mut result =
            held_against(estimate.value, estimate.std_error, estimate.blocks, prediction.value, prediction.kind);
        let rounding = rounding.map(|rounding| rounding.of(prediction.value)).filter(|r| *r > 0.0);
        if let (Some(measured), Some(rounding)) = (estimate.value, rounding)
            && prediction.kind == Kind::Exact
            && estimate.std_error.is_none_or(|error| error < rounding)
        {
            result.z = Some((measured - prediction.value) / rounding);
            result.rounding = Some(rounding);
        }
        estimate.predictions.insert(prediction.source, result);
    }
}

fn held_against(
    measured: Option<f64>,
    std_error: Option<f64>,
    blocks: usize,
    value: f64,
    kind: Kind,
) -> PredictionResult {
    let exact = kind == Kind::Exact;
    let z = measured.zip(std_error).and_then(|(m, e)| z_score(m, e, blocks, value));
    let ratio = measured.map(|m| m / value).filter(|r| r.is_finite());
    PredictionResult { value, kind, z: z.filter(|_| exact), rounding: None, ratio: ratio.filter(|_| !exact) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values by mpmath at 60 digits: the regularised incomplete beta function, then a root of
    /// erfc.
    #[test]
    fn students_t_becomes_the_normal_deviate_of_the_same_probability() {
        for (t, degrees, z) in [
            (2.0, 1.0, 1.046_853_317_334_93),
            (5.0, 3.0, 2.423_011_531_401_61),
            (-4.0, 7.0, -2.795_003_623_469_34),
            (5.0, 63.0, 4.570_880_256_325_39),
            (12.0, 127.0, 9.793_003_969_198_8),
            (60.0, 127.0, 20.685_871_321_481_6),
            (3.0, 100_000.0, 2.999_925_003_524_79),
        ] {
            let found = normal_deviate(t, degrees);
            assert!((found / z - 1.0).abs() < 1e-9, "t = {t}, ν = {degrees}: {found}, not {z}");
        }
    }

    #[test]
    fn the_approximation_takes_over_without_a_step() {
        // At ν = 127 the probability passes 1e-290 near t = 118; Wallace's approximation is good to 0.1 %.
        let deviates: Vec<f64> = (0..4000).map(|k| normal_deviate(40.0 + 0.1 * f64::from(k), 127.0)).collect();
        for pair in deviates.windows(2) {
            assert!(pair[1] > pair[0] && pair[1] - pair[0] < 0.1, "{} is followed by {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn without_an_error_bar_there_is_no_z() {
        assert_eq!(z_score(1.0, 0.0, 128, 1.0), None);
        assert_eq!(z_score(1.0, 0.1, 1, 1.0), None);
        assert_eq!(z_score(f64::NAN, 0.1, 128, 1.0), None);
        let z = z_score(1.1, 0.1, 128, 1.0).expect("two blocks and an error bar");
        assert!((z - 1.0).abs() < 0.01, "one standard error is {z}");
    }

    #[test]
    fn exact_predictions_carry_z_and_others_a_ratio() {
        let exact = held_against(Some(2.0), Some(0.1), 64, 1.0, Kind::Exact);
        assert!(exact.z.is_some_and(|z| z > 5.0) && exact.ratio.is_none(), "{exact:?}");
        let leading = held_against(Some(2.0), Some(0.1), 64, 1.0, Kind::LeadingOrder);
        assert_eq!((leading.z, leading.ratio), (None, Some(2.0)));
    }
}
