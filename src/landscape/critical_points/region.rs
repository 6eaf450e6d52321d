//! Where critical points are looked for.

use super::Smooth;

/// A box, and points to go downhill from.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Lower corner.
    pub low: Vec<f64>,
    /// Upper corner.
    pub high: Vec<f64>,
    /// Starts of descents; those of the walkers, for one.
    pub starts: Vec<Vec<f64>>,
}

/// Radius where the loss does not confine.
const RADIUS: f64 = 8.0;

/// Directions in which it is looked whether the loss rises outwards.
const DIRECTIONS: u64 = 256;

impl Region {
    /// A box about the middle of `starts` (of which there is at least one) that has all critical points in
    /// it, where the loss rises outwards far away: twice the largest radius at which it does not, of a row
    /// of radii, in one of many directions. Where it does not rise far away, the box reaches 8 beyond the starts.
    pub fn around(loss: &impl Smooth, starts: &[Vec<f64>]) -> Self {
        let d = loss.dimension();
        let bound = |i: usize, better: fn(f64, f64) -> f64| starts.iter().map(|x| x[i]).reduce(better).unwrap_or(0.0);
        let (least, most): (Vec<_>, Vec<_>) = (0..d).map(|i| (bound(i, f64::min), bound(i, f64::max))).unzip();
        let middle: Vec<f64> = least.iter().zip(&most).map(|(a, b)| 0.5 * (a + b)).collect();
        let spread = least.iter().zip(&most).map(|(a, b)| 0.5 * (b - a)).fold(0.0, f64::max);
        let mut radii = (-40..=80).rev().map(|k| 2_f64.powf(0.25 * f64::from(k)));
        let radius = match radii.find(|radius| !rises(loss, &middle, *radius)) {
            Some(radius) if radius < 1e6 => 2.0 * radius.max(spread),
            Some(_) => RADIUS + spread,
            None => 2.0 * spread.max(1.0),
        };
        let corner = |sign: f64| middle.iter().map(|m| m + sign * radius).collect();
        Self { low: corner(-1.0), high: corner(1.0), starts: starts.to_vec() }
    }

    /// The longest edge.
    pub fn width(&self) -> f64 {
        self.low.iter().zip(&self.high).map(|(low, high)| high - low).fold(0.0, f64::max)
    }

    /// Whether it is inside, or on the edge.
    pub fn contains(&self, x: &[f64]) -> bool {
        x.iter().zip(self.low.iter().zip(&self.high)).all(|(x, (low, high))| low <= x && x <= high)
    }

    /// Whether it is not farther outside than the region is wide.
    pub(super) fn is_near(&self, x: &[f64]) -> bool {
        let width = self.width();
        x.iter().zip(self.low.iter().zip(&self.high)).all(|(x, (low, high))| low - width <= *x && *x <= high + width)
    }

    /// Points all over the region: the middles of a grid of 40² cells in two dimensions, else 2000 points of a
    /// sequence of low discrepancy.
    pub(super) fn spread(&self) -> impl Iterator<Item = Vec<f64>> + '_ {
        const EDGE: u64 = 40;
        let d = self.low.len();
        let number = if d == 2 { EDGE * EDGE } else { 2000 };
        (0..number).map(move |n| {
            let shares = match d {
                2 => [n % EDGE, n / EDGE].map(|k| (k as f64 + 0.5) / EDGE as f64).to_vec(),
                _ => low_discrepancy(n, d),
            };
            let within = |(share, (low, high)): (f64, (&f64, &f64))| low + share * (high - low);
            shares.into_iter().zip(self.low.iter().zip(&self.high)).map(within).collect()
        })
    }
}

/// Point n of the sequence of the fractions of (n + 1)/φᵏ, k = 1, …, d, with the positive root φ of
/// φᵈ⁺¹ = φ + 1: the generalised golden ratio (M. Roberts, 2018).
fn low_discrepancy(n: u64, d: usize) -> Vec<f64> {
    let mut phi = 2_f64;
    for _ in 0..60 {
        phi = (1.0 + phi).powf(1.0 / (d as f64 + 1.0));
    }
    (1..=d as i32).map(|k| (0.5 + (n + 1) as f64 * phi.powi(-k)).fract()).collect()
}

/// Whether the loss rises outwards on the sphere, as far as it is a number there.
fn rises(loss: &impl Smooth, middle: &[f64], radius: f64) -> bool {
    let d = middle.len();
    (0..DIRECTIONS).all(|n| {
        let towards: Vec<f64> = match d {
            1 => vec![if n % 2 == 0 { 1.0 } else { -1.0 }],
            _ => low_discrepancy(n, d).into_iter().map(|share| 2.0 * share - 1.0).collect(),
        };
        let norm = towards.iter().map(|u| u * u).sum::<f64>().sqrt();
        let x: Vec<f64> = middle.iter().zip(&towards).map(|(m, u)| m + radius * u / norm).collect();
        let slope: f64 = loss.gradient(&x).iter().zip(&towards).map(|(g, u)| g * u).sum();
        slope > 0.0 || slope.is_nan()
    })
}
