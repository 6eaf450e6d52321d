//! Fits held against the same fits of predictions.

use super::held_against;
use crate::analysis::{Fit, FitKind};
use crate::experiment::Experiment;
use crate::results::document::{EstimateResult, FitResult, LocalSlope, PredictionResult};
use crate::theory::{Kind, Source, critical_learning_rates, half_trace, power_law_exponent};
use std::collections::BTreeMap;

/// A fit beside the same fit, with the same weights, through the predictions of its cells.
pub(in crate::results) fn compare_fit(
    experiment: &Experiment,
    cells: &[BTreeMap<String, EstimateResult>],
    fit: Fit,
) -> FitResult {
    let known = in_the_limit(experiment, &fit).into_iter().chain(expected(experiment, &fit));
    let known = known.chain(zeros(experiment, &fit));
    let local_slopes = fit.local_slopes().iter().map(|slope| local_slope(cells, slope)).collect();
    FitResult {
        predictions: against(cells, &fit, known),
        name: fit.name,
        over: fit.over,
        at: fit.at,
        cells: fit.cells,
        value: fit.value.filter(|v| v.is_finite()),
        std_error: fit.std_error.filter(|e| e.is_finite()),
        chi_squared: fit.chi_squared.filter(|x| x.is_finite()),
        degrees_of_freedom: fit.degrees_of_freedom,
        reason: fit.reason,
        local_slopes,
    }
}

/// The slope between two cells beside that between their predictions.
fn local_slope(cells: &[BTreeMap<String, EstimateResult>], slope: &Fit) -> LocalSlope {
    LocalSlope {
        cells: slope.cells.clone(),
        value: slope.value,
        std_error: slope.std_error,
        predictions: against(cells, slope, std::iter::empty()),
    }
}

/// A fit held against the predictions of its cells, and others that are known, which take the place of a source's own.
fn against(
    cells: &[BTreeMap<String, EstimateResult>],
    fit: &Fit,
    known: impl Iterator<Item = (Source, f64, Kind)>,
) -> BTreeMap<Source, PredictionResult> {
    let (value, std_error) = (fit.value.filter(|v| v.is_finite()), fit.std_error.filter(|e| e.is_finite()));
    // The cells are independent, so the fit's error has at least the degrees of freedom of one of them.
    let blocks = fit.points.iter().filter_map(|p| Some(cells.get(p.cell)?.get(fit.kind.estimate())?.blocks)).min();
    let held = |(source, slope, kind)| (source, held_against(value, std_error, blocks.unwrap_or(0), slope, kind));
    predicted(fit, cells).into_iter().chain(known).map(held).collect()
}

/// What the fit would find if every estimate were as a source predicts it, for every source that predicts all of them.
fn predicted(fit: &Fit, cells: &[BTreeMap<String, EstimateResult>]) -> Vec<(Source, f64, Kind)> {
    let estimates = |cell: usize| cells.get(cell).and_then(|c| c.get(fit.kind.estimate())).map(|e| &e.predictions);
    let Some(first) = fit.points.first().and_then(|p| estimates(p.cell)) else { return Vec::new() };
    let found = |source: &Source| {
        let predictions: Option<Vec<_>> = fit.points.iter().map(|p| estimates(p.cell)?.get(source)).collect();
        let predictions = predictions?;
        let ordinates = fit.points.iter().zip(&predictions).map(|(point, p)| fit.kind.ordinate(point.x, p.value));
        let kind = predictions.iter().map(|p| p.kind).max_by_key(|kind| weakness(*kind))?;
        let value = fit.through(&ordinates.collect::<Vec<_>>())?;
        value.is_finite().then_some((*source, value, kind))
    };
    first.keys().filter_map(found).collect()
}

/// What a fit goes to: the slope of FDR2 to ½ Tr HC with the learning rate, the exponent of a power law in a bowl to that
/// between wells far from its minimum. That of wells is one of the predictions of their rates.
fn in_the_limit(experiment: &Experiment, fit: &Fit) -> Option<(Source, f64, Kind)> {
    let setup = &experiment.cells[*fit.cells.first()?].setup;
    match fit.kind {
        FitKind::Fdr2Slope => Some((Source::Harmonic, half_trace(setup)?, Kind::LeadingOrder)),
        FitKind::PowerLaw => {
            setup.landscape.quadratic()?;
            let exponent = power_law_exponent(setup.log_temperature()?, setup.effective_dimension()?);
            (exponent < 0.0).then_some((Source::PowerLaw, exponent, Kind::Asymptotic))
        }
        _ => None,
    }
}

