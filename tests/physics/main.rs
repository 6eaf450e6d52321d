//! The CPU engine against exact theory.

#[path = "../agreement/mod.rs"]
mod agreement;
mod bridge;
#[path = "../formulas/mod.rs"]
mod formulas;
mod hazards;
#[path = "../numbers/mod.rs"]
mod numbers;
mod rates;
#[path = "../written/mod.rs"]
mod written;

use agreement::by_word::{DISTRIBUTIONS, worst_error};
use agreement::discrete::{THREE_POINT, TWO_POINT, worst_z_of_paths};
use agreement::growth::{the_fit_finds_the_critical_rate, vanishes_at_the_critical_rate};
use agreement::jump::the_loss_jumps_where_it_is_predicted;
use agreement::three_point::number;
use agreement::{SETS, dimensions, flat, measure, parse, series, with_every_measure, worst_z};
use kramers::analysis;
use kramers::engine::cpu::{CpuEngine, one_step};
use kramers::theory::{Source, bin_shares, predict};
use std::collections::BTreeSet;

#[test]
fn estimates_agree_with_exact_theory() {
    let mut engine = CpuEngine::new().expect("threads");
    for (name, text) in SETS {
        let text = with_every_measure(&text(1.0));
        let (checked, worst, which) = worst_z(&measure(&mut engine, &text), &text);
        assert!(checked >= 4, "{name}: only {checked} exact predictions");
        // Of 1500 numbers in all one is beyond 4.5 by chance in 1 % of cases; the seed is fixed.
        assert!(worst < 4.5, "{name}: z = {worst:.2}, {which}");
    }
}

/// Canary: the same check on a noise amplitude wrong by 0.5 % must fail, on every set.
#[test]
fn a_wrong_amplitude_is_caught() {
    let mut engine = CpuEngine::new().expect("threads");
    for (name, text) in SETS {
        let (_, worst, _) = worst_z(&measure(&mut engine, &text(1.005)), &text(1.0));
        assert!(worst > 4.0, "{name}: an amplitude wrong by 0.5 % passes with z = {worst:.2}");
    }
}

/// The distance between what is counted and the exact law, of a uniform and of a bimodal one; |z| < 5 is
/// √n D < 2.2, a false alarm of 1.3·10⁻⁴ each for a fresh seed; the seed is fixed.
#[test]
fn counts_have_their_exact_law() {
    let uniform = r#"
        landscape = { kind = "quadratic", hessian = [1.0] }
        noise = { kind = "gaussian", covariance = 1.0, distribution = "rademacher" }
        dynamics = { kind = "sgd", learning_rate = 0.5 }
        ensemble = { walkers = 1e6, start = [0.0], burn_in = 40, steps = 1 }
        measure = { histogram = { axis = 0, range = [-1.024, 1.024], bins = 2048 } }
    "#;
    let wells = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        dynamics = { kind = "langevin", time_step = 0.1, temperature = 0.1 }
        ensemble = { walkers = 1e6, start = [-1.0], burn_in = 200, steps = 1 }
        measure = { histogram = { axis = 0, range = [-4, 4], bins = 4096 } }
    "#;
    let mut engine = CpuEngine::new().expect("threads");
    let mut results = |text: &str| kramers::run(&parse(text), &mut engine, &|_| {}).expect("runs");
    for (text, wrong, by) in [(uniform, "0.5", "0.505"), (wells, "0.1", "0.102")] {
        let document = results(text).document;
        let z = document.cells[0].estimates["ks_distance"].predictions[&Source::Kolmogorov].z.expect("exact");
        assert!(z.abs() < 5.0, "z = {z}: {text}");
        // Canary: counts of another rate or temperature against this law.
        let other = results(&text.replace(&format!("= {wrong} }}"), &format!("= {by} }}"))).tally;
        let counts: Vec<_> = other.cell(0).map(|block| &block.histograms[0]).collect();
        let setup = &parse(text).cells[0].setup;
        let edges = setup.measure.histogram[0].axes()[0].edges();
        let shares = bin_shares(setup, 0, &edges).expect("a law");
        let found = analysis::ks_distance(&counts, &shares);
        let scaled = found.value.map(|d| d * 1e3);
        assert!(scaled.is_some_and(|d| d > 2.2), "canary: √n D = {scaled:?}: {text}");
    }
}

#[test]
fn growth_about_a_minimum_without_loss() {
    let mut engine = CpuEngine::new().expect("threads");
    vanishes_at_the_critical_rate(&mut engine);
    the_fit_finds_the_critical_rate(&mut engine);
}

#[test]
fn jumps_of_the_loss_on_a_ramp() {
    the_loss_jumps_where_it_is_predicted(&mut CpuEngine::new().expect("threads"));
}

