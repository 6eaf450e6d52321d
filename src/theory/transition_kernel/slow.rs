//! The slow modes of a chain: what is left of a distribution after the fast ones have died out.

use super::chain::{Chain, Elimination};
use nalgebra::{DMatrix, DVector};

/// Decaying modes that are kept: the passage between wells, and the slowest motions within them.
const MODES: usize = 4;

/// Rounds of subspace iteration. A mode that decays three times more slowly than the slowest that is
/// left out is exact to 3⁻⁴⁰ = 10⁻¹⁹.
const ROUNDS: usize = 40;

/// An invariant subspace of distributions, found by inverse subspace iteration: m A = M m for m in it.
#[derive(Clone, Debug)]
pub struct SlowModes {
    /// Columns: the stationary distribution where there is one, then an orthonormal basis.
    basis: DMatrix<f64>,
    /// Whether the first column is the stationary distribution.
    conservative: bool,
    /// One step on the coefficients.
    step: DMatrix<f64>,
    /// (I − A)⁻¹ on the decaying part.
    inverse: DMatrix<f64>,
}

impl SlowModes {
    /// The slow modes of a chain; none where arithmetic fails.
    pub fn new(chain: &Chain, elimination: &Elimination, stationary: Option<&[f64]>) -> Option<Self> {
        let n = chain.len();
        let modes = MODES.min(n.saturating_sub(1)).max(1);
        let conserve = |mut v: DVector<f64>| {
            if let Some(stationary) = stationary {
                v -= v.sum() * DVector::from_column_slice(stationary);
            }
            v
        };
        // Waves of different length: any start does that no slow mode is orthogonal to.
        let wave =
            |a: usize| conserve(DVector::from_fn(n, |i, _| (0.7 + (a + 1) as f64 * 3.0 * i as f64 / n as f64).cos()));
        let waves: Vec<_> = (0..modes).map(wave).collect();
        let mut basis = DMatrix::from_columns(&waves).qr().q();
        let solve = |basis: &DMatrix<f64>| {
            let column = |v: DVector<f64>| conserve(DVector::from_vec(elimination.solve_left(v.as_slice())));
            DMatrix::from_columns(&basis.column_iter().map(|v| column(v.clone_owned())).collect::<Vec<_>>())
        };
        for _ in 0..ROUNDS {
            basis = solve(&basis).qr().q();
        }
        let inverse = basis.tr_mul(&solve(&basis));
        if inverse.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let decay = inverse.clone().try_inverse()?;
        let conservative = stationary.is_some();
        let fixed = usize::from(conservative);
        let mut step = DMatrix::identity(modes + fixed, modes + fixed);
        step.view_mut((fixed, fixed), (modes, modes)).zip_apply(&decay, |m, g| *m -= g);
        let columns: Vec<_> = stationary
            .map(DVector::from_column_slice)
            .into_iter()
            .chain(basis.column_iter().map(|v| v.clone_owned()))
            .collect();
        Some(Self { basis: DMatrix::from_columns(&columns), conservative, step, inverse })
    }

    /// One step on coefficients.
    pub fn step(&self) -> &DMatrix<f64> {
        &self.step
    }

    /// The distribution with these coefficients.
    pub fn masses(&self, coefficients: &DVector<f64>) -> DVector<f64> {
        &self.basis * coefficients
    }

    /// Coefficients of a distribution, or none where more than `tolerance` of it lies outside.
    pub fn coefficients(&self, masses: &[f64], tolerance: f64) -> Option<DVector<f64>> {
        let masses = DVector::from_column_slice(masses);
        let fixed = usize::from(self.conservative);
        let mut coefficients = DVector::zeros(self.basis.ncols());
        let mut rest = masses.clone();
        if self.conservative {
            coefficients[0] = masses.sum();
            rest -= coefficients[0] * self.basis.column(0);
        }
        let decaying = self.basis.columns(fixed, self.basis.ncols() - fixed);
        let inner = decaying.tr_mul(&rest);
        let outside = (rest - decaying * &inner).lp_norm(1);
        coefficients.rows_mut(fixed, inner.len()).copy_from(&inner);
        (outside <= tolerance).then_some(coefficients)
    }

    /// −ln of the largest eigenvalue below one, per step: the slowest decay; none where it oscillates.
    pub fn slowest_rate(&self) -> Option<f64> {
        let eigenvalues = self.inverse.clone().complex_eigenvalues();
        let slowest = eigenvalues.iter().max_by(|a, b| a.norm_sqr().total_cmp(&b.norm_sqr()))?;
        let real = slowest.im == 0.0 && slowest.re > 1.0;
        real.then(|| -(-1.0 / slowest.re).ln_1p())
    }
}
