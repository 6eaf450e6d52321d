//! Powers of a matrix and sums of them, by doubling: n steps cost 2 log₂ n matrix products.

use nalgebra::{DMatrix, DVector};

/// Aⁿ.
pub fn power(a: &DMatrix<f64>, n: u64) -> DMatrix<f64> {
    let mut result = DMatrix::identity(a.nrows(), a.nrows());
    for bit in bits(n) {
        result = &result * &result;
        if bit {
            result *= a;
        }
    }
    result
}

/// v + A v + A² v + … + A^(n−1) v.
pub fn power_sum(a: &DMatrix<f64>, v: &DVector<f64>, n: u64) -> DVector<f64> {
    let mut sum = DVector::zeros(v.len());
    let mut power = DMatrix::identity(a.nrows(), a.nrows());
    for bit in bits(n) {
        sum += &power * &sum;
        power = &power * &power;
        if bit {
            sum = v + a * sum;
            power *= a;
        }
    }
    sum
}

/// xⁿ for exponents beyond those of [`f64::powi`].
pub fn scalar_power(x: f64, n: u64) -> f64 {
    bits(n).fold(1.0, |p, bit| if bit { p * p * x } else { p * p })
}

/// The binary digits of n from the first that is 1.
pub fn bits(n: u64) -> impl Iterator<Item = bool> {
    (0..u64::BITS - n.leading_zeros()).rev().map(move |k| n >> k & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_equals_repetition() {
        let a = DMatrix::from_row_slice(2, 2, &[0.9, 0.3, -0.2, 0.7]);
        let v = DVector::from_row_slice(&[1.0, -2.0]);
        let (mut p, mut sum) = (DMatrix::identity(2, 2), DVector::zeros(2));
        for n in 0..20 {
            assert!((power(&a, n) - &p).amax() < 1e-15, "A^{n}");
            assert!((power_sum(&a, &v, n) - &sum).amax() < 1e-14, "sum of {n}");
            assert!((scalar_power(-0.9, n) - (-0.9f64).powi(n as i32)).abs() < 1e-15, "(-0.9)^{n}");
            sum += &p * &v;
            p *= &a;
        }
    }
}
