//! `[landscape]`: the loss L(θ).

use super::MAX_DIMENSION;
use super::error::{Fault, finite, not_negative, positive, require};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A loss L(θ) over R^d.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Landscape {
    /// L = floor + ½ (θ − θ*)ᵀ H (θ − θ*).
    Quadratic(Quadratic),
    /// L = floor + barrier((x/separation)² − 1)² + tilt x + ½ Σ transverse_i y_i².
    DoubleWell(DoubleWell),
}

/// L = floor + ½ (θ − θ*)ᵀ H (θ − θ*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = super::schema::without_default("minimum"))]
pub struct Quadratic {
    /// H: its eigenvalues (diagonal), or a symmetric matrix; eigenvalues of any sign.
    pub hessian: Hessian,
    /// θ*, one number per coordinate (default 0).
    #[serde(default)]
    pub minimum: Vec<f64>,
    /// L(θ*).
    #[serde(default)]
    pub floor: f64,
}

/// A symmetric matrix, diagonal or full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a list of numbers (the diagonal) or a matrix (a list of rows)")]
pub enum Hessian {
    /// The diagonal.
    Diagonal(Vec<f64>),
    /// The rows.
    Full(Vec<Vec<f64>>),
}

/// L = floor + barrier((x/separation)² − 1)² + tilt x + ½ Σ transverse_i y_i², θ = (x, y_1, y_2, …).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DoubleWell {
    /// Height of the barrier over the minima of the untilted well.
    pub barrier: f64,
    /// Distance of the untilted minima from the saddle.
    pub separation: f64,
    /// Slope added along x.
    #[serde(default)]
    pub tilt: f64,
    /// Constant added everywhere.
    #[serde(default)]
    pub floor: f64,
    /// Curvatures of the directions y_i.
    #[serde(default)]
    pub transverse: Vec<f64>,
}

impl Hessian {
    /// Number of rows.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Diagonal(values) => values.len(),
            Self::Full(rows) => rows.len(),
        }
    }

    /// The matrix, row by row.
    pub fn rows(&self) -> Vec<Vec<f64>> {
        match self {
            Self::Full(rows) => rows.clone(),
            Self::Diagonal(values) => (0..values.len())
                .map(|i| {
                    let mut row = vec![0.0; values.len()];
                    row[i] = values[i];
                    row
                })
                .collect(),
        }
    }

    fn validate(&self) -> Result<(), Fault> {
        let d = self.dimension();
        require(d >= 1, "hessian", "must have at least one entry")?;
        require(d <= MAX_DIMENSION, "hessian", &format!("may have at most {MAX_DIMENSION} dimensions"))?;
        match self {
            Self::Diagonal(values) => finite(values, "hessian"),
            Self::Full(rows) => {
                let square = rows.iter().all(|row| row.len() == d);
                require(square, "hessian", "must be a square matrix")?;
                rows.iter().try_for_each(|row| finite(row, "hessian"))?;
                let symmetric = (0..d).all(|i| (0..i).all(|j| rows[i][j] == rows[j][i]));
                require(symmetric, "hessian", "must be a symmetric matrix")
            }
        }
    }
}

impl Landscape {
    /// The kinds, as they are written.
    pub(crate) const KINDS: &'static [&'static str] = &["quadratic", "double-well"];

    /// Number of coordinates.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Quadratic(l) => l.hessian.dimension(),
            Self::DoubleWell(l) => 1 + l.transverse.len(),
        }
    }

    /// The constant `floor`: stages leave it out, so that it costs no digits.
    pub fn floor(&self) -> f64 {
        match self {
            Self::Quadratic(l) => l.floor,
            Self::DoubleWell(l) => l.floor,
        }
    }

    /// Writes defaults that depend on other keys, then checks every value.
    pub(crate) fn complete(&mut self) -> Result<(), Fault> {
        match self {
            Self::Quadratic(l) => {
                l.hessian.validate()?;
                let d = l.hessian.dimension();
                if l.minimum.is_empty() {
                    l.minimum = vec![0.0; d];
                }
                super::error::one_per_coordinate(&l.minimum, d, "minimum")?;
                finite(&l.minimum, "minimum")?;
                finite(&[l.floor], "floor")
            }
            Self::DoubleWell(l) => {
                positive(l.barrier, "barrier")?;
                positive(l.separation, "separation")?;
                finite(&[l.tilt], "tilt")?;
                let limit = l.largest_tilt();
                require(
                    l.tilt.abs() < limit,
                    "tilt",
                    &format!(
                        "must be smaller than 8 barrier / (3√3 separation) = {limit:.6} in size, or there is one well only"
                    ),
                )?;
                finite(&[l.floor], "floor")?;
                require(
                    l.transverse.len() < MAX_DIMENSION,
                    "transverse",
                    &format!("may have at most {} directions", MAX_DIMENSION - 1),
                )?;
                l.transverse.iter().try_for_each(|k| not_negative(*k, "transverse"))
            }
        }
    }
}

impl DoubleWell {
    /// The tilt at which the shallower well disappears: the largest slope of the untilted well between
    /// its minima, 8 barrier / (3√3 separation).
    pub fn largest_tilt(&self) -> f64 {
        8.0 * self.barrier / (3.0 * 3f64.sqrt() * self.separation)
    }

    /// x of the left minimum, the saddle and the right minimum: the roots of
    /// 4 barrier/separation ((x/separation)³ − x/separation) + tilt = 0, by Viète's trigonometric formula.
    pub fn critical_points(&self) -> [f64; 3] {
        let r = self.tilt * self.separation / (4.0 * self.barrier);
        // u³ − u + r = 0 has u_k = (2/√3) cos(φ/3 − 2πk/3), cos φ = −(3√3/2) r.
        let phi = (-1.5 * 3f64.sqrt() * r).clamp(-1.0, 1.0).acos();
        let root = |k: f64| {
            let mut u = 2.0 / 3f64.sqrt() * ((phi - 2.0 * std::f64::consts::PI * k) / 3.0).cos();
            // One Newton step takes out the rounding of acos and cos near u = 0.
            u -= (u * u * u - u + r) / (3.0 * u * u - 1.0);
            u * self.separation
        };
        [root(2.0), root(1.0), root(0.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_points_of_the_symmetric_well_are_exact() {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] };
        let [left, saddle, right] = well.critical_points();
        assert!((left + 1.0).abs() < 1e-15 && saddle.abs() < 1e-15 && (right - 1.0).abs() < 1e-15);
    }

    #[test]
    fn critical_points_of_a_tilted_well_are_roots_of_the_gradient() {
        for tilt in [-0.3, -0.1, 0.01, 0.38] {
            let well = DoubleWell { barrier: 0.5, separation: 2.0, tilt, floor: 0.0, transverse: vec![] };
            let points = well.critical_points();
            assert!(points.is_sorted(), "{points:?} is not left, saddle, right");
            for x in points {
                let u = x / well.separation;
                let slope = 4.0 * well.barrier / well.separation * (u * u * u - u) + tilt;
                assert!(slope.abs() < 1e-14, "slope {slope} at {x} for tilt {tilt}");
            }
        }
    }
}
