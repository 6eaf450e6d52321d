//! The GPU engine: one compute kernel for the cells of a plan that share one, on any adapter that wgpu
//! finds.
//!
//! A kernel is joined from the files in `shaders/` that its stages need (`walk.wgsl` is the frame).
//! Walkers stay in registers for the steps of a launch, and what they count is gathered in workgroup
//! memory, added to tallies on the device, and read back at the end or before 32 bits could overflow.
//! Sums are integers, so neither the order of additions nor how the work is cut changes a result.
//!
//! A kernel has variants (`variant.rs`) that come to the same bits; before a long run they are tried on
//! the device itself (`trial.rs`), and the winner is kept for later runs (`choices.rs`) and recorded in
//! [`Device::details`].

mod adapters;
mod assembly;
mod batch;
mod choices;
mod collect;
mod constants;
mod device;
mod launch;
mod observables;
mod options;
mod pace;
pub mod probe;
mod rounds;
mod samples;
mod series;
mod shape;
mod survivors;
mod trial;
#[cfg(test)]
mod validation;
mod variant;
mod walk;
mod ways;
mod wide_multiply;

pub use adapters::{AdapterInfo, Selection, adapters};
pub use options::{GpuOptions, Trial};
pub use variant::{NotAVariant, Variant};
pub use wide_multiply::WideMultiply;

use super::rare::Passages;
use super::{Device, Engine, EngineError, EngineKind, panic_message};
use crate::experiment::Precision;
use crate::plan::{Block, Plan};
use crate::tally::Tally;
use collect::Collector;
use device::{Fault, OpenDevice};
use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wgpu::ComputePipeline;

/// Most compiled kernels that an engine keeps for further runs.
const MOST_PIPELINES: usize = 64;

/// Moves walkers on one adapter.
pub struct GpuEngine {
    device: OpenDevice,
    options: GpuOptions,
    /// That of the last run; before, the default.
    variant: Variant,
    /// Kernels that were compiled before, by their source.
    pipelines: HashMap<String, ComputePipeline>,
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
        Self::on(&adapters::select(&selection)?, options)
    }

    /// An engine on an adapter of [`adapters`].
    ///
    /// # Errors
    /// Where it cannot be opened, or cannot do what was chosen.
    pub fn on(adapter: &AdapterInfo, options: GpuOptions) -> Result<Self, EngineError> {
        options.check()?;
        let device = OpenDevice::open(adapter, options.trusted)?;
        if options.wide_multiply.is_some_and(WideMultiply::needs_wide_integers) && !device.wide_integers {
            return Err(EngineError::BeyondLimits(format!("{} has no 64-bit integers in shaders", device.name)));
        }
        let mut engine = Self { device, options, variant: Variant::ON_HARDWARE, pipelines: HashMap::new() };
        engine.variant = engine.default_variant();
        Ok(engine)
    }

    /// The device underneath.
    pub fn wgpu_device(&self) -> &wgpu::Device {
        &self.device.device
    }

    fn batch_walkers(&self) -> u32 {
        let by_device = if self.device.hardware { batch::MOST_WALKERS } else { batch::MOST_WALKERS_IN_SOFTWARE };
        self.options.batch_walkers.unwrap_or(by_device)
    }

    /// The variant that is taken without a trial.
    fn default_variant(&self) -> Variant {
        self.possible(if self.device.hardware { Variant::ON_HARDWARE } else { Variant::IN_SOFTWARE })
    }

    /// The variant nearest to `wanted` that the options allow and the device can do.
    fn possible(&self, wanted: Variant) -> Variant {
        let limits = &self.device.limits;
        let most = limits.max_compute_invocations_per_workgroup.min(limits.max_compute_workgroup_size_x);
        let able = if self.device.wide_integers { wanted.wide_multiply } else { WideMultiply::U16 };
        Variant {
            wide_multiply: self.options.wide_multiply.unwrap_or(able),
            workgroup_size: self.options.workgroup_size.unwrap_or(wanted.workgroup_size).min(1 << most.ilog2()),
        }
    }

    /// The kernel of this source, compiled.
    fn pipeline(&mut self, source: String) -> Result<ComputePipeline, Fault> {
        if let Some(pipeline) = self.pipelines.get(&source) {
            return Ok(pipeline.clone());
        }
        let pipeline = launch::pipeline(&self.device, source.clone())?;
        if self.pipelines.len() == MOST_PIPELINES {
            self.pipelines.clear();
        }
        self.pipelines.insert(source, pipeline.clone());
        Ok(pipeline)
    }
}

impl Engine for GpuEngine {
    /// The details end with the [`Variant`].
    fn device(&self) -> Device {
        Device {
            engine: EngineKind::Gpu,
            name: self.device.name.clone(),
            details: format!("{}, {}", self.device.driver, self.variant),
        }
    }

    fn run(&mut self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, EngineError> {
        if plan.precision == Precision::F64 {
            let message = "precision = \"f64\" runs on the CPU only".to_owned();
            return Err(EngineError::BeyondLimits(message));
        }
        let (rare, usual): (Vec<Block>, Vec<Block>) =
            blocks.iter().partition(|block| Passages::of(plan, block.id.cell).is_some());
        let (mut collector, mut repetitions) = (Collector::new(plan, &usual), Tally::default());
        // A thread of its own: wgpu panics where a device is lost, and its error scopes are per thread.
        let work = || {
            catch_unwind(AssertUnwindSafe(|| {
                if !usual.is_empty() {
                    walk::run(self, plan, &usual, progress, &mut collector)?;
                }
                for blocks in rare.chunk_by(|a, b| a.id.cell == b.id.cell) {
                    if let Some(passages) = Passages::of(plan, blocks[0].id.cell) {
                        ways::run(self, plan, &passages, blocks, progress, &mut repetitions)?;
                    }
                }
                Ok(())
            }))
        };
        let outcome = std::thread::scope(|scope| scope.spawn(work).join().and_then(|caught| caught));
        let outcome = outcome.unwrap_or_else(|panic| Err(self.after_panic(&*panic)));
        let mut tally = collector.tally();
        tally.blocks.append(&mut repetitions.blocks);
        match outcome {
            Ok(()) => Ok(tally),
            Err(Fault::Lost(message)) => Err(EngineError::DeviceLost { message, finished: Box::new(tally) }),
            Err(Fault::Other(error)) => Err(error),
        }
    }
}

impl GpuEngine {
    fn after_panic(&self, panic: &(dyn Any + Send)) -> Fault {
        match self.device.loss() {
            Some(message) => Fault::Lost(message),
            None => EngineError::Internal(format!("{}: {}", self.device.name, panic_message(panic))).into(),
        }
    }
}
