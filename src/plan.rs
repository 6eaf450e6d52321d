//! The plan: cells × walkers × steps, with parameter records, random streams and blocks.
//!
//! An engine is given a [`Plan`] and nothing else. A [`Kernel`] is the shape that cells share (which
//! stages, how many dimensions, how many steps); a [`CellPlan`] holds a cell's numbers.

mod amplitude;
mod blocks;
mod correlation;
mod current;
mod dynamics;
mod kernel;
mod landscape;
mod motion;
mod noise;
mod observable;
mod passage;
mod rare;
mod record;
mod relations;
mod samples;
mod scale;
mod series;
mod update_sizes;

pub use blocks::{Block, block_size};
pub use correlation::CorrelationStage;
pub use current::{CurrentStage, EntropyStage};
pub use dynamics::{DynamicsStage, SNAPSHOTS};
pub use kernel::{DistributionStage, HistogramStage, Kernel, StartStage, moment_layout};
pub use landscape::LandscapeStage;
pub use noise::{NoiseStage, SampleTerms};
pub use observable::ObservableStage;
pub use passage::{ConditionStage, PassageStage, steps_to_gathering};
pub use rare::{AlongStage, RarePlan};
pub use record::Record;
pub use relations::RelationStage;
pub(crate) use scale::RESOLUTION_BITS;
pub use scale::Scales;
pub use series::{SeriesStage, series_layout};

use crate::experiment::{Experiment, Precision, Schedule};
use std::ops::Range;
use std::sync::Arc;

/// Everything an engine needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Key of the random number generator.
    pub seed: u64,
    /// Floating-point type of the walk.
    pub precision: Precision,
    /// The kernels, each shared by one cell or more.
    pub kernels: Vec<Kernel>,
    /// Samples that batches are drawn from, as [`Kernel::samples`] says, each with its numbers one after another:
    /// g_i, then H_i row by row (`finite-sum`); w, then y (`least-squares`).
    pub samples: Vec<Arc<[f64]>>,
    /// The cells, in the order of the sweep.
    pub cells: Vec<CellPlan>,
}

/// The numbers of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellPlan {
    /// Place of its kernel in [`Plan::kernels`].
    pub kernel: usize,
    /// Number of walkers; of each repetition, where a rare passage is looked for.
    pub walkers: u64,
    /// Parameters of its stages.
    pub record: Record,
    /// What multiplies the learning rate from step to step, where its kernel is scheduled.
    pub schedule: Schedule,
    /// Reference point and fixed-point scales of its sums.
    pub scales: Scales,
    /// How the way to a rare passage is split, where one is looked for.
    pub rare: Option<RarePlan>,
}

impl Plan {
    /// Plans an experiment.
    pub fn new(experiment: &Experiment) -> Self {
        let mut kernels: Vec<Kernel> = Vec::new();
        let mut samples: Vec<Arc<[f64]>> = Vec::new();
        let cells = experiment.cells.iter().map(|cell| {
            let of_cell = samples::samples(&cell.setup).map(|found| samples::place(found, &mut samples));
            let kernel = Kernel::new(&cell.setup, experiment.random, of_cell);
            let place = kernels.iter().position(|k| *k == kernel).unwrap_or_else(|| {
                kernels.push(kernel);
                kernels.len() - 1
            });
            CellPlan {
                kernel: place,
                walkers: cell.setup.ensemble.walkers,
                record: Record::new(&cell.setup),
                schedule: cell.setup.dynamics.schedule(),
                scales: Scales::new(&cell.setup),
                rare: RarePlan::of(&cell.setup, experiment.precision),
            }
        });
        let cells = cells.collect();
        Self { seed: experiment.seed, precision: experiment.precision, kernels, samples, cells }
    }

    /// The kernel of a cell.
    pub fn kernel(&self, cell: u32) -> &Kernel {
        &self.kernels[self.cells[cell as usize].kernel]
    }

    /// The list of (cell, block), in order: what shards are ranges of.
    pub fn blocks(&self) -> Vec<Block> {
        let cells = self.cells.iter().enumerate();
        let of_cell = |(cell, plan): (usize, &CellPlan)| match &plan.rare {
            Some(rare) => blocks::repetitions(cell as u32, plan.walkers as u32, rare.repetitions).collect(),
            None => blocks::of_cell(cell as u32, plan.walkers).collect::<Vec<_>>(),
        };
        cells.flat_map(of_cell).collect()
    }

    /// The blocks of shard `index` of `count`: a contiguous range of [`Plan::blocks`].
    ///
    /// # Panics
    /// Where `index` is not below `count`.
    pub fn shard(&self, index: u64, count: u64) -> Range<usize> {
        assert!(index < count, "shard {index} of {count}");
        let blocks = self.blocks().len() as u128;
        let edge = |k: u64| (blocks * u128::from(k) / u128::from(count)) as usize;
        edge(index)..edge(index + 1)
    }

    /// Updates of all walkers in `blocks`.
    pub fn walker_steps(&self, blocks: &[Block]) -> u64 {
        blocks.iter().map(|b| u64::from(b.walkers) * u64::from(self.kernel(b.id.cell).total_steps())).sum()
    }
}

#[cfg(test)]
mod tests;
