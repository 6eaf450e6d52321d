//! A coordinate under noise that grows with the loss.

mod wells;

pub use wells::predict;

use super::ensemble::{Atom, start_atoms};
use super::sublevel::sublevel;
use super::transition_kernel::Transition;
use crate::experiment::{Dynamics, Setup};
use crate::landscape::Profile;

/// −ln of a density that weighs nothing beside its largest: e⁻⁴⁵ = 3·10⁻²⁰.
const DEEPEST: f64 = 45.0;

/// Places of a domain that are tried for where they lead, and rounds of making it smaller.
const PLACES: usize = 128;
const ROUNDS: usize = 400;

/// The clock that steps are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// t, the learning rate's or the time step's.
    Time,
    /// τ with dτ = L dt, in which the noise is additive.
    Loss,
}

/// A coordinate with noise of variance proportional to the loss, near dx = −L' dt + √(2TL) dW (Itô) with T = ηh*/B
/// (Mori, Ziyin, Liu & Ueda, ICML 2022):
///
/// ```text
/// x' = x − r L' + √(2T r L) ξ      by the clock of time,
/// x' = x − r L'/L + √(2T r) ξ      by that of the loss.
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LossDriven {
    /// L without its floor.
    pub profile: Profile,
    /// What L has more than the profile; L > 0.
    pub floor: f64,
    /// r: the learning rate, Δt or Δτ.
    pub rate: f64,
    /// T, the temperature of log L.
    pub temperature: f64,
    /// What r is of.
    pub clock: Clock,
}

impl LossDriven {
    /// The coordinate of a setup of one: SGD or an Itô equation under loss-hessian noise, or Langevin's on log L. None
    /// of others, and where the loss is not positive or there is no noise.
    pub fn of(setup: &Setup) -> Option<Self> {
        let [profile] = <[Profile; 1]>::try_from(setup.landscape.profiles()?).ok()?;
        let (rate, clock) = match &setup.dynamics {
            Dynamics::Sgd(rule) => (rule.learning_rate.shared()?, Clock::Time),
            Dynamics::Langevin(rule) => (rule.time_step, Clock::Time),
            Dynamics::LogLangevin(rule) => (rule.time_step, Clock::Loss),
            _ => return None,
        };
        let all = Self { profile, floor: setup.landscape.floor(), rate, temperature: setup.log_temperature()?, clock };
        (all.least()? > 0.0).then_some(all)
    }

    /// L(x).
    pub fn loss(&self, x: f64) -> f64 {
        self.floor + self.profile.value(x)
    }

    /// T L, the diffusion coefficient of the Itô equation in time t.
    pub fn diffusion(&self, x: f64) -> f64 {
        self.temperature * self.loss(x)
    }

    /// The start as atoms that resolve one step anywhere.
    pub fn start(&self, setup: &Setup) -> Option<Vec<Atom>> {
        let narrowest = match self.clock {
            Clock::Time => self.least()?,
            Clock::Loss => 1.0,
        };
        start_atoms(&setup.ensemble, 0, 2.0 * (2.0 * self.temperature * self.rate * narrowest).sqrt())
    }

    fn least(&self) -> Option<f64> {
        self.profile.minima().into_iter().map(|x| self.loss(x)).min_by(f64::total_cmp)
    }

    /// [low, high] made smaller about the minima until a step without noise leads from everywhere in it back inside.
    fn stable(&self, mut low: f64, mut high: f64) -> Option<(f64, f64)> {
        let minima = self.profile.minima();
        let (first, last) = (*minima.first()?, *minima.last()?);
        for _ in 0..ROUNDS {
            let inside = |k: usize| {
                let y = self.next(low + (high - low) * k as f64 / PLACES as f64);
                low <= y && y <= high
            };
            if (0..=PLACES).all(inside) {
                return Some((low, high));
            }
            low += 0.03 * (first - low);
            high -= 0.03 * (high - last);
        }
        None
    }
}

impl Transition for LossDriven {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn next(&self, x: f64) -> f64 {
        let slope = self.profile.slope(x);
        x - self.rate
            * match self.clock {
                Clock::Time => slope,
                Clock::Loss => slope / self.loss(x),
            }
    }

    fn deviation(&self, x: f64) -> f64 {
        let variance = 2.0 * self.temperature * self.rate;
        match self.clock {
            Clock::Time => (variance * self.loss(x).max(0.0)).sqrt(),
            Clock::Loss => variance.sqrt(),
        }
    }

    /// s/(1 + g'⁴ + (2s')⁴)^¼: two standard deviations from its mean a place changes with s as much as 2s'.
    fn scale(&self, _low: f64, _high: f64) -> Box<dyn Fn(f64) -> f64 + '_> {
        Box::new(|x| {
            let (slope, curvature, s) = (self.profile.slope(x), self.profile.curvature(x), self.deviation(x));
            let slope_of_log = slope / self.loss(x);
            let (stretch, widening) = match self.clock {
                Clock::Time => (1.0 - self.rate * curvature, s * slope_of_log),
                Clock::Loss => (1.0 - self.rate * (curvature / self.loss(x) - slope_of_log.powi(2)), 0.0),
            };
            s / (1.0 + stretch.powi(4) + widening.powi(4)).powf(0.25)
        })
    }

    /// p ∝ L^(−1/T − 1) in time t, L^(−1/T) in τ.
    fn support(&self) -> Option<(f64, f64)> {
        let exponent = match self.clock {
            Clock::Time => 1.0 / self.temperature + 1.0,
            Clock::Loss => 1.0 / self.temperature,
        };
        let level = self.least()? * (DEEPEST / exponent).exp();
        let within = sublevel(&self.profile, level - self.floor);
        self.stable(within.first()?.0, within.last()?.1)
    }
}

#[cfg(test)]
mod tests;
