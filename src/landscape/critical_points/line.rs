//! Roots of the slope along a line.

use super::{Region, Smooth};

/// Cells of the grid on which roots are bracketed.
const CELLS: usize = 8192;

/// The roots of L' in the region, from left to right: where it changes sign, and where it touches 0.
pub fn roots(loss: &impl Smooth, region: &Region) -> Vec<f64> {
    let slope = |x: f64| loss.gradient(&[x])[0];
    let curvature = |x: f64| loss.hessian(&[x])[0];
    let (low, high) = (region.low[0], region.high[0]);
    // Off the middle, where symmetric losses have roots that a grid would meet within rounding.
    let at = |k: usize| low + (high - low) * ((k as f64 - 0.3) / CELLS as f64);
    let mut roots = Vec::new();
    let (mut x, mut left, mut bend) = (at(0), slope(at(0)), curvature(at(0)));
    for k in 1..=CELLS + 1 {
        let (next, right, next_bend) = (at(k), slope(at(k)), curvature(at(k)));
        if left == 0.0 {
            roots.push(x);
        } else if left * right < 0.0 {
            let root = bisect(&slope, x, next);
            // Across a pole the sign changes too, but the slope grows.
            roots.extend((slope(root).abs() <= 0.5 * left.abs().min(right.abs())).then_some(root));
        } else if bend * next_bend < 0.0 && left * bend < 0.0 {
            let root = bisect(&curvature, x, next);
            let rounding = 1e-9 * (left.abs() + right.abs());
            roots.extend((slope(root).abs() <= rounding).then_some(root));
        }
        (x, left, bend) = (next, right, next_bend);
    }
    roots
}

/// Where `f` changes its sign between `low` and `high`, to the last digit.
fn bisect(f: &impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    let rising = f(low) < 0.0;
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return if f(low).abs() <= f(high).abs() { low } else { high };
        }
        if (f(middle) < 0.0) == rising {
            low = middle;
        } else {
            high = middle;
        }
    }
}
