//! Where the walkers start and when they are measured, as theory needs it.

use crate::experiment::{Ensemble, Setup, Start};
use gauss_quad::GaussLegendre;
use nalgebra::{DMatrix, DVector};
use std::num::NonZeroUsize;

/// A share of the walkers at one place of a coordinate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Atom {
    /// The coordinate's value.
    pub position: f64,
    /// The share; negative where a signed measure is meant.
    pub weight: f64,
}

/// The updates after which walkers are measured: `first`, `first + every`, …, `count` of them. Number 0
/// is the start itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuringTimes {
    /// The first update.
    pub first: u64,
    /// Updates between two.
    pub every: u64,
    /// How many.
    pub count: u64,
}

impl MeasuringTimes {
    /// When the setup's moments are measured.
    pub fn of(setup: &Setup) -> Self {
        let every = setup.measure.every;
        Self { first: setup.ensemble.burn_in + every, every, count: setup.ensemble.steps / every }
    }

    /// The updates before each.
    pub fn before(self) -> Self {
        Self { first: self.first - 1, ..self }
    }

    /// The last update.
    pub fn last(&self) -> u64 {
        self.first + self.every * self.count.saturating_sub(1)
    }
}

/// First and second moments of a state z ∈ R^d.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondOrder {
    /// E z.
    pub mean: DVector<f64>,
    /// E z zᵀ.
    pub square: DMatrix<f64>,
}

impl SecondOrder {
    /// Of the walkers' start, with positions taken from `reference`.
    pub fn of_start(ensemble: &Ensemble, reference: &[f64]) -> Self {
        let from = |point: &[f64]| DVector::from_fn(reference.len(), |i, _| point[i] - reference[i]);
        let spread = |mean: DVector<f64>, variance: &dyn Fn(usize) -> f64| Self {
            square: &mean * mean.transpose()
                + DMatrix::from_diagonal(&DVector::from_fn(mean.len(), |i, _| variance(i))),
            mean,
        };
        match &ensemble.start {
            Start::Point(point) => spread(from(point), &|_| 0.0),
            Start::Points { points } => {
                let d = reference.len();
                let mut all = Self { mean: DVector::zeros(d), square: DMatrix::zeros(d, d) };
                for (point, share) in points.iter().zip(shares(ensemble, points.len())) {
                    let z = from(point);
                    all.square += share * &z * z.transpose();
                    all.mean += share * z;
                }
                all
            }
            Start::Normal { normal } => spread(from(&normal.mean), &|i| normal.std[i] * normal.std[i]),
            Start::Uniform { uniform } => {
                let centre: Vec<f64> = uniform.low.iter().zip(&uniform.high).map(|(a, b)| 0.5 * (a + b)).collect();
                spread(from(&centre), &|i| (uniform.high[i] - uniform.low[i]).powi(2) / 12.0)
            }
        }
    }

    /// Of coordinate `i` alone.
    pub fn of_coordinate(&self, i: usize) -> Self {
        Self { mean: DVector::from_element(1, self.mean[i]), square: DMatrix::from_element(1, 1, self.square[(i, i)]) }
    }

    /// Of the first `d` coordinates alone.
    pub fn leading(&self, d: usize) -> Self {
        Self { mean: self.mean.rows(0, d).clone_owned(), square: self.square.view((0, 0), (d, d)).clone_owned() }
    }

    /// Of z followed by coordinates of mean 0 and these variances that are independent of it and each other.
    pub fn followed_by(&self, variances: &[f64]) -> Self {
        let (d, size) = (self.mean.len(), self.mean.len() + variances.len());
        let mut square = self.square.clone().resize(size, size, 0.0);
        for (i, variance) in variances.iter().enumerate() {
            square[(d + i, d + i)] = *variance;
        }
        Self { mean: self.mean.clone().resize_vertically(size, 0.0), square }
    }

    /// E z zᵀ − E z E zᵀ.
    pub fn covariance(&self) -> DMatrix<f64> {
        &self.square - &self.mean * self.mean.transpose()
    }
}

