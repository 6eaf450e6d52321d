//! The size of the Hessian from the slope of FDR2.

use super::{Fit, FitKind, FitPoint, groups, is_probable, is_zipped};
use crate::analysis::Estimates;
use crate::experiment::{Dynamics, Experiment, Setup};
use std::collections::BTreeMap;

const OVER: &str = "dynamics.learning_rate";

/// ⟨|∇L|²⟩/η of SGD against η, extrapolated to η = 0 by a weighted least-squares line through the cells of least η: as
/// many as a line fits. Made where both sides of the relations are measured, once for each combination of the other
/// swept keys; where keys are swept together (`zip`), if nothing but the rate and the ensemble changes.
pub(super) fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    if !experiment.sweep.keys().iter().any(|key| key == OVER) {
        return Vec::new();
    }
    let all = || (0..experiment.cells.len()).collect();
    let groups = if is_zipped(experiment) { vec![(BTreeMap::new(), all())] } else { groups(experiment, OVER) };
    let of_group = |(at, cells): (_, Vec<usize>)| {
        let of = |cell: &usize| &experiment.cells[*cell].setup;
        let first = of(cells.first()?);
        let alike = cells.iter().all(|cell| is_like(of(cell), first));
        let points = || cells.iter().filter_map(|cell| point(of(cell), *cell, &estimates[*cell])).collect();
        (alike && first.measure.fluctuation_dissipation.is_some()).then(|| fit(at, points()))?
    };
    groups.into_iter().filter_map(of_group).collect()
}

/// Whether two cells have one landscape and one noise.
fn is_like(a: &Setup, b: &Setup) -> bool {
    let batch_size = |setup: &Setup| setup.dynamics.batch_size();
    a.landscape == b.landscape && a.noise == b.noise && batch_size(a) == batch_size(b)
}

fn point(setup: &Setup, cell: usize, estimates: &Estimates) -> Option<FitPoint> {
    let Dynamics::Sgd(rule) = &setup.dynamics else { return None };
    let rate = rule.learning_rate.shared().filter(|_| rule.schedule.is_constant())?;
    FitPoint::of(FitKind::Fdr2Slope, cell, rate, estimates)
}

/// None of fewer than two rates.
fn fit(at: BTreeMap<String, serde_json::Value>, mut points: Vec<FitPoint>) -> Option<Fit> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x));
    loop {
        let fit = Fit::new(FitKind::Fdr2Slope, OVER.to_owned(), at.clone(), points.clone());
        fit.value?;
        if points.len() < 3 || is_probable(&fit) {
            return Some(fit);
        }
        points.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Estimate;
    use crate::analysis::fits::fits;
    use crate::analysis::synthetic::experiment;

    fn swept(rates: &str, dynamics: &str) -> Experiment {
        experiment(&format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
            noise = {{ kind = "gaussian", covariance = 1.0 }}
            dynamics = {{ {dynamics} }}
            ensemble = {{ walkers = 1000, steps = 1000, start = [-1.0] }}
            measure.fluctuation_dissipation = {{}}
            [sweep]
            {rates}
        "#
        ))
    }

    const SGD: &str = "kind = \"sgd\", learning_rate = 0.1";

    /// ⟨|∇L|²⟩ = f(η) with relative errors of `share`.
    fn squares(experiment: &Experiment, f: impl Fn(f64) -> f64, share: f64) -> Vec<Estimates> {
        let of = |g: f64| Estimate { value: Some(g), std_error: Some(share * g), ..Estimate::default() };
        let rate = |cell: &crate::experiment::Cell| cell.setup.dynamics.learning_rate()?.shared();
        let all = experiment.cells.iter().map(|cell| f(rate(cell).expect("one rate")));
        all.map(|g| [("gradient_norm_squared".to_owned(), of(g))].into()).collect()
    }

    /// η(1.5 + 2η) is met exactly, by all cells whatever their order. With σ = share × y the intercept's error is that
    /// of the weighted line, for two points √((x₂σ₁)² + (x₁σ₂)²)/(x₂ − x₁).
    #[test]
    fn a_line_is_extrapolated() {
        let experiment = swept("\"dynamics.learning_rate\" = [0.2, 0.05, 0.1]", SGD);
        let found = fits(&experiment, &squares(&experiment, |x| x * (1.5 + 2.0 * x), 1e-3));
        assert_eq!((found.len(), &found[0].cells), (1, &vec![1, 2, 0]), "{found:?}");
        assert_eq!((found[0].name.as_str(), found[0].over.as_str()), ("fdr2_slope", OVER));
        assert!((found[0].value.expect("a slope") - 1.5).abs() < 1e-12, "{found:?}");
        let experiment = swept("\"dynamics.learning_rate\" = [0.1, 0.2]", SGD);
        let found = fits(&experiment, &squares(&experiment, |x| x * (1.5 + 2.0 * x), 1e-3));
        let error = (0.2 * 1.7e-3f64).hypot(0.1 * 1.9e-3) / 0.1;
        assert!((found[0].std_error.expect("an error") - error).abs() < 1e-12, "{found:?}");
    }

    /// With x = 0.4 far off the line that cell is left out; where errors are large it is not.
    #[test]
    fn cells_that_leave_the_line_are_left_out() {
        let experiment = swept("\"dynamics.learning_rate\" = [0.1, 0.2, 0.3, 0.4]", SGD);
        let bent = |x: f64| x * (1.0 + x + if x > 0.35 { 0.1 } else { 0.0 });
        let found = fits(&experiment, &squares(&experiment, bent, 1e-3));
        assert_eq!(found[0].cells, [0, 1, 2]);
        assert!((found[0].value.expect("a slope") - 1.0).abs() < 1e-12, "{found:?}");
        let found = fits(&experiment, &squares(&experiment, bent, 0.1));
        assert_eq!(found[0].cells, [0, 1, 2, 3]);
        assert!((found[0].value.expect("a slope") - 1.0).abs() > 1e-3, "canary: {found:?}");
    }

    #[test]
    fn what_is_no_sweep_of_one_rate_has_no_slope() {
        let none = |rates: &str, dynamics: &str| {
            let experiment = swept(rates, dynamics);
            let estimates = squares(&experiment, |x| x, 1e-3);
            assert!(fits(&experiment, &estimates).is_empty(), "{rates} {dynamics}");
        };
        none("\"noise.covariance\" = [1.0, 2.0]", SGD);
        none("zip = true\n\"noise.covariance\" = [1.0, 2.0]\n\"dynamics.learning_rate\" = [0.1, 0.2]", SGD);
        none("\"dynamics.learning_rate\" = [0.1, 0.2]", "kind = \"momentum\", momentum = 0.5, learning_rate = 0.1");
    }
}
