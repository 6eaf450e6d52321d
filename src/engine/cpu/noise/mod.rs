//! Gradient noise; twins of `shaders/noise/`.

mod amplitude;
mod gaussian_diagonal;
mod gaussian_full;
mod loss_hessian;
pub mod minibatch;

pub use amplitude::Amplitude;
pub use gaussian_diagonal::GaussianDiagonal;
pub use gaussian_full::GaussianFull;
pub use loss_hessian::LossHessian;

use super::dynamics::Step;
use super::landscape::Landscape;
use super::real::Real;
use super::tile::Tile;

/// Noise that makes the gradient stochastic.
pub trait Noise<R: Real>: Send + Sync {
    /// Leaves the stochastic gradients at the tile's positions in `tile.g`.
    fn stochastic_gradient(&mut self, step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &mut Tile<R>);
}
