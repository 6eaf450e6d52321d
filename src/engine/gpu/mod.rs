//! The GPU engine: one compute kernel for the cells of a plan that share one, on any adapter that wgpu
//! finds.
//!
//! A kernel is joined from the files in `shaders/` that its stages need (`walk.wgsl` is the frame).
//! Walkers stay in registers for the steps of a launch, and what they count is gathered in workgroup
//! memory, added to tallies on the device, and read back at the end or before 32 bits could overflow.
//! Sums are integers, so neither the order of additions nor how the work is cut changes a result.

mod adapters;
mod assembly;
mod batch;
mod collect;
mod constants;
mod device;
mod launch;
mod pace;
pub mod probe;
mod shape;
#[cfg(test)]
mod validation;
mod walk;

pub use adapters::{AdapterInfo, Selection, adapters};
pub use assembly::WideMultiply;

use super::{Device, Engine, EngineError, EngineKind};
use crate::experiment::Precision;
use crate::plan::{Block, Plan};
use crate::tally::Tally;
use collect::Collector;
use device::{Fault, OpenDevice};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What may be chosen about how an engine works; no choice changes a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuOptions {
    /// Steps of a launch, rounded up to a multiple of 4; by time where not given.
    pub steps_per_dispatch: Option<u32>,
    /// Largest number of invocations of a workgroup, a power of two up to 256.
    pub workgroup_size: Option<u32>,
    /// Largest number of walkers on the device at a time.
    pub batch_walkers: Option<u32>,
    /// How wide products are taken; by the device's abilities where not given.
    pub wide_multiply: Option<WideMultiply>,
    /// Whether loops of our shaders go without a second bound, which wgpu adds to be safe from endless
    /// ones.
    pub trusted: bool,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self { steps_per_dispatch: None, workgroup_size: None, batch_walkers: None, wide_multiply: None, trusted: true }
    }
}

/// Invocations of a workgroup where nothing else is asked for.
const WORKGROUP_SIZE: u32 = 128;

/// Moves walkers on one adapter.
pub struct GpuEngine {
    device: OpenDevice,
    options: GpuOptions,
}

impl GpuEngine {
    /// An engine on the adapter that is meant.
    ///
    /// # Errors
    /// Where there is none, or it cannot be opened.
    pub fn open(selection: Selection) -> Result<Self, EngineError> {
        Self::with_options(selection, GpuOptions::default())
    }

    /// The same with choices.
    ///
    /// # Errors
    /// As [`GpuEngine::open`], and where the adapter cannot do what was chosen.
    pub fn with_options(selection: Selection, options: GpuOptions) -> Result<Self, EngineError> {
        if let Some(size) = options.workgroup_size
            && !(size.is_power_of_two() && size <= 256)
        {
            return Err(EngineError::BeyondLimits(format!("workgroups of {size}: must be a power of two up to 256")));
        }
        Ok(Self { device: OpenDevice::open(&selection, &options)?, options })
    }

    /// The device underneath.
    pub fn wgpu_device(&self) -> &wgpu::Device {
        &self.device.device
    }

    fn batch_walkers(&self) -> u32 {
        let by_device = if self.device.hardware { batch::MOST_WALKERS } else { batch::MOST_WALKERS_IN_SOFTWARE };
        self.options.batch_walkers.unwrap_or(by_device)
    }

    fn workgroup_size(&self) -> u32 {
        let limits = &self.device.limits;
        let most = limits.max_compute_invocations_per_workgroup.min(limits.max_compute_workgroup_size_x);
        self.options.workgroup_size.unwrap_or(WORKGROUP_SIZE).min(1 << most.ilog2())
    }
}

impl Engine for GpuEngine {
    fn device(&self) -> Device {
        let multiply = match self.device.multiply {
            WideMultiply::U64 => "64-bit multiply",
            WideMultiply::U16 => "multiply from 16-bit pieces",
        };
        Device {
            engine: EngineKind::Gpu,
            name: self.device.name.clone(),
            details: format!("{}, {multiply}", self.device.driver),
        }
    }

    fn run(&mut self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, EngineError> {
        if plan.precision == Precision::F64 {
            let message = "precision = \"f64\" runs on the CPU only".to_owned();
            return Err(EngineError::BeyondLimits(message));
        }
        let engine = &*self;
        let mut collector = Collector::new(plan, blocks);
        // A thread of its own: wgpu panics where a device is lost, and its error scopes are per thread.
        let outcome = std::thread::scope(|scope| {
            let collector = &mut collector;
            let work = move || {
                let work = AssertUnwindSafe(|| walk::run(engine, plan, blocks, progress, collector));
                catch_unwind(work).unwrap_or_else(|panic| Err(engine.after_panic(panic)))
            };
            scope.spawn(work).join().unwrap_or_else(|panic| Err(engine.after_panic(panic)))
        });
        match outcome {
            Ok(()) => Ok(collector.tally()),
            Err(Fault::Lost(message)) => {
                Err(EngineError::DeviceLost { message, finished: Box::new(collector.tally()) })
            }
            Err(Fault::Other(error)) => Err(error),
        }
    }
}

impl GpuEngine {
    fn after_panic(&self, panic: Box<dyn Any + Send>) -> Fault {
        match self.device.loss() {
            Some(message) => Fault::Lost(message),
            None => {
                let message = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
                    .unwrap_or_else(|| "panic".to_owned());
                EngineError::Internal(format!("{}: {message}", self.device.name)).into()
            }
        }
    }
}
