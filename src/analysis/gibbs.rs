//! The temperature of the Gibbs density p ∝ exp(−L/T) that fits the measured states best.
//!
//! For this family of densities the maximum-likelihood T is the one at which the mean loss is the
//! measured mean loss, whatever the landscape; only the mean loss is needed.

use super::moments::{Averages, States};
use super::{Estimate, Estimates};
use crate::experiment::{Dynamics, Landscape, Setup};
use crate::gibbs;
use crate::landscape::Profile;
use crate::tally::BlockTally;

const FLAT: &str = "the landscape does not rise in every direction: no Gibbs density can be normalised";

const UNKNOWN: &str = "the mean loss of this landscape's Gibbs density is not known";

/// Adds `gibbs_temperature`; `gibbs_temperature[i]` of every coordinate where they are not coupled; and
/// `alpha` = T/(η σ²/B) for SGD with one learning rate η and independent noise of one variance σ². A force has none of them.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let states = States::new(setup, blocks);
    let temperature = match (&setup.landscape, setup.landscape.quadratic()) {
        (_, Some(quadratic)) => {
            let d = setup.dimension();
            let rises = quadratic.hessian.matrix().symmetric_eigenvalues().min() > 0.0;
            // ⟨L⟩ − floor = d T/2, by equipartition.
            states.estimate(|a| if rises { Ok(2.0 * a.loss() / d as f64) } else { Err(FLAT.into()) })
        }
        (Landscape::DoubleWell(well), None) if well.transverse.iter().all(|k| *k > 0.0) => {
            well_temperature(setup, &states, well.transverse.len(), |a| a.loss())
        }
        (Landscape::DoubleWell(_), None) => states.estimate(|_| Err(FLAT.into())),
        (Landscape::Formula(_), None) if setup.dimension() == 1 => well_temperature(setup, &states, 0, |a| a.loss()),
        (Landscape::Force(_), None) => return,
        (_, None) => states.estimate(|_| Err(UNKNOWN.into())),
    };
    if let Some(alpha) = alpha(setup, &temperature) {
        all.insert("alpha".into(), alpha);
    }
    all.insert("gibbs_temperature".into(), temperature);

    let profiles = setup.landscape.profiles().unwrap_or_default();
    for (i, profile) in profiles.iter().enumerate() {
        let temperature = match profile {
            // Sums are about the minimum, so that ⟨U_i⟩ = ½ h_i ⟨(θ_i − m_i)²⟩ = T_i/2.
            Profile::Quadratic { curvature, .. } => states.estimate(|a| {
                let rises = *curvature > 0.0;
                if rises {
                    Ok(curvature * a.product(i, i))
                } else {
                    Err(format!("the loss does not rise along θ_{i}"))
                }
            }),
            Profile::DoubleWell(_) | Profile::Formula(_) => {
                well_temperature(setup, &states, 0, |a| a.loss() - across(&profiles, a))
            }
        };
        all.insert(format!("gibbs_temperature[{i}]"), temperature);
    }
}

/// Mean loss of the quadratic coordinates.
fn across(profiles: &[Profile], averages: &Averages) -> f64 {
    let part = |(i, profile): (usize, &Profile)| match profile {
        Profile::Quadratic { curvature, .. } => 0.5 * curvature * averages.product(i, i),
        Profile::DoubleWell(_) | Profile::Formula(_) => 0.0,
    };
    profiles.iter().enumerate().map(part).sum()
}

/// T/(η σ²/B), where the noise has one variance; the temperature of the limit η → 0 is half of
/// η σ²/B.
fn alpha(setup: &Setup, temperature: &Estimate) -> Option<Estimate> {
    if !matches!(setup.dynamics, Dynamics::Sgd(_)) {
        return None;
    }
    let unit = 2.0 * setup.temperature()?;
    let per_unit = |x: Option<f64>| x.filter(|_| unit > 0.0).map(|x| x / unit);
    let reason = (unit == 0.0).then(|| "there is no gradient noise".to_owned());
    Some(Estimate {
        value: per_unit(temperature.value),
        std_error: per_unit(temperature.std_error),
        reason: reason.or_else(|| temperature.reason.clone()),
        ..temperature.clone()
    })
}

