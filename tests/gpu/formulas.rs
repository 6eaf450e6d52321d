//! Landscapes written as formulas, as shaders.

use crate::{Outcome, engine, written};
use kramers::engine::gpu::GpuOptions;

pub fn walks() -> Outcome {
    Ok(written::same_walks(&mut engine(GpuOptions::default())?)?)
}
