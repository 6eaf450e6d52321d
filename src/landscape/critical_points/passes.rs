//! Which minima a pass joins: those that the gradient flow reaches from its two sides.

use super::{CriticalPoint, Region, Smooth};
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// A saddle of index 1, and what lies downhill of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Place of the saddle in the list of critical points.
    pub saddle: usize,
    /// Places of the minima on both sides, in the order of the list; none where the loss falls out of the region,
    /// or the flow ends at another saddle.
    pub minima: [Option<usize>; 2],
}

/// Steps of the flow: a way of many widths of the region.
const STEPS: usize = 20_000;

/// Longest step, and the first one away from a saddle, relative to the width of the region.
const LONGEST: f64 = 2e-3;
const FIRST: f64 = 1e-4;

/// The flow has arrived where it is as near to a minimum as that, relative to the width of the region.
const ARRIVED: f64 = 1e-5;

/// The passes among the critical points of `loss` within `region`.
pub fn passes(loss: &impl Smooth, region: &Region, points: &[CriticalPoint]) -> Vec<Pass> {
    let saddles = points.iter().enumerate().filter(|(_, point)| point.index == 1);
    let joins = |(saddle, point): (usize, &CriticalPoint)| {
        let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(hessian(loss, &point.position));
        let away = eigenvectors.column(eigenvalues.imin()) * (FIRST * region.width());
        let at = DVector::from_column_slice(&point.position);
        let mut minima = [&at + &away, &at - &away].map(|start| downhill(loss, region, points, start));
        minima.sort_by_key(|minimum| minimum.unwrap_or(usize::MAX));
        Pass { saddle, minima }
    };
    saddles.map(joins).collect()
}

/// The minimum that dx/dt = −∇L reaches from x.
///
/// Each step is that of the flow in the quadratic about x, for a time that is doubled while the step is short: far
/// from a minimum it follows the flow, near one it is Newton's.
fn downhill(loss: &impl Smooth, region: &Region, points: &[CriticalPoint], mut x: DVector<f64>) -> Option<usize> {
    let width = region.width();
    let near = |x: &DVector<f64>, point: &CriticalPoint| {
        point.index == 0 && point.position.iter().zip(x).all(|(a, b)| (a - b).abs() <= ARRIVED * width)
    };
    let mut time = f64::MIN_POSITIVE.sqrt();
    for _ in 0..STEPS {
        if let Some(minimum) = points.iter().position(|point| near(&x, point)) {
            return Some(minimum);
        }
        let SymmetricEigen { eigenvectors, eigenvalues } = SymmetricEigen::new(hessian(loss, x.as_slice()));
        let along = eigenvectors.tr_mul(&DVector::from_vec(loss.gradient(x.as_slice())));
        let step = |t: f64| along.zip_map(&eigenvalues, |slope, h| -slope * flown(h, t).min(f64::MAX));
        let short = |t: f64| step(t).amax() <= LONGEST * width;
        while !short(time) && time > f64::MIN_POSITIVE {
            time *= 0.5;
        }
        while short(2.0 * time) && time < f64::MAX.sqrt() {
            time *= 2.0;
        }
        x += eigenvectors * step(time);
        if !region.is_near(x.as_slice()) {
            return None;
        }
    }
    None
}

/// ∫₀ᵗ exp(−hs) ds.
fn flown(h: f64, t: f64) -> f64 {
    if (h * t).abs() < 1e-8 { t } else { -(-h * t).exp_m1() / h }
}

fn hessian(loss: &impl Smooth, x: &[f64]) -> DMatrix<f64> {
    DMatrix::from_row_slice(x.len(), x.len(), &loss.hessian(x))
}
