//! Means, products, loss and squared gradients.

use super::sum;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};
use crate::plan::{CellPlan, Kernel};
use crate::tally::{BlockTally, MomentLayout};

/// Sums over measured states.
pub struct Moments<R> {
    isa: Isa,
    layout: MomentLayout,
    reference: Vec<f64>,
    saddle: Option<R>,
    /// Positions from the reference point, 0 for walkers that are not measured.
    from_reference: Vec<Row<f64>>,
    loss: Row<R>,
    norm: Row<R>,
}

impl<R: Real> Moments<R> {
    pub fn new(isa: Isa, kernel: &Kernel, cell: &CellPlan) -> Self {
        Self {
            isa,
            layout: kernel.moment_layout(),
            reference: cell.scales.reference.clone(),
            saddle: kernel.wells.then(|| R::from_f64(cell.record.saddle)),
            from_reference: rows(kernel.dimension),
            loss: Row::new(R::default()),
            norm: Row::new(R::default()),
        }
    }

    /// Adds the tile's states to the sums of its blocks. `tile.g` holds the stochastic gradients of the
    /// last update, and the true ones afterwards.
    pub fn measure(&mut self, tile: &mut Tile<R>, landscape: &dyn Landscape<R>, blocks: &mut [BlockTally]) {
        if let Some(place) = self.layout.stochastic_gradient_norm_squared() {
            self.add_norm(tile, place, blocks);
        }
        landscape.gradient(&tile.x, &mut tile.g);
        self.add_norm(tile, self.layout.gradient_norm_squared(), blocks);
        landscape.loss(&tile.x, &mut self.loss);
        self.add_positions(tile, blocks);
    }

    /// Adds Σ|g|² at `place`.
    fn add_norm(&mut self, tile: &Tile<R>, place: usize, blocks: &mut [BlockTally]) {
        let norm = &mut self.norm;
        self.isa.run(
            #[inline(always)]
            || {
                **norm = [R::default(); LANES];
                for g in &tile.g {
                    for lane in 0..LANES {
                        norm[lane] = g[lane].mul_add(g[lane], norm[lane]);
                    }
                }
                for segment in &tile.segments {
                    let sums = &mut blocks[segment.block].moments.sums;
                    sums[place] += sum(segment, |lane| tile.if_active(lane, norm[lane].to_f64()));
                }
            },
        );
    }

    fn add_positions(&mut self, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        let (layout, v, loss) = (self.layout, &mut self.from_reference, &self.loss);
        let (reference, saddle) = (&self.reference, self.saddle);
        self.isa.run(
            #[inline(always)]
            || {
                for ((v, x), c) in v.iter_mut().zip(&tile.x).zip(reference) {
                    for lane in 0..LANES {
                        v[lane] = tile.if_active(lane, x[lane].to_f64() - c);
                    }
                }
                for segment in &tile.segments {
                    let moments = &mut blocks[segment.block].moments;
                    moments.count += sum(segment, |lane| tile.active[lane].to_f64()) as u64;
                    if let Some(saddle) = saddle {
                        moments.right += right(tile, segment, saddle);
                    }
                    for i in 0..layout.dimension {
                        moments.sums[layout.position(i)] += sum(segment, |lane| v[i][lane]);
                        for j in i..layout.dimension {
                            moments.sums[layout.product(i, j)] += sum(segment, |lane| v[i][lane] * v[j][lane]);
                        }
                    }
                    moments.sums[layout.loss()] += sum(segment, |lane| tile.if_active(lane, loss[lane].to_f64()));
                }
            },
        );
    }
}

/// Number of measured walkers of a segment with x_0 above the saddle.
#[inline(always)]
pub fn right<R: Real>(tile: &Tile<R>, segment: &crate::engine::cpu::tile::Segment, saddle: R) -> u64 {
    let zero = R::default();
    let x0 = &tile.x[0];
    sum(segment, |lane| if x0[lane] > saddle { tile.active[lane] } else { zero }.to_f64()) as u64
}
