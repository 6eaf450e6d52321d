//! Over many runs of the CPU engine, 95 % intervals hold what is predicted exactly 95 times in a hundred.

use kramers::analysis::{Estimate, estimates};
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::experiment::Setup;
use kramers::theory::{Kind, predict};
use kramers::{Experiment, Plan};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use std::collections::{BTreeMap, BTreeSet};

/// Cheap runs, by name.
const SYSTEMS: [(&str, &str); 8] = [
    (
        "one coordinate",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0], minimum = [0.5] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "sgd", learning_rate = 0.2 }
        ensemble = { walkers = 2048, start = [0.5], burn_in = 80, steps = 120 }
        [measure]
        every = 2
        correlation = { lags = { to = 40 } }
        histogram = { axis = 0, range = [-1, 2], bins = 30 }
        "#,
    ),
    (
        "two temperatures",
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], floor = 0.5 }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.2 }
        ensemble = { walkers = 2048, start = [0.0, 0.0], burn_in = 80, steps = 120 }
        [measure]
        every = 3
        fluctuation_dissipation = { windows = [10, 40] }
        current = { axes = [0, 1], centre = [0.1, 0.0] }
        correlation = { lags = { to = 6 } }
        "#,
    ),
    (
        "momentum",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "momentum", learning_rate = 0.1, momentum_steps = 4, batch_size = 2 }
        ensemble = { walkers = 2048, start = [0.0], burn_in = 100, steps = 120 }
        [measure]
        every = 4
        fluctuation_dissipation = { windows = [20], centre = [1.0] }
        correlation = { lags = [1, 4, 12] }
        "#,
    ),
    (
        "regression",
        r#"
        landscape = { kind = "least-squares", synthetic = { samples = "fresh", features = 2, spectrum = [1.5, 0.4], label_noise = 1.0 } }
        noise = { kind = "minibatch" }
        dynamics = { kind = "sgd", learning_rate = 0.15, batch_size = 4 }
        ensemble = { walkers = 4096, start = [1.0, -0.5], steps = 64 }
        [measure]
        every = 2
        fluctuation_dissipation = {}
        time_series = { points = 4, spacing = "log", noise_covariance = true }
        "#,
    ),
    (
        "from afar",
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], minimum = [0.5, 0.0] }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 4096, start = { normal = { mean = [3.0, 2.0], std = [0.8, 0.4] } }, steps = 60 }
        [measure]
        every = 20
        time_series = { points = 5, spacing = "log", noise_covariance = true, quantiles = [0.1, 0.5, 0.8] }
        "#,
    ),
    (
        "double well",
        r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [2.0] }
        dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.1 }
        ensemble = { walkers = 2048, start = [-1.0, 0.0], burn_in = 50, steps = 300 }
        [measure]
        every = 10
        fluctuation_dissipation = {}
        first_passage = { axis = 0, above = 0.0, after = "continue" }
        time_series = { points = 20 }
        "#,
    ),
    (
        "escape",
        r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.1 }
        ensemble = { walkers = 2048, start = [-1.0], burn_in = 50, steps = 200 }
        measure = { first_passage = { axis = 0, above = 0.0, after = "restart" } }
        "#,
    ),
    (
        "underdamped",
        r#"
        landscape = { kind = "quadratic", hessian = [1.0, 2.0] }
        dynamics = { kind = "underdamped", temperature = 0.3, time_step = 0.3, friction = 0.8 }
        ensemble = { walkers = 2048, start = [0.0, 1.0], burn_in = 30, steps = 90 }
        [measure]
        every = 15
        current = {}
        "#,
    ),
];

/// Estimates that must be among those that are looked at, by what stands before their indices.
const FAMILIES: [&str; 48] = [
    "mean",
    "covariance",
    "loss",
    "gradient_norm_squared",
    "stochastic_gradient_norm_squared",
    "gibbs_temperature",
    "gibbs_temperature_slope",
    "alpha",
    "well_occupation",
    "relaxation_rate",
    "escape_rate",
    "mean_first_passage_time",
    "fdr1_left",
    "fdr1_right",
    "fdr1_ratio",
    "fdr1_left_variance",
    "fdr1_right_variance",
    "fdr2_left",
    "fdr2_right",
    "fdr2_ratio",
    "nqm1_left",
    "nqm1_right",
    "nqm1_ratio",
    "fdr1_window_left",
    "fdr1_window_right",
    "fdr1_window_left_variance",
    "fdr1_window_right_variance",
    "fdr1_mismatch",
    "fdr1_mismatch_variance",
    "fdr1_mismatch_deviation",
    "fdr1_half_running",
    "rotation",
    "circulation",
    "flux",
    "entropy_production",
    "detailed_balance",
    "correlation",
    "correlation_time",
    "increment_spectrum",
    "covariance_eigenvalue",
    "covariance_eigenvalue_mean",
    "noise_covariance",
    "noise_covariance_eigenvalue",
    "noise_covariance_eigenvalue_mean",
    "free_energy",
    "kullback_leibler",
    "loss_free_energy",
    "quantile",
];

fn setup(text: &str) -> Setup {
    parse(text).cells[0].setup.clone()
}

fn parse(text: &str) -> Experiment {
    Experiment::parse("coverage", "coverage.toml", text, &[]).unwrap_or_else(|e| panic!("{e}"))
}