/// Up to 64 dimensions: predictions are of what is measured, and hold.
#[test]
fn what_is_measured_is_predicted_and_agrees() {
    let mut engine = CpuEngine::new().expect("threads");
    for (name, covariances, text) in dimensions::SETS {
        let found = measure(&mut engine, &text(1.0));
        let predictions = predict(&parse(&text(1.0)).cells[0].setup);
        let of = |names: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
            names.filter(|name| name.starts_with("covariance")).cloned().collect()
        };
        let measured = of(&mut found.keys());
        assert_eq!(measured.len(), covariances, "{name}");
        assert_eq!(of(&mut predictions.keys()), measured, "{name}");

        let (checked, worst, which) = worst_z(&found, &text(1.0));
        assert!(checked > covariances + 20, "{name}: only {checked} exact predictions");
        assert!(worst < dimensions::LIMIT, "{name}: z = {worst:.2} of {checked}, {which}");
        let (_, wrong, _) = worst_z(&measure(&mut engine, &text(1.02)), &text(1.0));
        assert!(wrong > dimensions::LIMIT, "canary: {name}: an amplitude wrong by 2 % passes with z = {wrong:.2}");
    }
}

/// Every place of a call in several dimensions, and calls beyond 32 bits.
#[test]
fn three_point_numbers_are_as_documented() {
    for d in [1, 3, 16, 63] {
        let plan = flat(d, "\"three-point\"");
        for step in (0..20).chain([1001, u32::MAX - 1]) {
            let found = one_step(&plan, 0, 17, step, &vec![0.0; 100 * d]);
            let first = u64::from(step) * d as u64;
            let expected = (17..117).flat_map(|walker| (first..first + d as u64).map(move |n| number(walker, n)));
            assert_eq!(found, expected.collect::<Vec<_>>(), "step {step} in {d} dimensions");
        }
    }
}

/// |z| < 4 for three numbers: a false alarm of 2·10⁻⁴ for a fresh seed; the seed is fixed.
#[test]
fn paths_of_discrete_noise_are_exact() {
    let mut engine = CpuEngine::new().expect("threads");
    for alone in [true, false] {
        for noise in [THREE_POINT, TWO_POINT] {
            let worst = worst_z_of_paths(&mut engine, alone, noise, noise.0);
            assert!(worst < 4.0, "{}: z = {worst} against all paths", noise.0);
            let wrong = worst_z_of_paths(&mut engine, alone, noise, "\"gaussian\"");
            assert!(wrong > 4.0, "canary: normal noise passes for {} with z = {wrong}", noise.0);
        }
    }
}

/// Every place of a call, calls beyond 32 bits.
#[test]
fn numbers_of_one_word_are_as_documented() {
    for (distribution, of) in DISTRIBUTIONS {
        for d in [1, 3, 16, 63] {
            let plan = flat(d, distribution);
            for step in (0..20).chain([1001, u32::MAX - 1]) {
                let found = one_step(&plan, 0, 17, step, &vec![0.0; 100 * d]);
                let error = worst_error(&found, of, d, step);
                assert!(error < 5e-7, "{distribution}, step {step} in {d} dimensions: an error of {error:e}");
                let later = worst_error(&found, of, d, step + 1);
                assert!(later > 0.1, "canary: the numbers of {distribution} pass for those of another step");
            }
        }
    }
}

/// Where walkers start, seen after one step.
#[test]
fn random_starts_have_their_distribution() {
    let mut engine = CpuEngine::new().expect("threads");
    for start in [
        "{ normal = { mean = [1.0, -2.0, 0.5, 3.0, 0.0], std = [0.5, 1.0, 2.0, 0.1, 0.0] } }",
        "{ uniform = { low = [-1.0, 0.0, 2.0, 5.0, 1.0], high = [1.0, 3.0, 2.5, 9.0, 1.0] } }",
        "{ points = [[0, 0, 0, 0, 0], [1, 2, 3, 4, 5], [-1, 0, 1, 0, 7]] }",
    ] {
        let text = format!(
            r#"
landscape = {{ kind = "quadratic", hessian = [1.0, 0.5, 0.1, 2.0, 1.0] }}
dynamics = {{ kind = "langevin", temperature = 0.01, time_step = 0.01 }}
ensemble = {{ walkers = 200_000, steps = 1, start = {start} }}
"#
        );
        let (checked, worst, which) = worst_z(&measure(&mut engine, &text), &text);
        assert!(checked >= 20, "{start}: only {checked} exact predictions");
        assert!(worst < 4.0, "{start}: z = {worst:.2}, {which}");
    }
}

#[test]
fn time_series_agree_with_theory() {
    series::check(&mut CpuEngine::new().expect("threads")).expect("agreement");
}
