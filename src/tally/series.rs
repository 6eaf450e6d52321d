//! Ensemble sums at one time of the time series.

use super::products::Products;
use super::quantiles::BinCounts;
use serde::{Deserialize, Serialize};

/// Sums over the walkers of a block at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoint {
    /// Walkers measured: those neither lost nor absorbed.
    pub count: u64,
    /// Those of a double well with x_0 above the saddle.
    pub right: u64,
    /// Values too large for fixed-point sums, as in [`super::Moments`]; logarithms and factors never are.
    pub overflows: u64,
    /// The sums, as [`SeriesLayout`] places them.
    pub sums: Vec<f64>,
    /// Counts of every coordinate and of the loss, taken as the sums are and in units of their typical sizes, where
    /// quantiles are asked for.
    pub counts: Vec<BinCounts>,
}

/// Places of the sums in [`SeriesPoint::sums`], for positions taken from the reference point c of the cell:
/// Σ(θ_i − c_i), Σ(θ_i − c_i)(θ_j − c_j), Σ(L − floor), Σ|∇L|², and, where they are asked for, Σ n_i n_j of the
/// gradient noise n = ĝ − ∇L of the update that led to the point, ∇L taken before it; Σ ln|θ − c| where the noise vanishes
/// with the loss; last the factors of the learning rates of walkers that have their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesLayout {
    /// The products that are summed, of positions and of noise.
    pub products: Products,
    /// Whether those of noise are.
    pub noise_covariance: bool,
    /// Whether walkers are counted for quantiles.
    pub quantiles: bool,
    /// Whether logarithms of the distance from c are summed.
    pub log_distance: bool,
    /// Whether walkers have learning rates of their own.
    pub own_rates: bool,
}

impl SeriesLayout {
    /// Number of coordinates.
    pub fn dimension(&self) -> usize {
        self.products.dimension
    }

    /// Place of Σ(θ_i − c_i).
    pub fn position(&self, i: usize) -> usize {
        i
    }

    /// Place of Σ(θ_i − c_i)(θ_j − c_j).
    pub fn product(&self, i: usize, j: usize) -> usize {
        self.dimension() + self.products.place(i, j)
    }

    /// Place of Σ(L − floor).
    pub fn loss(&self) -> usize {
        self.dimension() + self.products.count()
    }

    /// Place of Σ|∇L|².
    pub fn gradient_norm_squared(&self) -> usize {
        self.loss() + 1
    }

    /// Place of Σ n_i n_j, where these are summed.
    pub fn noise_product(&self, i: usize, j: usize) -> usize {
        self.loss() + 2 + self.products.place(i, j)
    }

    /// The numbers whose walkers are counted, by the places of their sums.
    pub fn counted(&self) -> impl Iterator<Item = usize> {
        let all = (0..self.dimension()).chain([self.loss()]);
        all.take(if self.quantiles { self.dimension() + 1 } else { 0 })
    }

    /// Place of Σ ln|θ − c|, where it is summed.
    pub fn log_distance(&self) -> usize {
        self.loss() + 2 + if self.noise_covariance { self.products.count() } else { 0 }
    }

    /// Place of the sum of factors of learning rates, where walkers have their own.
    pub fn rate(&self) -> usize {
        self.log_distance() + usize::from(self.log_distance)
    }

    /// Number of sums.
    pub fn len(&self) -> usize {
        self.rate() + usize::from(self.own_rates)
    }

    /// Whether there are no sums, which never holds.
    pub fn is_empty(&self) -> bool {
        false
    }
}

impl SeriesPoint {
    /// Before the first walker.
    pub fn new(layout: SeriesLayout) -> Self {
        let counts = layout.counted().map(|_| BinCounts::default()).collect();
        Self { sums: vec![0.0; layout.len()], counts, ..Self::default() }
    }

    /// Adds sums over further walkers.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.right += other.right;
        self.overflows += other.overflows;
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            *mine += theirs;
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            mine.add(theirs);
        }
    }
}