/// Temperature of the double well's coordinate with `quadratics` quadratic ones, whose mean loss is
/// `energy`. The solver runs for the total and the two extremes over the blocks; the temperatures
/// without each block are interpolated between, so that the cost does not grow with the blocks.
fn well_temperature(setup: &Setup, states: &States, quadratics: usize, energy: impl Fn(&Averages) -> f64) -> Estimate {
    let Some(profile) = setup.landscape.profiles().and_then(|profiles| profiles.into_iter().next()) else {
        return states.estimate(|_| Err(FLAT.into()));
    };
    let law = EnergyLaw { profile, quadratics };
    let total = energy(&states.total());
    let others: Vec<f64> = states.without().map(|a| energy(&a)).collect();
    let node = |energy: f64| law.temperature(energy).ok();
    let nodes = [
        node(others.iter().copied().fold(total, f64::min)),
        node(total),
        node(others.iter().copied().fold(total, f64::max)),
    ];
    states.estimate(|averages| {
        let energy = energy(averages);
        if energy == total {
            return law.temperature(energy).map(|node| node.temperature);
        }
        let [low, middle, high] = &nodes;
        let segment = if energy < total { (low, middle) } else { (middle, high) };
        match segment {
            (Some(a), Some(b)) => Ok(interpolate(a, b, energy)),
            _ => Err("the temperature of a part of the blocks is not defined".into()),
        }
    })
}

/// The mean loss of the Gibbs density as a function of its temperature.
struct EnergyLaw {
    profile: Profile,
    quadratics: usize,
}

/// A point of T(⟨L⟩) with its slope.
#[derive(Clone, Copy, Debug)]
struct Node {
    energy: f64,
    temperature: f64,
    slope: f64,
}

/// Cubic Hermite interpolation of T(⟨L⟩).
fn interpolate(a: &Node, b: &Node, energy: f64) -> f64 {
    let width = b.energy - a.energy;
    let s = (energy - a.energy) / width;
    let r = 1.0 - s;
    let ends = a.temperature * r * r * (1.0 + 2.0 * s) + b.temperature * s * s * (1.0 + 2.0 * r);
    ends + width * r * s * (a.slope * r - b.slope * s)
}

impl EnergyLaw {
    /// ⟨L⟩ − floor at temperature `t`, and its derivative Var(L)/T².
    ///
    /// None where the peaks of the density are too narrow for the quadrature, which puts 768 nodes over
    /// all wells: below about 10⁻⁴ of the barrier. There it would give a wrong energy in silence.
    fn energy(&self, t: f64) -> Option<(f64, f64)> {
        let (low, high) = gibbs::support(&self.profile, t)?;
        let peaks = self.profile.minima().into_iter().map(|x| (t / self.profile.curvature(x)).sqrt());
        if high - low > 500.0 * peaks.fold(f64::INFINITY, f64::min) {
            return None;
        }
        let u = |x: f64| self.profile.value(x);
        let mean = gibbs::mean(&self.profile, t, u)?;
        let variance = gibbs::mean(&self.profile, t, |x| (u(x) - mean).powi(2))?;
        let across = 0.5 * self.quadratics as f64;
        let (energy, derivative) = (mean + across * t, variance / (t * t) + across);
        (energy.is_finite() && derivative > 0.0 && derivative.is_finite()).then_some((energy, derivative))
    }

    /// The temperature at which the mean loss is `energy`: Newton's method inside a shrinking bracket,
    /// as ⟨L⟩ grows with T.
    fn temperature(&self, energy: f64) -> Result<Node, String> {
        let least = self.profile.minima().into_iter().map(|x| self.profile.value(x)).fold(f64::INFINITY, f64::min);
        if energy.is_nan() || energy <= least {
            return Err("the mean loss is not above the landscape's minimum".into());
        }
        let unsolved = || {
            let height = energy - least;
            format!("the mean loss is {height:.3e} above the minimum, too little or too much to find a temperature")
        };
        let (mut low, mut high) = (0.0, f64::INFINITY);
        // The harmonic approximation is the first guess.
        let mut t = 2.0 * (energy - least) / (1 + self.quadratics) as f64;
        for _ in 0..200 {
            let (found, derivative) = self.energy(t).ok_or_else(unsolved)?;
            if found < energy {
                low = t;
            } else {
                high = t;
            }
            let newton = t + (energy - found) / derivative;
            let next = if newton > low && newton < high {
                newton
            } else if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * t
            };
            let done = (next - t).abs() <= 1e-10 * t;
            t = next;
            if done {
                return Ok(Node { energy, temperature: t, slope: 1.0 / derivative });
            }
        }
        Err(unsolved())
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{SplitMix, block, references, setup};
    use super::*;
    use crate::experiment::DoubleWell;

