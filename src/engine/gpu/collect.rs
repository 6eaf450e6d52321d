//! From the words of tallies on the device to block tallies.

use super::batch::Part;
use super::shape::{Shape, TallyShape};
use crate::plan::{Block, CellPlan, Kernel, Plan};
use crate::tally::{BlockTally, HistogramCounts, Lost, Moments, Passages, SeriesPoint, Tally};

/// Statistics of blocks that are being run: integers throughout, so that their order leaves no trace.
pub struct Collector<'p> {
    plan: &'p Plan,
    blocks: &'p [Block],
    partial: Vec<Option<Partial>>,
}

/// Statistics of the finished parts of a block; its sums of moments and time series are in `sums`, all
/// else in `tally`.
struct Partial {
    tally: BlockTally,
    moments: Vec<i128>,
    series: Vec<Vec<i128>>,
    walkers_left: u32,
}

impl<'p> Collector<'p> {
    /// Nothing yet, of `blocks`.
    pub fn new(plan: &'p Plan, blocks: &'p [Block]) -> Self {
        Self { plan, blocks, partial: blocks.iter().map(|_| None).collect() }
    }

    /// Adds the drained tally of a batch; `finished` when its walkers have made their last step.
    pub fn add(&mut self, parts: &[Part], shape: &Shape, words: &[u32], finished: bool) {
        for (part, words) in parts.iter().zip(words.chunks_exact(shape.tally.words as usize)) {
            let block = self.blocks[part.block];
            let kernel = self.plan.kernel(part.cell);
            let partial = self.partial[part.block].get_or_insert_with(|| Partial::new(kernel, block.walkers));
            partial.add(kernel, &shape.tally, words);
            if finished {
                partial.walkers_left -= part.walkers;
            }
        }
    }

    /// The blocks that are finished.
    pub fn tally(self) -> Tally {
        let finished = self.partial.into_iter().zip(self.blocks).filter_map(|(partial, block)| {
            let partial = partial.filter(|p| p.walkers_left == 0)?;
            Some((block.id, partial.finish(self.plan.kernel(block.id.cell), &self.plan.cells[block.id.cell as usize])))
        });
        Tally { blocks: finished.collect() }
    }
}

impl Partial {
    fn new(kernel: &Kernel, walkers: u32) -> Self {
        let histogram = |bins| HistogramCounts { bins: vec![0; bins], outside: 0 };
        let points = kernel.series_points as usize;
        let sums = kernel.moment_layout().len();
        Self {
            tally: BlockTally {
                walkers: u64::from(walkers),
                moments: Moments { sums: vec![0.0; sums], ..Moments::default() },
                histograms: kernel.histograms.iter().map(|h| histogram(h.bins())).collect(),
                passages: kernel.passage.map(|_| Passages::new(kernel.steps)),
                series: vec![SeriesPoint { sums: vec![0.0; kernel.dimension + 1], ..SeriesPoint::default() }; points],
                ..BlockTally::default()
            },
            moments: vec![0; sums],
            series: vec![vec![0; kernel.dimension + 1]; points],
            walkers_left: walkers,
        }
    }

    fn add(&mut self, kernel: &Kernel, shape: &TallyShape, words: &[u32]) {
        let at = |place: u32| u64::from(words[place as usize]);
        let run = |place: u32, count: u32| &words[place as usize..(place + count) as usize];
        let tally = &mut self.tally;
        tally.moments.count += at(shape.counts);
        tally.moments.right += at(shape.counts + 1);
        tally.moments.overflows += at(shape.counts + 2);
        for (sum, words) in self.moments.iter_mut().zip(words.chunks_exact(3)) {
            *sum += wide(words);
        }
        let first_lost = words[shape.lost as usize + 1];
        tally.lost.add(Lost { count: at(shape.lost), first_step: (first_lost > 0).then(|| first_lost.wrapping_neg()) });
        let mut place = shape.bins;
        for histogram in &mut tally.histograms {
            add_counts(&mut histogram.bins, &words[place as usize..]);
            place += histogram.bins.len() as u32 + 1;
            histogram.outside += at(place - 1);
        }
        if let Some(passages) = &mut tally.passages {
            passages.count += at(shape.passages);
            passages.steps_at_risk += wide(run(shape.risk, 3)) as u64;
            add_counts(&mut passages.durations, run(shape.durations, shape.duration_bins));
            add_counts(&mut passages.censored, run(shape.censored, shape.duration_bins));
        }
        let point_words = TallyShape::point_words(kernel.dimension);
        let points = run(shape.series, point_words * kernel.series_points).chunks_exact(point_words as usize);
        for ((point, sums), words) in tally.series.iter_mut().zip(&mut self.series).zip(points) {
            point.count += u64::from(words[0]);
            point.right += u64::from(words[1]);
            point.overflows += u64::from(words[2]);
            for (sum, words) in sums.iter_mut().zip(words[3..].chunks_exact(3)) {
                *sum += wide(words);
            }
        }
    }

    /// Turns integer sums into numbers. Where values were too large the sums are void, and 0.
    fn finish(self, kernel: &Kernel, cell: &CellPlan) -> BlockTally {
        let layout = kernel.moment_layout();
        let value = |sum: i128, place: usize| sum as f64 * f64::from(-cell.scales.exponents[place]).exp2();
        let mut tally = self.tally;
        if tally.moments.overflows == 0 {
            tally.moments.sums = self.moments.iter().enumerate().map(|(k, sum)| value(*sum, k)).collect();
        }
        for (point, sums) in tally.series.iter_mut().zip(&self.series) {
            if point.overflows == 0 {
                for (i, (sum, fixed)) in point.sums.iter_mut().zip(sums).enumerate() {
                    let place = if i < layout.dimension { layout.position(i) } else { layout.loss() };
                    *sum = value(*fixed, place);
                }
            }
        }
        tally
    }
}

/// The 96-bit integer of three words, the lowest first, in two's complement.
fn wide(words: &[u32]) -> i128 {
    i128::from(words[0]) | i128::from(words[1]) << 32 | i128::from(words[2] as i32) << 64
}

fn add_counts(counts: &mut [u64], words: &[u32]) {
    for (count, word) in counts.iter_mut().zip(words) {
        *count += u64::from(*word);
    }
}

#[cfg(test)]
mod tests {
    use super::wide;

    #[test]
    fn wide_integers_have_a_sign() {
        assert_eq!(wide(&[7, 0, 0]), 7);
        assert_eq!(wide(&[0, 1, 2]), (1 << 32) + (2 << 64));
        assert_eq!(wide(&[u32::MAX; 3]), -1);
        assert_eq!(wide(&[0, 0, u32::MAX]), -(1 << 64));
    }
}
