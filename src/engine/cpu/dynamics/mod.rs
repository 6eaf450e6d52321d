//! Update rules; twins of `shaders/dynamics/`.

mod adam;
mod adaptive;
mod fluctuation_dissipation;
mod gradient_flow;
mod langevin;
mod leimkuhler_matthews;
mod log_langevin;
mod momentum;
mod rmsprop;
mod sgd;
mod underdamped;

pub use adam::Adam;
pub use adaptive::Adaptive;
pub use fluctuation_dissipation::FluctuationDissipation;
pub use gradient_flow::GradientFlow;
pub use langevin::Langevin;
pub use leimkuhler_matthews::LeimkuhlerMatthews;
pub use log_langevin::LogLangevin;
pub use momentum::Momentum;
pub use rmsprop::Rmsprop;
pub use sgd::Sgd;
pub use underdamped::Underdamped;

use super::landscape::Landscape;
use super::noise::Noise;
use super::real::Real;
use super::tile::Tile;
use std::ops::Range;

/// One update, as the frame asks for it.
pub struct Step<R: Real> {
    /// Its number, from 1.
    pub n: u32,
    /// What the schedule multiplies the learning rate with.
    pub rate_factor: R,
    /// Its rows of random numbers in the tile.
    pub z: Range<usize>,
    /// Beyond it a walker is lost.
    pub bounds: R::Magnitude,
}

/// What moves walkers: the landscape, and noise where there is any.
pub struct Forces<R: Real> {
    pub landscape: Box<dyn Landscape<R>>,
    pub noise: Option<Box<dyn Noise<R>>>,
}

/// How walkers move.
pub trait Dynamics<R: Real>: Send + Sync {
    /// One update of the tile's positions and memory. Leaves the stochastic gradients that it used in
    /// `tile.g`; returns whether a coordinate is beyond the bounds then.
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool;
}

impl<R: Real> Forces<R> {
    /// Leaves the stochastic gradients at the tile's positions in `tile.g`.
    pub fn stochastic_gradient(&mut self, step: &Step<R>, tile: &mut Tile<R>) {
        match &mut self.noise {
            Some(noise) => noise.stochastic_gradient(step, &mut *self.landscape, tile),
            None => self.landscape.gradient(&tile.x, &mut tile.g),
        }
    }
}

/// √s for a divisor: where s vanishes so does what is divided, and the quotient is to be 0; where s is beyond
/// the precision's range the quotient is infinite, and the walker lost.
#[inline(always)]
fn root<R: Real>(s: R) -> R {
    let least = R::from_f32(f32::MIN_POSITIVE);
    let root = (if s > least { s } else { least }).square_root();
    if s < R::from_f32(f32::INFINITY) { root } else { R::from_f32(0.0) }
}
