//! Minima and the Hessian there.

use super::Profile;
use super::critical_points::{self, Region, critical_points};
use crate::experiment::Landscape;
use nalgebra::DMatrix;

/// Eigenvalues of a Hessian within this share of its largest are zero.
pub const FLAT: f64 = 1e-12;

impl Landscape {
    /// The minimum that the gradient flow from `start` reaches; none where it goes to a saddle, or without end.
    pub fn minimum_below(&self, start: &[f64]) -> Option<Vec<f64>> {
        if let Some(quadratic) = self.quadratic() {
            return rises(&quadratic.hessian.matrix()).then(|| quadratic.minimum.clone());
        }
        if let Self::Formula(l) = self {
            return critical_points::minimum_below(&**l.surface().0, start).map(|minimum| minimum.position);
        }
        // Each coordinate moves on its own.
        let along = |(profile, x): (Profile, &f64)| match profile {
            Profile::Quadratic { curvature, minimum } if curvature > 0.0 => Some(minimum),
            Profile::Quadratic { curvature, .. } => (curvature == 0.0).then_some(*x),
            Profile::DoubleWell(well) => {
                let [left, saddle, right] = well.critical_points();
                (*x != saddle).then_some(if *x < saddle { left } else { right })
            }
            Profile::Formula(_) => None,
        };
        self.profiles()?.into_iter().zip(start).map(along).collect()
    }

    /// The least loss of all, floor included; of a landscape whose minima are not known, as far as they are found
    /// from `starts`. None where there is no minimum.
    pub(crate) fn least_loss(&self, starts: &[Vec<f64>]) -> Option<f64> {
        let least = |profile: Profile| match profile {
            Profile::Quadratic { curvature, .. } => (curvature >= 0.0).then_some(0.0),
            Profile::DoubleWell(_) | Profile::Formula(_) => {
                profile.minima().into_iter().map(|x| profile.value(x)).reduce(f64::min)
            }
        };
        match (self.quadratic(), self.profiles()) {
            (Some(quadratic), _) => rises(&quadratic.hessian.matrix()).then_some(quadratic.floor),
            (None, Some(profiles)) => {
                let along: Option<f64> = profiles.into_iter().map(least).sum();
                Some(self.floor() + along?)
            }
            (None, None) => {
                let Self::Formula(l) = self else { return None };
                let surface = &**l.surface().0;
                let points = critical_points(surface, &Region::around(surface, starts));
                points.iter().filter(|point| point.index == 0).map(|point| point.loss).reduce(f64::min)
            }
        }
    }

    /// The Hessian at θ; none where it is not known.
    pub fn hessian(&self, theta: &[f64]) -> Option<DMatrix<f64>> {
        if let Some(quadratic) = self.quadratic() {
            return Some(quadratic.hessian.matrix());
        }
        if let Self::Formula(l) = self {
            return Some(DMatrix::from_row_slice(theta.len(), theta.len(), &l.surface().0.hessian(theta)));
        }
        let profiles = self.profiles()?;
        let curvatures = profiles.iter().zip(theta).map(|(profile, x)| profile.curvature(*x));
        Some(DMatrix::from_diagonal(&curvatures.collect::<Vec<f64>>().into()))
    }

    /// The largest eigenvalue of the Hessian at any minimum; none without a minimum that is curved.
    pub(crate) fn largest_curvature(&self) -> Option<f64> {
        let largest = match self.quadratic() {
            Some(quadratic) => {
                let hessian = quadratic.hessian.matrix();
                rises(&hessian).then(|| hessian.symmetric_eigenvalues().max())?
            }
            None => {
                let profiles = self.profiles()?;
                profiles.iter().flat_map(|p| p.minima().into_iter().map(|x| p.curvature(x))).fold(0.0, f64::max)
            }
        };
        (largest > 0.0).then_some(largest)
    }
}

