//! The host's loop: kernels, batches, launches.

use super::assembly;
use super::batch::{self, Part};
use super::collect::Collector;
use super::device::Fault;
use super::launch::Batch;
use super::pace::Pace;
use super::rounds;
use super::shape::Shape;
use super::variant::Variant;
use super::{GpuEngine, OpenDevice, samples, series, survivors, trial};
use crate::plan::{Block, Kernel, Plan};
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;
use wgpu::{Buffer, ComputePipeline, SubmissionIndex};

/// Launches that are submitted and not yet waited for.
const IN_FLIGHT: usize = 2;

/// Runs all steps of the walkers of `blocks`, kernel by kernel, batch by batch.
pub fn run(
    engine: &mut GpuEngine,
    plan: &Plan,
    blocks: &[Block],
    progress: &(dyn Fn(u64) + Sync),
    collector: &mut Collector,
) -> Result<(), Fault> {
    engine.variant = trial::choose(engine, plan, blocks)?;
    for kernel in 0..plan.kernels.len() {
        let Some(work) = Work::new(engine, plan, blocks, kernel, engine.variant)? else { continue };
        let Work { kernel, shape, parts, batches, pipeline, samples, most_steps } = work;
        let pace = Pace::new(most_steps, engine.options.steps_per_dispatch);
        let mut walk = Walk { device: &engine.device, pipeline, samples, plan, kernel, pace, shape };
        walk.run(batches.into_iter().map(|batch| &parts[batch]), progress, collector)?;
    }
    Ok(())
}

/// What is to be done of one kernel, and how.
pub struct Work<'p> {
    pub kernel: &'p Kernel,
    pub shape: Shape,
    pub parts: Vec<Part>,
    pub batches: Vec<Range<usize>>,
    pub pipeline: ComputePipeline,
    pub samples: Option<Buffer>,
    /// Most steps of one launch.
    pub most_steps: u32,
}

impl<'p> Work<'p> {
    /// The share that `kernel` has in `blocks`, if any.
    pub fn new(
        engine: &mut GpuEngine,
        plan: &'p Plan,
        blocks: &[Block],
        kernel: usize,
        variant: Variant,
    ) -> Result<Option<Self>, Fault> {
        let mine = |b: &usize| plan.cells[blocks[*b].id.cell as usize].kernel == kernel;
        let places: Vec<usize> = (0..blocks.len()).filter(mine).collect();
        let Some(first) = places.first() else { return Ok(None) };
        let cell = &plan.cells[blocks[*first].id.cell as usize];
        let kernel = &plan.kernels[kernel];
        let shape = Shape::new(kernel, cell, variant.workgroup_size);
        let mut most_steps = shape.most_steps(kernel);
        if !engine.device.hardware {
            most_steps = most_steps.min(rounds::most_steps(kernel, &shape)?);
        }
        let parts = batch::parts(blocks, &places, &shape);
        let batches = batch::batches(&parts, &shape, &engine.device.limits, engine.batch_walkers())?;
        let samples = samples::buffer(&engine.device, plan, kernel)?;
        let pipeline = engine.pipeline(assembly::walk(kernel, &shape, variant.wide_multiply))?;
        Ok(Some(Self { kernel, shape, parts, batches, pipeline, samples, most_steps }))
    }
}

struct Walk<'a> {
    device: &'a OpenDevice,
    pipeline: ComputePipeline,
    samples: Option<Buffer>,
    plan: &'a Plan,
    kernel: &'a Kernel,
    shape: Shape,
    pace: Pace,
}

/// A submitted launch.
struct InFlight {
    submission: SubmissionIndex,
    steps: u32,
    submitted: Instant,
}

/// A batch whose walkers move.
struct Running<'a> {
    batch: Batch<'a>,
    parts: &'a [Part],
    in_flight: VecDeque<InFlight>,
}

impl<'a> Walk<'a> {
    /// Runs batches, each a list of parts. The counts of one are read back while the next one runs.
    fn run(
        &mut self,
        batches: impl Iterator<Item = &'a [Part]>,
        progress: &(dyn Fn(u64) + Sync),
        collector: &mut Collector,
    ) -> Result<(), Fault> {
        let mut ended = None;
        for parts in batches {
            let batch = Batch::new(self.device, &self.pipeline, self.plan, parts, &self.shape, self.samples.as_ref())?;
            let mut running = Running { batch, parts, in_flight: VecDeque::new() };
            let (total, mut done, mut drained) = (self.kernel.total_steps(), 0, 0);
            while done < total {
                let most = if running.batch.absorbs() { survivors::most_steps(done) } else { u32::MAX };
                let wanted = done + self.pace.next().min(most).min(total - done);
                let steps = series::launch_end(self.kernel, self.shape.series_slots, done, wanted) - done;
                if done - drained > self.shape.steps_between_drains() - steps {
                    let copied = running.batch.begin_draining()?;
                    self.drain(&mut running, copied, false, progress, collector)?;
                    drained = done;
                }
                let submission = running.batch.advance(&self.pipeline, self.kernel, done, done + steps)?;
                running.in_flight.push_back(InFlight { submission, steps, submitted: Instant::now() });
                done += steps;
                if let Some((mut ended, copied)) = ended.take() {
                    self.drain(&mut ended, copied, true, progress, collector)?;
                }
                let absorbs = running.batch.absorbs();
                let most = if self.pace.is_learning() || absorbs { 0 } else { IN_FLIGHT - 1 };
                self.wait(&mut running, most, progress)?;
                if absorbs && !running.batch.leave_out_absorbed()? {
                    progress(walkers(running.parts) * u64::from(total - done));
                    break;
                }
            }
            running.batch.finish(&self.pipeline, self.kernel, parts)?;
            let copied = running.batch.begin_draining()?;
            ended = Some((running, copied));
        }
        match ended {
            Some((mut ended, copied)) => self.drain(&mut ended, copied, true, progress, collector),
            None => Ok(()),
        }
    }

    /// Waits for all of a batch's launches and collects its counts, which are being `copied`; `finished` when
    /// its walkers have made their last step.
    fn drain(
        &mut self,
        running: &mut Running,
        copied: SubmissionIndex,
        finished: bool,
        progress: &(dyn Fn(u64) + Sync),
        collector: &mut Collector,
    ) -> Result<(), Fault> {
        self.wait(running, 0, progress)?;
        collector.add(running.parts, &self.shape, &running.batch.finish_draining(copied)?, finished);
        Ok(())
    }

    /// Waits until at most `most` launches are in flight.
    fn wait(&mut self, running: &mut Running, most: usize, progress: &(dyn Fn(u64) + Sync)) -> Result<(), Fault> {
        while running.in_flight.len() > most {
            if let Some(launch) = running.in_flight.pop_front() {
                self.device.wait(launch.submission)?;
                self.pace.finished(launch.steps, launch.submitted);
                progress(walkers(running.parts) * u64::from(launch.steps));
            }
        }
        Ok(())
    }
}

/// Walkers of `parts`.
fn walkers(parts: &[Part]) -> u64 {
    parts.iter().map(|part| u64::from(part.walkers)).sum()
}
