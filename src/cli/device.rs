//! `--device`: which engine.

use super::output;
use kramers::engine::cpu::CpuEngine;
use kramers::engine::gpu::{self, AdapterInfo, GpuEngine, GpuOptions, Selection};
use kramers::engine::{Engine, EngineError, Team};
use kramers::experiment::Precision;

/// Opens the engine that `name` asks for. `auto` takes a hardware GPU if there is one and it can walk in
/// this precision, else the CPU; `all` takes every hardware GPU, and where there is none what `auto` takes; a
/// software rasteriser only by `gpu` (where there is no hardware), index or name.
///
/// # Errors
/// Where there is no such device, or it cannot do what is asked.
pub(super) fn open(name: &str, precision: Precision) -> Result<Box<dyn Engine>, EngineError> {
    match name {
        "cpu" => cpu(),
        "auto" => hardware(1, precision),
        "all" => hardware(usize::MAX, precision),
        "gpu" => gpu(Selection::Any, name, precision),
        _ => match name.parse() {
            Ok(index) => gpu(Selection::Index(index), name, precision),
            Err(_) => gpu(Selection::Name(name.to_owned()), name, precision),
        },
    }
}

/// Place of the adapter that `auto` takes; none where it takes the CPU.
pub(super) fn auto(adapters: &[AdapterInfo]) -> Option<usize> {
    adapters.iter().position(|adapter| adapter.hardware)
}

/// As many hardware GPUs as there are and can be opened, `most` at most; else the CPU.
fn hardware(most: usize, precision: Precision) -> Result<Box<dyn Engine>, EngineError> {
    if precision == Precision::F64 {
        return cpu();
    }
    let mut engines = Vec::new();
    for adapter in gpu::adapters().iter().filter(|adapter| adapter.hardware).take(most) {
        match GpuEngine::on(adapter, GpuOptions::default()) {
            Ok(engine) => engines.push(engine),
            Err(error) => output::warning(&format!("a GPU cannot be used: {error}")),
        }
    }
    match engines.len() {
        0 => cpu(),
        1 => Ok(Box::new(engines.remove(0))),
        _ => Ok(Box::new(Team::new(engines)?)),
    }
}

fn cpu() -> Result<Box<dyn Engine>, EngineError> {
    Ok(Box::new(CpuEngine::new()?))
}

fn gpu(selection: Selection, name: &str, precision: Precision) -> Result<Box<dyn Engine>, EngineError> {
    if precision == Precision::F64 {
        return Err(EngineError::BeyondLimits(format!(
            "--device {name}: precision = \"f64\" runs on the CPU only; use --device cpu, or precision = \"f32\""
        )));
    }
    Ok(Box::new(GpuEngine::open(selection)?))
}
