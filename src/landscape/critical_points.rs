//! Critical points of a loss: where its gradient vanishes, and how it curves there.
//!
//! Along a line all roots of L' are bracketed on a fine grid. In more dimensions Newton's method is run
//! from many starts, spread evenly over a region by a rule without chance, and downhill from given starts
//! and from both sides of every saddle that is found; what is found twice is kept once. That finds every
//! point whose basin is not smaller than the distance of starts, which is no proof that there are no others.

mod line;
mod passes;
mod region;
#[cfg(test)]
mod tests;

pub use passes::{Pass, passes};
pub use region::Region;

use crate::formula::Surface;
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// A loss that is twice differentiable.
pub trait Smooth {
    /// Number of coordinates.
    fn dimension(&self) -> usize;
    /// L(x).
    fn loss(&self, x: &[f64]) -> f64;
    /// ∇L(x).
    fn gradient(&self, x: &[f64]) -> Vec<f64>;
    /// The Hessian, row by row.
    fn hessian(&self, x: &[f64]) -> Vec<f64>;
}

impl Smooth for Surface {
    fn dimension(&self) -> usize {
        self.dimension()
    }
    fn loss(&self, x: &[f64]) -> f64 {
        self.loss(x)
    }
    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        self.gradient(x)
    }
    fn hessian(&self, x: &[f64]) -> Vec<f64> {
        self.hessian(x)
    }
}

/// A point where the gradient vanishes.
#[derive(Clone, Debug, PartialEq)]
pub struct CriticalPoint {
    /// x.
    pub position: Vec<f64>,
    /// L(x).
    pub loss: f64,
    /// Eigenvalues of the Hessian, ascending.
    pub eigenvalues: Vec<f64>,
    /// How many of them are negative: 0 at a minimum, 1 at a pass between two.
    pub index: usize,
}

impl CriticalPoint {
    /// How the loss curves at `position`, where its gradient vanishes; none where the loss is not a number.
    pub fn at(loss: &impl Smooth, position: Vec<f64>) -> Option<Self> {
        let (d, level) = (position.len(), loss.loss(&position));
        let hessian = DMatrix::from_row_slice(d, d, &loss.hessian(&position));
        if !level.is_finite() || hessian.iter().any(|h| !h.is_finite()) {
            return None;
        }
        let mut eigenvalues: Vec<f64> = hessian.symmetric_eigenvalues().iter().copied().collect();
        eigenvalues.sort_by(f64::total_cmp);
        let zero = zero(&eigenvalues);
        let index = eigenvalues.iter().filter(|h| **h < -zero).count();
        Some(Self { position, loss: level, eigenvalues, index })
    }

    /// Whether the loss is flat to second order in some direction, so that the index does not tell minima from
    /// others.
    pub fn is_degenerate(&self) -> bool {
        let zero = zero(&self.eigenvalues);
        self.eigenvalues.iter().any(|h| h.abs() <= zero)
    }
}

/// Eigenvalues of a Hessian as small as that are zero.
fn zero(eigenvalues: &[f64]) -> f64 {
    1e-9 * eigenvalues.iter().fold(0.0, |largest: f64, h| largest.max(h.abs()))
}

/// Most points that are looked for: a loss with more, such as one that is flat along a curve, has too many.
pub const MOST_POINTS: usize = 256;

/// Positions are the same if they are as near as that, relative to the width of the region.
const SAME: f64 = 1e-6;

/// Newton's method has arrived where its step is as short as that, relative to the width of the region.
const ARRIVED: f64 = 1e-11;

/// Steps of Newton's method, and times that a step is halved.
const STEPS: usize = 100;
const HALVINGS: usize = 30;

/// The critical points of `loss` within `region`, in the order of their coordinates, at most
/// [`MOST_POINTS`].
pub fn critical_points(loss: &impl Smooth, region: &Region) -> Vec<CriticalPoint> {
    let mut search = Search { loss, region, found: Vec::new() };
    for start in &region.starts {
        search.descend(start);
    }
    if loss.dimension() == 1 {
        for position in line::roots(loss, region) {
            search.keep(vec![position]);
        }
    } else {
        for start in region.spread() {
            if search.found.len() >= MOST_POINTS {
                break;
            }
            search.keep_root_near(start);
        }
        search.leave_saddles();
    }
    let mut found = search.found;
    let place = |point: &CriticalPoint| -> Vec<i64> {
        point.position.iter().map(|x| (x / (region.width() * SAME)).round() as i64).collect()
    };
    found.sort_by_cached_key(place);
    found
}

