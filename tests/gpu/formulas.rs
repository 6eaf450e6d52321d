//! Landscapes written as formulas, as shaders.

use crate::{Outcome, engine, written};
use kramers::engine::gpu::GpuOptions;

pub fn domains() -> Outcome {
    Ok(written::domains::are_left_by_no_walker(&mut engine(GpuOptions::default())?)?)
}

pub fn coupled_wells() -> Outcome {
    Ok(written::coupled::wells_are_walked_as_by_hand(&mut engine(GpuOptions::default())?)?)
}

pub fn walks() -> Outcome {
    Ok(written::same_walks(&mut engine(GpuOptions::default())?)?)
}

pub fn binned() -> Outcome {
    Ok(crate::observables::check(&mut engine(GpuOptions::default())?)?)
}
