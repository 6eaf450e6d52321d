//! The Arrhenius slope.

use super::{Fit, FitKind, groups, is_zipped};
use crate::analysis::Estimates;
use crate::experiment::Experiment;
use std::collections::BTreeMap;

/// Keys that set the temperature, for sweeps that move several together.
const TEMPERATURE_KEYS: [&str; 4] =
    ["dynamics.temperature", "dynamics.learning_rate", "dynamics.batch_size", "noise.covariance"];

/// The weighted least-squares line of ln κ against 1/T, with the relative errors of κ as errors; made for every swept
/// key that changes T, once for each combination of the other swept keys. Where keys are swept together (`zip`) there is
/// one fit, over all cells, unless they change the landscape or the passage that is looked for. Cells without a rate are
/// left out.
pub(super) fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    if !estimates.iter().any(|cell| cell.contains_key("escape_rate")) {
        return Vec::new();
    }
    let keys = experiment.sweep.keys();
    let all = || (0..experiment.cells.len()).collect::<Vec<_>>();
    if is_zipped(experiment) {
        let known = TEMPERATURE_KEYS.iter().find(|known| keys.iter().any(|key| key == *known));
        let Some(over) = known.map(|key| (*key).to_owned()).or_else(|| keys.first().cloned()) else {
            return Vec::new();
        };
        let first = &experiment.cells[0].setup;
        let same_passage = experiment.cells.iter().all(|cell| {
            cell.setup.landscape == first.landscape && cell.setup.measure.first_passage == first.measure.first_passage
        });
        let fitted = same_passage && changes_temperature(experiment, &all());
        return fitted.then(|| arrhenius(experiment, estimates, over, BTreeMap::new(), all())).into_iter().collect();
    }
    let mut fits = Vec::new();
    for over in &keys {
        let groups = groups(experiment, over);
        if groups.iter().any(|(_, cells)| changes_temperature(experiment, cells)) {
            let fit = |(at, cells)| arrhenius(experiment, estimates, over.clone(), at, cells);
            fits.extend(groups.into_iter().map(fit));
        }
    }
    fits
}

fn changes_temperature(experiment: &Experiment, cells: &[usize]) -> bool {
    let mut temperatures = cells.iter().filter_map(|cell| experiment.cells[*cell].setup.temperature());
    let first = temperatures.next();
    temperatures.any(|t| Some(t) != first)
}