/// The minimum that lies downhill from `start`; none where the loss falls without end, or the way ends at a
/// saddle.
pub fn minimum_below(loss: &impl Smooth, start: &[f64]) -> Option<CriticalPoint> {
    let region = Region::around(loss, &[start.to_vec()]);
    let mut search = Search { loss, region: &region, found: Vec::new() };
    search.descend(start);
    search.found.pop().filter(|point| point.index == 0)
}

struct Search<'s, L> {
    loss: &'s L,
    region: &'s Region,
    found: Vec<CriticalPoint>,
}

impl<L: Smooth> Search<'_, L> {
    /// Keeps a position that is within the region and new.
    fn keep(&mut self, position: Vec<f64>) {
        let width = self.region.width();
        let near =
            |point: &CriticalPoint| point.position.iter().zip(&position).all(|(a, b)| (a - b).abs() <= SAME * width);
        if self.region.contains(&position) && self.found.len() < MOST_POINTS && !self.found.iter().any(near) {
            self.found.extend(CriticalPoint::at(self.loss, position));
        }
    }

    fn gradient(&self, x: &DVector<f64>) -> DVector<f64> {
        DVector::from_vec(self.loss.gradient(x.as_slice()))
    }

    fn hessian(&self, x: &[f64]) -> DMatrix<f64> {
        let d = self.loss.dimension();
        DMatrix::from_row_slice(d, d, &self.loss.hessian(x))
    }

    /// Newton's method for ∇L = 0, with steps shortened until |∇L| falls.
    fn keep_root_near(&mut self, start: Vec<f64>) {
        let width = self.region.width();
        let mut x = DVector::from_vec(start);
        let mut g = self.gradient(&x);
        for _ in 0..STEPS {
            let Some(mut step) = self.hessian(x.as_slice()).lu().solve(&-&g) else { return };
            let length = step.amax();
            if length <= ARRIVED * width {
                return self.keep((x + step).as_slice().to_vec());
            }
            if !length.is_finite() {
                return;
            }
            step *= (0.25 * width / length).min(1.0);
            let shorter = (0..HALVINGS).find_map(|_| {
                let moved = &x + &step;
                let there = self.gradient(&moved);
                step *= 0.5;
                (there.norm() < g.norm()).then_some((moved, there))
            });
            match shorter {
                Some((moved, there)) if self.region.is_near(moved.as_slice()) => (x, g) = (moved, there),
                // As small as rounding lets it be, or no root here.
                None if length <= 1e-6 * width => return self.keep(x.as_slice().to_vec()),
                _ => return,
            }
        }
    }

    /// Downhill to a minimum, by Newton's method with all curvatures taken as positive.
    fn descend(&mut self, start: &[f64]) {
        let width = self.region.width();
        let mut x = DVector::from_column_slice(start);
        for _ in 0..STEPS {
            let (level, g, hessian) = (self.loss.loss(x.as_slice()), self.gradient(&x), self.hessian(x.as_slice()));
            if !level.is_finite() || g.iter().chain(&hessian).any(|value| !value.is_finite()) {
                return;
            }
            let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(hessian);
            let flattest = 1e-6 * eigenvalues.amax() + f64::MIN_POSITIVE;
            let mut along = eigenvectors.tr_mul(&g);
            along.zip_apply(&eigenvalues, |part, h| *part /= -h.abs().max(flattest));
            let mut step = eigenvectors * along;
            let length = step.amax();
            if length <= 1e-6 * width {
                return self.keep_root_near(x.as_slice().to_vec());
            }
            step *= (0.1 * width / length).min(1.0);
            let lower = (0..HALVINGS).find_map(|_| {
                let moved = &x + &step;
                // Armijo's condition: the loss falls by a tenth of what its slope promises.
                let falls = self.loss.loss(moved.as_slice()) <= level + 0.1 * g.dot(&step);
                step *= 0.5;
                falls.then_some(moved)
            });
            match lower {
                Some(moved) if self.region.is_near(moved.as_slice()) => x = moved,
                _ => return,
            }
        }
    }

    /// Downhill from both sides of every saddle of index 1.
    fn leave_saddles(&mut self) {
        let saddles: Vec<_> = self.found.iter().filter(|point| point.index == 1).cloned().collect();
        for saddle in saddles {
            let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(self.hessian(&saddle.position));
            let away = eigenvectors.column(eigenvalues.imin()) * (1e-3 * self.region.width());
            let saddle = DVector::from_vec(saddle.position);
            for start in [&saddle + &away, &saddle - &away] {
                self.descend(start.as_slice());
            }
        }
    }
}
