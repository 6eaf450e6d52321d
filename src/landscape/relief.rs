//! The relief of a landscape: its critical points, and which minima its passes join.

use super::critical_points::{CriticalPoint, Pass, Region, Smooth, critical_points, passes};
use crate::experiment::Landscape;

/// Critical points of a loss, and its passes among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Relief {
    /// In the order of their coordinates.
    pub points: Vec<CriticalPoint>,
    /// The saddles of index 1, each with the minima that it joins.
    pub passes: Vec<Pass>,
}

/// A landscape that has a loss.
struct Loss<'l>(&'l Landscape);

impl Smooth for Loss<'_> {
    fn dimension(&self) -> usize {
        self.0.dimension()
    }
    fn loss(&self, x: &[f64]) -> f64 {
        self.0.loss(x)
    }
    fn gradient(&self, x: &[f64]) -> Vec<f64> {
        self.0.gradient(x)
    }
    fn hessian(&self, x: &[f64]) -> Vec<f64> {
        let hessian = self.0.hessian(x).expect("every loss has a Hessian");
        hessian.transpose().as_slice().to_vec()
    }
}

impl Landscape {
    /// Its relief, that of a formula as far as it is found from `starts`; none of a force.
    pub fn relief(&self, starts: &[Vec<f64>]) -> Option<Relief> {
        let (points, region) = self.points_of_region(starts)?;
        let passes = passes(&Loss(self), &region, &points);
        Some(Relief { points, passes })
    }

    /// The points of its relief, without what they join.
    pub fn critical_points(&self, starts: &[Vec<f64>]) -> Option<Vec<CriticalPoint>> {
        self.points_of_region(starts).map(|(points, _)| points)
    }

    fn points_of_region(&self, starts: &[Vec<f64>]) -> Option<(Vec<CriticalPoint>, Region)> {
        if !self.has_loss() {
            return None;
        }
        let loss = Loss(self);
        let region = |starts: &[Vec<f64>]| Region::around(&loss, starts);
        Some(match self.known_critical_points() {
            Some(known) => {
                let region = region(&known);
                (known.into_iter().filter_map(|x| CriticalPoint::at(&loss, x)).collect(), region)
            }
            None => {
                let region = region(starts);
                (critical_points(&loss, &region), region)
            }
        })
    }

    /// Where the gradient vanishes, of landscapes of which that is known in closed form. Of points that are not
    /// alone, as along a flat direction, one.
    fn known_critical_points(&self) -> Option<Vec<Vec<f64>>> {
        match (self, self.quadratic()) {
            (_, Some(quadratic)) => Some(vec![quadratic.minimum.clone()]),
            (Self::DoubleWell(well), None) => {
                let at = |x: f64| [vec![x], vec![0.0; well.transverse.len()]].concat();
                Some(well.critical_points().map(at).to_vec())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{DoubleWell, Hessian, Quadratic};

    #[test]
    fn of_a_tilted_well_with_a_direction_across() {
        let well = DoubleWell { barrier: 0.5, separation: 1.5, tilt: 0.1, floor: 3.0, transverse: vec![0.2] };
        let [left, saddle, right] = well.critical_points();
        let landscape = Landscape::DoubleWell(well);
        let relief = landscape.relief(&[]).expect("a loss");
        let positions: Vec<_> = relief.points.iter().map(|point| point.position.clone()).collect();
        assert_eq!(positions, [left, saddle, right].map(|x| vec![x, 0.0]));
        assert_eq!(relief.points.iter().map(|point| point.index).collect::<Vec<_>>(), [0, 1, 0]);
        for point in &relief.points {
            assert_eq!(point.loss, landscape.loss(&point.position));
            assert!(point.eigenvalues.contains(&0.2), "{point:?}");
        }
        assert_eq!(relief.passes, [Pass { saddle: 1, minima: [Some(0), Some(2)] }]);
    }

    #[test]
    fn of_quadratics() {
        let of = |rows: [[f64; 2]; 2]| {
            let hessian = Hessian::Full(rows.map(|row| row.to_vec()).to_vec());
            let landscape = Landscape::Quadratic(Quadratic { hessian, minimum: vec![1.0, 2.0], floor: 0.5 });
            landscape.relief(&[]).expect("a loss")
        };
        let bowl = of([[2.0, 1.0], [1.0, 2.0]]);
        assert!(bowl.points.len() == 1 && bowl.passes.is_empty(), "{bowl:?}");
        assert!((bowl.points[0].eigenvalues[0] - 1.0).abs() < 1e-14 && bowl.points[0].loss == 0.5, "{bowl:?}");
        let saddle = of([[1.0, 2.0], [2.0, 1.0]]);
        assert_eq!((saddle.points[0].index, &saddle.passes[..]), (1, &[Pass { saddle: 0, minima: [None; 2] }][..]));
    }
}
