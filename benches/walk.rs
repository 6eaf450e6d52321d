//! Speed of the normal generator, of one step, of the standard work unit and of a sweep, on each engine
//! that the machine has. `cargo bench` runs them; with `--save-baseline before` and `--baseline before`
//! a change is compared with what was there.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::engine::gpu::{GpuEngine, Selection};
use kramers::random::{Stream, counter, normals, philox};
use kramers::{Experiment, Plan};
use std::hint::black_box;

/// The landscape and rule of the standard work unit: (x² − 1)²/4, T = 0.15, Δt = 0.01, from −1.
fn double_well(walkers: u64, steps: u64, rest: &str) -> Plan {
    let text = format!(
        r#"
landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
dynamics = {{ kind = "langevin", temperature = 0.15, time_step = 0.01 }}
ensemble = {{ walkers = {walkers}, steps = {steps}, start = [-1.0] }}
{rest}
"#
    );
    Plan::new(&Experiment::parse("bench", "bench.toml", &text, &[]).expect("a valid experiment"))
}

/// The engines of this machine.
fn engines() -> Vec<(&'static str, Box<dyn Engine>)> {
    let mut all: Vec<(&str, Box<dyn Engine>)> = vec![("cpu", Box::new(CpuEngine::new().expect("threads")))];
    match GpuEngine::open(Selection::Any) {
        Ok(engine) => all.push(("gpu", Box::new(engine))),
        Err(error) => eprintln!("no GPU benches: {error}"),
    }
    all
}

fn run(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, plan: &Plan) {
    let blocks = plan.blocks();
    group.throughput(Throughput::Elements(plan.walker_steps(&blocks)));
    for (kind, mut engine) in engines() {
        group.bench_function(BenchmarkId::new(name, kind), |b| {
            b.iter(|| engine.run(plan, &blocks, &|_| {}).expect("a run"));
        });
    }
}

fn normal_numbers(c: &mut Criterion) {
    let mut group = c.benchmark_group("random");
    group.throughput(Throughput::Elements(4096));
    group.bench_function("normals", |b| {
        b.iter(|| {
            let call = |walker| normals(philox::<10>(counter(Stream::Walk, 0, walker, 0), [1, 0]));
            (0..1024).map(call).fold(0.0, |sum, z| sum + z[0] + z[1] + z[2] + z[3])
        });
    });
    group.finish();
}

fn one_step(c: &mut Criterion) {
    let mut group = c.benchmark_group("one step");
    run(&mut group, "2^20 walkers", black_box(&double_well(1 << 20, 1, "")));
    group.finish();
}

fn standard_work_unit(c: &mut Criterion) {
    let mut group = c.benchmark_group("standard work unit");
    group.sample_size(10);
    run(&mut group, "a", &double_well(1 << 20, 2000, "measure = { every = 2000 }"));
    let measured = r#"measure = { every = 10, histogram = { axis = 0, range = [-2, 2], bins = 256 }, first_passage = { above = 0.0, after = "continue" } }"#;
    run(&mut group, "b", &double_well(1 << 20, 2000, measured));
    group.finish();
}

/// The standard work unit (a) as a user would first write it: one walker after another, on one thread,
/// with the same generator and arithmetic. What the engines' speeds are read against.
fn scalar_loop(c: &mut Criterion) {
    const WALKERS: u32 = 1 << 12;
    const STEPS: u32 = 2000;
    let mut group = c.benchmark_group("standard work unit");
    group.throughput(Throughput::Elements(u64::from(WALKERS) * u64::from(STEPS)));
    let amplitude = (2.0f32 * 0.15 * 0.01).sqrt();
    // With fused multiply-add where there is one, as the engines have it.
    let isa = Isa::named("avx2").unwrap_or(Isa::Baseline);
    group.bench_function(BenchmarkId::new("a", "scalar loop"), |b| {
        b.iter(|| {
            isa.run(
                #[inline(always)]
                || {
                    let mut sum = 0.0;
                    for walker in 0..WALKERS {
                        let mut x = -1.0f32;
                        for call in 0..u64::from(STEPS / 4) {
                            for z in normals(philox::<10>(counter(Stream::Walk, 0, walker, call), [1, 0])) {
                                x = amplitude.mul_add(z, 0.01f32.mul_add(x - x * x * x, x));
                            }
                        }
                        sum += x;
                    }
                    black_box(sum)
                },
            )
        });
    });
    group.finish();
}

/// A sweep of 64 cells against one cell of the same total of walker-steps.
fn sweep(c: &mut Criterion) {
    let mut group = c.benchmark_group("sweep");
    group.sample_size(10);
    let cells = r#"sweep = { "dynamics.temperature" = { from = 0.14, to = 0.16, count = 64 } }"#;
    run(&mut group, "1 cell", &double_well(1 << 20, 2000, ""));
    run(&mut group, "64 cells", &double_well(1 << 14, 2000, cells));
    group.finish();
}

criterion_group!(benches, normal_numbers, one_step, standard_work_unit, scalar_loop, sweep);
criterion_main!(benches);
