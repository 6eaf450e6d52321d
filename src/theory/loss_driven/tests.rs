//! Against numbers by an independent program in f64 (kernel on a uniform grid, and Chebyshev collocation), and walkers
//! moved one by one.

use super::*;
use crate::experiment::DoubleWell;
use crate::theory::predict::predict as predict_all;
use crate::theory::predict::tests::{setup, value};
use crate::theory::predict::walkers::Normals;
use crate::theory::{Kind, Source, TransitionKernel};

fn double_well(floor: f64, rate: f64, temperature: f64, clock: Clock) -> LossDriven {
    let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor, transverse: vec![] };
    LossDriven { profile: Profile::DoubleWell(well), floor, rate, temperature, clock }
}

fn at(position: f64) -> [Atom; 1] {
    [Atom { position, weight: 1.0 }]
}

#[test]
fn relaxation_rates() {
    for (floor, expected) in [(0.1, 4.572712e-4), (0.25, 1.001233e-2)] {
        let along = double_well(floor, 0.1, 0.2, Clock::Time);
        let kernel = TransitionKernel::on_line(&along, &at(-1.0)).expect("confined");
        let rate = kernel.relaxation_rate().expect("real") / 0.1;
        assert!((rate / expected - 1.0f64).abs() < 5e-7, "L_0 = {floor}: {rate} against {expected}");
    }
}

/// x' = (1 − η)x + η√(2L) ξ, L = ½(1 + x²): from 0 until L > c/2 after a step; by the midpoint rule on 200 and 400 cells,
/// extrapolated.
#[test]
fn passage_of_the_linear_rule() {
    let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.0 };
    let along = LossDriven { profile, floor: 0.5, rate: 0.1, temperature: 0.1, clock: Clock::Time };
    for (c, expected) in [(1.2, 6.0168287), (1.5, 57.317139), (1.8, 358.78486)] {
        let radius = f64::sqrt(c - 1.0);
        let kernel = TransitionKernel::within(&along, &[(-radius, radius)], &at(0.0)).expect("bounded");
        let time = 0.1 * kernel.mean_passage_steps(&[0.0])[0];
        assert!((time / expected - 1.0).abs() < 1e-6, "c = {c}: {time} against {expected}");
    }
}

/// As the step goes to zero relaxation is that of the Fokker–Planck equation, to first order in the step; its rates by
/// an independent program, on finite volumes.
#[test]
fn relaxation_as_the_step_goes_to_zero() {
    for (floor, limit) in [(0.1, 4.69537422e-4), (0.25, 9.82143625e-3)] {
        let at_step = |rate: f64| {
            let kernel = TransitionKernel::on_line(&double_well(floor, rate, 0.2, Clock::Time), &at(-1.0));
            kernel.expect("confined").relaxation_rate().expect("real") / rate
        };
        let extrapolated = 2.0 * at_step(0.0025) - at_step(0.005);
        assert!((extrapolated / limit - 1.0f64).abs() < 3e-5, "L_0 = {floor}: {extrapolated} against {limit}");
    }
}

fn text(dynamics: &str, noise: &str, rest: &str) -> String {
    format!(
        r#"
        landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, floor = 0.25 }}
        {noise}
        dynamics = {{ {dynamics} }}
        ensemble = {{ walkers = 1000, start = [-1.0], {rest} }}
        "#
    )
}

const GROWS: &str = "noise = { kind = \"loss-hessian\" }";
const PASSAGE: &str = "burn_in = 1000, steps = 2000 }\nmeasure = { first_passage = { axis = 0, above = 1.0 }";

/// All three rules go to the rates of one diffusion as their steps do.
#[test]
fn first_passages_of_one_diffusion() {
    let (sgd, langevin, log) = (
        "kind = \"sgd\", learning_rate = 0.1",
        "kind = \"langevin\", learning_rate = 0.1, time_step = 0.01",
        "kind = \"log-langevin\", learning_rate = 0.1, time_step = 0.01",
    );
    for (dynamics, noise) in [
        (sgd, GROWS),
        (langevin, GROWS),
        (log, GROWS),
        ("kind = \"log-langevin\", temperature = 0.2, time_step = 0.01", ""),
    ] {
        let all = predict_all(&setup(&text(dynamics, noise, PASSAGE)));
        let rate = |source| value(&all, "escape_rate", source);
        let limit = rate(Source::MeanFirstPassageIntegral);
        assert!((limit / 4.74022e-3 - 1.0).abs() < 2e-6, "{dynamics}: {limit}");
        assert!((rate(Source::PowerLaw) / 4.97359e-3 - 1.0).abs() < 2e-6, "{dynamics}");
        // A threshold looked at once per step is passed later.
        let exact = rate(Source::TransitionKernel);
        assert!((0.9..1.02).contains(&(exact / limit)), "{dynamics}: {exact} against {limit}");
        let kinds: Vec<Kind> = all["escape_rate"].iter().map(|p| p.kind).collect();
        assert_eq!(kinds, [Kind::Exact, Kind::LeadingOrder, Kind::Asymptotic]);
    }
}

