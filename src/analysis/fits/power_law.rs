//! The exponent of escape by a power of the loss.

use super::{Fit, FitKind, groups};
use crate::analysis::Estimates;
use crate::experiment::{Condition, Experiment, Noise, Setup};

/// Keys that change c and neither the curvatures nor the noise per loss.
const KEYS: [&str; 2] = ["landscape.floor", "measure.first_passage.loss_above"];

/// The weighted least-squares line of ln κ against ln c, with the relative errors of κ as errors, where noise grows with
/// the loss: c is the loss of the lowest pass out of the well, or that of `loss_above`, over the loss of the minimum. Made
/// over each of the keys that is swept, once for each combination of the other swept keys; where keys are swept together
/// (`zip`), those of the ensemble and of how rare passages are reached aside. Cells without a rate are left out.
pub(super) fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    let measured = estimates.iter().any(|cell| cell.contains_key("escape_rate"));
    let grows = experiment.cells.iter().all(|cell| grows_with_loss(&cell.setup));
    if !measured || !grows {
        return Vec::new();
    }
    let swept = experiment.sweep.keys();
    let over = KEYS.into_iter().filter(|key| swept.iter().any(|k| k == key));
    let ratios: Vec<Option<f64>> = experiment.cells.iter().map(|cell| loss_ratio(&cell.setup)).collect();
    let fit = |over: &'static str| {
        let abscissa = |cell: usize| ratios[cell].map(f64::ln);
        let changes = |cells: &[usize]| cells.iter().any(|cell| ratios[*cell] != ratios[cells[0]]);
        let groups = groups(experiment, over).into_iter().filter(move |(_, cells)| changes(cells));
        groups
            .map(move |(at, cells)| Fit::of_rates(FitKind::PowerLaw, (over.to_owned(), at, cells), estimates, abscissa))
    };
    over.flat_map(|over| fit(over).collect::<Vec<_>>()).collect()
}

/// Whether the noise is that of a mean squared error at one learning rate, or the time is changed so that it is.
fn grows_with_loss(setup: &Setup) -> bool {
    let grows = matches!(setup.noise, Some(Noise::LossHessian(_) | Noise::Minibatch(_)));
    setup.is_time_changed() || (grows && setup.dynamics.schedule().is_constant())
}

