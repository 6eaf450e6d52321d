//! The tally: per block of walkers, mergeable sufficient statistics.
//!
//! A [`Tally`] is a map from block to counts and sums. Merging is the union of maps, so the order in
//! which blocks were run, and by whom, leaves no trace; every number is reduced from the blocks in
//! block order, once.

mod current;
mod file;
mod histogram;
mod moments;
mod passage;
mod products;
mod quantiles;
mod rare;
mod series;
mod sums;

pub use current::CurrentGrid;
pub use file::{TallyFile, TallyFileError};
pub use histogram::HistogramCounts;
pub use moments::{CurrentSums, MomentLayout, Moments, RelationSums};
pub use passage::{LogBins, Passages};
pub use products::Products;
pub use quantiles::{BinCounts, LogLinearBins};
pub use rare::RarePassages;
pub use series::{SeriesLayout, SeriesPoint};
pub use sums::{Sums, WINDOW_SUMS, lag_sums};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A block: a run of walkers of one cell, all their steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockId {
    /// Place of the cell in the sweep.
    pub cell: u32,
    /// Place of the block in the cell.
    pub block: u32,
}

/// What was counted and summed over the walkers of one block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BlockTally {
    /// Walkers in the block.
    pub walkers: u64,
    /// Walkers that left the numbers.
    pub lost: Lost,
    /// Sums over measured states.
    pub moments: Moments,
    /// One for each histogram of the experiment, in its order.
    pub histograms: Vec<HistogramCounts>,
    /// First passages, where they are measured.
    pub passages: Option<Passages>,
    /// One for each point of the time series, in time order.
    pub series: Vec<SeriesPoint>,
    /// [`WINDOW_SUMS`] of windows of every length, then of the half-running averages.
    pub windows: Vec<Sums>,
    /// [`lag_sums`] of pairs of states at every lag.
    pub correlations: Vec<Sums>,
    /// The repetition of a rare passage, where one is looked for.
    pub rare: Option<RarePassages>,
    /// The current on a grid, where it is measured.
    pub current: Option<CurrentGrid>,
}

/// Walkers that became non-finite or went beyond the bounds; they are frozen there and no longer
/// measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// How many.
    pub count: u64,
    /// The update (from 1, burn-in included) after which the first was lost.
    pub first_step: Option<u32>,
}

/// Statistics of every finished block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The blocks.
    pub blocks: BTreeMap<BlockId, BlockTally>,
}

/// Two tallies hold the same block with different contents.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("block {} of cell {} was run twice with different results", .0.block, .0.cell)]
pub struct UnequalBlocks(pub BlockId);

impl Tally {
    /// The union with `other`; equal duplicates drop.
    ///
    /// # Errors
    /// Where a block is in both with different contents.
    pub fn merge(&mut self, other: Self) -> Result<(), UnequalBlocks> {
        for (id, block) in other.blocks {
            match self.blocks.entry(id) {
                Entry::Vacant(entry) => {
                    entry.insert(block);
                }
                Entry::Occupied(entry) if *entry.get() == block => {}
                Entry::Occupied(_) => return Err(UnequalBlocks(id)),
            }
        }
        Ok(())
    }

    /// The blocks of one cell, in order.
    pub fn cell(&self, cell: u32) -> impl Iterator<Item = &BlockTally> {
        let first = BlockId { cell, block: 0 };
        let last = BlockId { cell, block: u32::MAX };
        self.blocks.range(first..=last).map(|(_, block)| block)
    }
}

impl Lost {
    /// Adds walkers lost elsewhere in the block.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.first_step = match (self.first_step, other.first_step) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

impl BlockTally {
    /// Adds the statistics of further walkers of the same block. Floating-point sums depend on the
    /// order of addition, so an engine adds the parts of a block in the order of their walkers.
    pub fn add(&mut self, other: &Self) {
        self.walkers += other.walkers;
        self.lost.add(other.lost);
        self.moments.add(&other.moments);
        for (mine, theirs) in self.histograms.iter_mut().zip(&other.histograms) {
            mine.add(theirs);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.passages, &other.passages) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.series.iter_mut().zip(&other.series) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.windows.iter_mut().zip(&other.windows) {
            mine.add(theirs);
        }
        for (mine, theirs) in self.correlations.iter_mut().zip(&other.correlations) {
            mine.add(theirs);
        }
        if let (Some(mine), Some(theirs)) = (&mut self.current, &other.current) {
            mine.add(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(cell: u32, block: u32, count: u64) -> Tally {
        let block_tally = BlockTally { walkers: count, ..BlockTally::default() };
        Tally { blocks: [(BlockId { cell, block }, block_tally)].into() }
    }

    #[test]
    fn merge_is_a_union_that_drops_equal_duplicates() {
        let mut a = tally(0, 0, 64);
        a.merge(tally(0, 1, 64)).expect("different blocks merge");
        a.merge(tally(0, 0, 64)).expect("equal duplicates drop");
        assert_eq!(a.blocks.len(), 2, "two different blocks");
    }

    #[test]
    fn merge_refuses_unequal_duplicates() {
        let mut a = tally(2, 5, 64);
        assert_eq!(a.merge(tally(2, 5, 63)), Err(UnequalBlocks(BlockId { cell: 2, block: 5 })));
    }
}
