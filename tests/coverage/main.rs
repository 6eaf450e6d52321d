//! Over many runs of the CPU engine, 95 % intervals hold what is predicted exactly 95 times in a hundred.

mod systems;

use kramers::analysis::{Estimate, estimates};
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::experiment::Setup;
use kramers::theory::{Kind, predict};
use kramers::{Experiment, Plan};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use std::collections::{BTreeMap, BTreeSet};
use systems::SYSTEMS;

/// Estimates that must be among those that are looked at, by what stands before their indices, with brackets where
/// they have indices.
const FAMILIES: [&str; 53] = [
    "mean[]",
    "covariance[]",
    "loss",
    "loss[]",
    "gradient_norm_squared",
    "gradient_norm_squared[]",
    "stochastic_gradient_norm_squared",
    "gibbs_temperature",
    "gibbs_temperature[]",
    "gibbs_temperature_slope",
    "alpha",
    "well_occupation[]",
    "relaxation_rate",
    "relaxation_rate[]",
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
    "fdr1_window_left[]",
    "fdr1_window_right[]",
    "fdr1_window_left_variance[]",
    "fdr1_window_right_variance[]",
    "fdr1_mismatch[]",
    "fdr1_mismatch_variance[]",
    "fdr1_mismatch_deviation[]",
    "fdr1_half_running[]",
    "rotation",
    "rotation[]",
    "circulation",
    "flux",
    "entropy_production",
    "detailed_balance",
    "correlation[]",
    "correlation_time[]",
    "increment_spectrum[]",
    "covariance_eigenvalue[]",
    "covariance_eigenvalue_mean[]",
    "noise_covariance[]",
    "noise_covariance_eigenvalue[]",
    "noise_covariance_eigenvalue_mean[]",
    "free_energy[]",
    "kullback_leibler[]",
    "loss_free_energy[]",
    "quantile[]",
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

fn families(all: &Misses) -> BTreeSet<String> {
    let family = |name: &str| name.split_once('[').map_or(name.to_owned(), |(family, _)| format!("{family}[]"));
    all.keys().filter_map(|name| Some(family(name.split(" of ").next()?))).collect()
}

/// 200 runs: of honest intervals 10 ± 3.1 miss, and more than 27 in 10⁻⁶ of cases, for each of some 600 estimates (the
/// seeds are fixed). Canary: of intervals half as wide more than 27 miss, for every estimate.
#[test]
fn intervals_hold_what_is_predicted() {
    let all = all_misses(200);
    let families = families(&all);
    let missing: Vec<_> = FAMILIES.iter().filter(|family| !families.contains(**family)).collect();
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
