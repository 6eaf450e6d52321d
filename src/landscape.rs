//! Landscapes as mathematics in f64: loss, gradient, and the one-dimensional profiles of those that
//! separate into a sum over coordinates. The engines have their own stages; this is for theory and
//! analysis.

mod batch;
pub mod critical_points;
mod minimum;
mod relief;

pub(crate) use minimum::FLAT;
pub use relief::Relief;

use crate::experiment::{DoubleWell, Landscape, Quadratic};
use crate::formula::Surface;
use critical_points::CriticalPoint;
use std::sync::Arc;

/// The part of a separable landscape that depends on one coordinate, without the floor.
#[derive(Clone, Debug, PartialEq)]
pub enum Profile {
    /// U(x) = ½ curvature (x − minimum)².
    Quadratic {
        /// U''.
        curvature: f64,
        /// Where U' = 0.
        minimum: f64,
    },
    /// U(x) = barrier((x/separation)² − 1)² + tilt x.
    DoubleWell(DoubleWell),
    /// A formula of one variable.
    Formula(Line),
}

/// A loss of one variable, written as a formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    surface: Arc<Surface>,
    critical: Arc<[CriticalPoint]>,
}

impl Profile {
    /// U(x).
    pub fn value(&self, x: f64) -> f64 {
        match self {
            Self::Quadratic { curvature, minimum } => 0.5 * curvature * (x - minimum).powi(2),
            Self::DoubleWell(well) => {
                let u = x / well.separation;
                well.barrier * (u * u - 1.0).powi(2) + well.tilt * x
            }
            Self::Formula(line) => line.surface.loss(&[x]),
        }
    }

    /// U'(x).
    pub fn slope(&self, x: f64) -> f64 {
        match self {
            Self::Quadratic { curvature, minimum } => curvature * (x - minimum),
            Self::DoubleWell(well) => {
                let u = x / well.separation;
                4.0 * well.barrier / well.separation * (u * u - 1.0) * u + well.tilt
            }
            Self::Formula(line) => line.surface.gradient(&[x])[0],
        }
    }

    /// U''(x).
    pub fn curvature(&self, x: f64) -> f64 {
        match self {
            Self::Quadratic { curvature, .. } => *curvature,
            Self::DoubleWell(well) => {
                let u = x / well.separation;
                4.0 * well.barrier / (well.separation * well.separation) * (3.0 * u * u - 1.0)
            }
            Self::Formula(line) => line.surface.hessian(&[x])[0],
        }
    }

    /// The minima, from left to right; none where U has no minimum.
    pub fn minima(&self) -> Vec<f64> {
        match self {
            Self::Quadratic { curvature, minimum } => (*curvature > 0.0).then_some(*minimum).into_iter().collect(),
            Self::DoubleWell(well) => {
                let [left, _, right] = well.critical_points();
                vec![left, right]
            }
            Self::Formula(line) => {
                line.critical.iter().filter(|point| point.index == 0).map(|point| point.position[0]).collect()
            }
        }
    }

    /// The left minimum, the maximum between, and the right minimum of a profile that has two minima and no
    /// other place without slope.
    pub fn wells(&self) -> Option<[f64; 3]> {
        match self {
            Self::Quadratic { .. } => None,
            Self::DoubleWell(well) => Some(well.critical_points()),
            Self::Formula(line) => {
                let [left, saddle, right] = &line.critical[..] else { return None };
                let two = left.index == 0 && saddle.index == 1 && right.index == 0;
                two.then(|| [left, saddle, right].map(|point| point.position[0]))
            }
        }
    }
}

impl Quadratic {
    /// L(θ), floor included.
    pub fn loss(&self, theta: &[f64]) -> f64 {
        let gradient = self.gradient(theta);
        let product: f64 = theta.iter().zip(&self.minimum).zip(&gradient).map(|((x, m), g)| (x - m) * g).sum();
        self.floor + 0.5 * product
    }