fn arrhenius(
    experiment: &Experiment,
    estimates: &[Estimates],
    over: String,
    at: BTreeMap<String, serde_json::Value>,
    cells: Vec<usize>,
) -> Fit {
    let inverse = |cell: usize| experiment.cells[cell].setup.temperature().filter(|t| *t > 0.0).map(f64::recip);
    Fit::of_rates(FitKind::Arrhenius, (over, at, cells), estimates, inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Estimate;
    use crate::analysis::synthetic::experiment;

    fn swept(sweep: &str) -> Experiment {
        experiment(&format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
            noise = {{ kind = "gaussian", covariance = 2.0 }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = 1000, steps = 1000, start = [-1.0] }}
            measure.first_passage = {{ axis = 0, above = 1.0 }}
            [sweep]
            {sweep}
        "#
        ))
    }

    /// κ = 2 exp(−ΔU/T), exact, with a relative error of 1 %.
    fn rates(experiment: &Experiment, barrier: f64) -> Vec<Estimates> {
        let rate = |t: f64| 2.0 * (-barrier / t).exp();
        let of = |t: f64| Estimate { value: Some(rate(t)), std_error: Some(0.01 * rate(t)), ..Estimate::default() };
        let cells = experiment.cells.iter().map(|cell| cell.setup.temperature().expect("one temperature"));
        cells.map(|t| [("escape_rate".to_owned(), of(t))].into()).collect()
    }

    #[test]
    fn one_key_makes_one_fit() {
        let experiment = swept(r#""noise.covariance" = [1.0, 2.0, 4.0]"#);
        let fits = fits(&experiment, &rates(&experiment, 0.3));
        assert_eq!(fits.len(), 1, "{fits:?}");
        let fit = &fits[0];
        assert_eq!((fit.over.as_str(), fit.at.len(), &fit.cells), ("noise.covariance", 0, &vec![0, 1, 2]));
        assert!((fit.value.expect("a slope") + 0.3).abs() < 1e-12, "{fit:?}");
        assert!(fit.chi_squared.is_some_and(|chi| chi < 1e-20) && fit.degrees_of_freedom == Some(1), "{fit:?}");
        // T = 0.05, 0.1, 0.2: 1/T = 20, 10, 5, spread Σ(x − x̄)² = 350/3.
        assert!((fit.std_error.expect("an error") - 0.01 / (350f64 / 3.0).sqrt()).abs() < 1e-15, "{fit:?}");
    }

    /// Both keys of a grid change T: fits along each at every value of the other; a third key that does
    /// not change it makes none.
    #[test]
    fn a_grid_makes_a_fit_for_every_combination_of_the_others() {
        let experiment = swept(
            r#""dynamics.learning_rate" = [0.1, 0.2]
            "dynamics.batch_size" = [1, 2, 4]
            "ensemble.steps" = [1000, 2000]"#,
        );
        let fits = fits(&experiment, &rates(&experiment, 0.3));
        let over = |key: &str| fits.iter().filter(|fit| fit.over == key).collect::<Vec<_>>();
        assert_eq!((over("dynamics.learning_rate").len(), over("dynamics.batch_size").len(), fits.len()), (6, 4, 10));
        let fit = over("dynamics.batch_size")[1];
        assert_eq!(
            serde_json::to_string(&fit.at).expect("JSON"),
            r#"{"dynamics.learning_rate":0.1,"ensemble.steps":2000}"#
        );
        assert_eq!(fit.cells, [1, 3, 5]);
        assert!(over("dynamics.learning_rate").iter().all(|fit| fit.degrees_of_freedom == Some(0)));
    }

    #[test]
    fn paired_keys_make_one_fit() {
        let experiment = swept(
            r#"zip = true
            "ensemble.steps" = [1000, 1000, 2000]
            "dynamics.batch_size" = [1, 2, 4]"#,
        );
        let fits = fits(&experiment, &rates(&experiment, 0.3));
        assert_eq!(fits.len(), 1, "{fits:?}");
        assert_eq!((fits[0].over.as_str(), fits[0].cells.len()), ("dynamics.batch_size", 3));
        let other = swept("zip = true\n\"landscape.barrier\" = [0.2, 0.3]\n\"dynamics.batch_size\" = [1, 2]");
        assert!(super::fits(&other, &rates(&other, 0.3)).is_empty(), "two landscapes have no common barrier");
    }

    #[test]
    fn cells_without_a_rate_are_left_out() {
        let experiment = swept(r#""dynamics.batch_size" = [1, 2, 4]"#);
        let mut estimates = rates(&experiment, 0.3);
        estimates[1].insert("escape_rate".into(), Estimate::missing(8, "no passage was seen"));
        let found = fits(&experiment, &estimates);
        assert_eq!(found[0].cells, [0, 2]);
        assert!((found[0].value.expect("a slope") + 0.3).abs() < 1e-12);
        estimates[2].insert("escape_rate".into(), Estimate::missing(8, "no passage was seen"));
        let found = fits(&experiment, &estimates);
        assert_eq!((found[0].value, &found[0].cells), (None, &vec![0]));
        assert!(found[0].reason.as_ref().is_some_and(|r| r.contains("cells 1, 2 have none")), "{found:?}");
    }

    #[test]
    fn keys_that_leave_the_temperature_make_no_fit() {
        let experiment = swept(r#""landscape.barrier" = [0.2, 0.3]"#);
        assert!(fits(&experiment, &rates(&experiment, 0.3)).is_empty());
    }
}
