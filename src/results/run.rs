//! The library's front: an experiment and an engine in, results out.

use super::compare::{compare_cell, compare_fit, expectations};
use super::document::{CellResult, Document, Lost};
use super::provenance::Provenance;
use super::warning::Warning;
use crate::analysis::{self, Estimate, Estimates, Fit};
use crate::engine::{Device, Engine, EngineError};
use crate::experiment::{Cell, Experiment, Setup};
use crate::plan::{Block, Plan};
use crate::tally::{BlockTally, Tally};
use crate::theory;
use rayon::prelude::*;
use std::time::Instant;

/// Everything that a run found.
#[derive(Clone, Debug)]
pub struct Results {
    /// The experiment as run.
    pub experiment: Experiment,
    /// The raw counts and sums.
    pub tally: Tally,
    /// Estimates beside predictions.
    pub document: Document,
    /// Fits with the points that they go through.
    pub fits: Vec<Fit>,
    /// What a user should know before believing them.
    pub warnings: Vec<Warning>,
}

/// What an engine returned.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The finished blocks.
    pub tally: Tally,
    /// What they ran on.
    pub device: Device,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Why not all blocks are finished, where the device was lost on the way.
    pub interrupted: Option<String>,
}

/// Runs `experiment` on `engine` and holds what it finds against theory. `progress` is told, now and
/// then and from any thread, how many further walker-steps are done.
///
/// # Errors
/// [`EngineError`] of the engine; where a device was lost, the blocks finished before come with it.
///
/// ```
/// use kramers::{Experiment, engine::cpu::CpuEngine};
///
/// let text = r#"
///     landscape = { kind = "quadratic", hessian = [1.0] }
///     dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }
///     ensemble = { walkers = 1e3, burn_in = 100, steps = 100, start = [0.0] }
/// "#;
/// let experiment = Experiment::parse("well", "well.toml", text, &[])?;
/// let results = kramers::run(&experiment, &mut CpuEngine::new()?, &|_| {})?;
///
/// let mean = &results.document.cells[0].estimates["mean[0]"];
/// assert!(mean.value.is_some_and(|x| x.abs() < 5.0 * mean.std_error.unwrap_or(0.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run(
    experiment: &Experiment,
    engine: &mut dyn Engine,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Results, EngineError> {
    let plan = Plan::new(experiment);
    let provenance = Provenance::now(experiment, Vec::new());
    let started = Instant::now();
    let tally = engine.run(&plan, &plan.blocks(), progress)?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Results::new(experiment, tally, engine.device(), seconds, provenance))
}

