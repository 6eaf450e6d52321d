//! The trial of variants on the device itself: a few launches of the very kernel that is to run, whose
//! counts are thrown away.

use super::device::Fault;
use super::launch::Batch;
use super::variant::{Variant, WORKGROUP_SIZES};
use super::walk::Work;
use super::wide_multiply::WideMultiply;
use super::{GpuEngine, Trial, choices, series};
use crate::plan::{Block, Kernel, Plan};
use std::time::Instant;

/// Fewest walker-steps of a run that is worth a trial: half a second and more on the fastest GPUs. The
/// trial takes a few per cent of that at most.
const LONG: u64 = 1 << 39;

/// Steps of the first launch, which is not timed: some drivers compile then.
const FIRST: u32 = 4;

/// Steps of the first timed launch.
const FEWEST: u32 = 64;

/// Timed launches of a variant.
const LAUNCHES: usize = 5;

/// Seconds of a launch beside which its own cost is small.
const LONG_ENOUGH: f64 = 0.002;

/// The variant for a run of `blocks`: what the options say, else what is kept of an earlier trial, else
/// the winner of a trial where the run is worth one, else the default. It is chosen for the kernel with the
/// most work, and taken for all.
pub fn choose(engine: &mut GpuEngine, plan: &Plan, blocks: &[Block]) -> Result<Variant, Fault> {
    let options = &engine.options;
    let default = engine.default_variant();
    let hardware = engine.device.hardware;
    let wanted =
        !options.fix_variant() && (options.trial == Trial::Always || options.trial == Trial::WhenLong && hardware);
    let Some((work, kernel)) = most_work(plan, blocks).filter(|_| wanted) else { return Ok(default) };
    let (file, key) = (options.choices.clone(), key(engine, &plan.kernels[kernel]));
    if options.trial == Trial::WhenLong {
        if let Some(variant) = file.as_deref().and_then(|file| choices::kept(file, &key)) {
            return Ok(engine.possible(variant));
        }
        if work < LONG {
            return Ok(default);
        }
    }
    let started = Instant::now();
    let winner = winner(engine, plan, kernel, blocks)?;
    tracing::debug!("{key}: {winner}, by a trial of {:.3} s", started.elapsed().as_secs_f64());
    if let Some(file) = file {
        choices::keep(&file, key, winner);
    }
    Ok(winner)
}

/// What a choice depends on.
fn key(engine: &GpuEngine, kernel: &Kernel) -> String {
    let (device, version) = (&engine.device, env!("CARGO_PKG_VERSION"));
    let Kernel { random, distribution, landscape, noise, dynamics, dimension, .. } = kernel;
    format!(
        "{}, {}, kramers {version}, {random:?} {distribution:?} {landscape:?} {noise:?} {dynamics:?} {dimension}",
        device.name, device.driver
    )
}

/// Walker-steps and place of the kernel that has most of them.
fn most_work(plan: &Plan, blocks: &[Block]) -> Option<(u64, usize)> {
    let work = |kernel: usize| {
        let mine: Vec<Block> =
            blocks.iter().filter(|b| plan.cells[b.id.cell as usize].kernel == kernel).copied().collect();
        (plan.walker_steps(&mine), kernel)
    };
    (0..plan.kernels.len()).map(work).max()
}

/// The faster way to multiply, then the fastest size of workgroups with it.
fn winner(engine: &mut GpuEngine, plan: &Plan, kernel: usize, blocks: &[Block]) -> Result<Variant, Fault> {
    let mut tried = Vec::new();
    let mut fastest = (f64::INFINITY, engine.default_variant());
    let multiplies = |v| WideMultiply::ALL.map(|wide_multiply| Variant { wide_multiply, ..v }).to_vec();
    let sizes = |v| WORKGROUP_SIZES.map(|workgroup_size| Variant { workgroup_size, ..v }).to_vec();
    for others in [multiplies as fn(Variant) -> Vec<Variant>, sizes] {
        for variant in others(fastest.1) {
            let variant = engine.possible(variant);
            if !tried.contains(&variant) {
                tried.push(variant);
                let seconds = seconds_per_step(engine, plan, kernel, blocks, variant)?;
                tracing::debug!("{variant}: {seconds:.3e} s a step");
                if seconds < fastest.0 {
                    fastest = (seconds, variant);
                }
            }
        }
    }
    Ok(fastest.1)
}

/// Seconds that a step of a batch takes; infinite where the run is too short to tell.
fn seconds_per_step(
    engine: &mut GpuEngine,
    plan: &Plan,
    kernel: usize,
    blocks: &[Block],
    variant: Variant,
) -> Result<f64, Fault> {
    let Some(work) = Work::new(engine, plan, blocks, kernel, variant)? else { return Ok(f64::INFINITY) };
    let Some(parts) = work.batches.first() else { return Ok(f64::INFINITY) };
    let parts = &work.parts[parts.clone()];
    let batch = Batch::new(&engine.device, &work.pipeline, plan, parts, &work.shape, work.samples.as_ref())?;
    let launch = |first, last| -> Result<f64, Fault> {
        let started = Instant::now();
        engine.device.wait(batch.advance(&work.pipeline, work.kernel, first, last)?)?;
        Ok(started.elapsed().as_secs_f64())
    };
    let total = work.kernel.total_steps();
    let end = |first, last| series::launch_end(work.kernel, work.shape.series_slots, first, last);
    let mut done = end(0, FIRST.min(total));
    launch(0, done)?;
    let (mut steps, mut least) = (FEWEST, f64::INFINITY);
    for _ in 0..LAUNCHES {
        steps = steps.min(work.most_steps);
        if total - done < steps {
            break;
        }
        let last = end(done, done + steps);
        let seconds = launch(done, last)?;
        least = least.min(seconds / f64::from(last - done));
        done = last;
        if seconds < LONG_ENOUGH {
            steps *= 4;
        }
    }
    Ok(least)
}
