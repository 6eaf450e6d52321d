//! Rules of one coordinate whose state is two numbers.

use super::law::NoiseLaw;
use super::nodes::Nodes;
use super::plane::PlaneKernel;
use crate::landscape::Profile;
use crate::theory::ensemble::Atom;

/// Nodes of the position and of the other number. Without inertia the other number is soon forgotten.
const NODES: [usize; 2] = [44, 16];

/// The same where it is a velocity that is kept for a while.
const INERTIAL_NODES: [usize; 2] = [36, 24];

/// Nodes of the noise.
const NOISE_NODES: usize = 14;

/// A step G(z, ξ).
pub type Step<'a> = Box<dyn Fn([f64; 2], [f64; 2]) -> [f64; 2] + 'a>;

/// The kernel of a step with one noise, where the position is about as at `temperature` and the other
/// number has about the standard deviation `deviation`. None for noise with exponential tails or skewness,
/// whose stationary laws are too far from the Gibbs density for its polynomials.
fn kernel<'a>(
    profile: &Profile,
    temperature: f64,
    deviation: f64,
    nodes: [usize; 2],
    law: &NoiseLaw,
    step: Step<'a>,
) -> Option<PlaneKernel<Step<'a>>> {
    let noise = law.gauss(NOISE_NODES)?;
    let skewness: f64 = noise.iter().map(|atom| atom.weight * atom.position.powi(3)).sum();
    if *law == NoiseLaw::Laplace || skewness.abs() > 1e-9 {
        return None;
    }
    let position = Nodes::gibbs(profile, temperature, nodes[0])?;
    let other = Nodes::normal(deviation, nodes[1])?;
    let unused = [Atom { position: 0.0, weight: 1.0 }];
    PlaneKernel::new([&position, &other], [&noise, &unused], step)
}

/// SGD with momentum, z = (x, v): v' = μ v + r (U'(x) + s ξ), x' = x − v', for 0 ≤ μ < 1. As r → 0 its
/// temperature is r s²/(2(1 − μ)) and E v² = r² s²/(1 − μ²). For normal noise and symmetric noise of finite
/// support.
pub fn momentum<'a>(
    profile: &'a Profile,
    rate: f64,
    momentum: f64,
    deviation: f64,
    law: &NoiseLaw,
) -> Option<PlaneKernel<Step<'a>>> {
    let temperature = rate * deviation * deviation / (2.0 * (1.0 - momentum));
    let spread = rate * deviation / (1.0 - momentum * momentum).sqrt();
    let step = move |[x, v]: [f64; 2], [xi, _]: [f64; 2]| {
        let v = momentum * v + rate * (profile.slope(x) + deviation * xi);
        [x - v, v]
    };
    let nodes = if momentum > 0.9 { INERTIAL_NODES } else { NODES };
    kernel(profile, temperature, spread, nodes, law, Box::new(step))
}

/// x' = x − r U'(x) + √(2Tr) (R + R')/2 with R' = ξ normal, z = (x, R) (Leimkuhler & Matthews, Appl. Math.
/// Res. Express 2013, 34).
pub fn leimkuhler_matthews(profile: &Profile, rate: f64, temperature: f64) -> Option<PlaneKernel<Step<'_>>> {
    let half = 0.5 * (2.0 * temperature * rate).sqrt();
    let step = move |[x, r]: [f64; 2], [xi, _]: [f64; 2]| [x - rate * profile.slope(x) + half * (r + xi), xi];
    kernel(profile, temperature, 1.0, NODES, &NoiseLaw::Gaussian, Box::new(step))
}

/// Underdamped Langevin dynamics of mass one in the splitting BAOAB, z = (x, v): half a kick, half a drift,
/// v' = c v + √((1 − c²)T) ξ with c = exp(−γ Δt), half a drift, half a kick (Leimkuhler & Matthews, Appl.
/// Math. Res. Express 2013, 34).
pub fn langevin_splitting(
    profile: &Profile,
    time_step: f64,
    friction: f64,
    temperature: f64,
) -> Option<PlaneKernel<Step<'_>>> {
    let half = 0.5 * time_step;
    let c = (-friction * time_step).exp();
    let kick = ((1.0 - c * c) * temperature).sqrt();
    let step = move |[x, v]: [f64; 2], [xi, _]: [f64; 2]| {
        let v = v - half * profile.slope(x);
        let x = x + half * v;
        let v = c * v + kick * xi;
        let x = x + half * v;
        [x, v - half * profile.slope(x)]
    };
    kernel(profile, temperature, temperature.sqrt(), INERTIAL_NODES, &NoiseLaw::Gaussian, Box::new(step))
}
