//! Engines on one adapter that share a run.

use crate::{Outcome, engine, plan, require, run};
use kramers::engine::gpu::{GpuEngine, GpuOptions};
use kramers::engine::{Engine, EngineError, Team};
use std::sync::atomic::{AtomicBool, Ordering};

const WALK: &str = r#"
    landscape = { kind = "quadratic", hessian = [1.0] }
    dynamics = { kind = "langevin", temperature = 1.0, time_step = 0.1 }
    ensemble = { walkers = 100_000, steps = 64, start = [0.0] }
    sweep = { "dynamics.temperature" = [1.0, 2.0] }
"#;

fn pair() -> Result<Vec<GpuEngine>, EngineError> {
    (0..2).map(|_| engine(GpuOptions { batch_walkers: Some(8192), ..GpuOptions::default() })).collect()
}

pub fn of_two() -> Outcome {
    let plan = plan(WALK)?;
    let mut team = Team::new(pair()?)?;
    require(team.device().name.starts_with("2 × "), team.device().name)?;
    require(team.run(&plan, &plan.blocks(), &|_| {})? == run(&plan)?, "two engines find something else than one")
}

/// One of two devices is destroyed on the way: the other does its blocks.
pub fn with_a_loss() -> Outcome {
    let plan = plan(WALK)?;
    let pair = pair()?;
    let device = pair[0].wgpu_device().clone();
    let mut team = Team::new(pair)?;
    let destroyed = AtomicBool::new(false);
    let progress = |_| {
        if !destroyed.swap(true, Ordering::Relaxed) {
            device.destroy();
        }
    };
    let expected = run(&plan)?;
    require(team.run(&plan, &plan.blocks(), &progress)? == expected, "after a loss something else is found")?;
    require(destroyed.into_inner(), "the device was destroyed")?;
    require(team.run(&plan, &plan.blocks(), &|_| {})? == expected, "and in the next run")
}
