//! The stationary law of x' = x − η(h x + n) beyond its variance, under noise of any law.

/// The cumulant of this order of x: (−η)^m κ_m/(1 − q^m) with q = 1 − ηh and κ_m the cumulant of n. Derived
/// here: x = −η Σ_k q^k n_k, and cumulants of independent terms add. None unless |q| < 1.
pub fn stationary_cumulant(rate: f64, curvature: f64, order: i32, noise_cumulant: f64) -> Option<f64> {
    let q = 1.0 - rate * curvature;
    (q.abs() < 1.0).then(|| (-rate).powi(order) * noise_cumulant / (1.0 - q.powi(order)))
}

/// The excess kurtosis of x, from that of n: γ(1 − q²)/(1 + q²).
pub fn stationary_excess_kurtosis(rate: f64, curvature: f64, noise_excess_kurtosis: f64) -> Option<f64> {
    let fourth = stationary_cumulant(rate, curvature, 4, noise_excess_kurtosis)?;
    Some(fourth / stationary_cumulant(rate, curvature, 2, 1.0)?.powi(2))
}

/// w of the law Uniform[−w, w] of x under noise of ±s at ηh = ½: w = 2ηs, as the signs in x = −η Σ_k 2^−k n_k
/// are the binary digits of a uniform number. None at other rates, where it is not uniform.
pub fn uniform_half_width(rate: f64, curvature: f64, deviation: f64) -> Option<f64> {
    ((rate * curvature - 0.5).abs() < 1e-12).then_some(2.0 * rate * deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kurtosis_under_noise_of_two_values() {
        for (q, expected) in [(0.9, -0.209945), (0.5, -1.2)] {
            let found = stationary_excess_kurtosis(1.0 - q, 1.0, -2.0).expect("stable");
            assert!((found - expected).abs() < 5.1e-7, "{found} at q = {q}");
        }
        assert_eq!(stationary_excess_kurtosis(2.0, 1.0, -2.0), None);
    }

    /// Odd noise: n = 2 with probability 1/5 and −½ else, and 20 steps one by one.
    #[test]
    fn cumulants_are_those_of_the_recursion() {
        let (rate, h) = (0.8, 1.0);
        let noise = [(2.0, 0.2), (-0.5, 0.8)];
        let moment = |m: i32| noise.iter().map(|(n, p): &(f64, f64)| p * n.powi(m)).sum::<f64>();
        // Third and fourth moments about the mean 0, then cumulants.
        let kappa = [moment(2), moment(3), moment(4) - 3.0 * moment(2).powi(2)];
        let (mut second, mut third, mut fourth) = (0.0, 0.0, 0.0);
        let q: f64 = 1.0 - rate * h;
        let (a, b, c) = (rate * rate * moment(2), -rate.powi(3) * moment(3), rate.powi(4) * moment(4));
        for _ in 0..20 {
            fourth = q.powi(4) * fourth + 6.0 * q * q * second * a + c;
            third = q.powi(3) * third + b;
            second = q * q * second + a;
        }
        for (order, expected) in [(2, second), (3, third), (4, fourth - 3.0 * second * second)] {
            let found = stationary_cumulant(rate, h, order, kappa[order as usize - 2]).expect("stable");
            assert!((found - expected).abs() < 1e-14, "order {order}: {found} against {expected}");
        }
    }

    /// After m steps from 0 the 2^m walkers are evenly spaced.
    #[test]
    fn half_the_curvature_makes_noise_of_two_values_uniform() {
        let (rate, h, s) = (0.25, 2.0, 1.5);
        let mut walkers = vec![0.0];
        for _ in 0..10 {
            walkers = walkers.iter().flat_map(|x| [-s, s].map(|n| x - rate * (h * x + n))).collect();
        }
        walkers.sort_by(f64::total_cmp);
        let w = uniform_half_width(rate, h, s).expect("ηh = ½");
        for (k, x) in walkers.iter().enumerate() {
            let even = w * ((2 * k + 1) as f64 / 1024.0 - 1.0);
            assert!((x - even).abs() < 1e-12, "{x} against {even}");
        }
        assert_eq!(uniform_half_width(0.3, h, s), None);
    }
}