/// Moves the walkers of `blocks`. A device that is lost after some of them were finished is reported in
/// [`Simulation::interrupted`].
///
/// # Errors
/// [`EngineError`] where no block was finished.
pub fn simulate(
    plan: &Plan,
    blocks: &[Block],
    engine: &mut dyn Engine,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Simulation, EngineError> {
    let started = Instant::now();
    let (tally, interrupted) = match engine.run(plan, blocks, progress) {
        Ok(tally) => (tally, None),
        Err(EngineError::DeviceLost { message, finished }) if !finished.blocks.is_empty() => (*finished, Some(message)),
        Err(error) => return Err(error),
    };
    Ok(Simulation { tally, device: engine.device(), seconds: started.elapsed().as_secs_f64(), interrupted })
}

impl Results {
    /// Analyses a tally and holds it against theory.
    pub fn new(experiment: &Experiment, tally: Tally, device: Device, seconds: f64, provenance: Provenance) -> Self {
        let plan = Plan::new(experiment);
        let all = plan.blocks();
        let of_cell: Vec<Vec<&BlockTally>> =
            (0..experiment.cells.len()).map(|k| tally.cell(k as u32).collect()).collect();
        // Cells are independent: their analysis and their predictions are worked out side by side.
        let work = |(cell, blocks): (&Cell, &Vec<&BlockTally>)| {
            let mut estimates = analysis::estimates(&cell.setup, blocks);
            estimates.extend(distance_from_law(&cell.setup, blocks).map(|found| ("ks_distance".to_owned(), found)));
            (estimates, theory::predict(&cell.setup))
        };
        let (estimates, predictions): (Vec<Estimates>, Vec<_>) =
            experiment.cells.par_iter().zip(&of_cell).map(work).unzip();
        let fits = analysis::fits(experiment, &estimates);
        let is_estimated = |name: &String| {
            estimates.iter().any(|cell| cell.contains_key(name)) || fits.iter().any(|fit| fit.name == *name)
        };
        let not_estimated: Vec<Warning> = experiment
            .expect
            .keys()
            .filter(|name| !is_estimated(name))
            .map(|name| Warning::NotEstimated { name: name.clone() })
            .collect();

        let compared: Vec<_> = experiment
            .cells
            .iter()
            .zip(estimates)
            .zip(predictions.iter().zip(&expectations(experiment)))
            .map(|((cell, estimates), (predictions, expected))| {
                compare_cell(experiment, &cell.setup, estimates, predictions, expected)
            })
            .collect();
        let fit_results = fits.iter().map(|fit| compare_fit(experiment, &compared, fit.clone())).collect();
        let cells = experiment.cells.iter().zip(&of_cell).zip(compared);
        let cells = cells
            .map(|((cell, blocks), estimates)| CellResult {
                parameters: parameters(cell),
                time_per_step: cell.setup.time_per_step(),
                lost: Lost {
                    count: blocks.iter().map(|b| b.lost.count).sum(),
                    first_step: blocks.iter().filter_map(|b| b.lost.first_step).min(),
                },
                estimates,
            })
            .collect();

        let planned: Vec<usize> =
            (0..experiment.cells.len()).map(|k| all.iter().filter(|b| b.id.cell as usize == k).count()).collect();
        let finished: Vec<Block> = all.into_iter().filter(|b| tally.blocks.contains_key(&b.id)).collect();
        let document = Document {
            format: Document::format(),
            title: experiment.title.clone(),
            seed: experiment.seed,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            device,
            seconds,
            provenance,
            walker_steps: walker_steps(&plan, &finished, &tally),
            cells,
            fits: fit_results,
        };
        let mut warnings = Warning::after(experiment, &tally, &planned);
        warnings.extend(not_estimated);
        Self { experiment: experiment.clone(), tally, document, fits, warnings }
    }

    /// The blocks of one cell, in order.
    pub(super) fn blocks(&self, cell: usize) -> Vec<&BlockTally> {
        self.tally.cell(cell as u32).collect()
    }
}

/// Updates of all walkers in the finished blocks; those of rare passages counted theirs.
fn walker_steps(plan: &Plan, finished: &[Block], tally: &Tally) -> u64 {
    let counted = |block: &Block| tally.blocks.get(&block.id)?.rare.as_ref().map(|rare| rare.walker_steps);
    let of_block = |block: &Block| counted(block).unwrap_or_else(|| plan.walker_steps(std::slice::from_ref(block)));
    finished.iter().map(of_block).sum()
}

/// How far the counts of the first histogram that can be held against an exact law are from it.
fn distance_from_law(setup: &Setup, blocks: &[&BlockTally]) -> Option<Estimate> {
    let (place, i) = theory::tested_histogram(setup)?;
    let edges = setup.measure.histogram.get(place)?.axes().first()?.edges();
    let shares = theory::bin_shares(setup, i, &edges)?;
    let counts: Vec<_> = blocks.iter().filter_map(|block| block.histograms.get(place)).collect();
    (!counts.is_empty()).then(|| analysis::ks_distance(&counts, &shares))
}

/// The swept keys of a cell with their values.
fn parameters(cell: &Cell) -> std::collections::BTreeMap<String, serde_json::Value> {
    let value = |v: &toml::Value| serde_json::to_value(v).unwrap_or_default();
    cell.parameters.iter().map(|(key, v)| (key.clone(), value(v))).collect()
}
