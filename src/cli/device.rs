//! `--device`: which engine.

use super::output;
use kramers::engine::cpu::CpuEngine;
use kramers::engine::gpu::{self, GpuEngine, Selection};
use kramers::engine::{Engine, EngineError};
use kramers::experiment::Precision;

/// Opens the engine that `name` asks for. `auto` takes a hardware GPU if there is one and it can walk in
/// this precision, else the CPU; a software rasteriser only by `gpu` (where there is no hardware), index
/// or name. `all` is the device that `auto` takes where there is one hardware GPU at most.
///
/// # Errors
/// Where there is no such device, or it cannot do what is asked.
pub(super) fn open(name: &str, precision: Precision) -> Result<Box<dyn Engine>, EngineError> {
    match name {
        "auto" => auto(precision),
        "cpu" => cpu(),
        "gpu" => gpu(Selection::Any, name, precision),
        "all" => match hardware() {
            0 | 1 => auto(precision),
            n => Err(EngineError::NoDevice(format!(
                "--device all: this version runs on one device at a time, and here are {n} GPUs; take one by its index \
                 or name (see `kramers devices`), and use --shard to spread an experiment over them"
            ))),
        },
        _ => match name.parse() {
            Ok(index) => gpu(Selection::Index(index), name, precision),
            Err(_) => gpu(Selection::Name(name.to_owned()), name, precision),
        },
    }
}

/// Whether `auto` takes a GPU.
pub(super) fn auto_takes_gpu(precision: Precision) -> bool {
    precision == Precision::F32 && hardware() > 0
}

fn hardware() -> usize {
    gpu::adapters().iter().filter(|adapter| adapter.hardware).count()
}

fn auto(precision: Precision) -> Result<Box<dyn Engine>, EngineError> {
    if !auto_takes_gpu(precision) {
        return cpu();
    }
    match GpuEngine::open(Selection::Hardware) {
        Ok(engine) => Ok(Box::new(engine)),
        Err(error) => {
            output::warning(&format!("the GPU cannot be used, so the CPU is: {error}"));
            cpu()
        }
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
