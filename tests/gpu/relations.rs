//! Fluctuation–dissipation relations as shaders: what telescopes does.

use crate::telescoping::{half_running_apart, residual, scheduled, second_residual, systems};
use crate::{Outcome, engine, require};
use kramers::engine::gpu::{GpuEngine, GpuOptions};

/// A hundred roundings of f32 of numbers of the size of the path's ends.
const ROUND_OFF: f64 = 2e-5;

/// Every seventh system: all landscapes, kinds of noise and rules are among them.
const STRIDE: usize = 7;

pub fn telescope() -> Outcome {
    let mut engine = engine(GpuOptions::default())?;
    every(&mut engine, STRIDE)?;
    let system = &systems()[0];
    let apart = half_running_apart(&mut engine, system, 16);
    require(apart < 1e-4, format!("{apart:.1e} between half-running averages of\n{system}"))?;
    let wrong = residual(&mut engine, system, "f32", 0.01);
    require(wrong > ROUND_OFF, format!("canary: windows wrong by 1 % leave {wrong:.1e} over of\n{system}"))
}

/// Every system.
pub fn all_telescope() -> Outcome {
    every(&mut engine(GpuOptions::default())?, 1)
}

/// Every `stride`-th system.
fn every(engine: &mut GpuEngine, stride: usize) -> Outcome {
    for system in systems().iter().step_by(stride) {
        let left_over = residual(engine, system, "f32", 0.0);
        require(left_over < ROUND_OFF, format!("{left_over:.1e} is left over of\n{system}"))?;
    }
    for system in systems().iter().chain(&scheduled()).step_by(stride) {
        let second = second_residual(engine, system, "f32", 0.0).unwrap_or(0.0);
        require(second < ROUND_OFF, format!("{second:.1e} is left over of the second of\n{system}"))?;
    }
    Ok(())
}

/// Hardly a walker decides otherwise than by hand in f64.
pub fn own_rates() -> Outcome {
    let mut engine = engine(GpuOptions::default())?;
    for (apart, canary) in crate::own_rates::differences(&mut engine, "f32") {
        require(apart <= 0.01, format!("{apart:.1e} apart"))?;
        require(canary > 0.015, format!("canary: another threshold is only {canary:.1e} apart"))?;
    }
    Ok(())
}
