//! Update rules; twins of `shaders/dynamics/`.

mod langevin;
mod sgd;

pub use langevin::Langevin;
pub use sgd::Sgd;

use super::real::Real;
use super::tile::Row;

/// How walkers move.
pub trait Dynamics<R: Real>: Send + Sync {
    /// One update of the positions `x` from (stochastic) gradients `g` and random numbers `z`; returns
    /// whether a coordinate is beyond the bounds then.
    fn update(&self, g: &[Row<R>], z: &[Row<R>], x: &mut [Row<R>], bounds: R::Magnitude) -> bool;
}
