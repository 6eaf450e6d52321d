//! A grid of cells in the plane, and the jumps between them that a diffusion is.

use super::density::Diffusion;

/// Most of the drift over a cell that counts, in units of its diffusion: beyond it nothing goes upwards.
const STEEPEST: f64 = 60.0;

/// As many cells along either axis.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Lower and upper edge along each axis.
    pub edges: [[f64; 2]; 2],
    /// Cells along each.
    pub cells: usize,
}

impl Grid {
    /// Width of a cell.
    pub fn width(&self, axis: usize) -> f64 {
        (self.edges[axis][1] - self.edges[axis][0]) / self.cells as f64
    }

    /// Middle of cell `i` of an axis.
    pub fn centre(&self, axis: usize, i: usize) -> f64 {
        self.edges[axis][0] + (i as f64 + 0.5) * self.width(axis)
    }

    /// Rates of jumps between a cell and the next along `axis`, there and back, which have the exact current of one
    /// dimension (Scharfetter & Gummel, IEEE Trans. Electron Devices 16, 64 (1969)).
    pub fn jumps<F: Fn([f64; 2]) -> [f64; 2]>(&self, of: &Diffusion<F>, axis: usize, cell: [usize; 2]) -> [f64; 2] {
        let mut face = [self.centre(0, cell[0]), self.centre(1, cell[1])];
        let width = self.width(axis);
        face[axis] += 0.5 * width;
        let d = of.diffusion[axis];
        let t = ((of.drift)(face)[axis] * width / d).clamp(-STEEPEST, STEEPEST);
        // B(t) = t/(e^t − 1).
        let bernoulli = |t: f64| if t.abs() < 1e-8 { 1.0 - 0.5 * t } else { t / t.exp_m1() };
        [-t, t].map(|t| d / (width * width) * bernoulli(t))
    }

    /// This grid, moved by less than a cell so that `point` is the lower corner of a cell, and that cell; none where
    /// there is no cell about it.
    pub fn aligned(&self, point: [f64; 2]) -> Option<(Self, [usize; 2])> {
        let place = [0, 1].map(|k| ((point[k] - self.edges[k][0]) / self.width(k)).round());
        let inside = place.iter().all(|p| (1.0..self.cells as f64).contains(p));
        inside.then(|| {
            let shift = |k: usize| point[k] - self.edges[k][0] - place[k] * self.width(k);
            let edges = [0, 1].map(|k| self.edges[k].map(|edge| edge + shift(k)));
            (Self { edges, ..*self }, place.map(|p| p as usize))
        })
    }
}
