//! The stationary density of a diffusion in the plane on a grid: where to put the nodes of a collocation, and its flux.

use super::grid::Grid;
use crate::theory::transition_kernel::{Chain, Elimination};
use nalgebra::{DMatrix, Matrix2};

/// Cells along either axis.
const CELLS: usize = 48;

/// Density at an edge, relative to the largest of its axis, of a grid that is wide enough.
const EMPTY: f64 = 1e-18;

/// Grids that are tried, each wider or narrower than the one before.
const ATTEMPTS: usize = 60;

/// dz = f dt + √(2D) dW with D diagonal.
#[derive(Clone, Copy, Debug)]
pub struct Diffusion<F> {
    /// f.
    pub drift: F,
    /// The diagonal of D.
    pub diffusion: [f64; 2],
}

/// Masses of cells.
#[derive(Clone, Debug)]
pub struct PlaneDensity {
    grid: Grid,
    masses: DMatrix<f64>,
}

impl PlaneDensity {
    /// The stationary density, from a grid about `start`; none where nothing confines it.
    pub fn new<F: Fn([f64; 2]) -> [f64; 2]>(of: &Diffusion<F>, start: [f64; 2]) -> Option<Self> {
        let edges = [0, 1].map(|k| {
            let room = 0.1 * start[k].abs() + 20.0 * of.diffusion[k].sqrt();
            [start[k] - room, start[k] + room]
        });
        let mut grid = Grid { edges, cells: CELLS };
        for _ in 0..ATTEMPTS {
            let density = Self::on(of, grid)?;
            let wanted = [0, 1].map(|axis| density.wanted(axis));
            let moved =
                |k: usize| (0..2).any(|side| (wanted[k][side] - grid.edges[k][side]).abs() > 1.5 * grid.width(k));
            if !moved(0) && !moved(1) {
                return Some(density);
            }
            grid.edges = wanted;
            if !wanted.as_flattened().iter().all(|edge| edge.is_finite()) {
                return None;
            }
        }
        None
    }