/// What is predicted exactly; and quantiles, of coordinates that are normal with the mean and the variance predicted.
fn truths(setup: &Setup) -> BTreeMap<String, f64> {
    let exact = predict(setup).into_iter().filter(|(name, _)| !is_certain(name)).filter_map(|(name, list)| {
        let prediction = list.into_iter().find(|p| p.kind == Kind::Exact)?;
        Some((name, prediction.value))
    });
    let mut all: BTreeMap<String, f64> = exact.collect();
    for (n, q) in setup.series_steps().into_iter().flat_map(|n| levels(setup).iter().map(move |q| (n, q))) {
        for i in 0..setup.dimension() {
            let [mean, variance] =
                [format!("mean[{i},{n}]"), format!("covariance[{i},{i},{n}]")].map(|name| all[&name]);
            let place = mean + variance.sqrt() * Normal::standard().inverse_cdf(*q);
            all.insert(format!("quantile[{i},{q},{n}]"), place);
        }
    }
    all
}

/// Whether it is the correlation of a signal with itself at lag 0.
fn is_certain(name: &str) -> bool {
    let pair = name.strip_prefix("correlation[").and_then(|rest| rest.strip_suffix(",0]")?.split_once(','));
    pair.is_some_and(|(i, j)| i == j)
}

fn levels(setup: &Setup) -> &[f64] {
    setup.measure.time_series.as_ref().map_or(&[], |series| &series.quantiles)
}

/// Of so many runs those whose interval does not hold the truth, by estimate: of an interval as wide as it should be, and
/// of one half as wide.
type Misses = BTreeMap<String, [usize; 2]>;

fn misses(text: &str, seeds: u64) -> Misses {
    let (experiment, setup) = (parse(text), setup(text));
    let truths = truths(&setup);
    // Runs side by side, of one thread each: they are too short to be cut.
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let every = &|first: u64| {
        let mut engine = CpuEngine::with(Isa::available()[0], 1).expect("a thread");
        let mut sum = Misses::new();
        for seed in (first..=seeds).step_by(threads as usize) {
            let plan = Plan::new(&Experiment { seed, ..experiment.clone() });
            let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
            let found = estimates(&setup, &tally.cell(0).collect::<Vec<_>>());
            let both = truths.iter().filter_map(|(name, truth)| Some((name, found.get(name)?, *truth)));
            for (name, estimate, truth) in both {
                let missed = [1.0, 0.5].map(|scale| usize::from(!holds(estimate, truth, scale)));
                add(&mut sum, name.clone(), missed);
            }
        }
        sum
    };
    std::thread::scope(|scope| {
        let runs: Vec<_> = (1..=threads).map(|first| scope.spawn(move || every(first))).collect();
        let mut sum = Misses::new();
        for (name, missed) in runs.into_iter().flat_map(|run| run.join().expect("no panic")) {
            add(&mut sum, name, missed);
        }
        sum
    })
}

fn add(sum: &mut Misses, name: String, missed: [usize; 2]) {
    let of = sum.entry(name).or_default();
    (0..2).for_each(|k| of[k] += missed[k]);
}

/// Whether the interval of Student's t holds the truth; one without an error does not.
fn holds(estimate: &Estimate, truth: f64, scale: f64) -> bool {
    let (Some(value), Some(error)) = (estimate.value, estimate.std_error) else { return false };
    let degrees = (estimate.blocks - 1) as f64;
    let width = StudentsT::new(0.0, 1.0, degrees).expect("blocks").inverse_cdf(0.975);
    (value - truth).abs() <= width * scale * error
}

/// Misses of all systems, by estimate and system.
fn all_misses(seeds: u64) -> Misses {
    let of = |(system, text): &(&str, &str)| {
        misses(text, seeds)
            .into_iter()
            .map(|(name, missed)| (format!("{name} of {system}"), missed))
            .collect::<Vec<_>>()
    };
    SYSTEMS.iter().flat_map(of).collect()
}

fn families(all: &Misses) -> BTreeSet<&str> {
    all.keys().filter_map(|name| name.split(['[', ' ']).next()).collect()
}

/// 200 runs: of honest intervals 10 ± 3.1 miss, and more than 27 in 10⁻⁶ of cases, for each of some 600 estimates (the
/// seeds are fixed). Canary: of intervals half as wide more than 27 miss, for every estimate.
#[test]
fn intervals_hold_what_is_predicted() {
    let all = all_misses(200);
    let missing: Vec<_> = FAMILIES.iter().filter(|family| !families(&all).contains(*family)).collect();
    assert!(missing.is_empty(), "not looked at: {missing:?}");
    for (name, [whole, half]) in &all {
        assert!(*whole <= 27, "{whole} of 200 intervals miss {name}");
        assert!(*half > 27, "canary: {half} of 200 intervals half as wide miss {name}");
    }
    // Neither are intervals too wide: all together 5 % miss.
    let mean = all.values().map(|[whole, _]| *whole as f64).sum::<f64>() / all.len() as f64;
    assert!((8.0..12.0).contains(&mean), "{mean} of 200 intervals miss");
}

/// 2000 runs: 95 ± 2.5 %, which is 5 σ: a false alarm of 2·10⁻⁴ in all (the seeds are fixed).
#[test]
#[ignore = "half a minute"]
fn intervals_hold_what_is_predicted_19_times_in_20() {
    let all = all_misses(2000);
    let share = |missed: &usize| 1.0 - *missed as f64 / 2000.0;
    for (name, [whole, _]) in &all {
        println!("{:.4} {name}", share(whole));
    }
    let wrong: Vec<_> = all.iter().filter(|(_, [whole, _])| (share(whole) - 0.95).abs() > 0.025).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
