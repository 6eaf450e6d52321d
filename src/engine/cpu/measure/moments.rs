//! Means, products, loss and squared gradients.

use super::sums::{Sum, count, measured, right};
use super::weights::Weights;
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
    /// Sums of the tile's segments so far, those of a segment in the order of the layout.
    sums: Vec<Sum>,
    /// Positions from the reference point, 0 for walkers that are not measured.
    from_reference: Vec<Row<f64>>,
    /// The weights of states, where they have any.
    weights: Option<Weights<R>>,
    /// Loss or squared gradient of every walker, and of the measured ones.
    level: Row<R>,
    measured: Row<f64>,
}

impl<R: Real> Moments<R> {
    pub fn new(isa: Isa, kernel: &Kernel, cell: &CellPlan) -> Self {
        Self {
            isa,
            layout: kernel.moment_layout(),
            reference: cell.scales.reference.clone(),
            saddle: kernel.wells.then(|| R::from_f64(cell.record.saddle)),
            sums: Vec::new(),
            from_reference: rows(kernel.dimension),
            weights: Weights::new(isa, kernel, cell),
            level: Row::new(R::default()),
            measured: Row::new(0.0),
        }
    }

    /// Ready for a tile of so many segments.
    pub fn begin(&mut self, segments: usize) {
        self.sums.clear();
        self.sums.resize(segments * self.layout.len(), Sum::default());
    }

    /// Adds the tile's states to the sums of its segments. `tile.g` holds the stochastic gradients of
    /// the last update, and the true ones afterwards.
    pub fn measure(&mut self, tile: &mut Tile<R>, landscape: &mut dyn Landscape<R>, blocks: &mut [BlockTally]) {
        if let (Some(weights), Some(place)) = (&mut self.weights, self.layout.weight()) {
            weights.find(tile, landscape);
            for (segment, sums) in tile.segments.iter().zip(self.sums.chunks_mut(self.layout.len())) {
                sums[place].add(segment, &weights.of_states);
            }
        }
        if let Some(place) = self.layout.stochastic_gradient_norm_squared() {
            self.add_norm(tile, place);
        }
        landscape.gradient(&tile.x, &mut tile.g);
        self.add_norm(tile, self.layout.gradient_norm_squared());
        landscape.loss(&tile.x, &mut self.level);
        self.add_level(tile, self.layout.loss());
        self.add_positions(tile, blocks);
    }

    /// Adds the tile's sums to its blocks.
    pub fn finish(&self, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        for (segment, sums) in tile.segments.iter().zip(self.sums.chunks(self.layout.len())) {
            for (total, sum) in blocks[segment.block].moments.sums.iter_mut().zip(sums) {
                *total += sum.total();
            }
        }
    }

    /// Adds a number of every walker at `place`, and its square at `square`, where that is a place.
    pub fn add(&mut self, tile: &Tile<R>, place: usize, square: Option<usize>, row: &Row<R>) {
        let (numbers, sums, stride) = (&mut self.measured, &mut self.sums, self.layout.len());
        self.isa.run(
            #[inline(always)]
            || {
                measured(tile, row, 0.0, numbers);
                for (segment, sums) in tile.segments.iter().zip(sums.chunks_mut(stride)) {
                    sums[place].add(segment, numbers);
                    if let Some(square) = square {
                        sums[square].add_products(segment, numbers, numbers);
                    }
                }
            },
        );
    }

    /// Adds Σ|g|² at `place`.
    fn add_norm(&mut self, tile: &Tile<R>, place: usize) {
        let norm = &mut self.level;
        self.isa.run(
            #[inline(always)]
            || {
                **norm = [R::default(); LANES];
                for g in &tile.g {
                    for lane in 0..LANES {
                        norm[lane] = g[lane].mul_add(g[lane], norm[lane]);
                    }
                }
            },
        );
        self.add_level(tile, place);
    }

    /// Adds what is in `level` at `place`.
    fn add_level(&mut self, tile: &Tile<R>, place: usize) {
        let (level, row, sums, stride) = (&self.level, &mut self.measured, &mut self.sums, self.layout.len());
        let weights = self.weights.as_ref();
        self.isa.run(
            #[inline(always)]
            || {
                measured(tile, level, 0.0, row);
                if let Some(weights) = weights {
                    weights.times(row);
                }
                for (segment, sums) in tile.segments.iter().zip(sums.chunks_mut(stride)) {
                    sums[place].add(segment, row);
                }
            },
        );
    }

    fn add_positions(&mut self, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        let (layout, v, sums) = (self.layout, &mut self.from_reference, &mut self.sums);
        let (reference, saddle, weights) = (&self.reference, self.saddle, &mut self.weights);
        self.isa.run(
            #[inline(always)]
            || {
                for ((v, x), c) in v.iter_mut().zip(&tile.x).zip(reference) {
                    measured(tile, x, *c, v);
                }
                let times_weight = match weights {
                    None => &*v,
                    Some(weights) => weights.positions(v),
                };
                for (segment, sums) in tile.segments.iter().zip(sums.chunks_mut(layout.len())) {
                    let moments = &mut blocks[segment.block].moments;
                    moments.count += count(tile, segment);
                    moments.right += right(tile, segment, saddle);
                    for i in 0..layout.dimension {
                        sums[layout.position(i)].add(segment, &times_weight[i]);
                        for j in layout.partners(i) {
                            sums[layout.product(i, j)].add_products(segment, &times_weight[i], &v[j]);
                        }
                    }
                }
            },
        );
    }
}
