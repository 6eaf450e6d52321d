//! Examples of a data set; twins of `shaders/noise/example/least_squares.wgsl` and `quadratic.wgsl`.

use super::{Batch, Examples};
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};
use std::marker::PhantomData;
use std::sync::Arc;

/// What a sample is.
pub trait Terms<R: Real>: Send + Sync {
    /// Numbers of a sample in `dimension` coordinates.
    fn words(dimension: usize) -> usize;
    /// Gradients at `x` from the numbers of every walker's sample, a row each.
    fn gradient(sample: &[Row<R>], x: &[Row<R>], g: &mut [Row<R>]);
}

/// Samples of a data set, as the batches choose them.
pub struct Samples<R, T> {
    isa: Isa,
    batch: Box<dyn Batch>,
    /// Shared by all that walk, so that it is rounded where it is read.
    data: Arc<[f64]>,
    chosen: Row<u32>,
    sample: Vec<Row<R>>,
    terms: PhantomData<T>,
}

impl<R: Real, T: Terms<R>> Samples<R, T> {
    pub fn new(isa: Isa, batch: Box<dyn Batch>, data: Arc<[f64]>, dimension: usize) -> Self {
        Self { isa, batch, data, chosen: Row::new(0), sample: rows(T::words(dimension)), terms: PhantomData }
    }
}

impl<R: Real, T: Terms<R>> Examples<R> for Samples<R, T> {
    fn begin(&mut self, step: &Step<R>, _landscape: &mut dyn Landscape<R>, tile: &Tile<R>) {
        self.batch.begin(step.n - 1, &tile.walkers);
    }

    fn gradient(&mut self, b: u32, _step: &Step<R>, tile: &Tile<R>, g: &mut [Row<R>]) {
        let Self { batch, data, chosen, sample, .. } = self;
        batch.choose(b, &tile.walkers, chosen);
        let words = sample.len();
        for lane in 0..LANES {
            let first = chosen[lane] as usize * words;
            for (row, number) in sample.iter_mut().zip(&data[first..first + words]) {
                row[lane] = R::from_f64(*number);
            }
        }
        self.isa.run(
            #[inline(always)]
            || T::gradient(sample, &tile.x, g),
        );
    }
}

/// ½ (w·θ − y)². Samples: w, y.
pub struct LeastSquares;

impl<R: Real> Terms<R> for LeastSquares {
    fn words(dimension: usize) -> usize {
        dimension + 1
    }

    #[inline(always)]
    fn gradient(sample: &[Row<R>], x: &[Row<R>], g: &mut [Row<R>]) {
        let (w, y) = sample.split_at(x.len());
        let mut residual = y[0].map(R::negative);
        for (w, x) in w.iter().zip(x) {
            for lane in 0..LANES {
                residual[lane] = w[lane].mul_add(x[lane], residual[lane]);
            }
        }
        for (w, g) in w.iter().zip(g) {
            for lane in 0..LANES {
                g[lane] = w[lane] * residual[lane];
            }
        }
    }
}

/// a·θ + ½ θᵀHθ. Samples: a, then H row by row.
pub struct Quadratic;

impl<R: Real> Terms<R> for Quadratic {
    fn words(dimension: usize) -> usize {
        dimension + dimension * dimension
    }

    #[inline(always)]
    fn gradient(sample: &[Row<R>], x: &[Row<R>], g: &mut [Row<R>]) {
        let (a, hessian) = sample.split_at(x.len());
        for ((a, row), g) in a.iter().zip(hessian.chunks_exact(x.len())).zip(g) {
            **g = **a;
            for (h, x) in row.iter().zip(x) {
                for lane in 0..LANES {
                    g[lane] = h[lane].mul_add(x[lane], g[lane]);
                }
            }
        }
    }
}
