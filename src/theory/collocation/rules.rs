//! Rules of one coordinate whose state is two numbers.

use super::law::NoiseLaw;
use super::nodes::Nodes;
use super::plane::PlaneKernel;
use crate::landscape::Profile;
use crate::theory::ensemble::Atom;

/// Nodes of the position and of the other number, more and more of them. Without inertia the other number is soon
/// forgotten.
const NODES: [[usize; 2]; 4] = [[36, 13], [44, 16], [54, 20], [64, 24]];

/// The same where it is a velocity that is kept for a while.
const INERTIAL_NODES: [[usize; 2]; 4] = [[29, 19], [36, 24], [44, 30], [54, 36]];

/// Relative change from one number of nodes to the next that ends it. What is left is less.
const CONVERGED: f64 = 3e-5;

/// A change that the nodes to come do not bring down to that.
const HOPELESS: f64 = 3e-3;

/// Nodes of the noise.
const NOISE_NODES: usize = 14;

/// A step G(z, ξ).
pub type Step<'a> = Box<dyn Fn([f64; 2], [f64; 2]) -> [f64; 2] + 'a>;

/// The kernel of a step with one noise, where the position is about as at `temperature` and the other
/// number has about the standard deviation `deviation`. None for noise with exponential tails or skewness,
/// whose stationary laws are too far from the Gibbs density for its polynomials, and where more nodes change the
/// relaxation or E x²: at low friction there is a layer about the separatrix, the thinner the less friction there
/// is, that no polynomials of a low degree resolve.
fn kernel<'a>(
    profile: &Profile,
    temperature: f64,
    deviation: f64,
    counts: &[[usize; 2]],
    law: &NoiseLaw,
    step: impl Fn([f64; 2], [f64; 2]) -> [f64; 2] + Copy + 'a,
) -> Option<PlaneKernel<Step<'a>>> {
    let noise = law.gauss(NOISE_NODES)?;
    let skewness: f64 = noise.iter().map(|atom| atom.weight * atom.position.powi(3)).sum();
    if *law == NoiseLaw::Laplace || skewness.abs() > 1e-9 {
        return None;
    }
    let unused = [Atom { position: 0.0, weight: 1.0 }];
    let with = |[along, across]: [usize; 2]| {
        let (position, other) = (Nodes::gibbs(profile, temperature, along)?, Nodes::normal(deviation, across)?);
        PlaneKernel::new([&position, &other], [&noise, &unused], Box::new(step) as Step<'a>)
    };
    let mut last = with(counts[0])?;
    for count in &counts[1..] {
        let next = with(*count)?;
        let change = change(&last, &next);
        if change <= CONVERGED {
            return Some(next);
        }
        if change > HOPELESS {
            return None;
        }
        last = next;
    }
    None
}

/// Relative, of the relaxation and of E x²; infinite where one of two oscillates.
fn change<G: Fn([f64; 2], [f64; 2]) -> [f64; 2]>(coarse: &PlaneKernel<G>, fine: &PlaneKernel<G>) -> f64 {
    let relative = |a: f64, b: f64| (a / b - 1.0).abs();
    let rates = match (coarse.relaxation_rate(), fine.relaxation_rate()) {
        (Some(coarse), Some(fine)) => relative(coarse, fine),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    };
    let square = |kernel: &PlaneKernel<G>| kernel.mean(|[x, _]| x * x);
    rates.max(relative(square(coarse), square(fine)))
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
    let nodes = if momentum > 0.9 { &INERTIAL_NODES } else { &NODES };
    kernel(profile, temperature, spread, nodes, law, step)
}

/// x' = x − r U'(x) + √(2Tr) (R + R')/2 with R' = ξ normal, z = (x, R) (Leimkuhler & Matthews, Appl. Math.
/// Res. Express 2013, 34).
pub fn leimkuhler_matthews(profile: &Profile, rate: f64, temperature: f64) -> Option<PlaneKernel<Step<'_>>> {
    let half = 0.5 * (2.0 * temperature * rate).sqrt();
    let step = move |[x, r]: [f64; 2], [xi, _]: [f64; 2]| [x - rate * profile.slope(x) + half * (r + xi), xi];
    kernel(profile, temperature, 1.0, &NODES, &NoiseLaw::Gaussian, step)
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
    kernel(profile, temperature, temperature.sqrt(), &INERTIAL_NODES, &NoiseLaw::Gaussian, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;

    /// BAOAB in (x² − 1)²/4 at T = Δt = 0.1, rates from 64 × 44 nodes on: right to four digits or none.
    #[test]
    fn low_friction_has_no_rate_but_a_right_one() {
        let profile = Profile::DoubleWell(DoubleWell {
            barrier: 0.25,
            separation: 1.0,
            tilt: 0.0,
            floor: 0.0,
            transverse: vec![],
        });
        let rate = |kernel: Option<PlaneKernel<_>>| Some(kernel?.relaxation_rate()? / 0.1);
        for (friction, expected) in [(0.5, 0.02651710), (0.3, 0.0242862), (0.2, 0.020367), (0.1, 0.01319)] {
            let found = rate(langevin_splitting(&profile, 0.1, friction, 0.1));
            assert!(found.is_some() || friction < 0.3, "γ = {friction}");
            assert!(found.is_none_or(|rate| (rate / expected - 1.0).abs() < 1e-4), "γ = {friction}: {found:?}");
        }
        assert_eq!(rate(langevin_splitting(&profile, 0.1, 0.02, 0.1)), None);
        // A canary: nodes that agree with themselves let a rate pass that is 1.5 % too high.
        let same = [[36, 24]; 2];
        let c = f64::exp(-0.01);
        let step = |[x, v]: [f64; 2], [xi, _]: [f64; 2]| {
            let v = v - 0.05 * profile.slope(x);
            let next = c * v + ((1.0 - c * c) * 0.1).sqrt() * xi;
            let x = x + 0.05 * (v + next);
            [x, next - 0.05 * profile.slope(x)]
        };
        let kernel = kernel(&profile, 0.1, 0.1f64.sqrt(), &same, &NoiseLaw::Gaussian, step);
        let wrong = kernel.and_then(|kernel| kernel.relaxation_rate()).expect("real") / 0.1;
        assert!((wrong / 0.01319 - 1.0).abs() > 0.01, "{wrong}");
    }
}