/// The start of coordinate `axis` as atoms. A continuous start becomes the nodes of a quadrature (Gauss–Legendre, 16 to a panel)
/// with panels no wider than `resolution`; none where that takes too many.
pub fn start_atoms(ensemble: &Ensemble, axis: usize, resolution: f64) -> Option<Vec<Atom>> {
    match &ensemble.start {
        Start::Point(point) => Some(vec![Atom { position: point[axis], weight: 1.0 }]),
        Start::Points { points } => Some(
            points
                .iter()
                .zip(shares(ensemble, points.len()))
                .map(|(point, weight)| Atom { position: point[axis], weight })
                .collect(),
        ),
        Start::Normal { normal } => {
            let (mean, std) = (normal.mean[axis], normal.std[axis]);
            // 8.5 standard deviations leave out 2·10⁻¹⁷.
            quadrature(mean - 8.5 * std, mean + 8.5 * std, resolution.min(2.0 * std), |x| {
                (-0.5 * ((x - mean) / std).powi(2)).exp()
            })
        }
        Start::Uniform { uniform } => quadrature(uniform.low[axis], uniform.high[axis], resolution, |_| 1.0),
    }
}

/// The start as points with their shares of the walkers, where it is points.
pub fn start_points(ensemble: &Ensemble) -> Option<Vec<(&[f64], f64)>> {
    match &ensemble.start {
        Start::Point(point) => Some(vec![(point, 1.0)]),
        Start::Points { points } => {
            Some(points.iter().map(Vec::as_slice).zip(shares(ensemble, points.len())).collect())
        }
        Start::Normal { .. } | Start::Uniform { .. } => None,
    }
}

/// For every atom of [`start_atoms`], the mean of coordinate `other` of its walkers.
pub fn start_means(ensemble: &Ensemble, other: usize, atoms: usize) -> Vec<f64> {
    match &ensemble.start {
        Start::Point(point) => vec![point[other]; atoms],
        Start::Points { points } => points.iter().map(|point| point[other]).collect(),
        Start::Normal { normal } => vec![normal.mean[other]; atoms],
        Start::Uniform { uniform } => vec![0.5 * (uniform.low[other] + uniform.high[other]); atoms],
    }
}

/// Share of the walkers at each of `points`, walker i being at point i mod n.
fn shares(ensemble: &Ensemble, points: usize) -> impl Iterator<Item = f64> {
    let (walkers, n) = (ensemble.walkers, points as u64);
    (0..n).map(move |p| (walkers / n + u64::from(p < walkers % n)) as f64 / walkers as f64)
}

fn quadrature(low: f64, high: f64, resolution: f64, density: impl Fn(f64) -> f64) -> Option<Vec<Atom>> {
    const MAX_PANELS: f64 = 2000.0;
    let width = high - low;
    if width <= 0.0 {
        return Some(vec![Atom { position: 0.5 * (low + high), weight: 1.0 }]);
    }
    let panels = (width / resolution).ceil().max(1.0);
    if panels.is_nan() || panels > MAX_PANELS {
        return None;
    }
    let mut atoms = panel_nodes(low, high, panels as usize);
    atoms.iter_mut().for_each(|atom| atom.weight *= density(atom.position));
    let norm: f64 = atoms.iter().map(|atom| atom.weight).sum();
    atoms.iter_mut().for_each(|atom| atom.weight /= norm);
    Some(atoms)
}

/// Nodes and weights of composite Gauss–Legendre quadrature over [low, high], 16 to a panel, ascending.
pub fn panel_nodes(low: f64, high: f64, panels: usize) -> Vec<Atom> {
    let rule = GaussLegendre::new(const { NonZeroUsize::new(16).unwrap() });
    let half = 0.5 * (high - low) / panels as f64;
    let mut pairs: Vec<(f64, f64)> = rule.as_node_weight_pairs().to_vec();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    (0..panels)
        .flat_map(|k| {
            let centre = low + (2 * k + 1) as f64 * half;
            let at = move |(x, w): &(f64, f64)| Atom { position: centre + half * x, weight: half * w };
            pairs.iter().map(at).collect::<Vec<_>>()
        })
        .collect()
}
