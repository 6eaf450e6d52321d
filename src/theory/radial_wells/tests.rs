//! Against an independent program and the limit of low temperature.

use super::*;
use crate::experiment::DoubleWell;
use crate::theory::predict;
use crate::theory::predict::tests::{setup, value};
use std::f64::consts::PI;

/// floor + (x² − 1)²/4 + tilt x + |y|².
fn wells(temperature: f64, floor: f64, tilt: f64, dimension: usize) -> RadialWells {
    let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt, floor, transverse: vec![] };
    RadialWells { profile: Profile::DoubleWell(well), floor, transverse: 2.0, dimension, temperature }
}

/// λ/2 by an independent program, which has a wall at ρ = 2.6.
#[test]
fn relaxation_within_a_wall() {
    let tables = [
        (0.2, 0.1, [4.38554e-4, 8.18848e-4, 1.528324e-3, 5.32075e-3, 1.83598e-2, 5.8822e-2]),
        (0.1, 0.25, [2.163577e-4, 3.05341e-4, 4.308297e-4, 8.57221e-4, 1.70477e-3, 3.391642e-3]),
    ];
    for (t, floor, expected) in tables {
        for (n, expected) in [2, 3, 4, 6, 8, 10].into_iter().zip(expected) {
            let wells = wells(t, floor, 0.0, n);
            let rate = 0.5 * wells.relaxation_rate_within(2.6).expect("converges");
            assert!((rate / expected - 1.0).abs() < 2e-5, "T = {t}, n = {n}: {rate} against {expected}");
            // The wall takes part where the density falls slowly.
            let open = 0.5 * wells.relaxation_rate().expect("converges");
            let apart = (open / expected - 1.0).abs();
            assert_eq!(apart > 1e-3, t == 0.2 && n >= 8, "T = {t}, n = {n}: {open} without a wall");
        }
    }
}

/// 1/τ(−1 → 1): in one dimension by the double integral (Gardiner, *Stochastic Methods*, 5.2.160); in more of Euler's chain
/// in x and ρ, by an independent program's Nyström solution, extrapolated to no step from those of 0.01 to 0.04 or 0.02 to
/// 0.06.
#[test]
fn passages_from_well_to_well() {
    for (t, floor, n, expected, digits) in [
        (0.1, 0.25, 1, 1.53043e-4, 1e-5),
        (0.2, 0.1, 1, 2.34264e-4, 1e-5),
        (0.1, 0.25, 2, 2.15895e-4, 1e-4),
        (0.2, 0.1, 3, 8.1322e-4, 3e-4),
        (0.1, 0.25, 6, 8.50683e-4, 1e-4),
    ] {
        let wells = wells(t, floor, 0.0, n);
        let off = |rate: f64| (rate / expected - 1.0).abs();
        let rate = wells.passage_rate(-1.0, 1.0).expect("converges");
        assert!(off(rate) < digits, "T = {t}, n = {n}: {rate} against {expected}");
        let relaxation = 0.5 * wells.relaxation_rate().expect("converges");
        assert!(off(relaxation) > 1.2 * digits, "canary: λ/2 passes for T = {t}, n = {n}: {relaxation}");
    }
}

/// To the saddle at low temperature: twice as often, as half of those that reach it go back; from beyond it, or beyond the
/// threshold, there is nothing to wait for.
#[test]
fn passages_to_the_saddle() {
    let wells = wells(0.02, 0.3, 0.0, 3);
    let [to_saddle, over] = [0.0, 1.0].map(|threshold| wells.passage_rate(-1.0, threshold).expect("converges"));
    assert!((to_saddle / over - 2.0).abs() < 0.02, "{to_saddle} and {over}");
    for (start, threshold) in [(0.1, 1.0), (-0.5, -0.7)] {
        assert_eq!(wells.passage_rate(start, threshold), None);
    }
}

