//! How the work is cut changes no bit.

use crate::{Outcome, engine, plan, require, run, run_with};
use kramers::engine::Engine;
use kramers::engine::gpu::{GpuOptions, Trial, Variant, WideMultiply};

/// Restarting walkers in two cells, with every kind of measure, a burn-in and a number of steps that
/// fill no group of steps, and a short last block.
pub const RICH: &str = r#"
    seed = 11
    landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, tilt = 0.05 }
    dynamics = { kind = "langevin", temperature = 0.2, time_step = 0.05 }
    ensemble = { walkers = 33_000, burn_in = 21, steps = 402, start = { normal = { mean = [-1.0], std = [0.2] } } }
    [measure]
    every = 9
    first_passage = { axis = 0, above = 0.8, after = "restart" }
    time_series = { points = 60, spacing = "log", quantiles = [0.5] }
    fluctuation_dissipation = { windows = [10, 35] }
    histogram = [ { axis = 0, range = [-2.0, 2.0], bins = 50 }, { of = "loss", range = [0.0, 1.0], bins = 20 } ]
    [sweep]
    "dynamics.temperature" = [0.2, 0.3]
"#;

/// Absorbed walkers in three dimensions (three calls for four steps), with full matrices.
pub const ABSORBED: &str = r#"
    seed = 12
    landscape = { kind = "quadratic", hessian = [[1.0, 0.2, 0.0], [0.2, 1.5, 0.1], [0.0, 0.1, 0.5]] }
    noise = { kind = "gaussian", covariance = [[1.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 1.0]] }
    dynamics = { kind = "sgd", learning_rate = 0.1 }
    ensemble = { walkers = 9000, burn_in = 6, steps = 203, start = { uniform = { low = [-0.1, -0.1, -0.1], high = [0.1, 0.1, 0.1] } } }
    [measure]
    every = 2
    first_passage = { radius_above = 0.9, after = "absorb" }
    time_series = { points = 203, noise_covariance = true }
    fluctuation_dissipation = { windows = [3], centre = [0.1, 0.2, 0.3] }
    current = { axes = [2, 1], range = [[-1, 1], [-1, 1]], bins = [30, 20] }
    histogram = { axes = [0, 2], range = [[-1, 1], [-1, 1]], bins = [300, 300] }
"#;

pub fn fixed(steps: u32, workgroup: u32) -> GpuOptions {
    GpuOptions { steps_per_dispatch: Some(steps), workgroup_size: Some(workgroup), ..GpuOptions::default() }
}

pub fn unchanged(text: &str, options: &[GpuOptions]) -> Outcome {
    let plan = plan(text)?;
    let expected = run(&plan)?;
    require(expected.blocks.len() == plan.blocks().len(), "every block is there")?;
    for options in options {
        require(run_with(&plan, options.clone())? == expected, format!("{options:?} changes results of {text}"))?;
    }
    Ok(())
}

pub fn of_rich_walks() -> Outcome {
    let small = GpuOptions { batch_walkers: Some(4096), ..GpuOptions::default() };
    unchanged(RICH, &[fixed(4, 64), fixed(40, 256), fixed(1 << 20, 128), small])?;
    // Canary: another seed changes them.
    let (plan, other) = (plan(RICH)?, plan(&RICH.replace("seed = 11", "seed = 10"))?);
    require(run(&plan)? != run(&other)?, "another seed gives the same results")
}

pub fn of_absorbed_walks() -> Outcome {
    unchanged(ABSORBED, &[fixed(4, 32), fixed(100, 64)])
}

/// Every variant that a trial chooses among, and loops with wgpu's own bound.
pub fn of_variants() -> Outcome {
    let wide = engine(GpuOptions::default())?.wgpu_device().features().contains(wgpu::Features::SHADER_INT64);
    let multiplies = WideMultiply::ALL.into_iter().filter(|multiply| wide || !multiply.needs_wide_integers());
    let variant = |wide_multiply| [64, 128, 256].map(|workgroup_size| Variant { wide_multiply, workgroup_size });
    let mut options: Vec<_> = multiplies.flat_map(variant).map(|v| GpuOptions::default().with_variant(v)).collect();
    options.push(GpuOptions { trusted: false, ..GpuOptions::default() });
    unchanged(RICH, &options)?;
    unchanged(ABSORBED, &options)
}

pub fn of_shards() -> Outcome {
    // The shards of a run are parts of it.
    let plan = plan(RICH)?;
    let whole = run(&plan)?;
    let blocks = plan.blocks();
    let mut engine = engine(GpuOptions::default())?;
    let mut merged = kramers::tally::Tally::default();
    for shard in 0..3 {
        merged.merge(engine.run(&plan, &blocks[plan.shard(shard, 3)], &|_| {})?)?;
    }
    require(merged == whole, "shards differ from the whole")
}

/// A trial changes no bit, its winner is recorded, and the file of winners keeps it.
pub fn of_trials() -> Outcome {
    let place = tempfile::tempdir()?;
    let choices = Some(place.path().join("variants.json"));
    let mut trying = engine(GpuOptions { trial: Trial::Always, choices: choices.clone(), ..GpuOptions::default() })?;
    let plan = plan(RICH)?;
    require(trying.run(&plan, &plan.blocks(), &|_| {})? == run(&plan)?, "a trial changes results")?;
    let winner = Variant::recorded(&trying.device())?;
    let kept = std::fs::read_to_string(place.path().join("variants.json"))?;
    require(kept.contains(&winner.to_string()), format!("{winner} won, and kept is {kept}"))?;
    // An engine that must use another variant says so.
    let other = Variant { workgroup_size: if winner.workgroup_size == 64 { 128 } else { 64 }, ..winner };
    let mut fixed = engine(GpuOptions { trial: Trial::Always, choices, ..GpuOptions::default() }.with_variant(other))?;
    fixed.run(&plan, &plan.blocks(), &|_| {})?;
    require(Variant::recorded(&fixed.device())? == other, format!("{:?} is not {other}", fixed.device()))?;
    let untouched = std::fs::read_to_string(place.path().join("variants.json"))?;
    require(untouched == kept, "without a trial nothing is kept")
}
