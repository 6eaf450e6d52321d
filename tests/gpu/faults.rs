//! What goes wrong is an error, with what was finished before.

use crate::{Outcome, engine, plan, require};
use kramers::engine::gpu::{GpuEngine, GpuOptions, Selection};
use kramers::engine::{Engine, EngineError};
use std::sync::atomic::{AtomicU64, Ordering};

const WALK: &str = r#"
    landscape = { kind = "quadratic", hessian = [1.0] }
    dynamics = { kind = "langevin", temperature = 1.0, time_step = 0.1 }
    ensemble = { walkers = 100_000, steps = 64, start = [0.0] }
"#;

/// The device is destroyed in the third batch of several: two are kept.
pub fn lost_device() -> Outcome {
    let plan = plan(WALK)?;
    let batch = 16_384;
    let options = GpuOptions { batch_walkers: Some(batch), steps_per_dispatch: Some(16), ..GpuOptions::default() };
    let mut engine = engine(options)?;
    let device = engine.wgpu_device().clone();
    let done = AtomicU64::new(0);
    let progress = |walker_steps| {
        let before = done.fetch_add(walker_steps, Ordering::Relaxed);
        if before + walker_steps > 2 * u64::from(batch) * 64 {
            device.destroy();
        }
    };
    match engine.run(&plan, &plan.blocks(), &progress) {
        Err(EngineError::DeviceLost { message, finished }) => {
            require(!message.is_empty(), "the loss is explained")?;
            let walkers: u64 = finished.blocks.values().map(|b| b.walkers).sum();
            require(walkers == 2 * u64::from(batch), format!("{walkers} walkers are kept"))?;
        }
        other => return Err(format!("a lost device gives {other:?}").into()),
    }
    let again = engine.run(&plan, &plan.blocks(), &|_| {});
    require(matches!(again, Err(EngineError::DeviceLost { .. })), format!("and stays lost: {again:?}"))
}

pub fn refusals() -> Outcome {
    let message = |result: Result<GpuEngine, EngineError>| result.err().map(|e| e.to_string()).unwrap_or_default();
    let by_index = message(GpuEngine::open(Selection::Index(99)));
    require(by_index.contains("no GPU adapter 99"), by_index)?;
    let by_name = message(GpuEngine::open(Selection::Name("no such thing".into())));
    require(by_name.contains("`no such thing`"), by_name)?;
    let odd = message(engine(GpuOptions { workgroup_size: Some(48), ..GpuOptions::default() }));
    require(odd.contains("power of two"), odd)?;
    let double = plan(&format!("precision = \"f64\"\n{WALK}"))?;
    let result = engine(GpuOptions::default())?.run(&double, &double.blocks(), &|_| {});
    require(matches!(result, Err(EngineError::BeyondLimits(_))), format!("{result:?}"))
}
