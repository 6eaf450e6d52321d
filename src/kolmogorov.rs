//! The limiting law of the Kolmogorov–Smirnov distance: √n D_n between n samples and their own law.

/// Its mean, √(π/2) ln 2: derived here, ∫ P(> x) dx of the first series below term by term.
pub const KOLMOGOROV_MEAN: f64 = 0.868_731_160_636_159_4;

/// Its standard deviation, √(π²/12 − (π/2) ln² 2), from ∫ 2x P(> x) dx likewise.
pub const KOLMOGOROV_DEVIATION: f64 = 0.260_332_871_462_413;

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_PI_2, LN_2, PI, TAU};

    /// P(√n D_n ≤ x) as n → ∞, by the series that converges faster of 1 − 2Σ(−1)^(k−1) e^(−2k²x²) and
    /// (√(2π)/x) Σ e^(−(2k−1)²π²/(8x²)) (Kolmogorov, 1933; Feller, Ann. Math. Stat. 19, 177 (1948)).
    fn kolmogorov_below(x: f64) -> f64 {
        if x <= 0.0 {
            0.0
        } else if x < 1.0 {
            let term = |k: i32| (-(f64::from(2 * k - 1) * PI / x).powi(2) / 8.0).exp();
            TAU.sqrt() / x * (1..=5).map(term).sum::<f64>()
        } else {
            let term = |k: i32| (-2.0 * (f64::from(k) * x).powi(2)).exp();
            1.0 - 2.0 * (1..=5).map(|k| if k % 2 == 1 { term(k) } else { -term(k) }).sum::<f64>()
        }
    }

    /// E x^m = ∫ m x^(m−1) P(> x) dx.
    #[test]
    fn mean_and_standard_deviation_are_those_of_the_law() {
        // The midpoint rule: both functions vanish with all odd derivatives at the ends, but for 2x at 0.
        const STEPS: u32 = 100_000;
        let width = 6.0 / f64::from(STEPS);
        let moment = |f: fn(f64) -> f64| -> f64 {
            let at = |k: u32| (f64::from(k) + 0.5) * width;
            (0..STEPS).map(|k| width * f(at(k)) * (1.0 - kolmogorov_below(at(k)))).sum()
        };
        let (mean, square) = (moment(|_| 1.0), moment(|x| 2.0 * x));
        assert!((mean - KOLMOGOROV_MEAN).abs() < 1e-12, "mean {mean}");
        assert!(((square - mean * mean).sqrt() - KOLMOGOROV_DEVIATION).abs() < 1e-8);
        assert!((FRAC_PI_2.sqrt() * LN_2 - KOLMOGOROV_MEAN).abs() < 1e-15);
        assert!(((PI * PI / 12.0 - FRAC_PI_2 * LN_2 * LN_2).sqrt() - KOLMOGOROV_DEVIATION).abs() < 1e-15);
    }

    /// Smirnov's table (Ann. Math. Stat. 19, 279 (1948)).
    #[test]
    fn tabulated_quantiles() {
        for (probability, x) in [(0.90, 1.22385), (0.95, 1.35810), (0.99, 1.62762), (0.999, 1.94947)] {
            let [below, above] = [x - 6e-6, x + 6e-6].map(kolmogorov_below);
            assert!(below < probability && probability < above, "{below} to {above} at {probability}");
        }
        let [below, above] = [1.0 - 1e-12, 1.0].map(kolmogorov_below);
        assert!((below - above).abs() < 1e-11, "both series at 1: {below}, {above}");
    }
}
