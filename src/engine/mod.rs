//! Engines: what moves the walkers of a plan and returns a tally.

pub mod cpu;
mod empty;
pub mod gpu;
mod rare;
mod team;

pub use team::Team;

use crate::plan::{Block, Plan};
use crate::tally::Tally;
use empty::empty;
use serde::{Deserialize, Serialize};
use std::any::Any;

/// Moves walkers and counts what they do; knows nothing of what the counts mean.
pub trait Engine {
    /// What it runs on.
    fn device(&self) -> Device;

    /// Runs all steps of the walkers of `blocks`, a part of [`Plan::blocks`], and returns their
    /// statistics. `progress` is told, now and then and from any thread, how many further walker-steps
    /// are done.
    ///
    /// # Errors
    /// [`EngineError`]; blocks that were finished before a device was lost come with it.
    fn run(&mut self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, EngineError>;
}

/// What an engine runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// "cpu" or "gpu".
    pub engine: EngineKind,
    /// The device's name.
    pub name: String,
    /// What else identifies it: instruction set and threads, or driver and variant.
    pub details: String,
}

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// The CPU engine.
    Cpu,
    /// The GPU engine.
    Gpu,
}

/// Why an engine could not finish.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// There is no such device, or none at all.
    #[error("{0}")]
    NoDevice(String),
    /// The experiment is beyond the device's limits or abilities.
    #[error("{0}")]
    BeyondLimits(String),
    /// The device was lost on the way.
    #[error("the device was lost: {message}")]
    DeviceLost {
        /// What the driver says.
        message: String,
        /// The blocks that were finished before.
        finished: Box<Tally>,
    },
    /// A fault of the program or the driver.
    #[error("{0}")]
    Internal(String),
}

/// What a panic said.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
}
