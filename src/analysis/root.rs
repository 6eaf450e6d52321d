//! The zero of a curve through points with errors.

use nalgebra::{DMatrix, DVector};

/// Where a fitted curve is zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RootFit {
    /// The zero.
    pub root: f64,
    /// Its standard error, from the errors of the points.
    pub error: f64,
    /// Σ ((y − p(x))/σ)².
    pub chi_squared: f64,
    /// Number of points less coefficients.
    pub degrees_of_freedom: usize,
}

/// The zero x_0 of the parabola p, or the line through two points, that minimises χ² = Σ ((y − p(x))/σ)². With the
/// covariance C of its coefficients and g = (1, x_0, x_0²) the error is √(gᵀCg)/|p'(x_0)|, by propagation.
///
/// None where y, in the order of x, does not rise through zero once between the points, where two x are equal, where the
/// parabola has no zero among the points, and where a number is not finite or a σ is not positive.
pub fn weighted_root(x: &[f64], y: &[f64], sigma: &[f64]) -> Option<RootFit> {
    let n = x.len();
    let are_numbers = [x, y, sigma].iter().all(|v| v.len() == n && v.iter().all(|v| v.is_finite()));
    if n < 2 || !are_numbers || sigma.iter().any(|s| *s <= 0.0) {
        return None;
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    let [a, b] = *order.windows(2).find(|pair| y[pair[0]] < 0.0 && y[pair[1]] >= 0.0)? else { return None };
    let chord = x[a] - y[a] * (x[b] - x[a]) / (y[b] - y[a]);
    let (first, last) = (x[order[0]], x[order[n - 1]]);
    // In distances from the chord's zero, of the size of one, no digits are lost.
    let width = last - first;
    let coefficients = n.min(3);
    let powers = |u: f64| DVector::from_fn(coefficients, |k, _| u.powi(k as i32));
    let design = DMatrix::from_fn(n, coefficients, |j, k| ((x[j] - chord) / width).powi(k as i32) / sigma[j]);
    let scaled = DVector::from_fn(n, |j, _| y[j] / sigma[j]);
    let covariance = (design.transpose() * &design).cholesky()?.inverse();
    let fitted = &covariance * (design.transpose() * &scaled);
    let slope = |u: f64| (1..coefficients).map(|k| k as f64 * fitted[k] * u.powi(k as i32 - 1)).sum::<f64>();
    let mut u = 0.0;
    // Newton's method from the chord's zero, which is near.
    for _ in 0..50 {
        u -= fitted.dot(&powers(u)) / slope(u);
    }
    let root = chord + width * u;
    let error = width * powers(u).dot(&(&covariance * powers(u))).sqrt() / slope(u).abs();
    let found = (first..=last).contains(&root) && fitted.dot(&powers(u)).abs() <= 1e-9 * fitted[1].abs();
    (found && error.is_finite()).then(|| RootFit {
        root,
        error,
        chi_squared: (design * fitted - scaled).norm_squared(),
        degrees_of_freedom: n - coefficients,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through (2, −0.3 ± 0.1) and (4, 0.5 ± 0.2): x_0 = 2 − 2y_1/(y_2 − y_1) = 2.75, whose derivatives by the ordinates
    /// are −2y_2/0.64 and 2y_1/0.64.
    #[test]
    fn of_two_points_by_hand() {
        let found = weighted_root(&[4.0, 2.0], &[0.5, -0.3], &[0.2, 0.1]).expect("a zero");
        let error = (1.5625f64 * 0.1).hypot(0.9375 * 0.2);
        assert!((found.root - 2.75).abs() < 1e-14 && (found.error - error).abs() < 1e-14, "{found:?}, not {error}");
        assert!(found.chi_squared < 1e-24 && found.degrees_of_freedom == 0, "{found:?}");
    }

    /// A parabola is met exactly; the error is that of the zero's shift with each ordinate.
    #[test]
    fn of_a_parabola() {
        let x = [0.5, 1.0, 1.5, 2.5];
        let curve = |x: f64| -2.0 + x + 0.25 * x * x;
        let y = x.map(curve);
        let sigma = [0.01, 0.02, 0.01, 0.03];
        let found = weighted_root(&x, &y, &sigma).expect("a zero");
        let root = -2.0 + 12f64.sqrt();
        assert!((found.root - root).abs() < 1e-12 && found.chi_squared < 1e-20, "{found:?}, not {root}");
        assert_eq!(found.degrees_of_freedom, 1);
        let moved = |k: usize, by: f64| {
            let mut y = y;
            y[k] += by;
            weighted_root(&x, &y, &sigma).expect("a zero").root
        };
        let shifts = (0..4).map(|k| (moved(k, 1e-5) - moved(k, -1e-5)) / 2e-5 * sigma[k]);
        let error = shifts.map(|s| s * s).sum::<f64>().sqrt();
        assert!((found.error / error - 1.0).abs() < 1e-6, "{found:?}, not {error}");
        let [line] = [weighted_root(&x[1..3], &y[1..3], &sigma[1..3]).expect("a zero").root];
        assert!((line - root).abs() > 1e-3, "canary: the chord's zero is another");
    }

    #[test]
    fn what_has_no_zero_is_none() {
        assert_eq!(weighted_root(&[1.0, 2.0], &[1.0, 2.0], &[1.0, 1.0]), None, "above");
        assert_eq!(weighted_root(&[1.0, 2.0], &[1.0, -2.0], &[1.0, 1.0]), None, "falling");
        assert_eq!(weighted_root(&[1.0, 1.0], &[-1.0, 2.0], &[1.0, 1.0]), None, "equal x");
        assert_eq!(weighted_root(&[1.0, 2.0], &[-1.0, 2.0], &[1.0, 0.0]), None, "no error");
        assert_eq!(weighted_root(&[1.0], &[0.0], &[1.0]), None, "one point");
    }
}
