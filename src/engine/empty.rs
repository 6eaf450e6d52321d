//! Statistics before anything is counted.

use crate::plan::Kernel;
use crate::tally::{BlockTally, CurrentGrid, HistogramCounts, Lost, Moments, Passages, SeriesPoint, Sums, WINDOW_SUMS};

/// The statistics of `walkers` walkers before their first step.
pub(super) fn empty(kernel: &Kernel, walkers: u32) -> BlockTally {
    BlockTally {
        walkers: u64::from(walkers),
        lost: Lost::default(),
        moments: Moments { sums: vec![0.0; kernel.moment_layout().len()], ..Moments::default() },
        histograms: kernel.histograms.iter().map(|h| HistogramCounts { bins: vec![0; h.bins()], outside: 0 }).collect(),
        passages: kernel.passage.map(|_| Passages::new(kernel.steps)),
        series: kernel.series.iter().flat_map(|s| s.steps.iter().map(|_| SeriesPoint::new(s.layout))).collect(),
        windows: vec![Sums::new(WINDOW_SUMS); kernel.relations.as_ref().map_or(0, |stage| stage.lengths().len())],
        correlations: (kernel.correlation.iter())
            .flat_map(|stage| vec![Sums::new(stage.sums()); stage.lags.len()])
            .collect(),
        rare: None,
        current: kernel
            .current
            .filter(|current| current.grid.is_some())
            .map(|current| CurrentGrid::new(current.bins())),
    }
}