/// Whether no direction leads down.
fn rises(hessian: &DMatrix<f64>) -> bool {
    let eigenvalues = hessian.clone().symmetric_eigenvalues();
    eigenvalues.min() >= -FLAT * eigenvalues.amax()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{DoubleWell, Experiment, Hessian, Quadratic};

    #[test]
    fn downhill_leads_to_the_minimum_of_its_side() {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![3.0, 0.0] };
        let well = Landscape::DoubleWell(well);
        for (start, minimum) in [(-0.1, Some(-1.0)), (2.0, Some(1.0)), (0.0, None)] {
            let found = well.minimum_below(&[start, 0.4, 0.7]);
            assert_eq!(found.is_some(), minimum.is_some());
            if let (Some(found), Some(x)) = (found, minimum) {
                assert!((found[0] - x).abs() < 1e-15 && found[1..] == [0.0, 0.7], "{found:?}");
                let hessian = well.hessian(&found).expect("a Hessian");
                assert!((hessian[(0, 0)] - 2.0).abs() < 1e-14 && hessian[(1, 1)] == 3.0 && hessian[(0, 1)] == 0.0);
            }
        }
        assert_eq!(well.largest_curvature(), Some(3.0));
        assert_eq!(well.least_loss(&[vec![0.5, 0.0, 0.0]]), Some(0.0));
        let tilted = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.1, floor: 0.05, transverse: vec![] };
        let [left, _, right] = tilted.critical_points();
        let tilted = Landscape::DoubleWell(tilted);
        assert_eq!(
            tilted.least_loss(&[vec![right]]),
            Some(tilted.loss(&[left])),
            "the deeper well, not that of the start"
        );
    }

    /// The tilted double well with a direction across, as a formula: from the shallow well its deep one is found, and a
    /// loss below 0 there is refused.
    #[test]
    fn the_least_loss_of_a_formula_may_be_in_another_well() {
        let read = |height: f64, kind: &str| {
            let text = format!(
                r#"
                landscape = {{ kind = "formula", loss = "0.25*(x^2 - 1)^2 + 0.3*x + y^2/2 + c", variables = ["x", "y"], parameters = {{ c = {height} }} }}
                {kind}
                ensemble = {{ walkers = 1, steps = 1, start = [0.9, 0.0] }}
                "#
            );
            Experiment::parse("test", "test.toml", &text, &[])
        };
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.3, floor: 0.1, transverse: vec![1.0] };
        let [left, _, right] = well.critical_points();
        let well = Landscape::DoubleWell(well);
        let [deep, shallow] = [left, right].map(|x| well.loss(&[x, 0.0]));
        assert!(deep < 0.0 && shallow > 0.0, "{deep}, {shallow}");
        let plain = r#"dynamics = { kind = "gradient-flow", time_step = 0.1 }"#;
        let formula = read(0.1, plain).expect("a valid experiment").cells[0].setup.clone();
        let least = formula.landscape.least_loss(&formula.ensemble.start.corners()).expect("a minimum");
        assert!((least - deep).abs() < 1e-14, "{least} for {deep}");
        for kind in [
            "noise.kind = \"loss-hessian\"\ndynamics = { kind = \"sgd\", learning_rate = 0.1 }",
            "dynamics = { kind = \"log-langevin\", temperature = 0.1, time_step = 0.1 }",
        ] {
            let refused = read(0.1, kind).map(|_| ()).expect_err(kind).to_string();
            assert!(refused.contains(&format!("at its minimum it is {least}")), "{kind}: {refused}");
            assert!(read(0.4, kind).is_ok(), "{kind}");
        }
    }

    #[test]
    fn saddles_of_a_quadratic_are_no_minima() {
        let of = |rows: [[f64; 2]; 2]| {
            let hessian = Hessian::Full(rows.map(|row| row.to_vec()).to_vec());
            Landscape::Quadratic(Quadratic { hessian, minimum: vec![1.0, 2.0], floor: 0.0 })
        };
        assert_eq!(of([[2.0, 1.0], [1.0, 2.0]]).minimum_below(&[0.0; 2]), Some(vec![1.0, 2.0]));
        assert!((of([[2.0, 1.0], [1.0, 2.0]]).largest_curvature().expect("curved") - 3.0).abs() < 1e-14);
        assert_eq!(of([[1.0, 2.0], [2.0, 1.0]]).minimum_below(&[0.0; 2]), None);
        assert_eq!(of([[1.0, 2.0], [2.0, 1.0]]).largest_curvature(), None);
    }
}
