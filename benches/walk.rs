//! Speed of the standard works, those of `kramers bench`, on each engine that the machine has, and of
//! what they are read against. `benches/README.md` says how to compare before and after a change.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kramers::bench::Work;
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::engine::gpu::{GpuEngine, Selection};
use kramers::random::{Stream, counter, normals, philox};
use std::hint::black_box;

/// The engines of this machine.
fn engines() -> Vec<(&'static str, Box<dyn Engine>)> {
    let mut all: Vec<(&str, Box<dyn Engine>)> = vec![("cpu", Box::new(CpuEngine::new().expect("threads")))];
    match GpuEngine::open(Selection::Any) {
        Ok(engine) => all.push(("gpu", Box::new(engine))),
        Err(error) => eprintln!("no GPU benches: {error}"),
    }
    all
}

fn run(group: &mut BenchmarkGroup<'_, WallTime>, work: &Work) {
    let plan = work.plan(work.walkers, None).expect("a valid experiment");
    let blocks = plan.blocks();
    group.throughput(Throughput::Elements(plan.walker_steps(&blocks)));
    for (kind, mut engine) in engines() {
        group.bench_function(BenchmarkId::new(work.name, kind), |b| {
            b.iter(|| engine.run(&plan, &blocks, &|_| {}).expect("a run"));
        });
    }
}

fn works(c: &mut Criterion) {
    let mut group = c.benchmark_group("works");
    group.sample_size(10);
    Work::ALL.iter().for_each(|work| run(&mut group, work));
    group.finish();
}

/// W(a) as a user would first write it: one walker after another, on one thread, with the same generator
/// and arithmetic.
fn scalar_loop(c: &mut Criterion) {
    const WALKERS: u32 = 1 << 12;
    const STEPS: u32 = 2000;
    let mut group = c.benchmark_group("works");
    group.throughput(Throughput::Elements(u64::from(WALKERS) * u64::from(STEPS)));
    let amplitude = (2.0f32 * 0.15 * 0.01).sqrt();
    // With fused multiply-add where there is one, as the engines have it.
    let isa = Isa::named("avx2").unwrap_or(Isa::Baseline);
    group.bench_function(BenchmarkId::new("W(a)", "scalar loop"), |b| {
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

criterion_group!(benches, works, scalar_loop);
criterion_main!(benches);
