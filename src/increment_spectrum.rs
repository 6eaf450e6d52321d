//! The spectrum of the increments θ(n+1) − θ(n) of a stationary series.

use std::f64::consts::PI;

/// S(ω_k) at ω_k = πk/W, k = 0 … W, from the autocovariances γ(0) … γ(W) of the series:
///
/// ```text
/// S(ω) = γ_Δ(0) + 2 Σ_{m=1}^{W−1} (1 − m/W) γ_Δ(m) cos(ωm),   γ_Δ(m) = 2γ(m) − γ(m−1) − γ(m+1)
/// ```
///
/// with Bartlett's lag window (Biometrika 37, 1 (1950)), the expected periodogram of W increments. It tends to
/// Σ_m γ_Δ(m) cos(ωm) as W grows. Nothing for fewer than two autocovariances.
pub fn increment_spectrum(autocovariances: &[f64]) -> Vec<f64> {
    let w = autocovariances.len().saturating_sub(1);
    if w == 0 {
        return Vec::new();
    }
    let of_increments = |m: usize| {
        let before = autocovariances[m.abs_diff(1)];
        2.0 * autocovariances[m] - before - autocovariances[m + 1]
    };
    let weighted: Vec<f64> = (0..w).map(|m| (1.0 - m as f64 / w as f64) * of_increments(m)).collect();
    let cosines: Vec<f64> = (0..2 * w).map(|j| (PI * j as f64 / w as f64).cos()).collect();
    let at = |k: usize| {
        let terms = weighted.iter().enumerate().skip(1).map(|(m, g)| g * cosines[k * m % (2 * w)]);
        weighted[0] + 2.0 * terms.sum::<f64>()
    };
    (0..=w).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// η²s²|1 − e^(−iω)|²/|1 − q e^(−iω)|² of θ' = q θ + ηsξ, as W grows; flat without a restoring force.
    #[test]
    fn increments_near_a_minimum_are_high_pass() {
        let (q, w) = (0.9f64, 4000);
        let variance = 0.01 / (1.0 - q * q);
        let spectrum = increment_spectrum(&(0..=w).map(|m| variance * q.powi(m)).collect::<Vec<_>>());
        for k in [0, 40, 400, 2000, 4000] {
            let omega = PI * f64::from(k) / f64::from(w);
            let chirp = |q: f64| 1.0 - 2.0 * q * omega.cos() + q * q;
            let expected = 0.01 * chirp(1.0) / chirp(q);
            let found = spectrum[k as usize];
            assert!((found - expected).abs() < 3e-5 * (1.0 + expected), "S({omega}) = {found} against {expected}");
        }
        let flat = increment_spectrum(&(0..=50).map(|m| 3.0 - 0.02 * f64::from(m)).collect::<Vec<_>>());
        assert!(flat.iter().all(|s| (s - 0.04).abs() < 1e-12), "{flat:?}");
    }

    /// The expected periodogram of W increments, term by term.
    #[test]
    fn bartletts_window_is_that_of_a_periodogram() {
        let gamma: Vec<f64> = (0..=7).map(|m| 0.8f64.powi(m) * (0.9 * f64::from(m)).cos()).collect();
        let at = |m: i32| gamma[m.unsigned_abs() as usize];
        for (k, found) in increment_spectrum(&gamma).into_iter().enumerate() {
            let omega = PI * k as f64 / 7.0;
            let pairs = (0..7).flat_map(|a| (0..7).map(move |b| a - b));
            let term = |m: i32| (2.0 * at(m) - at(m - 1) - at(m + 1)) * (omega * f64::from(m)).cos();
            let expected = pairs.map(term).sum::<f64>() / 7.0;
            assert!((found - expected).abs() < 1e-13, "{found} against {expected}");
        }
    }
}
