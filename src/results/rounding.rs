//! How exact a run without chance is: its walkers are all alike, so that their spread says nothing of the error.

use crate::experiment::{Experiment, Precision, Setup};

/// The rounding of the walk in one of its estimates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rounding {
    /// The machine's epsilon times the square root of the steps, as the roundings of single steps add up.
    share: f64,
    /// What the estimate is made of: its size at the start.
    scale: f64,
}

impl Rounding {
    /// Where the estimate should be `value`.
    pub(super) fn of(self, value: f64) -> f64 {
        self.share * (value.abs() + self.scale)
    }
}

/// Of the estimate `name`; none where chance is in the run, whose standard errors say more.
pub(super) fn rounding(experiment: &Experiment, setup: &Setup, name: &str) -> Option<Rounding> {
    if !setup.is_deterministic() {
        return None;
    }
    let epsilon = match experiment.precision {
        Precision::F32 => f64::from(f32::EPSILON),
        Precision::F64 => f64::EPSILON,
    };
    let start = setup.ensemble.start.first_point();
    let size = start.iter().fold(0.0f64, |size, x| size.max(x.abs()));
    let scale = match name.split('[').next() {
        Some("mean") => size,
        Some("covariance") => size * size,
        Some("gradient_norm_squared") => setup.landscape.gradient(&start).iter().map(|g| g * g).sum(),
        _ => setup.landscape.loss(&start).abs(),
    };
    let share = epsilon * (setup.ensemble.total_steps() as f64).sqrt();
    Some(Rounding { share, scale: if scale.is_finite() { scale } else { 0.0 } })
}

#[cfg(test)]
mod tests {
    use super::super::compare::compare_cell;
    use crate::analysis::{Estimate, Estimates};
    use crate::experiment::Experiment;
    use crate::theory::{Kind, Predictions, Source, predict};

    const FLOW: &str = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        dynamics = { kind = "sgd", learning_rate = 0.01 }
        ensemble = { walkers = 8192, start = [0.1], steps = 300 }
        measure = { every = 300 }
    "#;

    fn z(text: &str, found: f64) -> (Option<f64>, Option<f64>) {
        let experiment = Experiment::parse("test", "test.toml", text, &[]).unwrap_or_else(|e| panic!("{e}"));
        let setup = &experiment.cells[0].setup;
        let estimate = Estimate { value: Some(found), std_error: Some(0.0), blocks: 128, ..Estimate::default() };
        let estimates = Estimates::from([("mean[0]".to_owned(), estimate)]);
        let results = compare_cell(&experiment, setup, estimates, &predict(setup), &Predictions::new());
        let against = results["mean[0]"].predictions.get(&Source::IteratedMap);
        (against.and_then(|p| p.z), against.and_then(|p| p.rounding))
    }

    /// x after 300 steps from an independent program; f32 has seven digits.
    #[test]
    fn a_run_without_noise_is_held_against_its_rounding() {
        let (near, rounding) = z(FLOW, 0.8955625105 + 2e-7);
        assert!(near.is_some_and(|z| z.abs() < 1.0), "{near:?}");
        assert!(rounding.is_some_and(|r| (1e-7..1e-5).contains(&r)), "{rounding:?}");
        let (far, _) = z(FLOW, 0.8955625105 + 1e-4);
        assert!(far.is_some_and(|z| z > 5.0), "canary: {far:?}");
        let double = format!("precision = \"f64\"\n{FLOW}");
        assert!(z(&double, 0.8955625105 + 2e-7).0.is_some_and(|z| z > 5.0), "f64 has more digits");
    }

    /// Walkers that start at random are apart: a single block does not tell by how much their mean is wrong.
    #[test]
    fn a_random_start_is_chance() {
        let z = |start: &str| {
            let text =
                FLOW.replace("\"double-well\", barrier = 0.25, separation = 1.0", "\"quadratic\", hessian = [1.0]");
            let experiment = Experiment::parse("test", "test.toml", &text.replace("[0.1]", start), &[]);
            let experiment = experiment.unwrap_or_else(|e| panic!("{e}"));
            let setup = &experiment.cells[0].setup;
            assert!(setup.is_noiseless());
            let estimate = Estimate { value: Some(0.01), blocks: 1, ..Estimate::default() };
            let estimates = Estimates::from([("mean[0]".to_owned(), estimate)]);
            let results = compare_cell(&experiment, setup, estimates, &predict(setup), &Predictions::new());
            let exact = results["mean[0]"].predictions.values().find(|p| p.kind == Kind::Exact);
            exact.expect("a linear rule").z
        };
        assert_eq!(z("{ normal = { mean = [0.1], std = [1.0] } }"), None);
        assert!(z("[0.1]").is_some(), "canary: walkers that start at one point are exact to rounding");
    }
}
