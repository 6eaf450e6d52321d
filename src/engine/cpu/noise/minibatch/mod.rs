//! The mean of the gradients of a batch's examples takes the place of the landscape's gradient.

mod batch;
mod fresh;
mod gaussian;
mod numbers;
mod samples;

pub use batch::{Batch, Permuted, WithReplacement};
pub use fresh::Fresh;
pub use gaussian::GaussianExamples;
pub use numbers::ExampleNumbers;
pub use samples::{LeastSquares, Quadratic, Samples};

use super::Noise;
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};

/// The examples of every walker's batch.
pub trait Examples<R: Real>: Send + Sync {
    /// Begins the batch of a step.
    fn begin(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &Tile<R>);
    /// The gradients of the walkers' `b`-th examples at the tile's positions; `b` goes up from 0.
    fn gradient(&mut self, b: u32, step: &Step<R>, tile: &Tile<R>, g: &mut [Row<R>]);
}

pub struct Minibatch<R> {
    isa: Isa,
    examples: Box<dyn Examples<R>>,
    batch_size: u32,
    /// Whether mean squares over the examples are asked for.
    squares: bool,
    of_example: Vec<Row<R>>,
}

impl<R: Real> Minibatch<R> {
    pub fn new(isa: Isa, examples: Box<dyn Examples<R>>, batch_size: u32, dimension: usize, squares: bool) -> Self {
        Self { isa, examples, batch_size, squares, of_example: rows(dimension) }
    }

    /// Adds the example's gradients, and their squares where these are asked for.
    fn add(&self, tile: &mut Tile<R>) {
        self.isa.run(
            #[inline(always)]
            || {
                for (g, one) in tile.g.iter_mut().zip(&self.of_example) {
                    for lane in 0..LANES {
                        g[lane] = g[lane] + one[lane];
                    }
                }
                for (square, one) in tile.squares.iter_mut().zip(&self.of_example) {
                    for lane in 0..LANES {
                        square[lane] = one[lane].mul_add(one[lane], square[lane]);
                    }
                }
            },
        );
    }
}

impl<R: Real> Noise<R> for Minibatch<R> {
    fn stochastic_gradient(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &mut Tile<R>) {
        if self.squares {
            tile.squares.resize(tile.x.len(), Row::new(R::default()));
        }
        self.examples.begin(step, landscape, tile);
        for row in tile.g.iter_mut().chain(&mut tile.squares) {
            **row = [R::default(); LANES];
        }
        for b in 0..self.batch_size {
            self.examples.gradient(b, step, tile, &mut self.of_example);
            self.add(tile);
        }
        let share = R::from_f32(1.0) / R::from_count(self.batch_size);
        self.isa.run(
            #[inline(always)]
            || {
                for row in tile.g.iter_mut().chain(&mut tile.squares) {
                    for lane in 0..LANES {
                        row[lane] = row[lane] * share;
                    }
                }
            },
        );
    }
}