/// λ → Σ_a √(h_a |h_s|)/(2π) (L_s/L_a)^((n − 2)/2 − 1/T) as T → 0, by Laplace's method: with an error of order T.
#[test]
fn power_law_at_low_temperature() {
    for (n, tilt) in [(1, 0.0), (2, 0.0), (5, 0.0), (1, 0.05), (3, -0.05)] {
        let error = |t: f64| {
            let wells = wells(t, 0.3, tilt, n);
            let [left, saddle, right] = wells.profile.wells().expect("two wells");
            let rate = |x: f64| {
                let ratio = wells.loss(saddle, 0.0) / wells.loss(x, 0.0);
                let frequencies = (wells.profile.curvature(x) * wells.profile.curvature(saddle).abs()).sqrt();
                frequencies / (2.0 * PI) * ratio.powf(0.5 * (n as f64 - 2.0) - 1.0 / t)
            };
            wells.relaxation_rate().expect("converges") / (rate(left) + rate(right)) - 1.0
        };
        let (warm, cold) = (error(0.04), error(0.02));
        assert!(cold.abs() < 0.02 && cold.abs() < 0.6 * warm.abs(), "n = {n}, tilt {tilt}: {warm}, then {cold}");
    }
}

/// L^(−1 − 1/T) has no norm beyond some number of coordinates.
#[test]
fn no_rate_without_a_density() {
    assert!(wells(0.4, 0.05, 0.0, 6).relaxation_rate().is_some());
    assert_eq!(wells(0.4, 0.05, 0.0, 8).relaxation_rate(), None);
    assert_eq!(wells(0.4, 0.05, 0.0, 30).relaxation_rate(), None);
}

#[test]
fn experiments_with_the_same_noise_in_all_directions() {
    let predicted = |transverse: &str, rule: &str| {
        predict(&setup(&format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, floor = 0.25, transverse = {transverse} }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ {rule} }}
            ensemble = {{ walkers = 1000, start = [-1.0, 0.0, 0.0, 0.0, 0.0, 0.0], steps = 1000 }}
            measure = {{ time_series = {{ points = 10 }} }}
            "#
        )))
    };
    let isotropic = "[2.0, 2.0, 2.0, 2.0, 2.0]";
    for rule in [
        "kind = \"sgd\", learning_rate = 0.05",
        "kind = \"sgd\", learning_rate = 0.2, batch_size = 4",
        "kind = \"langevin\", learning_rate = 0.1, batch_size = 2, time_step = 0.01",
    ] {
        let all = predicted(isotropic, rule);
        let rate = value(&all, "relaxation_rate", Source::FokkerPlanck);
        assert!((0.5 * rate / 8.57221e-4 - 1.0).abs() < 1e-5, "{rule}: {rate}");
        assert!(all["relaxation_rate"].iter().all(|p| p.kind != Kind::Exact), "{all:?}");
    }
    let all = predicted("[2.0, 2.0, 0.0, 0.0, 0.0]", "kind = \"sgd\", learning_rate = 0.05");
    let rate = value(&all, "relaxation_rate", Source::FokkerPlanck);
    assert!((0.5 * rate / 3.05341e-4 - 1.0).abs() < 1e-5, "of three directions that are not flat: {rate}");
    let other = predicted("[2.0, 2.0, 2.0, 2.0, 1.0]", "kind = \"sgd\", learning_rate = 0.05");
    assert!(!other.contains_key("relaxation_rate"), "{other:?}");
}

/// First passages of x upwards, from the axis.
#[test]
fn experiments_with_passages() {
    let predicted = |start: &str, passage: &str| {
        predict(&setup(&format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, floor = 0.25, transverse = [2.0, 2.0, 0.0] }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.05 }}
            ensemble = {{ walkers = 1000, start = {start}, steps = 1000 }}
            measure.first_passage = {{ {passage} }}
            "#
        )))
    };
    let rate = |all: &Predictions| {
        let of = all.get("escape_rate").into_iter().flatten().find(|p| p.source == Source::MeanFirstPassageIntegral);
        of.map(|p| p.value)
    };
    let all = predicted("[-1.0, 0.0, 0.0, 0.5]", "axis = 0, above = 1.0");
    let direct = wells(0.1, 0.25, 0.0, 3).passage_rate(-1.0, 1.0).expect("converges");
    assert_eq!(rate(&all), Some(direct));
    assert_eq!(value(&all, "mean_first_passage_time", Source::MeanFirstPassageIntegral), 1.0 / direct);
    for (start, passage) in [
        ("[-1.0, 0.1, 0.0, 0.0]", "axis = 0, above = 1.0"),
        ("[1.0, 0.0, 0.0, 0.0]", "axis = 0, below = -1.0"),
        ("[-1.0, 0.0, 0.0, 0.0]", "axis = 1, above = 1.0"),
    ] {
        assert_eq!(rate(&predicted(start, passage)), None, "{start} {passage}");
    }
}
