//! Gradient noise; twins of `shaders/noise/`.

mod gaussian_diagonal;
mod gaussian_full;

pub use gaussian_diagonal::GaussianDiagonal;
pub use gaussian_full::GaussianFull;

use super::tile::Row;

/// Noise that makes the gradient stochastic.
pub trait Noise<R>: Send + Sync {
    /// Adds the noise made of normals `z` to the gradients `g`.
    fn add(&self, z: &[Row<R>], g: &mut [Row<R>]);
}
