//! First passages out of a ball about the minimum of a round quadratic landscape.

use super::rate_of;
use crate::experiment::{Condition, Setup};
use crate::theory::ensemble::start_points;
use crate::theory::passage_time::{FarSide, ItoDiffusion};

/// Where a walker is reflected, relative to the radius of the ball: in n dimensions it spends a share of 10⁻¹⁰ⁿ within.
const CENTRE: f64 = 1e-10;

/// The rate at which the diffusion leaves the ball that the condition is about, per unit time. With
/// L = L* + ½h|θ − θ*|² and isotropic noise the distance r from the minimum obeys
///
/// ```text
/// dr = (−hr + (n − 1)D/r) dt + √(2D) dW,    D = T, or T L where noise grows with the loss.
/// ```
///
/// None of other landscapes and conditions.
pub fn rate(setup: &Setup) -> Option<f64> {
    let passage = setup.measure.first_passage.as_ref()?;
    let landscape = setup.landscape.quadratic()?;
    let hessian = landscape.hessian.matrix();
    let (n, h) = (hessian.nrows(), hessian[(0, 0)]);
    let round = (0..n).all(|i| (0..n).all(|j| hessian[(i, j)] == if i == j { h } else { 0.0 }));
    let centred = landscape.minimum.iter().all(|m| *m == 0.0);
    let radius = match passage.condition() {
        Condition::LossAbove(threshold) => (2.0 * (threshold - landscape.floor) / h).sqrt(),
        Condition::RadiusAbove(radius) if centred => radius,
        _ => return None,
    };
    // Not where it is NaN either.
    if !(round && h > 0.0 && radius > 0.0) {
        return None;
    }
    let of_loss = setup.log_temperature();
    let thermal = setup.temperature().filter(|_| setup.time_per_step().is_some());
    let diffusion = |r: f64| match (of_loss, thermal) {
        (Some(t), _) => t * (landscape.floor + 0.5 * h * r * r),
        (None, Some(t)) => t,
        (None, None) => 0.0,
    };
    let drift = |r: f64| -h * r + (n - 1) as f64 * diffusion(r) / r;
    let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
    let centre = CENTRE * radius;
    let starts = start_points(&setup.ensemble)?;
    // Walkers whose clocks differ count by how long they take.
    if !(diffusion(radius) > 0.0 && (starts.len() == 1 || !setup.is_time_changed())) {
        return None;
    }
    let passage_time = |point: &[f64]| {
        let squares = point.iter().zip(&landscape.minimum).map(|(x, m)| (x - m).powi(2));
        let from = squares.sum::<f64>().sqrt().max(centre);
        walk.mean_passage_time(Some(from).filter(|from| *from < radius)?, radius, FarSide::Reflecting(centre))
    };
    rate_of(passage.after, starts.iter().map(|(point, weight)| Some((*weight, passage_time(point)?))))
}
