//! Ensemble sums at the points of the time series.

use super::sums::{Sum, count, measured, right};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{Row, Segment, Tile};
use crate::plan::{CellPlan, Kernel};
use crate::tally::BlockTally;

/// Means and well populations along the run.
pub struct Series<R> {
    isa: Isa,
    reference: Vec<f64>,
    saddle: Option<R>,
    loss: Row<R>,
    /// The loss or a coordinate of the measured walkers.
    measured: Row<f64>,
    /// Point that comes next, and the measured step that it is at.
    next: (u32, u32),
}

impl<R: Real> Series<R> {
    pub fn new(isa: Isa, kernel: &Kernel, cell: &CellPlan) -> Self {
        Self {
            isa,
            reference: cell.scales.reference.clone(),
            saddle: kernel.wells.then(|| R::from_f64(cell.record.saddle)),
            loss: Row::new(R::default()),
            measured: Row::new(0.0),
            next: (0, kernel.series_step(0)),
        }
    }

    /// Records the tile's states if measured step `n` is a point of the series.
    pub fn measure(
        &mut self,
        n: u32,
        kernel: &Kernel,
        tile: &Tile<R>,
        landscape: &mut dyn Landscape<R>,
        blocks: &mut [BlockTally],
    ) {
        let (point, step) = self.next;
        if n != step {
            return;
        }
        landscape.loss(&tile.x, &mut self.loss);
        let (reference, saddle, loss, v) = (&self.reference, self.saddle, &self.loss, &mut self.measured);
        self.isa.run(
            #[inline(always)]
            || {
                for segment in &tile.segments {
                    let point = &mut blocks[segment.block].series[point as usize];
                    point.count += count(tile, segment);
                    point.right += right(tile, segment, saddle);
                }
                measured(tile, loss, 0.0, v);
                for segment in &tile.segments {
                    blocks[segment.block].series[point as usize].sums[reference.len()] += total(segment, v);
                }
                for (i, (x, c)) in tile.x.iter().zip(reference).enumerate() {
                    measured(tile, x, *c, v);
                    for segment in &tile.segments {
                        blocks[segment.block].series[point as usize].sums[i] += total(segment, v);
                    }
                }
            },
        );
        self.next = (point + 1, if point + 1 < kernel.series_points { kernel.series_step(point + 1) } else { 0 });
    }

    /// Back to the first point, for the next tile.
    pub fn rewind(&mut self, kernel: &Kernel) {
        self.next = (0, kernel.series_step(0));
    }
}

#[inline(always)]
fn total(segment: &Segment, row: &Row<f64>) -> f64 {
    let mut sum = Sum::default();
    sum.add(segment, row);
    sum.total()
}
