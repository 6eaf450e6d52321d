//! Backward collocation of a transition operator (Kf)(z) = E f(z') in one and two dimensions, at the finite
//! step and for any law of the noise.
//!
//! E f(z') is taken at nodes of f's interpolating polynomial, which makes K a matrix. Its second eigenvalue
//! is the relaxation, its left null vector π of K − 1 the weights of averages over the stationary law, and
//! its powers give averages at finite times. All that converges exponentially in the number of nodes for
//! functions that are smooth, whether or not the law of the noise has a density, as steps smooth f and not
//! the law that is averaged over. Half-line probabilities are not averages of smooth functions.

mod domain;
mod elimination;
mod law;
mod line;
mod modes;
mod nodes;
mod plane;
mod rules;

pub use law::NoiseLaw;
pub use line::CollocationKernel;
pub use nodes::Nodes;
pub use plane::PlaneKernel;
pub use rules::{Step, langevin_splitting, leimkuhler_matthews, momentum};

use super::ensemble::Atom;

/// Averages of smooth functions over a law, as weights of their values at nodes. Weights may be negative.
#[derive(Clone, Debug)]
pub struct Quadrature {
    /// The nodes with their weights.
    pub atoms: Vec<Atom>,
}

impl Quadrature {
    /// E f.
    pub fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.atoms.iter().map(|atom| atom.weight * f(atom.position)).sum()
    }
}