/// The zeros of the growth rates themselves, in place of those of curves through them.
fn zeros(experiment: &Experiment, fit: &Fit) -> Vec<(Source, f64, Kind)> {
    let cell = fit.cells.first().filter(|_| fit.kind == FitKind::CriticalRate);
    let zeros = cell.map_or_else(Vec::new, |cell| critical_learning_rates(&experiment.cells[*cell].setup));
    let kind = |source| if source == Source::LyapunovExponent { Kind::Exact } else { Kind::LeadingOrder };
    zeros.into_iter().map(|(source, zero)| (source, zero, kind(source))).collect()
}

/// What the author expects of a fit, where it is the same in all of its cells.
fn expected(experiment: &Experiment, fit: &Fit) -> Option<(Source, f64, Kind)> {
    let expectation = experiment.expect.get(&fit.name)?;
    let all = expectation.evaluate(&experiment.cells).ok()?;
    let values: Option<Vec<f64>> = fit.cells.iter().map(|cell| *all.get(*cell)?).collect();
    let values = values?;
    let first = *values.first()?;
    values.iter().all(|v| *v == first).then_some((Source::Expect, first, expectation.kind))
}

/// A fit through predictions is as good as the weakest of them.
fn weakness(kind: Kind) -> u8 {
    match kind {
        Kind::Exact => 0,
        Kind::LeadingOrder => 1,
        Kind::Asymptotic => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::super::compare_cell;
    use super::*;
    use crate::analysis::{Estimate, Estimates};
    use crate::theory::{Prediction, Predictions};

    /// Rates predicted as c^−9.5 and as twice c^−9 make exponents −9.5 and −9, over all cells and between neighbours,
    /// each of the kind of its rates.
    #[test]
    fn a_power_law_is_held_against_those_of_its_predictions() {
        let text = r#"
            landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
            noise = { kind = "loss-hessian" }
            dynamics = { kind = "sgd", learning_rate = 0.05 }
            ensemble = { walkers = 64, steps = 1, start = [-1.0] }
            measure.first_passage = { above = 1.0 }
            sweep = { "landscape.floor" = [0.25, 0.125, 0.0625] }
        "#;
        let experiment = Experiment::parse("test", "test.toml", text, &[]).expect("a valid experiment");
        let ratios = [2.0, 3.0, 5.0_f64];
        let measured = |c: &f64| Estimate {
            value: Some(c.powf(-9.6)),
            std_error: Some(0.01 * c.powf(-9.6)),
            blocks: 1_000_000,
            ..Estimate::default()
        };
        let estimates: Vec<Estimates> =
            ratios.iter().map(|c| [("escape_rate".to_owned(), measured(c))].into()).collect();
        let predicted = |c: &f64| {
            vec![
                Prediction { source: Source::TransitionKernel, value: c.powf(-9.5), kind: Kind::Exact },
                Prediction { source: Source::Kramers, value: 2.0 * c.powf(-9.0), kind: Kind::Asymptotic },
            ]
        };
        let predictions: Vec<Predictions> =
            ratios.iter().map(|c| [("escape_rate".to_owned(), predicted(c))].into()).collect();
        let fit = crate::analysis::fits(&experiment, &estimates).swap_remove(0);
        let cells: Vec<_> = experiment
            .cells
            .iter()
            .zip(estimates.iter().zip(&predictions))
            .map(|(cell, (e, p))| compare_cell(&experiment, &cell.setup, e.clone(), p, &Predictions::new()))
            .collect();
        let found = compare_fit(&experiment, &cells, fit);
        let check = |predictions: &BTreeMap<Source, PredictionResult>, error: f64| {
            let (exact, limit) = (predictions[&Source::TransitionKernel], predictions[&Source::Kramers]);
            assert!((exact.value + 9.5).abs() < 1e-12 && (exact.z.expect("an error") + 0.1 / error).abs() < 1e-3);
            assert!((limit.value + 9.0).abs() < 1e-12 && limit.kind == Kind::Asymptotic, "{limit:?}");
            assert!((limit.ratio.expect("a ratio") - 9.6 / 9.0).abs() < 1e-12, "{limit:?}");
        };
        check(&found.predictions, found.std_error.expect("an error"));
        assert_eq!(found.local_slopes.len(), 2);
        for (local, ratio) in found.local_slopes.iter().zip([1.5, 5.0 / 3.0]) {
            check(&local.predictions, 0.01 * 2f64.sqrt() / f64::ln(ratio));
        }
    }

    /// The zero of the growth rate itself, 0.212736 in ten dimensions, by an independent program, not that of the line
    /// through the exact rates of two cells about it; of the diffusion 2B/((n − 2)h).
    #[test]
    fn a_zero_is_held_against_that_of_theory() {
        let text = format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [{}] }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.2 }}
            ensemble = {{ walkers = 64, steps = 2, start = [{}] }}
            measure.time_series = {{ points = 2 }}
            sweep = {{ "dynamics.learning_rate" = [0.1, 0.4] }}
        "#,
            ["1.0"; 10].join(", "),
            ["1.0"; 10].join(", ")
        );
        let experiment = Experiment::parse("test", "test.toml", &text, &[]).expect("a valid experiment");
        let setups = || experiment.cells.iter().map(|cell| &cell.setup);
        let predictions: Vec<Predictions> = setups().map(crate::theory::predict).collect();
        let exact = |all: &Predictions| {
            all["growth_rate"].iter().find(|p| p.kind == Kind::Exact).expect("an exact growth rate").value
        };
        let measured =
            |all| Estimate { value: Some(exact(all)), std_error: Some(0.01), blocks: 64, ..Estimate::default() };
        let estimates: Vec<Estimates> =
            predictions.iter().map(|all| [("growth_rate".to_owned(), measured(all))].into()).collect();
        let fit = crate::analysis::fits(&experiment, &estimates).swap_remove(0);
        let chord = fit.value.expect("a zero");
        let compared = setups().zip(estimates.into_iter().zip(&predictions));
        let cells: Vec<_> =
            compared.map(|(setup, (e, p))| compare_cell(&experiment, setup, e, p, &Predictions::new())).collect();
        let found = compare_fit(&experiment, &cells, fit).predictions;
        let (exact, diffusion) = (found[&Source::LyapunovExponent], found[&Source::GeometricBrownianMotion]);
        assert!((exact.value - 0.212736).abs() < 5.1e-7 && exact.z.is_some(), "{exact:?}");
        assert!((diffusion.value - 0.25).abs() < 1e-12 && diffusion.kind == Kind::LeadingOrder, "{diffusion:?}");
        assert!((chord - 0.212736).abs() > 1e-3, "canary: the line's zero is {chord}");
    }

    /// In bowls no prediction of a rate has the exponent −(1/T + 1 − n/2) = −10 of T = 0.1 and n = 2, −10.5 where
    /// one direction is flat; none under constant noise, and of unlike curvatures.
    #[test]
    fn the_exponent_of_a_bowl_is_known() {
        let limit = |noise: &str, hessian: &str, rate: f64| {
            let text = format!(
                r#"
                landscape = {{ kind = "quadratic", hessian = {hessian}, floor = 0.5 }}
                noise = {{ {noise} }}
                dynamics = {{ kind = "sgd", learning_rate = {rate} }}
                ensemble = {{ walkers = 64, steps = 1, start = [0.0, 0.0] }}
                measure.first_passage = {{ loss_above = 1.0 }}
                sweep = {{ "measure.first_passage.loss_above" = [1.0, 2.0] }}
                "#
            );
            let experiment = Experiment::parse("test", "test.toml", &text, &[]).expect("a valid experiment");
            let fit = Fit { kind: FitKind::PowerLaw, cells: vec![0, 1], ..Fit::default() };
            in_the_limit(&experiment, &fit)
        };
        let growing = "kind = \"loss-hessian\"";
        for (hessian, rate, exponent) in [("[1.0, 1.0]", 0.1, -10.0), ("[2.0, 0.0]", 0.05, -10.5)] {
            let (source, value, kind) = limit(growing, hessian, rate).expect("an exponent");
            assert!((value - exponent).abs() < 1e-12, "{hessian}: {value}");
            assert_eq!((source, kind), (Source::PowerLaw, Kind::Asymptotic));
        }
        assert_eq!(limit("kind = \"gaussian\", covariance = 1.0", "[1.0, 1.0]", 0.1), None);
        assert_eq!(limit(growing, "[1.0, 2.0]", 0.1), None);
    }
}
