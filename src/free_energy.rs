//! Free energies along a run, of walkers whose law stays Gaussian.
//!
//! P. Chaudhari and S. Soatto (ICLR 2018, theorem 5): SGD makes ⟨Φ⟩ − T·entropy fall, with the potential Φ of its
//! stationary density exp(−Φ/T), which is not its loss where noise has a temperature of its own in every direction.

use crate::additive::{is_additive, step_covariance};
use crate::experiment::{Distribution, Setup, Start};
use crate::gaussian::Gaussian;
use crate::lyapunov::stationary_covariance;
use nalgebra::{DMatrix, DVector};

/// Steps x' = (I − RH) x + ζ with Gaussian ζ, and the law ρ_∞ = exp(−Φ)/Z that is stationary under them at their finite
/// size: Φ = ½ xᵀΣ⁻¹x with the solution Σ of the discrete Lyapunov equation.
#[derive(Clone, Debug, PartialEq)]
pub struct FreeEnergies {
    settled: Gaussian,
    /// Σ⁻¹.
    potential: DMatrix<f64>,
    /// H over the mean temperature.
    loss: DMatrix<f64>,
}

impl FreeEnergies {
    /// What [`Self::of_law`] has.
    pub const NAMES: [&'static str; 3] = ["free_energy", "kullback_leibler", "loss_free_energy"];

    /// Of a cell on a quadratic landscape whose walkers start at one point or normal; none where there is no stationary
    /// law, or it has no density.
    pub fn of(setup: &Setup) -> Option<Self> {
        let normal = matches!(setup.ensemble.start, Start::Point(_) | Start::Normal { .. })
            && setup.distribution() == Distribution::Gaussian;
        let whole = !setup.takes_walkers_out();
        let landscape = setup.landscape.quadratic().filter(|_| normal && whole && is_additive(setup))?;
        let (hessian, noise) = (landscape.hessian.matrix(), step_covariance(setup));
        let (d, sizes) = (setup.dimension(), setup.step_sizes());
        // T_i = Q_ii/(2r_i), as of a coordinate by itself.
        let temperature = (0..d).map(|i| noise[(i, i)] / (2.0 * sizes[i])).sum::<f64>() / d as f64;
        let map = DMatrix::identity(d, d) - DMatrix::from_diagonal(&DVector::from_vec(sizes)) * &hessian;
        let covariance = stationary_covariance(&map, &noise)?;
        let potential = covariance.clone().cholesky()?.inverse();
        let settled = Gaussian { mean: DVector::zeros(d), covariance };
        Some(Self { settled, potential, loss: hessian / temperature })
    }

    /// Of walkers of this law, x taken from the minimum: the free energy ⟨Φ⟩ − entropy; its distance from the least there
    /// is, the Kullback–Leibler divergence from ρ_∞; and the same as the first with (L − floor)/T̄ in place of Φ, T̄ the
    /// mean of the temperatures η_iσ_i²/(2B), or T_i, of the coordinates. The first two fall at every step (T. M. Cover and
    /// J. A. Thomas, Elements of Information Theory, 2nd ed., §4.4).
    pub fn of_law(&self, law: &Gaussian) -> [f64; 3] {
        let divergence = law.divergence(&self.settled).unwrap_or(f64::NAN);
        [law.free_energy(&self.potential), divergence, law.free_energy(&self.loss)]
    }

    /// By how much, in its standard errors, a sample of N walkers of this law is off, on average: (3d + d²)/4N to first
    /// order over the root of [mᵀWVWm + ½ tr (WV − I)²]/N, where the potential is ½ xᵀWx (derived here, by the delta
    /// method).
    pub fn bias_of_sample(&self, law: &Gaussian, walkers: f64) -> [f64; 3] {
        let d = law.mean.len();
        let bias = (3 * d + d * d) as f64 / (4.0 * walkers);
        [&self.potential, &self.potential, &self.loss].map(|curvature| {
            let force = curvature * &law.mean;
            let spread = curvature * &law.covariance - DMatrix::identity(d, d);
            let variance = force.dot(&(&law.covariance * &force)) + 0.5 * (&spread * &spread).trace();
            bias / (variance / walkers).sqrt()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::theory::{LinearDiffusion, LinearPotential};

    fn setup(noise: &str, rate: &str) -> Setup {
        let text = format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], minimum = [2.0, -1.0] }}
            noise = {{ kind = "gaussian", covariance = {noise} }}
            dynamics = {{ kind = "sgd", learning_rate = {rate} }}
            ensemble = {{ walkers = 1000, start = [0.0, 0.0], steps = 10 }}
            "#
        );
        Experiment::parse("test", "test.toml", &text, &[]).unwrap_or_else(|e| panic!("{e}")).cells[0].setup.clone()
    }

