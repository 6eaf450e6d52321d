//! Reduction to one dimension: the coordinates of a setup that are Markov chains of their own.

use super::ensemble::{Atom, start_atoms};
use super::transition_kernel::Transition;
pub use crate::additive::{gradient_covariance, is_additive, step_covariance};
use crate::experiment::Setup;
use crate::gibbs;
use crate::landscape::Profile;

/// A coordinate that moves on its own: x' = x − r U'(x) + s ξ with ξ standard normal.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinate {
    /// U.
    pub profile: Profile,
    /// r, what multiplies the gradient in one step.
    pub rate: f64,
    /// s, the standard deviation of the noise of one step.
    pub deviation: f64,
}

impl Coordinate {
    /// Where one step without noise leads: x − r U'(x).
    pub fn next(&self, x: f64) -> f64 {
        x - self.rate * self.profile.slope(x)
    }

    /// T = s²/(2r), the temperature of the Gibbs density as the step goes to zero.
    pub fn temperature(&self) -> f64 {
        self.deviation * self.deviation / (2.0 * self.rate)
    }

    /// The start of coordinate `axis` as atoms that resolve one step.
    pub fn start(&self, setup: &Setup, axis: usize) -> Option<Vec<Atom>> {
        start_atoms(&setup.ensemble, axis, 2.0 * self.deviation)
    }
}

impl Transition for Coordinate {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn next(&self, x: f64) -> f64 {
        Self::next(self, x)
    }

    fn deviation(&self, _x: f64) -> f64 {
        self.deviation
    }

    fn scale(&self, low: f64, high: f64) -> Box<dyn Fn(f64) -> f64> {
        let stretch = |k: usize| (1.0 - self.rate * self.profile.curvature(low + (high - low) * k as f64 / 64.0)).abs();
        let scale = self.deviation / (0..=64).map(stretch).fold(1.0, f64::max);
        Box::new(move |_| scale)
    }

    fn support(&self) -> Option<(f64, f64)> {
        gibbs::support(&self.profile, self.temperature())
    }
}

/// Every coordinate as a chain of its own, or none where the landscape couples them, or steps are not
/// additive: a constant multiple of the gradient and noise of one law. Their noises may be correlated: it is each
/// by itself that is a chain.
pub fn coordinates(setup: &Setup) -> Option<Vec<Coordinate>> {
    if !is_additive(setup) {
        return None;
    }
    let noise = step_covariance(setup);
    let chain =
        |((i, profile), rate): ((usize, Profile), f64)| Coordinate { profile, rate, deviation: noise[(i, i)].sqrt() };
    Some(setup.landscape.profiles()?.into_iter().enumerate().zip(setup.step_sizes()).map(chain).collect())
}
