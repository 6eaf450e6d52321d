//! Speed of each stage of the CPU engine, on one thread. A stage does not run alone, so a line of the
//! group `stages` is a short walk, and what a stage costs is how much longer its walk takes than the one
//! named after "over". `benches/README.md` says how to compare before and after a change.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::random::{Stream, counter, normals, philox};
use kramers::{Experiment, Plan};
use std::hint::black_box;

const WALKERS: u64 = 1 << 14;
const STEPS: u64 = 200;

const QUADRATIC: &str = r#"landscape = { kind = "quadratic", hessian = [1.0] }"#;
const FULL: &str = r#"landscape = { kind = "quadratic", hessian = [[2, 0.5], [0.5, 1]] }"#;
const DOUBLE_WELL: &str = r#"landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }"#;
const FORMULA: &str = r#"landscape = { kind = "formula", loss = "h*((x/a)^2 - 1)^2", variables = ["x"], parameters = { h = 0.25, a = 1.0 } }"#;
const COUPLED: &str = r#"landscape = { kind = "formula", loss = "0.25*(x^2 - 1)^2 + 0.5*k*(y - x)^2", variables = ["x", "y"], parameters = { k = 1.0 } }"#;
const SGD: &str = r#"dynamics = { kind = "sgd", learning_rate = 0.01 }"#;
const LANGEVIN: &str = r#"dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.01 }"#;
const NOISE: &str = r#"noise = { kind = "gaussian", covariance = 1.0 }"#;
const FULL_NOISE: &str = r#"noise = { kind = "gaussian", covariance = [[1, 0.5], [0.5, 1]] }"#;
const AT_THE_END: &str = "measure = { every = 200 }";

/// Name, start, and the tables of an experiment.
const WALKS: [(&str, &str, [&str; 4]); 14] = [
    ("gradient and update", "[0.5]", [QUADRATIC, SGD, "", AT_THE_END]),
    ("gradient of the double well, over the quadratic", "[0.5]", [DOUBLE_WELL, SGD, "", AT_THE_END]),
    ("gradient of the double well as a formula, over the quadratic", "[0.5]", [FORMULA, SGD, "", AT_THE_END]),
    ("gradient and update, full, 2 dimensions", "[0.5, 0.5]", [FULL, SGD, "", AT_THE_END]),
    ("draw, transform and noise, over gradient and update", "[0.5]", [QUADRATIC, SGD, NOISE, AT_THE_END]),
    ("full noise, over full gradient and update", "[0.5, 0.5]", [FULL, SGD, FULL_NOISE, AT_THE_END]),
    ("langevin", "[-1.0]", [DOUBLE_WELL, LANGEVIN, "", AT_THE_END]),
    ("langevin, the double well as a formula", "[-1.0]", [FORMULA, LANGEVIN, "", AT_THE_END]),
    ("langevin, coupled wells as a formula", "[-1.0, -1.0]", [COUPLED, LANGEVIN, "", AT_THE_END]),
    ("moments every step, over langevin", "[-1.0]", [DOUBLE_WELL, LANGEVIN, "", "measure = { every = 1 }"]),
    (
        "histogram every step, over moments",
        "[-1.0]",
        [DOUBLE_WELL, LANGEVIN, "", "measure = { every = 1, histogram = { axis = 0, range = [-2, 2], bins = 256 } }"],
    ),
    (
        "first passage, over langevin",
        "[-1.0]",
        [
            DOUBLE_WELL,
            LANGEVIN,
            "",
            r#"measure = { every = 200, first_passage = { above = 0.0, after = "continue" } }"#,
        ],
    ),
    (
        "first passage with restarts, over langevin",
        "[-1.0]",
        [DOUBLE_WELL, LANGEVIN, "", r#"measure = { every = 200, first_passage = { above = 0.0, after = "restart" } }"#],
    ),
    (
        "series of 200 points, over langevin",
        "[-1.0]",
        [DOUBLE_WELL, LANGEVIN, "", "measure = { every = 200, time_series = { points = 200 } }"],
    ),
];

fn plan(start: &str, tables: &[&str]) -> Plan {
    let ensemble = format!("ensemble = {{ walkers = {WALKERS}, steps = {STEPS}, start = {start} }}");
    let text = format!("{ensemble}\n{}", tables.join("\n"));
    Plan::new(&Experiment::parse("bench", "bench.toml", &text, &[]).expect("a valid experiment"))
}

/// Walkers whose words are drawn together.
const LANES: usize = 256;

/// One call's words, or normals, of the walkers.
type Rows<T> = [[T; LANES]; 4];

/// Words, and words with the normals that are made of them, of consecutive walkers in vectors.
fn random(c: &mut Criterion) {
    let isa = Isa::available()[0];
    let (mut words, mut numbers): (Rows<u32>, Rows<f32>) = ([[0; LANES]; 4], [[0.0; LANES]; 4]);
    let mut group = c.benchmark_group("random");
    group.throughput(Throughput::Elements(4 * LANES as u64));
    group.bench_function("words", |b| {
        b.iter(|| {
            isa.run(
                #[inline(always)]
                || draw(black_box(7), &mut words, |words| words),
            );
            black_box(&mut words);
        });
    });
    group.bench_function("normals, over words", |b| {
        b.iter(|| {
            isa.run(
                #[inline(always)]
                || draw(black_box(7), &mut numbers, normals),
            );
            black_box(&mut numbers);
        });
    });
    group.finish();
}

/// What `made` makes of the words of a call.
#[inline(always)]
fn draw<T>(call: u64, rows: &mut Rows<T>, made: impl Fn([u32; 4]) -> [T; 4]) {
    let [a, b, c, d] = rows;
    for lane in 0..LANES {
        let words = philox::<10>(counter(Stream::Walk, 0, lane as u32, call), [1, 0]);
        [a[lane], b[lane], c[lane], d[lane]] = made(words);
    }
}

fn stages(c: &mut Criterion) {
    let mut engine = CpuEngine::with(Isa::available()[0], 1).expect("a thread");
    let mut group = c.benchmark_group("stages");
    group.throughput(Throughput::Elements(WALKERS * STEPS));
    for (name, start, tables) in WALKS {
        let plan = plan(start, &tables);
        let blocks = plan.blocks();
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| engine.run(&plan, &blocks, &|_| {}).expect("a run"));
        });
    }
    group.finish();
}

criterion_group!(benches, random, stages);
criterion_main!(benches);