    fn law(mean: [f64; 2], variances: [f64; 2]) -> Gaussian {
        Gaussian {
            mean: DVector::from_row_slice(&mean),
            covariance: DMatrix::from_diagonal(&DVector::from_row_slice(&variances)),
        }
    }

    /// From afar, two temperatures: the free energy of Φ falls at every step by what the divergence does, that of the
    /// loss turns on the way. With one temperature both fall.
    #[test]
    fn free_energy_falls_with_the_potential_and_not_with_the_loss() {
        for (noise, rises) in [("[1.0, 4.0]", true), ("[2.5, 2.5]", false)] {
            let setup = setup(noise, "0.05");
            let energies = FreeEnergies::of(&setup).expect("stationary");
            let hessian = setup.landscape.quadratic().expect("quadratic").hessian.matrix();
            let (map, noise) = (DMatrix::identity(2, 2) - hessian * 0.05, step_covariance(&setup));
            let mut at = law([3.0, 3.0], [1.0, 1.0]);
            let mut before = energies.of_law(&at);
            let mut risen = 0.0;
            for _ in 0..300 {
                at = at.after(&map, &noise);
                let now = energies.of_law(&at);
                assert!(now[0] <= before[0] + 1e-12 && now[1] <= before[1] + 1e-12, "{before:?}, then {now:?}");
                assert!((now[0] - before[0] - now[1] + before[1]).abs() < 1e-11, "{before:?}, then {now:?}");
                risen += (now[2] - before[2]).max(0.0);
                before = now;
            }
            assert!(before[1].abs() < 1e-10, "settled: {before:?}");
            assert_eq!(risen > 0.01, rises, "the loss's has risen by {risen}");
        }
    }

    /// To first order in the step Φ is that of the diffusion, and with one temperature the loss over it.
    #[test]
    fn potential_is_that_of_the_diffusion_as_the_step_goes_to_zero() {
        let at = law([0.3, -0.2], [0.1, 0.2]);
        for (noise, rate) in [("[1.0, 4.0]", 1e-5), ("[2.5, 2.5]", 1e-5)] {
            let setup = setup(noise, &format!("{rate}"));
            let energies = FreeEnergies::of(&setup).expect("stationary");
            let diffusion = LinearDiffusion {
                drift: setup.landscape.quadratic().expect("quadratic").hessian.matrix(),
                diffusion: step_covariance(&setup) / (2.0 * rate),
            };
            let potential = LinearPotential::of(&diffusion).expect("stable");
            let [found, divergence, of_loss] = energies.of_law(&at);
            let expected = potential.free_energy(&at);
            assert!((found / expected - 1.0).abs() < 2.0 * rate, "{found} against {expected}");
            assert!(((found - divergence) / potential.least_free_energy() - 1.0).abs() < 2.0 * rate);
            let same = (of_loss / expected - 1.0).abs() < 2.0 * rate;
            assert_eq!(same, noise == "[2.5, 2.5]", "{of_loss} against {expected}");
        }
    }

    #[test]
    fn without_a_stationary_density_there_is_none() {
        for (noise, rate) in [("[1.0, 0.0]", "[0.1, 0.1]"), ("[0.0, 0.0]", "0.1"), ("[1.0, 1.0]", "2.5")] {
            let found = FreeEnergies::of(&setup(noise, rate));
            assert_eq!(found.is_none(), noise != "[1.0, 0.0]", "{noise}, {rate}: noise spreads by the coupling");
        }
        let mut scattered = setup("1.0", "0.1");
        scattered.ensemble.start = Start::Points { points: vec![vec![0.0, 0.0], vec![1.0, 0.0]] };
        assert_eq!(FreeEnergies::of(&scattered), None);
    }
}