    /// As a chain of jumps between neighbouring cells.
    fn on<F: Fn([f64; 2]) -> [f64; 2]>(of: &Diffusion<F>, grid: Grid) -> Option<Self> {
        let n = grid.cells;
        // To the cells below, to the left, to the right and above.
        let mut rates = vec![[0.0; 4]; n * n];
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let cell = i * n + j;
            if i + 1 < n {
                [rates[cell][3], rates[cell + n][0]] = grid.jumps(of, 0, [i, j]);
            }
            if j + 1 < n {
                [rates[cell][2], rates[cell + 1][1]] = grid.jumps(of, 1, [i, j]);
            }
        }
        let fastest = rates.iter().map(|r| r.iter().sum::<f64>()).fold(0.0, f64::max);
        if !(fastest.is_finite() && fastest > 0.0) {
            return None;
        }
        let row = |(cell, r): (usize, &[f64; 4])| {
            let (first, last) = (cell.saturating_sub(n), (cell + n).min(n * n - 1));
            let mut row = vec![0.0; last + 1 - first];
            for (offset, rate) in [0, n - 1, n + 1, 2 * n].into_iter().zip(r).filter(|(_, rate)| **rate > 0.0) {
                row[cell + offset - n - first] = rate / fastest;
            }
            (first, row)
        };
        let rows: Vec<_> = rates.iter().enumerate().map(row).collect();
        let chain = Chain::new(&rows, vec![0.0; n * n])?;
        let masses = Elimination::new(&chain, n * n / 2 + n / 2).stationary();
        let finite = masses.iter().all(|mass| mass.is_finite());
        finite.then(|| Self { grid, masses: DMatrix::from_row_slice(n, n, &masses) })
    }

    /// The current through the half-line {z_b = o_b, z_a > o_a}, in the direction of b. Its error on a grid is as the
    /// square of the cells' widths: that of the grid itself and one twice as fine leave the next order.
    pub fn flux<F: Fn([f64; 2]) -> [f64; 2]>(&self, of: &Diffusion<F>, [a, b]: [usize; 2], o: [f64; 2]) -> Option<f64> {
        let through = |cells: usize| {
            let (grid, corner) = Grid { cells, ..self.grid }.aligned(if a == 0 { o } else { [o[1], o[0]] })?;
            let masses = Self::on(of, grid)?.masses;
            let current = |k: usize| {
                let mut below = corner;
                below[a] = k;
                below[b] -= 1;
                let mut above = below;
                above[b] += 1;
                let [up, down] = grid.jumps(of, b, below);
                up * masses[(below[0], below[1])] - down * masses[(above[0], above[1])]
            };
            Some((corner[a]..cells).map(current).sum::<f64>())
        };
        Some((4.0 * through(2 * CELLS)? - through(CELLS)?) / 3.0)
    }

    /// Edges of a grid on which the density would be empty there, and not much beyond it.
    fn wanted(&self, axis: usize) -> [f64; 2] {
        let [low, high] = self.grid.edges[axis];
        let marginal: Vec<f64> = match axis {
            0 => self.masses.row_iter().map(|row| row.sum()).collect(),
            _ => self.masses.column_iter().map(|column| column.sum()).collect(),
        };
        let largest = marginal.iter().copied().fold(0.0, f64::max);
        let full = |mass: &f64| *mass > EMPTY * largest;
        let first = marginal.iter().position(full).unwrap_or(0);
        let last = marginal.iter().rposition(full).unwrap_or(CELLS - 1);
        let room = 0.25 * (high - low);
        [
            if first == 0 { low - room } else { low + (first - 1) as f64 * self.grid.width(axis) },
            if last + 1 == CELLS { high + room } else { low + (last + 2) as f64 * self.grid.width(axis) },
        ]
    }

    fn cells(&self) -> impl Iterator<Item = ([f64; 2], f64)> {
        (0..CELLS * CELLS)
            .map(|c| (c / CELLS, c % CELLS))
            .map(move |(i, j)| ([self.grid.centre(0, i), self.grid.centre(1, j)], self.masses[(i, j)]))
    }

    /// The covariance.
    pub fn covariance(&self) -> Matrix2<f64> {
        let mean = self.cells().fold([0.0; 2], |sum, (z, mass)| [sum[0] + mass * z[0], sum[1] + mass * z[1]]);
        self.cells().fold(Matrix2::zeros(), |sum, (z, mass)| {
            let apart = nalgebra::Vector2::new(z[0] - mean[0], z[1] - mean[1]);
            sum + mass * apart * apart.transpose()
        })
    }

    /// ln of the density of w·z, smoothed over a cell, up to a constant; and where the grid ends.
    pub fn marginal(&self, w: [f64; 2]) -> (impl Fn(f64) -> f64, [f64; 2]) {
        let value = move |z: [f64; 2]| w[0] * z[0] + w[1] * z[1];
        let cells: Vec<(f64, f64)> =
            self.cells().filter(|(_, mass)| *mass > 0.0).map(|(z, mass)| (value(z), mass)).collect();
        let largest = cells.iter().map(|(_, mass)| *mass).fold(0.0, f64::max);
        let seen = cells.iter().filter(|(_, mass)| *mass > EMPTY * largest).map(|(u, _)| *u);
        let [low, high] = seen.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], u| [u.min(low), u.max(high)]);
        let width = 0.7 * (w[0] * self.grid.width(0)).hypot(w[1] * self.grid.width(1));
        let density = move |u: f64| {
            let near = |(at, mass): &(f64, f64)| mass * (-0.5 * ((u - at) / width).powi(2)).exp();
            cells.iter().map(near).sum::<f64>().max(f64::MIN_POSITIVE).ln()
        };
        (density, [low, high])
    }
}