    const WELL: &str = r#"
        landscape.kind = "double-well"
        landscape.barrier = 0.25
        landscape.separation = 1.0
        landscape.tilt = 0.05
        landscape.floor = 3.0
        landscape.transverse = [4.0]
        noise = { kind = "gaussian", covariance = 2.0 }
        dynamics = { kind = "sgd", learning_rate = 0.05, batch_size = 2 }
        ensemble = { walkers = 8192, steps = 1000, start = [-1.0, 0.0] }
    "#;

    fn law(quadratics: usize) -> EnergyLaw {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] };
        EnergyLaw { profile: Profile::DoubleWell(well), quadratics }
    }

    /// ⟨x²⟩ at T = 0.1 by an independent program gives ⟨U⟩ = (T + ⟨x²⟩)/4 − ⟨x²⟩/2 + 1/4.
    #[test]
    fn the_energy_law_is_inverted() {
        let square = 0.871_362_91;
        let energy = 0.25 * (0.1 + square) - 0.5 * square + 0.25;
        let found = law(0).temperature(energy).expect("a temperature").temperature;
        assert!((found - 0.1).abs() < 1e-8, "{found}");
        let found = law(3).temperature(energy + 0.15).expect("a temperature").temperature;
        assert!((found - 0.1).abs() < 1e-8, "{found}");
        for t in [1e-3, 0.02, 1.0, 1e4] {
            let (energy, _) = law(1).energy(t).expect("an energy");
            let found = law(1).temperature(energy).expect("a temperature").temperature;
            assert!((found / t - 1.0).abs() < 1e-10, "{found} for {t}");
        }
        assert!(law(0).temperature(0.0).is_err(), "no temperature at the minimum itself");
        assert!(law(0).temperature(1e-7).is_err(), "none where the quadrature would be wrong");
        // ⟨U⟩ = T/2 (1 + 3T/2 + …) at low T.
        let found = law(0).temperature(2e-5).expect("a temperature").temperature;
        assert!((found / 4e-5 - 1.0 + 6e-5).abs() < 3e-6, "{found}");
    }

    #[test]
    fn interpolation_meets_the_law() {
        let node = |t: f64| law(1).temperature(law(1).energy(t).expect("an energy").0).expect("a temperature");
        let (a, b, c) = (node(0.1), node(0.11), node(0.1043));
        let found = interpolate(&a, &b, c.energy);
        assert!((found - 0.1043).abs() < 1e-7, "{found}");
    }

    fn sampled(t: f64) -> Estimates {
        let setup = setup(WELL);
        let profiles = setup.landscape.profiles().expect("separable");
        let mut random = SplitMix(2);
        let blocks: Vec<_> = (0..100)
            .map(|_| {
                let states: Vec<_> = (0..128)
                    .map(|_| {
                        let x = random.gibbs(|x| profiles[0].value(x), -0.06, t, -3.0, 3.0);
                        vec![x, (t / 4.0).sqrt() * random.normal()]
                    })
                    .collect();
                block(&setup, &states, &[0.0, 0.0], |x| x[0] > 0.0)
            })
            .collect();
        let mut all = Estimates::new();
        estimate(&setup, &references(&blocks), &mut all);
        all
    }

    /// Exact samples of the Gibbs density: four estimates within 4 σ (false-alarm rate 3·10⁻⁴; fixed
    /// seed); a temperature wrong by 10 % is not.
    #[test]
    fn gibbs_samples_give_their_temperature() {
        let all = sampled(0.08);
        let z = |name: &str, truth: f64| {
            let e = &all[name];
            (e.value.expect("a value") - truth) / e.std_error.expect("an error")
        };
        for name in ["gibbs_temperature", "gibbs_temperature[0]", "gibbs_temperature[1]"] {
            assert!(z(name, 0.08).abs() < 4.0, "{name}: {:?}", all[name]);
            assert!(z(name, 0.088).abs() > 4.0, "canary of {name}: {:?}", all[name]);
            let error = all[name].std_error.expect("an error");
            assert!((0.0003..0.003).contains(&error), "{name}: {error}");
        }
        // η σ²/B = 0.05.
        assert!(z("alpha", 1.6).abs() < 4.0, "{:?}", all["alpha"]);
    }
}
