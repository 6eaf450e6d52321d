//! Elimination of large dense matrices, by blocks: most of it is matrix products.

use nalgebra::allocator::Allocator;
use nalgebra::{DMatrix, DefaultAllocator, Dim, Dyn, OMatrix};

/// Columns of a block.
const BLOCK: usize = 48;

/// A = P⁻¹ L U with rows exchanged for the largest pivot of a column (Golub & Van Loan, Matrix Computations,
/// §3.4). A product of matrices keeps the processor busy where one row after the other waits for memory: with a
/// thousand unknowns this takes a fifth of the time.
#[derive(Clone, Debug)]
pub struct DenseElimination {
    /// Below the diagonal L, whose diagonal is 1, and U.
    factors: DMatrix<f64>,
    /// With which row the k-th was exchanged.
    exchanged: Vec<usize>,
}

impl DenseElimination {
    /// Of a square matrix.
    pub fn new(mut matrix: DMatrix<f64>) -> Self {
        let n = matrix.nrows();
        let mut exchanged = Vec::with_capacity(n);
        for first in (0..n).step_by(BLOCK) {
            let width = BLOCK.min(n - first);
            let after = first + width;
            for k in first..after {
                let pivot = k + matrix.view((k, k), (n - k, 1)).icamax_full().0;
                exchanged.push(pivot);
                matrix.columns_mut(first, width).swap_rows(k, pivot);
                let inverse = 1.0 / matrix[(k, k)];
                let mut column = matrix.view_mut((k + 1, k), (n - k - 1, 1));
                column *= inverse;
                let (done, mut rest) = matrix.columns_range_pair_mut(k, k + 1..after);
                for mut column in rest.column_iter_mut() {
                    let factor = -column[k];
                    column.rows_mut(k + 1, n - k - 1).axpy(factor, &done.rows(k + 1, n - k - 1), 1.0);
                }
            }
            for (k, pivot) in exchanged.iter().enumerate().skip(first) {
                matrix.columns_mut(0, first).swap_rows(k, *pivot);
                matrix.columns_mut(after, n - after).swap_rows(k, *pivot);
            }
            let (block, mut rest) = matrix.columns_range_pair_mut(first..after, after..n);
            let mut upper = rest.rows_mut(first, width);
            block.rows(first, width).solve_lower_triangular_with_diag_mut(&mut upper, 1.0);
            let upper = upper.clone_owned();
            rest.rows_mut(after, n - after).gemm(-1.0, &block.rows(after, n - after), &upper, 1.0);
        }
        Self { factors: matrix, exchanged }
    }

    /// The solution X of A X = B, in place of B; not finite where A is singular.
    pub fn solve_mut<C: Dim>(&self, b: &mut OMatrix<f64, Dyn, C>)
    where
        DefaultAllocator: Allocator<Dyn, C>,
    {
        let n = self.factors.nrows();
        for (k, pivot) in self.exchanged.iter().enumerate() {
            b.swap_rows(k, *pivot);
        }
        let blocks = (0..n).step_by(BLOCK).map(|first| (first, BLOCK.min(n - first)));
        for (first, width) in blocks.clone() {
            let after = first + width;
            let (mut solved, mut rest) = b.rows_range_pair_mut(first..after, after..n);
            self.factors.view((first, first), (width, width)).solve_lower_triangular_with_diag_mut(&mut solved, 1.0);
            rest.gemm(-1.0, &self.factors.view((after, first), (n - after, width)), &solved, 1.0);
        }
        for (first, width) in blocks.rev() {
            let (mut rest, mut solved) = b.rows_range_pair_mut(0..first, first..first + width);
            self.factors.view((first, first), (width, width)).solve_upper_triangular_mut(&mut solved);
            rest.gemm(-1.0, &self.factors.view((0, first), (first, width)), &solved, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of sizes about a block's, with and without rows to exchange.
    #[test]
    fn solutions_solve() {
        for n in [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let entry = |i: usize, j: usize| (1.7 * (i * i + 3 * j) as f64 + 0.3 * (i * j) as f64).sin();
            let matrix = DMatrix::from_fn(n, n, |i, j| if i == j { 0.0 } else { entry(i, j) });
            let matrix = if n == 1 { DMatrix::from_element(1, 1, 3.0) } else { matrix };
            let expected = DMatrix::from_fn(n, 3, |i, j| 1.0 + (i + 2 * j) as f64 / n as f64);
            let mut found = &matrix * &expected;
            DenseElimination::new(matrix).solve_mut(&mut found);
            assert!((&found - &expected).amax() < 1e-10, "n = {n}: off by {}", (found - expected).amax());
        }
    }
}
