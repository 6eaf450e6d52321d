//! Samples made of normal numbers.

use super::Samples;
use crate::random::{Stream, counter, key, normals, philox};

impl Samples {
    /// `count` samples w ~ N(0, diag(spectrum)), y = `label_noise` N(0, 1), from [`Stream::Samples`] of
    /// `seed`; none where memory does not hold them.
    pub(crate) fn normal(count: u64, spectrum: &[f64], label_noise: f64, seed: u64) -> Option<Self> {
        let deviations: Vec<f64> = spectrum.iter().map(|v| v.sqrt()).chain([label_noise]).collect();
        let numbers = usize::try_from(count).ok()?.checked_mul(deviations.len())?;
        // Shared numbers are given room without a question, so that it is asked before.
        Vec::<f64>::new().try_reserve_exact(numbers).ok()?;
        let quad = |call: u64| normals(philox::<10>(counter(Stream::Samples, 0, 0, call), key(seed)));
        let mut normals = [0.0; 4];
        // A range knows its length: the numbers are made where they stay.
        let rows = (0..numbers).map(|k| {
            if k % 4 == 0 {
                normals = quad(k as u64 / 4);
            }
            f64::from(normals[k % 4]) * deviations[k % deviations.len()]
        });
        Some(Self { features: spectrum.len(), rows: rows.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Means and second moments of 10⁵ samples within 4.5 standard errors (22 numbers, false-alarm rate 10⁻⁴; fixed
    /// seed); with a variance 5 % off they are not (canary).
    #[test]
    fn samples_have_the_moments_asked_for() {
        let (n, spectrum, label_noise) = (100_000, [4.0, 1.0, 0.25], 0.5);
        let samples = Samples::normal(n, &spectrum, label_noise, 9).expect("room");
        assert_eq!((samples.len(), samples.features()), (100_000, 3));
        let variances = [4.0, 1.0, 0.25, 0.25];
        let column = |i: usize| samples.rows().iter().skip(i).step_by(4);
        let z = |i: usize, j: usize, expected: f64| {
            let mean = column(i).zip(column(j)).map(|(a, b)| a * b).sum::<f64>() / n as f64;
            // Var ab = V_i V_j for independent ones, 2 V² for a square.
            let variance: f64 = variances[i] * variances[j] * if i == j { 2.0 } else { 1.0 };
            (mean - expected) / (variance / n as f64).sqrt()
        };
        for (i, variance) in variances.into_iter().enumerate() {
            let mean = column(i).sum::<f64>() / n as f64;
            assert!((mean / (variance / n as f64).sqrt()).abs() < 4.5, "mean of column {i}: {mean}");
            for j in 0..=i {
                let expected = if i == j { variance } else { 0.0 };
                assert!(z(i, j, expected).abs() < 4.5, "columns {i} and {j}: {}", z(i, j, expected));
            }
            assert!(z(i, i, 1.05 * variance).abs() > 4.5, "canary of column {i}");
        }
    }

    #[test]
    fn more_samples_begin_with_the_same_ones_and_another_seed_with_others() {
        let of = |n: u64, seed: u64| Samples::normal(n, &[1.0, 2.0], 0.1, seed).expect("room").rows().to_vec();
        assert_eq!(of(7, 3), of(1000, 3)[..21]);
        assert!(of(7, 3).iter().zip(of(7, 4)).all(|(a, b)| *a != b));
    }

    #[test]
    fn samples_that_no_memory_holds_are_none() {
        for count in [1 << 50, 1 << 60, u64::MAX] {
            assert_eq!(Samples::normal(count, &[1.0, 2.0], 0.1, 3), None);
        }
    }
}
