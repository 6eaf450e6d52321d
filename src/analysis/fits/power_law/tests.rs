//! Against exact powers, and rates of an independent program.

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
    assert_eq!((found.len(), found[0].over.as_str()), (1, "measure.first_passage.loss_above"));
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
    let mut found =
        fits(&experiment, &rates(&[(1.0, 0.1), (2.0, 0.1), (3.0, 0.1), (2.0, 0.1), (4.0, 0.1), (6.0, 0.1)]));
    found.retain(|fit| fit.kind == FitKind::PowerLaw);
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

/// Constant noise makes no power law, nor does a learning rate that changes; in the shallower of two wells c is that of
/// the pass over its own minimum.
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

/// κ ∝ c^−(1/T + 1 − n/2), off by so many of its errors of 1 %.
fn law(c: f64, inverse_temperature: f64, dimension: f64, deviates: f64) -> (f64, f64) {
    (0.3 * c.powf(-(inverse_temperature + 1.0 - 0.5 * dimension)) * f64::exp(0.01 * deviates), 0.01)
}

/// h* = 2, so that 1/T = 1/(2η) for three learning rates, at two floors; three rates that are off by (−1, 2, −1) σ leave
/// the slope where 1/T are evenly spaced, with χ² = 6.
#[test]
fn exponents_per_inverse_temperature() {
    let sweep = "\"dynamics.learning_rate\" = [0.125, 0.0625, 0.041666666666666664]\n\"landscape.floor\" = [0.1, 0.25]";
    let experiment = swept(WELL, GROWING, "above = 1.0", sweep);
    let made = |per: f64| -> Vec<(f64, f64)> {
        let cells = [(4.0, -1.0), (8.0, 2.0), (12.0, -1.0)].into_iter();
        cells.flat_map(|(beta, off)| [3.5, 2.0].map(|c| law(c, per * beta, 1.0, off))).collect()
    };
    let of = |estimates: &[Estimates]| -> Vec<Fit> {
        let is_one = |fit: &Fit| fit.name == "exponent_per_inverse_temperature";
        fits(&experiment, estimates).into_iter().filter(is_one).collect()
    };
    let found = of(&rates(&made(1.0)));
    assert_eq!(found.iter().map(|fit| fit.cells.clone()).collect::<Vec<_>>(), [[0, 2, 4], [1, 3, 5]]);
    for (fit, c) in found.iter().zip([3.5, 2.0_f64]) {
        assert_eq!(fit.over, "dynamics.learning_rate");
        assert!((fit.value.expect("a slope") + 1.0).abs() < 1e-12, "{fit:?}");
        let error = 0.01 / 32f64.sqrt() / c.ln();
        assert!((fit.std_error.expect("an error") / error - 1.0).abs() < 1e-9, "{fit:?}, not {error}");
        assert!((fit.chi_squared.expect("a sum") - 6.0).abs() < 1e-9, "{fit:?}");
    }
    let off = of(&rates(&made(1.05)));
    let z = |fit: &Fit| (fit.value.expect("a slope") + 1.0).abs() / fit.std_error.expect("an error");
    assert!(off.iter().all(|fit| z(fit) > 4.0), "canary: a law that is steeper by 5 % passes: {off:?}");
    assert_eq!(fits(&experiment, &rates(&made(1.0))).len(), 3 + 2, "the exponents themselves too");
}

/// One to five directions, the last two of the last flat, which do not count.
#[test]
fn exponents_per_dimension() {
    let transverse = "\"landscape.transverse\" = [[], [2.0], [2.0, 2.0], [2.0, 2.0, 0.0, 0.0]]";
    let start = "\"ensemble.start\" = [[-0.9], [-0.9, 0.0], [-0.9, 0.0, 0.0], [-0.9, 0.0, 0.0, 0.0, 0.0]]";
    let sweep = |more: &str| format!("zip = true\n{transverse}\n{start}\n{more}");
    let made = |last: f64| rates(&[1.0, 2.0, 3.0, last].map(|n| law(3.5, 5.0, n, 0.0)));
    let experiment = swept(WELL, GROWING, "axis = 0, above = 1.0", &sweep(""));
    let found = fits(&experiment, &made(3.0));
    let [fit] = &found[..] else { panic!("{found:?}") };
    assert_eq!((fit.name.as_str(), fit.over.as_str()), ("exponent_per_dimension", "landscape.transverse"));
    assert!((fit.value.expect("a slope") - 0.5).abs() < 1e-12, "{fit:?}");
    // n = 1, 2, 3, 3 are spread by Σ (n − n̄)² = 2.75.
    let error = 0.01 / 2.75f64.sqrt() / 3.5f64.ln();
    assert!((fit.std_error.expect("an error") / error - 1.0).abs() < 1e-12, "{fit:?}, not {error}");
    let counted = fits(&experiment, &made(5.0)).swap_remove(0);
    let z = (counted.value.expect("a slope") - 0.5) / counted.std_error.expect("an error");
    assert!(z > 4.0, "canary: directions that are flat count: {counted:?}");
    for passage in ["loss_above = 0.35", "axis = 0, above = -0.5", "radius_above = 1.5"] {
        let experiment = swept(WELL, GROWING, passage, &sweep(""));
        assert!(fits(&experiment, &made(3.0)).is_empty(), "{passage} is not over the saddle");
    }
    let unlike = sweep("").replace("[2.0, 2.0, 0.0, 0.0]", "[2.0, 1.0, 0.0, 0.0]");
    let fit = fits(&swept(WELL, GROWING, "axis = 0, above = 1.0", &unlike), &made(9.0)).swap_remove(0);
    assert_eq!(fit.cells, [0, 1, 2], "a cell of unlike curvatures is left out: {fit:?}");
    assert!((fit.value.expect("a slope") - 0.5).abs() < 1e-12, "{fit:?}");
}

#[test]
fn one_number_alone_changes() {
    let law = |ratio: f64, t: f64, n: f64| PowerLaw { ratio, between_wells: Some((t, n)) };
    for (other, followed) in [
        (law(3.0, 0.1, 2.0), Some(FitKind::PowerLaw)),
        (law(2.0, 0.2, 2.0), Some(FitKind::PerInverseTemperature)),
        (law(2.0, 0.1, 3.0), Some(FitKind::PerDimension)),
        (law(2.0, 0.1, 2.0), None),
        (law(2.0, 0.2, 3.0), None),
        (law(3.0, 0.2, 2.0), None),
    ] {
        let laws = [law(2.0, 0.1, 2.0), other];
        for (kind, _) in FITS {
            assert_eq!(is_followed(kind, &laws.each_ref()), followed == Some(kind), "{kind:?}, {:?}", laws[1].ratio);
        }
    }
}
