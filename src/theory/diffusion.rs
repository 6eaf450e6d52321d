//! Linear diffusions dz = −A z dt + √(2D) dW, what linear rules become as the step goes to zero.

use super::linear::LinearRule;
use super::reduction::is_additive;
use crate::experiment::Setup;
use nalgebra::{DMatrix, DVector};

/// dz = −A z dt + √(2D) dW.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearDiffusion {
    /// A; the Hessian where the force has a potential.
    pub drift: DMatrix<f64>,
    /// D, symmetric: diag(T_i) of Langevin, ηC/(2B) of SGD.
    pub diffusion: DMatrix<f64>,
}

impl LinearDiffusion {
    /// What the steps of a setup become in units of its time, with z the distance from the minimum; none where its drift
    /// is not linear, its noise not constant or the rule not of first order.
    pub fn of(setup: &Setup) -> Option<Self> {
        let landscape = setup.landscape.quadratic().filter(|_| is_additive(setup))?;
        let (rule, time) = (LinearRule::on_quadratic(setup, landscape), setup.time_per_step()?);
        let d = setup.dimension();
        Some(Self { drift: (DMatrix::identity(d, d) - rule.map) / time, diffusion: rule.noise / (2.0 * time) })
    }

    /// Σ with A Σ + Σ Aᵀ = 2D (the Lyapunov equation; Gardiner, Handbook of Stochastic Methods, §4.4.6), or none
    /// unless every eigenvalue of A has a positive real part.
    pub fn stationary_covariance(&self) -> Option<DMatrix<f64>> {
        if self.drift.complex_eigenvalues().iter().any(|z| z.re <= 0.0) {
            return None;
        }
        let d = self.drift.nrows();
        let identity = DMatrix::identity(d, d);
        let equations = identity.kronecker(&self.drift) + self.drift.kronecker(&identity);
        let right = DVector::from_column_slice((&self.diffusion * 2.0).as_slice());
        Some(DMatrix::from_column_slice(d, d, equations.lu().solve(&right)?.as_slice()))
    }

    /// E[z_i dz_j − z_j dz_i]/dt in the stationary state: (AΣ)_ij − (AΣ)_ji, 0 in equilibrium.
    pub fn circulation(&self, i: usize, j: usize) -> Option<f64> {
        let drift = &self.drift * self.stationary_covariance()?;
        Some(drift[(i, j)] - drift[(j, i)])
    }

    /// The rate at which entropy is produced in the stationary state, tr(D⁻¹ A Σ Aᵀ) − tr A. Derived here: it is
    /// E[vᵀD⁻¹v] of the current's velocity v = (DΣ⁻¹ − A) z, and tr(DΣ⁻¹) = tr A. None where D is singular.
    pub fn entropy_production(&self) -> Option<f64> {
        let covariance = self.stationary_covariance()?;
        let inverse = self.diffusion.clone().try_inverse()?;
        Some((inverse * &self.drift * covariance * self.drift.transpose()).trace() - self.drift.trace())
    }
}

#[cfg(test)]
mod tests {
    use super::super::predict::tests::setup;
    use super::*;

    fn matrix(values: [f64; 4]) -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, &values)
    }

    /// SGD at η = 0.05 with coupled Hessian and noise variances 1 and 4; Σ also by hand.
    #[test]
    fn unequal_temperatures_produce_entropy() {
        let hessian = matrix([1.0, 0.5, 0.5, 1.0]);
        let unequal = LinearDiffusion { drift: hessian.clone(), diffusion: matrix([0.025, 0.0, 0.0, 0.1]) };
        let covariance = unequal.stationary_covariance().expect("stable");
        let expected = matrix([0.055 / 1.2, -0.05 / 1.2, -0.05 / 1.2, 0.145 / 1.2]);
        assert!((&covariance - expected).amax() < 1e-16, "{covariance}");
        assert!((unequal.circulation(0, 1).expect("stable") - 0.0375).abs() < 1e-16);
        assert!((unequal.entropy_production().expect("regular") - 0.28125).abs() < 1e-14);
        let equal = LinearDiffusion { drift: hessian.clone(), diffusion: matrix([0.1, 0.0, 0.0, 0.1]) };
        let gibbs = hessian.try_inverse().expect("regular") * 0.1;
        assert!((equal.stationary_covariance().expect("stable") - gibbs).amax() < 1e-15);
        assert!(equal.circulation(0, 1).expect("stable").abs() < 1e-15);
        assert!(equal.entropy_production().expect("regular").abs() < 1e-14);
    }

    /// In time where the rates are equal, in steps where they are not: A = diag(η) H/τ, D = diag(η²) C/(2Bτ).
    #[test]
    fn steps_become_a_diffusion() {
        let of = |dynamics: &str| {
            let text = format!(
                r#"
                landscape = {{ kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 2.0]] }}
                noise = {{ kind = "gaussian", covariance = [1.0, 4.0] }}
                dynamics = {{ {dynamics} }}
                ensemble = {{ walkers = 128, steps = 10, start = [0.0, 0.0] }}
                "#
            );
            LinearDiffusion::of(&setup(&text))
        };
        let equal = of("kind = \"sgd\", learning_rate = 0.1, batch_size = 2").expect("linear");
        assert!((&equal.drift - matrix([1.0, 0.5, 0.5, 2.0])).amax() < 1e-15, "{}", equal.drift);
        assert!((&equal.diffusion - matrix([0.025, 0.0, 0.0, 0.1])).amax() < 1e-16, "{}", equal.diffusion);
        let unequal = of("kind = \"sgd\", learning_rate = [0.1, 0.2]").expect("linear");
        assert!((&unequal.drift - matrix([0.1, 0.05, 0.1, 0.4])).amax() < 1e-15, "{}", unequal.drift);
        assert!((&unequal.diffusion - matrix([0.005, 0.0, 0.0, 0.08])).amax() < 1e-16, "{}", unequal.diffusion);
        assert_eq!(of("kind = \"momentum\", learning_rate = 0.1, momentum = 0.5"), None);
    }

    /// A = [[1, −ω], [ω, 1]], D = T: Σ = T, the walker circles at the angular velocity ω, entropy 2ω².
    #[test]
    fn a_rotating_force() {
        let (omega, t) = (0.7, 0.3);
        let rule =
            |a: f64| LinearDiffusion { drift: matrix([a, -omega, omega, a]), diffusion: matrix([t, 0.0, 0.0, t]) };
        assert!((rule(1.0).circulation(0, 1).expect("stable") + 2.0 * omega * t).abs() < 1e-15);
        assert!((rule(1.0).entropy_production().expect("regular") - 2.0 * omega * omega).abs() < 1e-14);
        assert_eq!(rule(-0.1).stationary_covariance(), None);
    }
}
