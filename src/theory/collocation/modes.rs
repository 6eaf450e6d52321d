//! The stationary law and the slowest decay of a collocated transition operator.

use super::elimination::DenseElimination;
use nalgebra::{Complex, DMatrix, DVector};

/// Decaying modes that are iterated together.
const MODES: usize = 6;

/// Rounds of inverse subspace iteration: a mode that decays three times more slowly than the slowest that
/// is left out is exact to 3⁻⁴⁰ = 10⁻¹⁹.
const ROUNDS: usize = 40;

/// Steps of a motion so slow that rounding hides its decay, and with it how often it comes to either side.
const SLOWEST: f64 = 1e10;

/// Steps of the power method that looks for motions far from the slow ones, as alternating ones, and the
/// error of the decay that it finds.
const STEPS: usize = 64;
const DECAY_ERROR: f64 = 0.02;

/// Of a matrix K with K c = c, the values at the nodes of E f(z') given those of f, in units of 1/c.
#[derive(Clone, Debug)]
pub struct Modes {
    /// π K = π, π c = 1: the weights of an average over the stationary law, which may be negative.
    pub stationary: DVector<f64>,
    /// (I − K)⁻¹ on the slowest modes but the stationary one.
    inverse: DMatrix<f64>,
    /// Decay per step that any distribution comes down to, roughly.
    decay: f64,
}

impl Modes {
    /// The modes of K, with c ≠ 0 the constant function; none where arithmetic fails or a motion is too slow for it.
    pub fn new(kernel: &DMatrix<f64>, constant: &DVector<f64>) -> Option<Self> {
        let n = kernel.nrows();
        let modes = MODES.min(n.saturating_sub(1)).max(1);
        // With e = c/|c|², π(I − K + c eᵀ) = eᵀ; on vectors orthogonal to c the last term does nothing.
        let dual = constant / constant.norm_squared();
        let mut system = DMatrix::identity(n, n) - kernel.transpose();
        system.ger(1.0, &dual, constant, 1.0);
        let elimination = DenseElimination::new(system);
        let mut stationary = dual.clone();
        elimination.solve_mut(&mut stationary);
        stationary /= stationary.dot(constant);
        let solve = |basis: &DMatrix<f64>| {
            let mut solved = basis.clone();
            elimination.solve_mut(&mut solved);
            for mut column in solved.column_iter_mut() {
                let total = column.dot(constant);
                column.axpy(-total, &stationary, 1.0);
            }
            solved
        };
        // Waves of different length: any start does that no slow mode is orthogonal to.
        let wave = |i: usize, a: usize| (0.7 + (a + 1) as f64 * 3.0 * i as f64 / n as f64).cos();
        let mut basis = DMatrix::from_fn(n, modes, wave);
        for mut column in basis.column_iter_mut() {
            let total = column.dot(constant);
            column.axpy(-total, &dual, 1.0);
        }
        for _ in 0..ROUNDS {
            basis = solve(&basis.qr().q());
        }
        let basis = basis.qr().q();
        let inverse = basis.tr_mul(&solve(&basis));
        let finite = inverse.iter().chain(stationary.iter()).all(|x| x.is_finite());
        let decay = decay(kernel, constant, &stationary);
        (finite && inverse.norm() < SLOWEST).then_some(Self { stationary, inverse, decay })
    }

    /// −ln λ of the second largest eigenvalue λ of K; none where it is not positive, for the slowest motion
    /// oscillates.
    pub fn relaxation_rate(&self) -> Option<f64> {
        let slowest = self.slowest()?;
        let rate = -(-1.0 / slowest.re).ln_1p();
        (slowest.im == 0.0 && slowest.re > 1.0 && self.decay > rate - DECAY_ERROR).then_some(rate)
    }

    /// −ln |λ| of the second largest eigenvalue λ of K.
    pub fn decay_rate(&self) -> Option<f64> {
        let rate = -0.5 * size(self.slowest()?).ln();
        (rate > 0.0 && self.decay > rate - DECAY_ERROR).then_some(rate)
    }

    /// The eigenvalue of the inverse that belongs to it.
    fn slowest(&self) -> Option<Complex<f64>> {
        let eigenvalues = self.inverse.clone().complex_eigenvalues();
        eigenvalues.iter().copied().max_by(|a, b| size(*a).total_cmp(&size(*b)))
    }
}

/// |λ|² of an eigenvalue μ = 1/(1 − λ) of the inverse.
fn size(mu: Complex<f64>) -> f64 {
    (1.0 - mu.inv()).norm_sqr()
}

/// −ln of the factor by which any masses but for their stationary part shrink per step in the end.
fn decay(kernel: &DMatrix<f64>, constant: &DVector<f64>, stationary: &DVector<f64>) -> f64 {
    let mut masses = DVector::from_fn(kernel.nrows(), |i, _| (1.3 * i as f64).cos());
    let mut logarithm = 0.0;
    for step in 0..2 * STEPS {
        masses = kernel.tr_mul(&masses);
        masses.axpy(-masses.dot(constant), stationary, 1.0);
        let norm = masses.norm();
        masses /= norm;
        if step >= STEPS {
            logarithm += norm.ln();
        }
    }
    -logarithm / STEPS as f64
}
