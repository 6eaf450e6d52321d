//! A double well along one coordinate, quadratic across.

use super::MAX_DIMENSION;
use crate::experiment::error::{Fault, finite, not_negative, positive, require};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

impl DoubleWell {
    pub(super) fn complete(&self) -> Result<(), Fault> {
        positive(self.barrier, "barrier")?;
        positive(self.separation, "separation")?;
        finite(&[self.tilt], "tilt")?;
        let limit = self.largest_tilt();
        require(
            self.tilt.abs() < limit,
            "tilt",
            &format!(
                "must be smaller than 8 barrier / (3√3 separation) = {limit:.6} in size, or there is one well only"
            ),
        )?;
        finite(&[self.floor], "floor")?;
        require(
            self.transverse.len() < MAX_DIMENSION,
            "transverse",
            &format!("may have at most {} directions", MAX_DIMENSION - 1),
        )?;
        self.transverse.iter().try_for_each(|k| not_negative(*k, "transverse"))
    }

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
