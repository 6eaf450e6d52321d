//! Ensemble sums at the points of the time series.

use super::sums::{Sum, count, measured, right};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};
use crate::plan::{CellPlan, Kernel, SeriesStage};
use crate::tally::{BlockTally, LogLinearBins, SeriesLayout};

/// Means, products and well populations along the run.
pub struct Series<R> {
    isa: Isa,
    stage: SeriesStage,
    reference: Vec<f64>,
    /// What makes numbers that are counted those in units of their typical sizes.
    units: Vec<f64>,
    saddle: Option<R>,
    /// Point that comes next.
    next: usize,
    /// Gradients at the state, and before the update that led to it.
    gradient: Vec<Row<R>>,
    /// One number of every walker.
    level: Row<R>,
    /// Coordinates of the measured walkers, of their positions or of the noise; 0 for others.
    measured: Vec<Row<f64>>,
}

impl<R: Real> Series<R> {
    pub fn new(isa: Isa, stage: &SeriesStage, kernel: &Kernel, cell: &CellPlan) -> Self {
        Self {
            isa,
            stage: stage.clone(),
            reference: cell.scales.reference.clone(),
            units: stage.layout.counted().map(|place| cell.scales.series_unit(place)).collect(),
            saddle: kernel.wells.then(|| R::from_f64(cell.record.saddle)),
            next: 0,
            gradient: rows(kernel.dimension),
            level: Row::new(R::default()),
            measured: rows(kernel.dimension),
        }
    }

    /// Whether measured step `n` is the point that comes next.
    pub fn is_due(&self, n: u32) -> bool {
        self.stage.steps.get(self.next) == Some(&n)
    }

    /// Whether the update that leads to a point needs the state before it.
    pub fn keeps_before(&self) -> bool {
        self.stage.layout.noise_covariance
    }

    /// Records the tile's states at the point that comes next. `tile.g` holds the stochastic gradients of the last
    /// update, `tile.before` the state that they were taken at.
    pub fn measure(&mut self, tile: &Tile<R>, landscape: &mut dyn Landscape<R>, blocks: &mut [BlockTally]) {
        let (layout, point) = (self.stage.layout, self.next);
        self.next += 1;
        for segment in &tile.segments {
            let point = &mut blocks[segment.block].series[point];
            point.count += count(tile, segment);
            point.right += right(tile, segment, self.saddle);
        }
        let mut sums = Sums { isa: self.isa, tile, layout, point, blocks };
        let d = layout.dimension();
        for i in 0..d {
            measured(tile, &tile.x[i], self.reference[i], &mut self.measured[i]);
            sums.add(layout.position(i), &self.measured[i]);
        }
        sums.add_products(d, &self.measured);
        if layout.log_distance {
            sums.add(layout.log_distance(), &log_length(tile, &self.measured));
        }
        for (i, unit) in self.units.iter().enumerate().take(d) {
            sums.count(i, *unit, &self.measured[i]);
        }
        landscape.loss(&tile.x, &mut self.level);
        measured(tile, &self.level, 0.0, &mut self.measured[0]);
        sums.add(layout.loss(), &self.measured[0]);
        if let Some(unit) = self.units.get(d) {
            sums.count(d, *unit, &self.measured[0]);
        }
        landscape.gradient(&tile.x, &mut self.gradient);
        self.find_norm();
        measured(tile, &self.level, 0.0, &mut self.measured[0]);
        sums.add(layout.gradient_norm_squared(), &self.measured[0]);
        if layout.noise_covariance {
            landscape.gradient(&tile.before, &mut self.gradient);
            for i in 0..d {
                for lane in 0..LANES {
                    self.level[lane] = tile.g[i][lane] - self.gradient[i][lane];
                }
                measured(tile, &self.level, 0.0, &mut self.measured[i]);
            }
            sums.add_products(layout.noise_product(0, 0), &self.measured);
        }
        if layout.own_rates {
            // What the rule remembers after its velocity.
            measured(tile, &tile.memory[d], -1.0, &mut self.measured[0]);
            sums.add(layout.rate(), &self.measured[0]);
        }
    }

    /// |g|² of every walker, as its level.
    fn find_norm(&mut self) {
        let (gradient, norm) = (&self.gradient, &mut self.level);
        self.isa.run(
            #[inline(always)]
            || {
                **norm = [R::default(); LANES];
                for g in gradient {
                    for lane in 0..LANES {
                        norm[lane] = g[lane].mul_add(g[lane], norm[lane]);
                    }
                }
            },
        );
    }

    /// To the first point after so many measured steps, for the next tile.
    pub fn rewind(&mut self, measured: u32) {
        self.next = self.stage.steps.partition_point(|step| *step <= measured);
    }
}

/// ln|v| of every measured walker, 0 for others; that of the least normal f32 at v = 0.
fn log_length<R: Real>(tile: &Tile<R>, v: &[Row<f64>]) -> Row<f64> {
    let mut logarithm = Row::new(0.0);
    for lane in (0..LANES).filter(|lane| tile.is_active(*lane)) {
        let squared: f64 = v.iter().map(|row| row[lane] * row[lane]).sum();
        logarithm[lane] = squared.sqrt().max(f64::from(f32::MIN_POSITIVE)).ln();
    }
    logarithm
}

/// The sums of a point, of all blocks that the tile has walkers of.
struct Sums<'a, R> {
    isa: Isa,
    tile: &'a Tile<R>,
    layout: SeriesLayout,
    point: usize,
    blocks: &'a mut [BlockTally],
}

impl<R: Real> Sums<'_, R> {
    fn add(&mut self, place: usize, row: &Row<f64>) {
        for segment in &self.tile.segments {
            let mut sum = Sum::default();
            sum.add(segment, row);
            self.blocks[segment.block].series[self.point].sums[place] += sum.total();
        }
    }

    /// Counts the walkers by bin of number `k`, in units of its typical size.
    fn count(&mut self, k: usize, unit: f64, row: &Row<f64>) {
        for segment in &self.tile.segments {
            let counts = &mut self.blocks[segment.block].series[self.point].counts[k];
            for lane in segment.lanes.clone().filter(|lane| self.tile.is_active(*lane)) {
                counts.count(LogLinearBins::index((row[lane] * unit) as f32), 1);
            }
        }
    }

    /// Adds the layout's products of coordinates, at places from `first` on.
    fn add_products(&mut self, first: usize, rows: &[Row<f64>]) {
        let (isa, tile, blocks) = (self.isa, self.tile, &mut *self.blocks);
        isa.run(
            #[inline(always)]
            || {
                for segment in &tile.segments {
                    let sums = &mut blocks[segment.block].series[self.point].sums[first..];
                    for ((i, j), total) in self.layout.products.pairs().zip(sums) {
                        let mut sum = Sum::default();
                        sum.add_products(segment, &rows[i], &rows[j]);
                        *total += sum.total();
                    }
                }
            },
        );
    }
}