/// c; none where the loss of the minimum below the start is not positive, or nothing higher is to be passed.
fn loss_ratio(setup: &Setup) -> Option<f64> {
    let landscape = &setup.landscape;
    let minimum = landscape.minimum_below(&setup.ensemble.start.first_point())?;
    let least = landscape.loss(&minimum);
    let passed = match setup.measure.first_passage.as_ref()?.condition() {
        Condition::LossAbove(level) => level,
        _ => {
            let relief = landscape.relief(&setup.ensemble.start.corners())?;
            let distance = |k: &usize| -> f64 {
                relief.points[*k].position.iter().zip(&minimum).map(|(x, m)| (x - m).powi(2)).sum()
            };
            let minima = (0..relief.points.len()).filter(|k| relief.points[*k].index == 0);
            let place = minima.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
            let out = relief.passes.iter().filter(|pass| pass.minima.contains(&Some(place)));
            out.map(|pass| relief.points[pass.saddle].loss).reduce(f64::min)?
        }
    };
    (least > 0.0 && passed > least).then(|| passed / least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Estimate;
    use crate::analysis::fits::fits;
    use crate::analysis::synthetic::experiment;
    use crate::experiment::{Dynamics, Schedule};

    const WELL: &str = r#"kind = "double-well", barrier = 0.25, separation = 1.0"#;
    const GROWING: &str = r#"noise = { kind = "loss-hessian" }"#;

    fn swept(landscape: &str, noise: &str, passage: &str, sweep: &str) -> Experiment {
        experiment(&format!(
            r#"
            landscape = {{ {landscape}, floor = 0.1 }}
            {noise}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = 1000, steps = 1000, start = [-0.9] }}
            measure.first_passage = {{ {passage} }}
            [sweep]
            {sweep}
        "#
        ))
    }

    /// Rates with relative errors.
    fn rates(of: &[(f64, f64)]) -> Vec<Estimates> {
        let one = |(rate, error): &(f64, f64)| Estimate {
            value: Some(*rate),
            std_error: Some(rate * error),
            ..Estimate::default()
        };
        of.iter().map(|pair| [("escape_rate".to_owned(), one(pair))].into()).collect()
    }

    /// Rates of L = L_0 + (x² − 1)²/4 under noise of T = ηh*/B = 0.2, 1/τ(−1 → 1) of the diffusion by an independent
    /// program, for L_0 = 0.5, 0.25, 0.1, 0.05, 0.02: slopes −5.24, −5.37, −5.46, −5.49, which tend to −5.5.
    const FLOORS: [(f64, f64); 5] =
        [(0.5, 2.14240e-2), (0.25, 4.74022e-3), (0.1, 2.34264e-4), (0.05, 1.23409e-5), (0.02, 1.44256e-7)];

    #[test]
    fn slopes_of_a_double_well_over_its_floor() {
        let found = {
            let experiment = swept(WELL, GROWING, "above = 1.0", "\"landscape.floor\" = [0.5, 0.1, 0.25, 0.02, 0.05]");
            let order = [0, 2, 1, 4, 3].map(|k| (FLOORS[k].1, 0.01));
            fits(&experiment, &rates(&order))
        };
        assert_eq!((found.len(), found[0].name.as_str()), (1, "power_law_exponent"), "{found:?}");
        for (point, floor) in found[0].points.iter().zip([0.5, 0.1, 0.25, 0.02, 0.05]) {
            assert!((point.x - (1.0 + 0.25_f64 / floor).ln()).abs() < 1e-14, "{point:?}");
        }
        let local = found[0].local_slopes();
        let pairs: Vec<_> = local.iter().map(|slope| slope.cells.clone()).collect();
        assert_eq!(pairs, [[0, 2], [2, 1], [1, 4], [4, 3]]);
        for (slope, (expected, ratio)) in
            local.iter().zip([(-5.24, 2.0 / 1.5), (-5.37, 3.5 / 2.0), (-5.46, 6.0 / 3.5), (-5.49, 13.5 / 6.0)])
        {
            assert!((slope.value.expect("a slope") - expected).abs() < 0.005, "{slope:?} against {expected}");
            // Of two rates with 1 % each.
            let error = 0.01 * 2f64.sqrt() / f64::ln(ratio);
            assert!((slope.std_error.expect("an error") - error).abs() < 1e-14, "{slope:?}");
        }
        let slope = found[0].value.expect("a slope");
        assert!((-5.5..-5.24).contains(&slope) && found[0].degrees_of_freedom == Some(3), "{found:?}");
    }

    /// κ = c^(−9.5) exactly but for its errors, by hand: four rates off by (+, −, −, +) 1 σ of 1, 2, 2 and 1 %, which
    /// leave the slope as it is where their places are symmetric.
    #[test]
    fn errors_of_the_rates_are_those_of_the_slope() {
        let experiment = swept(
            "kind = \"quadratic\", hessian = [1.0]",
            GROWING,
            "loss_above = 0.2, after = \"absorb\"",
            "\"measure.first_passage.loss_above\" = [0.2, 0.4, 0.8, 1.6]",
        );
        let sigma = [0.01, 0.02, 0.02, 0.01];
        let pairs: Vec<_> = (0..4)
            .map(|k| {
                let sign = [1.0, -1.0, -1.0, 1.0][k];
                let c = f64::from(2 << k);
                ((c.powf(-9.5)) * f64::exp(sign * sigma[k]), sigma[k])
            })
            .collect();
        let found = fits(&experiment, &rates(&pairs));
        assert_eq!((found.len(), found[0].over.as_str()), (1, KEYS[1]));
        let fit = &found[0];
        assert!((fit.value.expect("a slope") + 9.5).abs() < 1e-12, "{fit:?}");
        // Σ w (x − x̄)² = (2·(3/2)²/0.01² + 2·(1/2)²/0.02²) ln² 2.
        let error = 1.0 / (2.0 * (2.25 / 1e-4 + 0.25 / 4e-4_f64)).sqrt() / 2f64.ln();
        assert!((fit.std_error.expect("an error") / error - 1.0).abs() < 1e-12, "{fit:?}");
        // The intercept takes up the residuals' weighted mean.
        let mean = (2.0 * 0.01 / 1e-4 - 2.0 * 0.02 / 4e-4) / (2.0 / 1e-4 + 2.0 / 4e-4);
        let chi = 2.0 * ((0.01 - mean) / 0.01f64).powi(2) + 2.0 * ((-0.02 - mean) / 0.02f64).powi(2);
        assert!((fit.chi_squared.expect("a sum") - chi).abs() < 1e-9, "{fit:?}, not {chi}");
        assert!((chi - 4.0).abs() > 0.1, "canary: a χ² about the true line is another");
    }

    #[test]
    fn one_fit_for_each_value_of_the_others() {
        let sweep = "\"landscape.floor\" = [0.1, 0.2]\n\"dynamics.batch_size\" = [1, 2, 4]";
        let experiment = swept(WELL, GROWING, "above = 1.0", sweep);
        let found =
            fits(&experiment, &rates(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1), (2.0, 0.1), (4.0, 0.1), (6.0, 0.1)]));
        let cells: Vec<_> = found.iter().map(|fit| fit.cells.clone()).collect();
        assert_eq!(cells, [[0, 3], [1, 4], [2, 5]]);
        let slope = 2f64.ln() / f64::ln((1.0 + 2.5 / 2.0) / (1.0 + 2.5));
        let is_right = |fit: &Fit| fit.at.len() == 1 && fit.value.is_some_and(|value| (value - slope).abs() < 1e-12);
        assert!(found.iter().all(is_right), "{found:?}");
        let zipped = "zip = true\n\"landscape.floor\" = [0.1, 0.2]\n";
        for (other, fitted) in [("\"ensemble.steps\" = [1000, 2000]", 1), ("\"dynamics.batch_size\" = [1, 2]", 0)] {
            let experiment = swept(WELL, GROWING, "above = 1.0", &format!("{zipped}{other}"));
            assert_eq!(fits(&experiment, &rates(&[(1.0, 0.1), (2.0, 0.1)])).len(), fitted, "{other}");
        }
    }

    /// Constant noise makes no power law, nor does a learning rate that changes; in the shallower of two wells c is that of the pass over its own minimum.
    #[test]
    fn only_under_noise_that_grows_and_from_the_well_of_the_start() {
        let floors = "\"landscape.floor\" = [0.3, 0.4]";
        let constant = swept(WELL, "noise = { kind = \"gaussian\", covariance = 1.0 }", "above = 1.0", floors);
        assert!(fits(&constant, &rates(&[(1.0, 0.1), (2.0, 0.1)])).is_empty());
        let mut ramped = swept(WELL, GROWING, "above = 1.0", floors);
        assert!(!fits(&ramped, &rates(&[(1.0, 0.1), (2.0, 0.1)])).is_empty());
        for cell in &mut ramped.cells {
            let Dynamics::Sgd(rule) = &mut cell.setup.dynamics else { panic!("SGD") };
            rule.schedule = Schedule::Ramp { every: 10, factor: 1.1 };
        }
        assert!(fits(&ramped, &rates(&[(1.0, 0.1), (2.0, 0.1)])).is_empty());
        let tilted = swept(&format!("{WELL}, tilt = -0.1"), GROWING, "above = 1.0", floors);
        let (minimum, saddle) = {
            let landscape = &tilted.cells[0].setup.landscape;
            let x = landscape.minimum_below(&[-0.9]).expect("a well")[0];
            (landscape.loss(&[x]), landscape.loss(&[landscape.saddle().expect("two wells")]))
        };
        let found = fits(&tilted, &rates(&[(1.0, 0.1), (2.0, 0.1)]));
        assert!((found[0].points[0].x - (saddle / minimum).ln()).abs() < 1e-12 && minimum > 0.3, "{found:?}");
    }
}
