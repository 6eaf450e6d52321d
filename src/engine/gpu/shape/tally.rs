//! Places of numbers in the tally of a part.

use super::Places;
use crate::engine::gpu::series;
use crate::plan::{CorrelationStage, Kernel};
use crate::tally::{LogBins, WINDOW_SUMS};

/// Items of a row of sums over windows: windows, those too large, and the sums.
pub const WINDOW_ITEMS: u32 = 2 + WINDOW_SUMS as u32;

/// Items of the row of sums of a lag: pairs, those too large, and the sums.
pub fn lag_items(stage: &CorrelationStage) -> u32 {
    2 + stage.sums() as u32
}

/// Words of a bin of the current's grid.
pub const GRID_WORDS: u32 = 7;

/// Places of numbers in the tally of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct TallyShape {
    /// Number of sums of moments, 96 bits each, that come first.
    pub sums: u32,
    /// Measured states, those in the right well, values too large, nothing.
    pub counts: u32,
    /// Lost walkers, and 2³² minus the first lost step.
    pub lost: u32,
    /// Passages.
    pub passages: u32,
    /// Steps at risk, 96 bits.
    pub risk: u32,
    /// Points of the time series: three counts and 96 bits of every sum each.
    pub series: u32,
    /// Counts by bin of every number of every point whose quantiles are asked for.
    pub quantiles: u32,
    /// Items of rows of sums, 96 bits each.
    pub rows: u32,
    /// Bins of the current's grid: updates and 96 bits of both sums each; then displacements too large.
    pub grid: u32,
    /// Bins of the histograms, each followed by the states outside.
    pub bins: u32,
    /// Number of those.
    pub bin_count: u32,
    /// Durations of episodes that ended with a passage, by bin.
    pub durations: u32,
    /// Durations of those that did not.
    pub censored: u32,
    /// Number of bins of either.
    pub duration_bins: u32,
    /// Words of a tally.
    pub words: u32,
}

impl TallyShape {
    pub(super) fn new(kernel: &Kernel, sums: usize, row_items: u32) -> Self {
        let duration_bins = if kernel.passage.is_some() { LogBins::count(kernel.steps) } else { 0 };
        let bin_count: usize = kernel.histograms.iter().map(|h| h.bins() + 1).sum();
        let mut places = Places(0);
        let _ = places.take(3 * sums);
        let mut shape = Self {
            sums: sums as u32,
            counts: places.take(4),
            lost: places.take(2),
            passages: places.take(1),
            risk: places.take(3),
            series: places
                .take(kernel.series.as_ref().map_or(0, |s| s.steps.len() * series::point_words(s.layout) as usize)),
            quantiles: places.take(kernel.series.as_ref().map_or(0, series::count_words)),
            rows: places.take(3 * row_items as usize),
            grid: places.take(grid_words(kernel) as usize),
            bins: places.take(bin_count),
            bin_count: bin_count as u32,
            durations: places.take(duration_bins),
            censored: places.take(duration_bins),
            duration_bins: duration_bins as u32,
            words: 0,
        };
        shape.words = places.0;
        shape
    }
}

/// Words of the current's grid.
fn grid_words(kernel: &Kernel) -> u32 {
    match kernel.current {
        Some(current) if current.grid.is_some() => GRID_WORDS * current.bins() as u32 + 1,
        _ => 0,
    }
}
