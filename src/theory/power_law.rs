//! Escape by a power of the loss, under noise that grows with it.

use super::kramers::Well;
use crate::experiment::Setup;
use crate::landscape::Profile;
use std::f64::consts::PI;

/// d ln κ/d ln(L_s/L*) = −(1/T + 1 − n/2) of [`PowerLaw`], with T = ηh*/B. In a bowl too a loss L_s ≫ L* is first exceeded
/// at a rate of this power: at the distance r from the minimum, where L ∝ r², the flux is ∝ r^(n − 1) L d(L^(−1 − 1/T))/dr.
pub fn power_law_exponent(temperature: f64, dimension: usize) -> f64 {
    -(1.0 / temperature + 1.0 - 0.5 * dimension as f64)
}

/// Escape over a barrier under isotropic noise that is proportional to the loss:
///
/// ```text
/// κ = √(h_a |h_s|)/(2π) (L_s/L_a)^−(B/(ηh*) + 1 − n/2)
/// ```
///
/// from the minimum of loss L_a > 0 and curvature h_a along coordinate 0 over the saddle of loss L_s and curvature h_s
/// to the other well, as T = ηh*/B → 0 in n dimensions (Mori, Ziyin, Liu & Ueda, ICML 2022; the prefactor is that of
/// Eyring and Kramers on log L at temperature T, in the time dt = dτ/L). Half of those that reach the saddle go back.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerLaw {
    /// L along coordinate 0 without its floor.
    pub profile: Profile,
    /// The floor.
    pub floor: f64,
    /// T.
    pub temperature: f64,
    /// n, of directions that are not flat.
    pub dimension: usize,
}

impl PowerLaw {
    /// Of a setup with two wells along coordinate 0; none where the noise is not isotropic and proportional to a
    /// positive loss.
    pub fn of(setup: &Setup) -> Option<Self> {
        let profile = setup.landscape.profiles()?.into_iter().next()?;
        let [left, _, right] = profile.wells()?;
        let floor = setup.landscape.floor();
        let positive = floor + profile.value(left).min(profile.value(right)) > 0.0;
        let (temperature, dimension) = (setup.log_temperature()?, setup.effective_dimension()?);
        positive.then_some(Self { profile, floor, temperature, dimension })
    }

    /// κ from a well to the other.
    pub fn escape_rate(&self, from: Well) -> Option<f64> {
        let [left, saddle, right] = self.profile.wells()?;
        let minimum = if from == Well::Left { left } else { right };
        let frequencies = (self.profile.curvature(minimum) * self.profile.curvature(saddle).abs()).sqrt();
        let ratio = (self.floor + self.profile.value(saddle)) / (self.floor + self.profile.value(minimum));
        Some(frequencies / (2.0 * PI) * ratio.powf(power_law_exponent(self.temperature, self.dimension)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;

    /// L = L_0 + (z² − 1)²/4 + ρ²; numbers of this formula by an independent program, which eigenvalues of the
    /// Fokker–Planck equation in two dimensions (z and ρ) approach.
    #[test]
    fn rates_of_a_quartic_double_well() {
        for (temperature, floor, dimension, expected, digits) in [
            (0.1, 0.5, 1, 3.18696e-3, 2e-6),
            (0.1, 0.25, 1, 1.55425e-4, 5e-6),
            (0.1, 0.1, 1, 4.36135e-7, 2e-6),
            (0.2, 0.02, 1, 1.36615e-7, 5e-6),
            (0.4, 0.05, 1, 1.04203e-3, 5e-6),
            (0.2, 0.1, 2, 4.28544e-4, 2e-6),
            (0.2, 0.1, 6, 5.24966e-3, 2e-6),
            (0.2, 0.1, 10, 6.4308e-2, 1e-5),
            (0.1, 0.25, 2, 2.19804e-4, 3e-6),
        ] {
            let transverse = vec![2.0; dimension - 1];
            let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor, transverse };
            let law = PowerLaw { profile: Profile::DoubleWell(well), floor, temperature, dimension };
            for from in [Well::Left, Well::Right] {
                let rate = law.escape_rate(from).expect("two wells");
                assert!((rate / expected - 1.0f64).abs() < digits, "{law:?}: {rate} against {expected}");
            }
        }
        assert_eq!(power_law_exponent(0.1, 1), -10.5);
    }
}
