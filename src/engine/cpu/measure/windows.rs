//! Averages of the first relation over windows of time, walker by walker.

use super::relations::FirstRelation;
use super::sums::{Sum, count, measured};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};
use crate::plan::RelationStage;
use crate::tally::BlockTally;

/// Sums of every walker, and what they are averaged over.
pub struct Windows<R> {
    isa: Isa,
    stretch: u32,
    lengths: Vec<u32>,
    half_running: Vec<(u32, u32)>,
    /// One over the steps of every row.
    per_step: Vec<R>,
    /// Of the stretch.
    recent: Sides<R>,
    /// Of the windows of every length, then of the half-running average.
    open: Vec<Sides<R>>,
    right: Row<f64>,
    mismatch: Row<f64>,
}

/// Sums of a relation's left minus right side, which telescope and so stay small, and of its right side.
struct Sides<R> {
    mismatch: Row<R>,
    right: Row<R>,
}

impl<R: Real> Sides<R> {
    fn new() -> Self {
        Self { mismatch: Row::new(R::default()), right: Row::new(R::default()) }
    }

    fn clear(&mut self) {
        *self.mismatch = [R::default(); LANES];
        *self.right = [R::default(); LANES];
    }

    #[inline(always)]
    fn add(&mut self, other: &Self) {
        for lane in 0..LANES {
            self.mismatch[lane] = self.mismatch[lane] + other.mismatch[lane];
            self.right[lane] = self.right[lane] + other.right[lane];
        }
    }
}

impl<R: Real> Windows<R> {
    pub fn new(isa: Isa, stage: &RelationStage, per_step: &[f64]) -> Self {
        Self {
            isa,
            stretch: stage.stretch,
            lengths: stage.windows.clone(),
            half_running: stage.half_running.clone(),
            per_step: per_step.iter().map(|x| R::from_f64(*x)).collect(),
            recent: Sides::new(),
            open: (0..=stage.windows.len()).map(|_| Sides::new()).collect(),
            right: Row::new(0.0),
            mismatch: Row::new(0.0),
        }
    }

    /// Ready for the next tile.
    pub fn begin(&mut self) {
        self.recent.clear();
        self.open.iter_mut().for_each(Sides::clear);
    }

    /// Adds both sides of measured update `n`.
    pub fn add(
        &mut self,
        n: u32,
        relation: &FirstRelation<R>,
        rate_factor: R,
        tile: &Tile<R>,
        blocks: &mut [BlockTally],
    ) {
        let Sides { mismatch, right: sum } = &mut self.recent;
        self.isa.run(
            #[inline(always)]
            || {
                relation.terms(rate_factor, tile, |_, lane, left, right| {
                    let right = right[0] * right[1];
                    mismatch[lane] = mismatch[lane] + left[0].mul_add(left[1], right.negative());
                    sum[lane] = sum[lane] + right;
                });
            },
        );
        if n.is_multiple_of(self.stretch) {
            self.hand_on(n, tile, blocks);
        }
    }

    /// Adds the stretch that ends with measured update `n` to the windows, and closes those that end there.
    fn hand_on(&mut self, n: u32, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        self.open.iter_mut().for_each(|sides| sides.add(&self.recent));
        self.recent.clear();
        for window in 0..self.lengths.len() {
            if n.is_multiple_of(self.lengths[window]) {
                self.close(window, window, tile, blocks);
            }
        }
        let windows = self.lengths.len();
        // The earlier first: one may end where the next begins.
        for place in (0..self.half_running.len()).rev() {
            let (half, end) = self.half_running[place];
            if n == end {
                self.close(windows, windows + place, tile, blocks);
            } else if n == half {
                self.open[windows].clear();
            }
        }
    }

    /// Adds the averages of an open window to `row` of the tally, and begins the next.
    fn close(&mut self, window: usize, row: usize, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        let sides = &mut self.open[window];
        let (right, mismatch) = (&mut self.right, &mut self.mismatch);
        let per_step = self.per_step[row];
        self.isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    sides.mismatch[lane] = sides.mismatch[lane] * per_step;
                    sides.right[lane] = sides.right[lane] * per_step;
                }
                measured(tile, &sides.right, 0.0, right);
                measured(tile, &sides.mismatch, 0.0, mismatch);
                for segment in &tile.segments {
                    let sums = &mut blocks[segment.block].windows[row];
                    sums.count += count(tile, segment);
                    let mut of = [Sum::default(); 5];
                    of[0].add(segment, right);
                    of[1].add_products(segment, right, right);
                    of[2].add(segment, mismatch);
                    of[3].add_products(segment, mismatch, mismatch);
                    of[4].add_products(segment, mismatch, right);
                    for (total, sum) in sums.sums.iter_mut().zip(of) {
                        *total += sum.total();
                    }
                }
            },
        );
        sides.clear();
    }
}
