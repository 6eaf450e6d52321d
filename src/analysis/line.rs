//! A straight line through points with errors.

use serde::Serialize;

/// A fitted line y = intercept + slope x.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LineFit {
    /// The slope.
    pub slope: f64,
    /// y at x = 0.
    pub intercept: f64,
    /// Standard error of the slope, from the errors of the points.
    pub slope_error: f64,
    /// Standard error of the intercept, likewise.
    pub intercept_error: f64,
    /// Σ ((y − intercept − slope x)/σ)².
    pub chi_squared: f64,
    /// Number of points less two.
    pub degrees_of_freedom: usize,
}

/// The line that minimises χ² = Σ ((y − a − b x)/σ)², in closed form about the weighted centre of the
/// points, so that a large common offset of x or y costs no digits. With weights w = 1/σ², x̄ and ȳ the
/// weighted means and S = Σ w (x − x̄)²:
///
/// ```text
/// b = Σ w (x − x̄)(y − ȳ) / S        σ_b² = 1/S
/// a = ȳ − b x̄                       σ_a² = 1/Σw + x̄²/S
/// ```
///
/// None for fewer than two points, for slices of different lengths, where all x are equal, and where a
/// number is not finite or a σ is not positive.
pub fn weighted_line(x: &[f64], y: &[f64], sigma: &[f64]) -> Option<LineFit> {
    let n = x.len();
    if n < 2 || y.len() != n || sigma.len() != n || sigma.iter().any(|s| *s <= 0.0) {
        return None;
    }
    let smallest = sigma.iter().copied().fold(f64::INFINITY, f64::min);
    // Weights in units of the largest: 1/σ² may be beyond what a float holds.
    let w: Vec<f64> = sigma.iter().map(|s| (smallest / s).powi(2)).collect();
    let sum: f64 = w.iter().sum();
    // Distances from the centre, by way of those from the first point, which are exact for close values.
    let about_centre = |v: &[f64]| -> (f64, Vec<f64>) {
        let centre = w.iter().zip(v).map(|(w, x)| w * (x - v[0])).sum::<f64>() / sum;
        (v[0] + centre, v.iter().map(|x| (x - v[0]) - centre).collect())
    };
    let ((x_mean, dx), (y_mean, dy)) = (about_centre(x), about_centre(y));
    let spread: f64 = w.iter().zip(&dx).map(|(w, dx)| w * dx * dx).sum();
    let product: f64 = (0..n).map(|k| w[k] * dx[k] * dy[k]).sum();
    let slope = product / spread;
    let fit = LineFit {
        slope,
        intercept: y_mean - slope * x_mean,
        slope_error: smallest / spread.sqrt(),
        intercept_error: smallest * (1.0 / sum + x_mean * x_mean / spread).sqrt(),
        chi_squared: (0..n).map(|k| ((dy[k] - slope * dx[k]) / sigma[k]).powi(2)).sum(),
        degrees_of_freedom: n - 2,
    };
    let finite = [fit.slope, fit.intercept, fit.slope_error, fit.intercept_error, fit.chi_squared];
    (spread > 0.0 && finite.iter().all(|v| v.is_finite())).then_some(fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unweighted line through (0,1), (1,3), (2,4), (3,4): slope 1, intercept 1.5, residuals −½, ½, ½, −½;
    /// with σ = ½ for all: χ² = 4, σ_b = ½/√5, σ_a = ½ √(1/4 + 1.5²/5).
    #[test]
    fn equal_errors_by_hand() {
        let fit = weighted_line(&[0.0, 1.0, 2.0, 3.0], &[1.0, 3.0, 4.0, 4.0], &[0.5; 4]).expect("a line");
        assert!((fit.slope - 1.0).abs() < 1e-15 && (fit.intercept - 1.5).abs() < 1e-15, "{fit:?}");
        assert!((fit.slope_error - 0.5 / 5f64.sqrt()).abs() < 1e-15, "{fit:?}");
        assert!((fit.intercept_error - 0.5 * 0.7f64.sqrt()).abs() < 1e-15, "{fit:?}");
        assert!((fit.chi_squared - 4.0).abs() < 1e-14, "{fit:?}");
        assert_eq!(fit.degrees_of_freedom, 2);
    }

    /// A point with weight 2 is two points with weight 1.
    #[test]
    fn a_weight_counts_like_a_repetition() {
        let twice = weighted_line(&[0.0, 1.0, 1.0, 4.0], &[0.3, 1.0, 1.0, 2.0], &[1.0; 4]).expect("a line");
        let once = weighted_line(&[0.0, 1.0, 4.0], &[0.3, 1.0, 2.0], &[1.0, 0.5f64.sqrt(), 1.0]).expect("a line");
        assert!((twice.slope - once.slope).abs() < 1e-15 && (twice.slope_error - once.slope_error).abs() < 1e-15);
        assert!((twice.chi_squared - once.chi_squared).abs() < 1e-15);
        let wrong = weighted_line(&[0.0, 1.0, 4.0], &[0.3, 1.0, 2.0], &[1.0; 3]).expect("a line");
        assert!((twice.slope - wrong.slope).abs() > 1e-3, "canary: equal weights give another line");
    }

    #[test]
    fn two_points_are_met_exactly() {
        let fit = weighted_line(&[10.0, 20.0], &[-1.0, -6.0], &[0.1, 0.2]).expect("a line");
        assert!((fit.slope + 0.5).abs() < 1e-15 && fit.chi_squared < 1e-25 && fit.degrees_of_freedom == 0, "{fit:?}");
        assert!((fit.slope_error - 0.05f64.sqrt() / 10.0).abs() < 1e-15, "{fit:?}");
    }

    #[test]
    fn an_offset_costs_no_digits() {
        let fit = weighted_line(&[1e9, 1e9 + 1.0, 1e9 + 2.0], &[5.0, 7.0, 9.0], &[1e-3, 1.0, 1e3]).expect("a line");
        assert!((fit.slope - 2.0).abs() < 1e-12, "{fit:?}");
    }

    #[test]
    fn what_is_no_line_is_none() {
        assert_eq!(weighted_line(&[1.0], &[1.0], &[1.0]), None, "one point");
        assert_eq!(weighted_line(&[1.0, 1.0], &[1.0, 2.0], &[1.0, 1.0]), None, "equal x");
        assert_eq!(weighted_line(&[1.0, 2.0], &[1.0, 2.0], &[1.0, 0.0]), None, "no error");
        assert_eq!(weighted_line(&[1.0, 2.0], &[1.0, f64::NAN], &[1.0, 1.0]), None, "not a number");
    }
}