    /// ∇L(θ).
    pub fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        let rows = self.hessian.rows();
        let times = |row: &[f64]| row.iter().zip(theta).zip(&self.minimum).map(|((h, x), m)| h * (x - m)).sum();
        rows.iter().map(|row| times(row)).collect()
    }

    /// The profiles of the coordinates, or none where they are coupled.
    fn profiles(&self) -> Option<Vec<Profile>> {
        let rows = self.hessian.rows();
        let coupled = rows.iter().enumerate().any(|(i, row)| row.iter().enumerate().any(|(j, h)| i != j && *h != 0.0));
        let along = |(i, row): (usize, &Vec<f64>)| Profile::Quadratic { curvature: row[i], minimum: self.minimum[i] };
        (!coupled).then(|| rows.iter().enumerate().map(along).collect())
    }
}

impl Landscape {
    /// L(θ), floor included; that of all samples where there are samples; NaN for a force.
    pub fn loss(&self, theta: &[f64]) -> f64 {
        match self {
            Self::Quadratic(_) | Self::FiniteSum(_) | Self::LeastSquares(_) => self.average().loss(theta),
            Self::DoubleWell(l) => {
                let profiles = self.profiles().unwrap_or_default();
                l.floor + profiles.iter().zip(theta).map(|(profile, x)| profile.value(*x)).sum::<f64>()
            }
            Self::Formula(l) => l.surface().0.loss(theta),
            Self::Force(_) => f64::NAN,
        }
    }

    /// ∇L(θ), that of all samples where there are samples; minus a force.
    pub fn gradient(&self, theta: &[f64]) -> Vec<f64> {
        match self {
            Self::Quadratic(_) | Self::FiniteSum(_) | Self::LeastSquares(_) => self.average().gradient(theta),
            Self::DoubleWell(_) => {
                let profiles = self.profiles().unwrap_or_default();
                profiles.iter().zip(theta).map(|(profile, x)| profile.slope(*x)).collect()
            }
            Self::Formula(l) => l.surface().0.gradient(theta),
            Self::Force(l) => l.surface().gradient(theta),
        }
    }

    /// The profiles U_i of L = floor + Σ U_i(θ_i), or none where coordinates are coupled or not known apart.
    pub fn profiles(&self) -> Option<Vec<Profile>> {
        match self {
            Self::Quadratic(_) | Self::FiniteSum(_) | Self::LeastSquares(_) => self.average().profiles(),
            Self::DoubleWell(l) => {
                let across = l.transverse.iter().map(|k| Profile::Quadratic { curvature: *k, minimum: 0.0 });
                Some([Profile::DoubleWell(l.clone())].into_iter().chain(across).collect())
            }
            Self::Formula(l) if self.dimension() == 1 => {
                let (surface, critical) = l.surface();
                Some(vec![Profile::Formula(Line { surface: surface.clone(), critical: critical.clone() })])
            }
            Self::Formula(_) | Self::Force(_) => None,
        }
    }

    /// θ_0 of the saddle between two wells along coordinate 0, where there are two and nothing else there.
    pub fn saddle(&self) -> Option<f64> {
        let [_, saddle, _] = self.profiles()?.first()?.wells()?;
        Some(saddle)
    }

    /// The quadratic of a landscape that is one on average.
    fn average(&self) -> &Quadratic {
        self.quadratic().expect("reading works out the quadratic of samples")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slope_and_curvature_are_the_derivatives_of_the_value() {
        let well = DoubleWell { barrier: 0.7, separation: 1.3, tilt: 0.2, floor: 5.0, transverse: vec![] };
        for profile in [Profile::DoubleWell(well), Profile::Quadratic { curvature: -2.0, minimum: 0.4 }] {
            for x in [-1.7, -0.3, 0.0, 0.9, 2.1] {
                let h = 1e-5;
                let slope = (profile.value(x + h) - profile.value(x - h)) / (2.0 * h);
                let curvature = (profile.slope(x + h) - profile.slope(x - h)) / (2.0 * h);
                assert!((slope - profile.slope(x)).abs() < 1e-8, "slope of {profile:?} at {x}");
                assert!((curvature - profile.curvature(x)).abs() < 1e-8, "curvature of {profile:?} at {x}");
            }
        }
    }
}
