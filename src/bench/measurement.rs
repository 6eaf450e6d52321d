//! A work, timed.

use super::{Machine, Operations, Work, memory};
use crate::engine::{Engine, EngineError, EngineKind};
use crate::experiment::ExperimentError;
use crate::plan::Plan;
use serde::Serialize;
use std::time::Instant;

/// Most walkers of a cell.
const MOST_WALKERS: u64 = 1 << 31;

/// How much is run for a measurement.
#[derive(Clone, Debug)]
pub struct Effort {
    /// Seconds that a run shall last at least: walkers are doubled until it does.
    pub seconds: f64,
    /// Timed runs, after those to warm up and to find the number of walkers; at least one.
    pub repetitions: usize,
    /// The work's walkers are divided by this, a power of two.
    pub divide: u64,
    /// The generator (`random` of an experiment), where another than the default is meant.
    pub random: Option<String>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    /// The work's name.
    pub work: &'static str,
    /// The device's name.
    pub device: String,
    /// `cpu` or `gpu`.
    pub engine: EngineKind,
    /// What else identifies the device: instruction set and threads, or driver and variant.
    pub details: String,
    /// Updates of all walkers, per second of the median run.
    pub walker_steps_per_second: f64,
    /// Share of the floor; none where the device's units are unknown.
    pub floor_share: Option<f64>,
    /// Walker-steps per second that the device's units could do.
    pub floor: Option<f64>,
    /// Seconds of the median run.
    pub seconds: f64,
    /// Seconds of the shortest and the longest run.
    pub spread: Spread,
    /// Timed runs.
    pub repetitions: usize,
    /// Walkers in all cells.
    pub walkers: u64,
    /// Cells.
    pub cells: u64,
    /// Steps of each walker.
    pub steps: u32,
    /// Coordinates of a walker.
    pub dimension: usize,
    /// Peak resident set of this process during the timed runs, in bytes; none where the system does not
    /// tell.
    pub memory_bytes: Option<u64>,
}

/// Seconds of the shortest and the longest run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The shortest.
    pub min: f64,
    /// The longest.
    pub max: f64,
}

/// Why there is no measurement.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The work cannot be planned.
    #[error(transparent)]
    Work(#[from] ExperimentError),
}

/// Times `work` on `engine`, whose units may be known as those of `machine`.
///
/// # Errors
/// [`BenchError`]
pub fn measure(
    work: &Work,
    engine: &mut dyn Engine,
    machine: Option<&Machine>,
    effort: &Effort,
) -> Result<Measurement, BenchError> {
    let mut walkers = (work.walkers / effort.divide).max(work.cells);
    let mut plan = work.plan(walkers, effort.random.as_deref())?;
    // Once to warm up: a GPU's driver compiles the kernel.
    seconds(engine, &plan)?;
    let mut last = seconds(engine, &plan)?;
    while last < effort.seconds && walkers < MOST_WALKERS {
        walkers *= growth(effort.seconds / last);
        plan = work.plan(walkers, effort.random.as_deref())?;
        last = seconds(engine, &plan)?;
    }
    let is_peak_known = memory::reset_peak();
    let runs = (0..effort.repetitions.max(1)).map(|_| seconds(engine, &plan));
    let mut runs = runs.collect::<Result<Vec<f64>, _>>()?;
    let memory_bytes = if is_peak_known { memory::peak_bytes() } else { None };
    runs.sort_by(f64::total_cmp);

    let kernel = plan.kernel(0);
    let rate = plan.walker_steps(&plan.blocks()) as f64 / median(&runs);
    let floor = machine
        .map(|machine| machine.walker_steps_per_second(&Operations::per_walker_step(kernel, machine.abilities())));
    let device = engine.device();
    Ok(Measurement {
        work: work.name,
        device: device.name,
        engine: device.engine,
        details: device.details,
        walker_steps_per_second: rate,
        floor_share: floor.map(|floor| rate / floor),
        floor,
        seconds: median(&runs),
        spread: Spread { min: runs[0], max: runs[runs.len() - 1] },
        repetitions: runs.len(),
        walkers,
        cells: work.cells,
        steps: kernel.total_steps(),
        dimension: kernel.dimension,
        memory_bytes,
    })
}

/// Seconds of one run.
fn seconds(engine: &mut dyn Engine, plan: &Plan) -> Result<f64, EngineError> {
    let began = Instant::now();
    engine.run(plan, &plan.blocks(), &|_| {})?;
    Ok(began.elapsed().as_secs_f64())
}

/// The power of two, from 2 to 16, by which walkers grow where a run was `wanting` times too short.
fn growth(wanting: f64) -> u64 {
    1 << (wanting.log2().ceil() as u64).clamp(1, 4)
}

/// The middle of sorted numbers, of which there are some.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walkers_grow_by_powers_of_two() {
        for (wanting, factor) in [(1.1, 2), (2.0, 2), (2.1, 4), (10.0, 16), (1e6, 16)] {
            assert_eq!(growth(wanting), factor, "{wanting}");
        }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0]), 3.0);
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        assert_eq!(median(&[1.0, 2.0, 9.0]), 2.0);
    }
}
