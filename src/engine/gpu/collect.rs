//! From the words of tallies on the device to block tallies.

use super::batch::Part;
use super::series;
use super::shape::{GRID_WORDS, Shape, TallyShape};
use crate::engine::empty;
use crate::plan::{Block, CellPlan, Kernel, Plan};
use crate::tally::{BlockTally, LogLinearBins, Lost, Tally};
use std::iter::repeat;

/// Statistics of blocks that are being run: integers throughout, so that their order leaves no trace.
pub struct Collector<'p> {
    plan: &'p Plan,
    blocks: &'p [Block],
    partial: Vec<Option<Partial>>,
}

/// Statistics of the finished parts of a block; its sums are integers here, all else is in `tally`.
struct Partial {
    tally: BlockTally,
    moments: Vec<i128>,
    series: Vec<Vec<i128>>,
    /// Of windows, then of lags.
    rows: Vec<Vec<i128>>,
    grid: Vec<[i128; 2]>,
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
            let kernel = self.plan.kernel(block.id.cell);
            Some((block.id, partial.finish(kernel, &self.plan.cells[block.id.cell as usize])))
        });
        Tally { blocks: finished.collect() }
    }
}

impl Partial {
    fn new(kernel: &Kernel, walkers: u32) -> Self {
        let tally = empty(kernel, walkers);
        let grid = tally.current.as_ref().map_or(0, |grid| grid.count.len());
        Self {
            moments: vec![0; tally.moments.sums.len()],
            series: tally.series.iter().map(|point| vec![0; point.sums.len()]).collect(),
            rows: tally.windows.iter().chain(&tally.correlations).map(|row| vec![0; row.sums.len()]).collect(),
            grid: vec![[0; 2]; grid],
            tally,
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
        self.add_updates(shape, words);
        let tally = &mut self.tally;
        let Some(stage) = &kernel.series else { return };
        let point_words = series::point_words(stage.layout);
        let points = run(shape.series, point_words * stage.steps.len() as u32).chunks_exact(point_words as usize);
        let counts =
            run(shape.quantiles, series::count_words(stage) as u32).chunks_exact(LogLinearBins::COUNT as usize);
        for (counts, words) in tally.series.iter_mut().flat_map(|point| &mut point.counts).zip(counts) {
            for (bin, word) in (0..).zip(words).filter(|(_, word)| **word > 0) {
                counts.count(bin, u64::from(*word));
            }
        }
        for ((point, sums), words) in tally.series.iter_mut().zip(&mut self.series).zip(points) {
            point.count += u64::from(words[0]);
            point.right += u64::from(words[1]);
            point.overflows += u64::from(words[2]);
            for (sum, words) in sums.iter_mut().zip(words[3..].chunks_exact(3)) {
                *sum += wide(words);
            }
        }
    }

    /// Adds rows of sums, and the current on a grid.
    fn add_updates(&mut self, shape: &TallyShape, words: &[u32]) {
        let mut items = words[shape.rows as usize..].chunks_exact(3).map(wide);
        let rows = self.tally.windows.iter_mut().chain(&mut self.tally.correlations);
        for (sums, fixed) in rows.zip(&mut self.rows) {
            sums.count += items.next().unwrap_or(0) as u64;
            sums.overflows += items.next().unwrap_or(0) as u64;
            for (sum, item) in fixed.iter_mut().zip(&mut items) {
                *sum += item;
            }
        }
        let Some(grid) = &mut self.tally.current else { return };
        let bins = words[shape.grid as usize..].chunks_exact(GRID_WORDS as usize);
        for ((count, sums), words) in grid.count.iter_mut().zip(&mut self.grid).zip(bins) {
            *count += u64::from(words[0]);
            sums[0] += wide(&words[1..4]);
            sums[1] += wide(&words[4..7]);
        }
        grid.overflows += u64::from(words[shape.grid as usize + GRID_WORDS as usize * grid.count.len()]);
    }

    /// Turns integer sums into numbers. Where values were too large the sums are void, and 0, but for those of logarithms
    /// and factors, which never are.
    fn finish(self, kernel: &Kernel, cell: &CellPlan) -> BlockTally {
        let value = |(sum, exponent): (&i128, &i32)| *sum as f64 * f64::from(-*exponent).exp2();
        let mut tally = self.tally;
        if tally.moments.overflows == 0 {
            tally.moments.sums = self.moments.iter().zip(&cell.scales.exponents).map(value).collect();
        }
        for (point, sums) in tally.series.iter_mut().zip(&self.series) {
            let sound = match (point.overflows, &kernel.series) {
                (1.., Some(stage)) => stage.layout.log_distance(),
                _ => 0,
            };
            let scaled = sums.iter().zip(&cell.scales.series).map(value);
            point.sums.iter_mut().zip(scaled).skip(sound).for_each(|(sum, scaled)| *sum = scaled);
        }
        let signals = &cell.scales.signals;
        let of_lag = [signals, signals, &cell.scales.products_of_signals].map(|exponents| &exponents[..]).concat();
        let exponents = cell.scales.windows.iter().map(|row| &row[..]).chain(repeat(&of_lag[..]));
        let rows = tally.windows.iter_mut().chain(&mut tally.correlations);
        for ((sums, fixed), exponents) in rows.zip(&self.rows).zip(exponents) {
            if sums.overflows == 0 {
                sums.sums = fixed.iter().zip(exponents).map(value).collect();
            }
        }
        if let Some(grid) = tally.current.as_mut().filter(|grid| grid.overflows == 0) {
            for (bin, sums) in self.grid.iter().enumerate() {
                [grid.first[bin], grid.second[bin]] =
                    sums.each_ref().map(|sum| value((sum, &cell.scales.displacement)));
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
