//! The learning rate beyond which walkers leave a minimum.

use super::{Fit, FitKind, FitPoint, groups, is_probable};
use crate::analysis::Estimates;
use crate::experiment::{Experiment, Setup};
use std::collections::BTreeMap;

const OVER: &str = "dynamics.learning_rate";

/// The zero of a weighted least-squares parabola through the growth rates, over the learning rate: of the cells about
/// where the rate rises through zero, as many as a parabola fits, or of two cells of a line, with the error of the zero by
/// propagation. Made once for each combination of the other swept keys, those of the ensemble aside where keys are swept
/// together (`zip`).
pub(super) fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    let swept = experiment.sweep.keys();
    let measured = estimates.iter().any(|cell| cell.contains_key(FitKind::CriticalRate.estimate()));
    if !measured || !swept.iter().any(|key| key == OVER) {
        return Vec::new();
    }
    let point = |cell: &usize| {
        FitPoint::of(FitKind::CriticalRate, *cell, rate(&experiment.cells[*cell].setup)?, &estimates[*cell])
    };
    groups(experiment, OVER).into_iter().map(|(at, cells)| fit(at, cells.iter().filter_map(point).collect())).collect()
}

fn rate(setup: &Setup) -> Option<f64> {
    setup.dynamics.learning_rate()?.shared().filter(|_| setup.dynamics.schedule().is_constant())
}

fn fit(at: BTreeMap<String, serde_json::Value>, mut points: Vec<FitPoint>) -> Fit {
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    let new = |points: &[FitPoint]| Fit::new(FitKind::CriticalRate, OVER.to_owned(), at.clone(), points.to_vec());
    let Some(below) = points.windows(2).position(|pair| pair[0].y < 0.0 && pair[1].y >= 0.0) else {
        let reason = "the growth rate does not rise through zero between cells; sweep smaller or larger learning rates";
        return Fit { reason: Some(reason.to_owned()), ..new(&points) };
    };
    let chord = new(&points[below..below + 2]);
    let zero = chord.value.unwrap_or(points[below].x);
    let far = |point: &FitPoint| (point.x - zero).abs();
    while points.len() > 3 {
        let all = new(&points);
        if all.value.is_some() && is_probable(&all) {
            return all;
        }
        let (first, last) = (&points[0], &points[points.len() - 1]);
        // The two cells about the zero stay.
        let from_first = points[1].x <= zero && (far(first) > far(last) || points[points.len() - 2].x < zero);
        points.remove(if from_first { 0 } else { points.len() - 1 });
    }
    let few = new(&points);
    if few.value.is_some() { few } else { chord }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Estimate;
    use crate::analysis::fits::fits;
    use crate::analysis::synthetic::experiment;

    /// Growth rates f(η) with an error.
    fn of(sweep: &str, error: f64, f: impl Fn(f64) -> f64) -> Vec<Fit> {
        let experiment = experiment(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0, 1.0, 1.0] }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = 64, steps = 10, start = [1.0, 0.0, 0.0] }}
            measure.time_series = {{ points = 2 }}
            [sweep]
            {sweep}
        "#
        ));
        let estimate = |x: f64| Estimate { value: Some(f(x)), std_error: Some(error), ..Estimate::default() };
        let rates = experiment.cells.iter().map(|cell| rate(&cell.setup).expect("one rate"));
        let estimates: Vec<Estimates> = rates.map(|x| [("growth_rate".to_owned(), estimate(x))].into()).collect();
        fits(&experiment, &estimates)
    }

    /// Of −1 + 3η/2 + η³/10: where errors hide what is left over by a parabola all cells count, where they do not the
    /// nearest, whose parabola has the zero but for f‴/6 · Π(η_k − η_0)/f'.
    #[test]
    fn the_zero_of_a_bent_curve() {
        let f = |x: f64| -1.0 + 1.5 * x + 0.1 * x.powi(3);
        let zero = 0.648_485_971_016_889_4_f64;
        assert!(f(zero).abs() < 1e-9);
        let sweep = "\"dynamics.learning_rate\" = [0.8, 0.2, 0.4, 0.6, 0.7, 1.0, 1.6]";
        let [rough] = &of(sweep, 0.1, f)[..] else { panic!("one fit") };
        assert_eq!((rough.name.as_str(), &rough.cells), ("critical_learning_rate", &vec![1, 2, 3, 4, 0, 5, 6]));
        let [fine] = &of(sweep, 1e-6, f)[..] else { panic!("one fit") };
        assert_eq!(fine.cells, [3, 4, 0]);
        let off = 0.1 * (zero - 0.6) * (0.7 - zero) * (0.8 - zero) / 1.6;
        assert!((fine.value.expect("a zero") - zero).abs() < 1.2 * off, "{fine:?}, not {zero}");
        assert!((rough.value.expect("a zero") - zero).abs() > 5.0 * off, "canary: {rough:?}");
    }

    #[test]
    fn there_is_one_for_each_value_of_the_others_or_a_reason() {
        let f = |x: f64| -1.0 + 1.5 * x;
        let grid = of("\"dynamics.learning_rate\" = [0.6, 0.8]\n\"dynamics.batch_size\" = [1, 2]", 0.1, f);
        assert_eq!(grid.iter().map(|fit| fit.cells.clone()).collect::<Vec<_>>(), [[0, 2], [1, 3]]);
        assert!(grid.iter().all(|fit| fit.value.is_some_and(|zero| (zero - 2.0 / 3.0).abs() < 1e-12)), "{grid:?}");
        let rates = "zip = true\n\"dynamics.learning_rate\" = [0.6, 0.5, 0.8, 1.0, 0.7]";
        let steps = "\"ensemble.steps\" = [10, 20, 30, 40, 50]";
        let zipped = of(&format!("{rates}\n{steps}\n\"dynamics.batch_size\" = [1, 2, 1, 2, 4]"), 0.1, f);
        assert_eq!(zipped.iter().map(|fit| fit.cells.clone()).collect::<Vec<_>>(), [[0, 2], [1, 3]]);
        let of_one_batch = of(&format!("{rates}\n{steps}"), 0.1, f);
        assert_eq!(of_one_batch.iter().map(|fit| fit.cells.len()).collect::<Vec<_>>(), [5]);
        let [short] = &of("\"dynamics.learning_rate\" = [0.3, 0.4, 0.5]", 0.1, f)[..] else { panic!("one fit") };
        assert!(short.value.is_none() && short.reason.as_ref().is_some_and(|r| r.contains("larger")), "{short:?}");
        assert!(of("\"dynamics.batch_size\" = [1, 2]", 0.1, f).is_empty());
    }
}
