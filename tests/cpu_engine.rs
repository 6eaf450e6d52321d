//! The CPU engine: the same bits however the work is cut, and counts that agree with each other.

mod observables;

use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa, one_step};
use kramers::random::{Stream, counter, key, normals, philox, uniform};
use kramers::tally::Tally;
use kramers::{Experiment, Plan};

/// Every measure at once, over cells of different sizes of block.
const EXPERIMENTS: [&str; 6] = [
    r#"
seed = 3
[landscape]
kind = "double-well"
barrier = 0.25
separation = 1.0
tilt = 0.05
transverse = [1.0, 2.0]
[dynamics]
kind = "langevin"
temperature = 0.2
time_step = 0.02
[ensemble]
walkers = 3000
burn_in = 30
steps = 203
start = { normal = { mean = [-1.0, 0.0, 0.0], std = [0.1, 0.2, 0.3] } }
[measure]
every = 7
histogram = [{ axis = 0, range = [-2, 2], bins = 33 }, { axes = [0, 2], range = [[-2, 2], [-1, 1]], bins = [8, 9] }, { of = "loss", range = [0, 2] }]
first_passage = { axis = 0, above = 0.5, after = "restart" }
time_series = { points = 10 }
[sweep]
"ensemble.walkers" = [65, 3000, 20001]
"measure.first_passage.after" = ["restart", "absorb", "continue"]
"measure.first_passage.crossing" = ["discrete", "bridge"]
"#,
    r#"
seed = 4
precision = "f64"
[landscape]
kind = "quadratic"
hessian = [[1.0, 0.5], [0.5, 1.0]]
minimum = [0.5, -0.5]
[noise]
kind = "gaussian"
covariance = [[1.0, 0.6], [0.6, 4.0]]
[dynamics]
kind = "sgd"
learning_rate = 0.05
[ensemble]
walkers = 1000
steps = 101
start = { uniform = { low = [0.0, 0.0], high = [1.0, 1.0] } }
[measure]
every = 2
first_passage = { radius_above = 1.0, after = "absorb" }
correlation = { lags = [2, 5, 30] }
"#,
    r#"
[landscape]
kind = "quadratic"
hessian = [1.0, 2.0, 3.0, 4.0, 5.0]
[dynamics]
kind = "sgd"
learning_rate = [0.1, 0.1, 0.1, 0.1, 0.41]
[ensemble]
walkers = 700
steps = 100
bounds = 50.0
lost_tolerance = 1.0
start = { points = [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [2, 1, 1, 1, 0]] }
[measure]
every = 1
correlation = { lags = [7], axes = [0, 4] }
"#,
    r#"
seed = 5
random = "philox4x32-7"
[landscape]
kind = "double-well"
barrier = 0.25
separation = 1.0
transverse = [1.0, 2.0]
[dynamics]
kind = "langevin"
temperature = 0.2
time_step = 0.02
distribution = "three-point"
[ensemble]
walkers = 1000
steps = 101
start = [-1.0, 0.0, 0.0]
"#,
    r#"
seed = 5
landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.0, 2.0] }
noise = { kind = "gaussian", covariance = 4.0, distribution = "laplace" }
dynamics = { kind = "sgd", learning_rate = 0.05 }
ensemble = { walkers = 1000, steps = 101, start = [-1.0, 0.0, 0.0] }
"#,
    r#"
seed = 5
precision = "f64"
landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.0, 2.0] }
noise = { kind = "gaussian", covariance = 4.0, distribution = { two-point = 0.3 } }
dynamics = { kind = "sgd", learning_rate = 0.05 }
ensemble = { walkers = 1000, steps = 101, start = [-1.0, 0.0, 0.0] }
"#,
];

fn run(text: &str, isa: Isa, threads: usize) -> Tally {
    let experiment = Experiment::parse("test", "test.toml", text, &[]).expect("a valid experiment");
    let plan = Plan::new(&experiment);
    CpuEngine::with(isa, threads).expect("threads").run(&plan, &plan.blocks(), &|_| {}).expect("a run")
}

#[test]
fn instruction_sets_and_threads_change_no_bit() {
    for text in EXPERIMENTS {
        let reference = run(text, Isa::available()[0], 1);
        for isa in Isa::available() {
            for threads in [1, 2, 7] {
                let tally = run(text, isa, threads);
                assert!(tally == reference, "{} on {threads} threads differs", isa.name());
            }
        }
    }
}

#[test]
fn shards_unite_to_the_whole() {
    for text in EXPERIMENTS {
        let experiment = Experiment::parse("test", "test.toml", text, &[]).expect("a valid experiment");
        let plan = Plan::new(&experiment);
        let blocks = plan.blocks();
        let mut engine = CpuEngine::new().expect("threads");
        let whole = engine.run(&plan, &blocks, &|_| {}).expect("a run");
        for shards in [3, 7] {
            let mut union = Tally::default();
            for shard in (0..shards).rev() {
                let part = engine.run(&plan, &blocks[plan.shard(shard, shards)], &|_| {}).expect("a run");
                union.merge(part).expect("shards do not overlap");
            }
            assert!(union == whole, "{shards} shards differ from the whole");
        }
    }
}

#[test]
fn a_different_seed_changes_every_block() {
    let seeded = EXPERIMENTS[0].replace("seed = 3", "seed = 5");
    let (a, b) = (run(EXPERIMENTS[0], Isa::available()[0], 2), run(&seeded, Isa::available()[0], 2));
    for (id, block) in &a.blocks {
        assert_ne!(block.moments.sums, b.blocks[id].moments.sums, "{id:?} has the same sums with another seed");
    }
}

