//! RMSProp that averages over one step, N_s = 1 and ε = 0: every step is ±η, by the sign of the gradient.

use super::super::ensemble::{Atom, MeasuringTimes};
use statrs::function::erf::erfc;

/// The stationary law of x −= η sign(h x + s ξ), ξ standard normal, on the lattice η(offset + k), with both
/// parities of k together, as over two successive steps. None unless all three parameters are positive and
/// the lattice is not too fine.
///
/// Derived here: a birth–death chain that moves right from x with probability Φ(−hx/s) and else left, so that
/// detailed balance gives π_{k+1}/π_k = Φ(−h x_k/s)/Φ(h x_{k+1}/s).
pub fn sign_descent_law(rate: f64, curvature: f64, deviation: f64, offset: f64) -> Option<Vec<Atom>> {
    let scale = curvature * rate / deviation;
    // The width of the law is about 1/√scale lattice steps.
    if !(scale > 1e-12 && scale.is_finite() && rate > 0.0 && deviation > 0.0) {
        return None;
    }
    let offset = offset.rem_euclid(1.0);
    let right = |k: i64| normal_below(-scale * (offset + k as f64));
    let left = |k: i64| normal_below(scale * (offset + k as f64));
    let mut law = vec![(0, 1.0)];
    for direction in [1, -1] {
        let (mut k, mut weight) = (0, 1.0);
        while weight > 1e-25 {
            let next = k + direction;
            weight *= if direction == 1 { right(k) / left(next) } else { left(k) / right(next) };
            law.push((next, weight));
            k = next;
        }
    }
    let norm: f64 = law.iter().map(|(_, weight)| weight).sum();
    law.sort_by_key(|(k, _)| *k);
    Some(law.into_iter().map(|(k, w)| Atom { position: rate * (offset + k as f64), weight: w / norm }).collect())
}

/// Most steps × places of a chain that is followed: some ten milliseconds.
const MAX_WORK: u64 = 20_000_000;

/// The law of walkers that all start at `start`, pooled over the measuring times: exactly, by following the
/// chain. None where there is no stationary law or following takes too long.
pub fn sign_descent_pooled(
    rate: f64,
    curvature: f64,
    deviation: f64,
    start: f64,
    times: MeasuringTimes,
) -> Option<Vec<Atom>> {
    let stationary = sign_descent_law(rate, curvature, deviation, start / rate)?;
    let step_of = |atom: &Atom| ((atom.position - start) / rate).round() as i64;
    let low = step_of(stationary.first()?).min(0);
    let high = step_of(stationary.last()?).max(0);
    let places = (high - low + 1) as u64;
    if times.last().saturating_mul(places) > MAX_WORK {
        return None;
    }
    let positions: Vec<f64> = (low..=high).map(|k| start + rate * k as f64).collect();
    let right: Vec<f64> = positions.iter().map(|x| normal_below(-curvature * x / deviation)).collect();
    let mut law = vec![0.0; positions.len()];
    law[-low as usize] = 1.0;
    let (mut next, mut sum) = (law.clone(), vec![0.0; law.len()]);
    for n in 0..=times.last() {
        if n >= times.first && (n - times.first).is_multiple_of(times.every) {
            sum.iter_mut().zip(&law).for_each(|(sum, weight)| *sum += weight / times.count as f64);
        }
        // What would leave at the ends is less than the stationary law has there, 10⁻²⁵.
        for k in 0..law.len() {
            let from_left = if k > 0 { law[k - 1] * right[k - 1] } else { 0.0 };
            let from_right = law.get(k + 1).map_or(0.0, |weight| weight * (1.0 - right[k + 1]));
            next[k] = from_left + from_right;
        }
        std::mem::swap(&mut law, &mut next);
    }
    Some(positions.into_iter().zip(sum).map(|(position, weight)| Atom { position, weight }).collect())
}

/// Φ(z).
fn normal_below(z: f64) -> f64 {
    0.5 * erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variance(law: &[Atom]) -> f64 {
        let mean: f64 = law.iter().map(|a| a.weight * a.position).sum();
        law.iter().map(|a| a.weight * (a.position - mean).powi(2)).sum()
    }

    /// Numbers from an independent program; V ≈ √(π/2) ηs/(2h) as the step goes to zero.
    #[test]
    fn variance_of_sign_descent() {
        for (rate, h, expected) in [(0.1, 1.0, 0.0646482410), (0.05, 2.0, 0.0161620602), (0.01, 1.0, 0.0062862251)] {
            let found = variance(&sign_descent_law(rate, h, 1.0, 0.0).expect("positive"));
            assert!((found - expected).abs() < 5.1e-11, "{found} against {expected}");
        }
        let found = variance(&sign_descent_law(1e-5, 2.0, 3.0, 0.3).expect("positive"));
        let leading = std::f64::consts::FRAC_PI_2.sqrt() * 1e-5 * 3.0 / 4.0;
        assert!((found / leading - 1.0).abs() < 1e-5, "{found} against {leading}");
        assert_eq!(sign_descent_law(0.1, 1.0, 0.0, 0.0), None);
    }

    /// From a start far out, on to the stationary law of both parities, and to one parity at every second step;
    /// the first step by hand.
    #[test]
    fn followed_chain_comes_to_the_law() {
        let (rate, h, s, start) = (0.8, 1.0, 1.0, 2.64);
        let pooled = |first, every, count| {
            let times = MeasuringTimes { first, every, count };
            sign_descent_pooled(rate, h, s, start, times).expect("short")
        };
        let stationary = variance(&sign_descent_law(rate, h, s, 0.3).expect("positive"));
        let found = variance(&pooled(2001, 1, 2));
        assert!((found - stationary).abs() < 1e-12, "{found} against {stationary}");
        assert!((variance(&pooled(2001, 2, 2)) - stationary).abs() > 1e-3, "canary: one parity alone");
        let once = pooled(1, 1, 1);
        let mean: f64 = once.iter().map(|a| a.weight * a.position).sum();
        let right = normal_below(-h * start / s);
        assert!((mean - start - rate * (2.0 * right - 1.0)).abs() < 1e-14, "{mean}");
        let total: f64 = pooled(100, 7, 30).iter().map(|a| a.weight).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }

    /// One step takes the law to itself.
    #[test]
    fn law_is_stationary() {
        let (rate, h, s) = (0.4, 1.3, 0.7);
        let law = sign_descent_law(rate, h, s, 0.3).expect("positive");
        for i in 1..law.len() - 1 {
            let from_left = law[i - 1].weight * normal_below(-h * law[i - 1].position / s);
            let from_right = law[i + 1].weight * normal_below(h * law[i + 1].position / s);
            assert!((from_left + from_right - law[i].weight).abs() < 1e-15, "at {}", law[i].position);
        }
    }
}