/// Relaxation, moments and occupations of the two rules in time t; on log L the time of a step varies.
#[test]
fn relaxation_and_moments_are_predicted() {
    let series = "steps = 2000 }\nmeasure = { time_series = { points = 10 }";
    let all = predict_all(&setup(&text("kind = \"sgd\", learning_rate = 0.1", GROWS, series)));
    let rate = value(&all, "relaxation_rate", Source::TransitionKernel);
    assert!((rate / 1.001233e-2 - 1.0).abs() < 5e-7, "{rate}");
    let law = value(&all, "relaxation_rate", Source::PowerLaw);
    assert!((law / (2.0 * 4.97359e-3) - 1.0).abs() < 2e-6, "{law}");
    let halves = ["left", "right"].map(|w| value(&all, &format!("well_occupation[{w}]"), Source::TransitionKernel));
    assert!((halves[0] + halves[1] - 1.0).abs() < 1e-9 && halves[0] > 0.6, "{halves:?}");
    assert!(!all["loss"].is_empty() && !all["covariance[0,0]"].is_empty());
    assert!(all.values().flatten().all(|p| !matches!(p.source, Source::Kramers | Source::Gibbs)), "{all:?}");
    let log =
        predict_all(&setup(&text("kind = \"log-langevin\", temperature = 0.2, time_step = 0.01", "", "steps = 20")));
    assert!(!log.contains_key("relaxation_rate"));
}

/// With directions across, noise is isotropic where all curvatures are h*; a flat one has none and counts for nothing.
#[test]
fn power_law_is_of_isotropic_noise() {
    let rate = |transverse: &str| {
        let across = text("kind = \"sgd\", learning_rate = 0.1", GROWS, PASSAGE)
            .replace("floor = 0.25", &format!("floor = 0.25, transverse = [{transverse}]"))
            .replace("start = [-1.0]", "start = [-1.0, 0.0]");
        let all = predict_all(&setup(&across));
        all.get("escape_rate").into_iter().flatten().find(|p| p.source == Source::PowerLaw).map(|p| p.value)
    };
    for (across, expected) in [("2.0", 4.97359e-3 * 2f64.sqrt()), ("0.0", 4.97359e-3)] {
        let found = rate(across).expect("a prediction");
        assert!((found / expected - 1.0).abs() < 2e-6, "{across}: {found}");
    }
    assert_eq!(rate("1.0"), None);
}

/// Passages per unit of time of walkers moved one by one that restart from −1, in 40 blocks of which each is one walker
/// through many steps.
fn passages(along: &LossDriven, seed: u64) -> (f64, f64) {
    const BLOCKS: usize = 40;
    let mut normals = Normals(seed);
    let rates: Vec<f64> = (0..BLOCKS)
        .map(|_| {
            let (mut x, mut passed, mut time) = (-1.0, 0.0, 0.0);
            for n in 0..160_200 {
                x = along.next(x) + along.deviation(x) * normals.next();
                if n >= 200 {
                    time += along.rate / if along.clock == Clock::Loss { along.loss(x) } else { 1.0 };
                    passed += if x > 1.0 { 1.0 } else { 0.0 };
                }
                if x > 1.0 {
                    x = -1.0;
                }
            }
            passed / time
        })
        .collect();
    let mean = rates.iter().sum::<f64>() / BLOCKS as f64;
    let variance = rates.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (BLOCKS - 1) as f64;
    (mean, (variance / BLOCKS as f64).sqrt())
}

/// |t| > 5 with 39 degrees of freedom has a chance of 10⁻⁵. The canary: another temperature, 10 % off.
#[test]
fn passages_of_walkers_moved_one_by_one() {
    for (k, (dynamics, clock)) in [
        ("sgd\", learning_rate = 0.1", Clock::Time),
        ("log-langevin\", learning_rate = 0.1, time_step = 0.1", Clock::Loss),
    ]
    .into_iter()
    .enumerate()
    {
        let rest = PASSAGE.replace("burn_in = 1000", "burn_in = 2000");
        let all = predict_all(&setup(&text(&format!("kind = \"{dynamics}"), GROWS, &rest)));
        let exact = value(&all, "escape_rate", Source::TransitionKernel);
        let score = |temperature: f64| {
            let (mean, error) = passages(&double_well(0.25, 0.1, temperature, clock), k as u64 + 1);
            (mean - exact) / error
        };
        let (right, wrong) = (score(0.2), score(0.22));
        assert!(right.abs() < 5.0 && wrong.abs() > 5.0, "{dynamics}: {right}, {wrong} off {exact}");
    }
}