#[test]
fn counts_agree_with_each_other() {
    let text = EXPERIMENTS[0];
    let experiment = Experiment::parse("test", "test.toml", text, &[]).expect("a valid experiment");
    let plan = Plan::new(&experiment);
    let tally = run(text, Isa::available()[0], 2);
    for (id, block) in &tally.blocks {
        let kernel = plan.kernel(id.cell);
        let passages = block.passages.as_ref().expect("measured");
        for histogram in &block.histograms {
            let counted = histogram.bins.iter().sum::<u64>() + histogram.outside;
            assert_eq!(counted, block.moments.count, "{id:?}: every measured state is in a bin or outside");
        }
        let ended: u64 = passages.durations.iter().chain(&passages.censored).sum();
        match kernel.passage.expect("planned").after {
            kramers::experiment::After::Restart => {
                assert_eq!(passages.steps_at_risk, block.walkers * 203, "{id:?}: all are always at risk");
                assert_eq!(block.moments.count, block.walkers * 29, "{id:?}: 203/7 measurements");
            }
            kramers::experiment::After::Continue => {
                assert_eq!(ended, block.walkers, "{id:?}: one episode a walker");
                assert_eq!(passages.count, passages.durations.iter().sum::<u64>(), "{id:?}");
                assert_eq!(block.moments.count, block.walkers * 29, "{id:?}: 203/7 measurements");
            }
            kramers::experiment::After::Absorb => {
                assert_eq!(ended, block.walkers, "{id:?}: one episode a walker");
                let last = block.series.last().expect("ten points");
                assert_eq!(last.count, block.walkers - passages.count, "{id:?}: survivors at the end");
            }
        }
    }
}

/// Without noise SGD is a linear map: the unstable coordinate grows by |1 − 0.41·5| = 1.05 a step and
/// passes 50 after update 81 (1.05^81 > 50), for walkers that start with it at 1.
#[test]
fn walkers_beyond_the_bounds_are_lost_once_and_no_longer_measured() {
    let tally = run(EXPERIMENTS[2], Isa::available()[0], 2);
    for (id, block) in &tally.blocks {
        let first = u64::from(id.block) * 64;
        let unstable = (first..first + block.walkers).filter(|walker| walker % 3 == 0).count() as u64;
        assert_eq!(block.lost.count, unstable, "{id:?}");
        assert_eq!(block.lost.first_step, Some(81), "{id:?}");
        assert_eq!(block.moments.count, (block.walkers - unstable) * 100 + unstable * 80, "{id:?}");
        assert!(block.moments.sums.iter().all(|sum| sum.is_finite()), "{id:?}");
        let pairs = &block.correlations[1];
        assert_eq!(pairs.count, (block.walkers - unstable) * 93 + unstable * 73, "{id:?}");
        assert!(pairs.sums.iter().all(|sum| sum.is_finite()), "{id:?}");
    }
}

/// On a flat landscape one step shows the normals, and the sum after a step without noise the starts.
#[test]
fn numbers_come_from_the_generator_asked_for() {
    let check = |random: &str, philox: fn([u32; 4], [u32; 2]) -> [u32; 4]| {
        let text = |dynamics: &str| {
            format!(
                r#"
seed = 6
random = "{random}"
landscape = {{ kind = "quadratic", hessian = [0.0] }}
dynamics = {{ kind = {dynamics} }}
ensemble = {{ walkers = 64, steps = 1, start = {{ uniform = {{ low = [0.0], high = [1.0] }} }} }}
"#
            )
        };
        let noisy = text(r#""langevin", temperature = 0.5, time_step = 1.0"#);
        let plan = Plan::new(&Experiment::parse("test", "test.toml", &noisy, &[]).expect("a valid experiment"));
        let words = |stream, walker, call| philox(counter(stream, 0, walker, call), key(6));
        let expected: Vec<f32> = (0..64).map(|walker| normals(words(Stream::Walk, walker, 2))[1]).collect();
        assert_eq!(one_step(&plan, 0, 0, 9, &[0.0; 64]), expected, "normals of {random}");

        let still = run(&text(r#""sgd", learning_rate = 1.0"#), Isa::available()[0], 1);
        let found = still.blocks.values().next().expect("one block").moments.sums[0];
        let expected: f64 = (0..64).map(|walker| f64::from(uniform(words(Stream::Start, walker, 0)[0]))).sum();
        assert!((found - expected).abs() < 1e-9, "starts of {random}: {found} for {expected}");
    };
    check("philox4x32-10", philox::<10>);
    check("philox4x32-10-fast", philox::<10>);
    check("philox4x32-7", philox::<7>);
}

/// Zero noise is gradient descent exactly: x_n = (1 − η h)^n.
#[test]
fn without_noise_the_walk_is_gradient_descent() {
    let text = r#"
precision = "f64"
landscape = { kind = "quadratic", hessian = [1.0] }
dynamics = { kind = "sgd", learning_rate = 0.1 }
ensemble = { walkers = 10, steps = 50, start = [1.0] }
measure = { every = 50 }
"#;
    let tally = run(text, Isa::available()[0], 1);
    let block = tally.blocks.values().next().expect("one block");
    let exact = 10.0 * 0.9f64.powi(50);
    assert!((block.moments.sums[0] / exact - 1.0).abs() < 1e-13, "sum {} instead of {exact}", block.moments.sums[0]);
}

#[test]
fn formulas_of_the_state_are_binned() {
    observables::check(&mut CpuEngine::new().expect("threads")).expect("as they are written");
}
