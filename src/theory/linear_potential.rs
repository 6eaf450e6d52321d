//! The potential of a linear drift, and the free energy of Gaussian laws in it.

use super::diffusion::LinearDiffusion;
use crate::gaussian::{Gaussian, log_determinant};
use nalgebra::DMatrix;
use std::f64::consts::PI;

/// Φ = ½ xᵀU x with the stationary density ∝ exp(−Φ) of dx = −A x dt + √(2D) dW, and what the drift has beside its
/// descent: A = (D + Q) U with Q antisymmetric (Chaudhari & Soatto, ICLR 2018, Lemma 20).
#[derive(Clone, Debug, PartialEq)]
pub struct LinearPotential {
    /// U, the inverse of the stationary covariance Σ.
    pub hessian: DMatrix<f64>,
    /// Q = A Σ − D, the antisymmetric part of A Σ: 0 in equilibrium.
    pub rotation: DMatrix<f64>,
}

impl LinearPotential {
    /// None where there is no stationary density.
    pub fn of(diffusion: &LinearDiffusion) -> Option<Self> {
        let covariance = diffusion.stationary_covariance()?;
        let circling = &diffusion.drift * &covariance;
        let rotation = (&circling - circling.transpose()) * 0.5;
        Some(Self { hessian: covariance.cholesky()?.inverse(), rotation })
    }

    /// ⟨Φ⟩ − entropy, which falls to −ln ∫ exp(−Φ): a Gaussian law's divergence from the stationary one above that.
    pub fn free_energy(&self, law: &Gaussian) -> f64 {
        law.free_energy(&self.hessian)
    }

    /// −ln ∫ exp(−Φ), the least free energy.
    pub fn least_free_energy(&self) -> f64 {
        0.5 * (log_determinant(&self.hessian) - self.hessian.nrows() as f64 * (2.0 * PI).ln())
    }
}

#[cfg(test)]
mod tests {
    use super::super::linear::stationary_covariance;
    use super::*;
    use nalgebra::DVector;

    fn matrix(values: [f64; 4]) -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, &values)
    }

    /// H = [[1, ½], [½, 1]] and D = diag(1, 4), from an independent program.
    #[test]
    fn potential_of_two_temperatures() {
        let (drift, diffusion) = (matrix([1.0, 0.5, 0.5, 1.0]), matrix([1.0, 0.0, 0.0, 4.0]));
        let found = LinearPotential::of(&LinearDiffusion { drift: drift.clone(), diffusion: diffusion.clone() });
        let found = found.expect("stable");
        let hessian = matrix([0.79452055, 0.27397260, 0.27397260, 0.30136986]);
        assert!((&found.hessian - hessian).amax() < 5.1e-9, "{}", found.hessian);
        assert!((&found.rotation - matrix([0.0, 0.75, -0.75, 0.0])).amax() < 1e-14, "{}", found.rotation);
        assert!(((diffusion + &found.rotation) * &found.hessian - drift).amax() < 1e-14);
        let unstable =
            LinearDiffusion { drift: matrix([-1.0, 0.0, 0.0, 1.0]), diffusion: matrix([1.0, 0.0, 0.0, 1.0]) };
        assert_eq!(LinearPotential::of(&unstable), None);
    }

    /// No step takes a law further from the stationary one, about which it circles: in discrete time from the solution
    /// of the discrete Lyapunov equation, as the step goes to zero by the free energy.
    #[test]
    fn divergence_and_free_energy_fall() {
        let (drift, diffusion) = (matrix([1.0, -3.0, 3.0, 0.5]), matrix([1.0, 0.2, 0.2, 2.0]));
        let step = 0.05;
        let map = DMatrix::identity(2, 2) - &drift * step;
        let noise = &diffusion * (2.0 * step);
        let covariance = stationary_covariance(&map, &noise).expect("stable");
        let settled = Gaussian { mean: DVector::zeros(2), covariance };
        let mut law =
            Gaussian { mean: DVector::from_row_slice(&[3.0, -1.0]), covariance: matrix([0.1, 0.0, 0.0, 4.0]) };
        let potential = LinearPotential::of(&LinearDiffusion { drift, diffusion }).expect("stable");
        let continuous =
            Gaussian { mean: DVector::zeros(2), covariance: potential.hessian.clone().try_inverse().expect("regular") };
        let mut last = law.divergence(&settled).expect("regular");
        assert!(last > 1.0);
        for n in 0..400 {
            let above = potential.free_energy(&law) - potential.least_free_energy();
            let divergence = law.divergence(&continuous).expect("regular");
            assert!((above - divergence).abs() < 1e-12 * (1.0 + above), "{above} against {divergence}");
            law = law.after(&map, &noise);
            let now = law.divergence(&settled).expect("regular");
            assert!(now <= last + 1e-15, "after {n}: {now} from {last}");
            last = now;
        }
        assert!(last < 1e-6, "{last}");
        // A canary: at this step the divergence from the density in continuous time does not fall to 0.
        assert!(law.divergence(&continuous).expect("regular") > 1e-4);
    }
}
