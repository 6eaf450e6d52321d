//! What links one step of a stationary linear rule with later ones: correlation, relaxation and rotation.

use super::linear::{LinearRule, stationary_covariance};
use super::matrix_power::power;
use nalgebra::DMatrix;

/// E[z_{n+k} z_nᵀ] = A^k Σ in the stationary state, or none where there is no such state.
pub fn lagged_covariance(rule: &LinearRule, lag: u64) -> Option<DMatrix<f64>> {
    Some(power(&rule.map, lag) * stationary_covariance(&rule.map, &rule.noise)?)
}

/// Steps in which the slowest mode falls to 1/e: −1/ln ρ(A), with ρ the largest modulus of an eigenvalue;
/// none where A does not contract.
pub fn relaxation_steps(rule: &LinearRule) -> Option<f64> {
    let largest = rule.map.complex_eigenvalues().iter().map(|z| z.norm()).fold(0.0, f64::max);
    (largest > 0.0 && largest < 1.0).then(|| -1.0 / largest.ln())
}

/// E[z_i z_j' − z_j z_i'] of one step in the stationary state: twice the mean area swept in the plane of i
/// and j, counter-clockwise; 0 in equilibrium. Derived here: (AΣ)_ji − (AΣ)_ij.
pub fn rotation(rule: &LinearRule, i: usize, j: usize) -> Option<f64> {
    let onward = lagged_covariance(rule, 1)?;
    Some(onward[(j, i)] - onward[(i, j)])
}

#[cfg(test)]
mod tests {
    use super::super::gradient_rule::GradientRule;
    use super::*;
    use nalgebra::DVector;

    /// H = [[1, ½], [½, 1]] under noise of standard deviations 1 and 2, with these rates.
    fn coupled(rates: [f64; 2]) -> (DMatrix<f64>, LinearRule) {
        let diagonal = |v: [f64; 2]| DMatrix::from_diagonal(&DVector::from_row_slice(&v));
        let hessian = DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 1.0]);
        let rule = GradientRule::sgd(&diagonal(rates)).linear(&hessian, &diagonal([1.0, 4.0]));
        (hessian, rule)
    }

    /// Numbers from an independent program.
    #[test]
    fn unequal_temperatures_rotate() {
        for (rates, expected) in [([0.05, 0.05], 1.910828e-3), ([0.05, 0.025], 4.219409e-4)] {
            let found = rotation(&coupled(rates).1, 0, 1).expect("stable");
            assert!((found - expected).abs() < 5.1e-10, "{found} with rates {rates:?}");
        }
    }

    /// With rates η'/σ_i² the walkers are in equilibrium at every step size: Σ = η'(2H − H diag(η_i) H)⁻¹,
    /// derived here: it solves Σ = (1 − MH) Σ (1 − HM) + η' M with M = diag(η_i).
    #[test]
    fn rates_inverse_to_the_variance_restore_equilibrium() {
        let (hessian, rule) = coupled([0.05, 0.0125]);
        assert!(rotation(&rule, 0, 1).expect("stable").abs() < 1e-16);
        let found = lagged_covariance(&rule, 0).expect("stable");
        for (index, expected) in [((0, 0), 0.03397438), ((0, 1), -0.01666465), ((1, 1), 0.03349057)] {
            assert!((found[index] - expected).abs() < 5.1e-9, "{} at {index:?}", found[index]);
        }
        let rates = DMatrix::from_diagonal(&DVector::from_row_slice(&[0.05, 0.0125]));
        let inverse = (&hessian * 2.0 - &hessian * rates * &hessian).try_inverse().expect("regular");
        assert!((found - inverse * 0.05).amax() < 1e-15);
    }

    #[test]
    fn relaxation_of_one_coordinate() {
        let rule = |q: f64| LinearRule { map: DMatrix::from_element(1, 1, q), noise: DMatrix::from_element(1, 1, 1.0) };
        for q in [0.9f64, -0.9] {
            let steps = relaxation_steps(&rule(q)).expect("contracts");
            assert!((steps + 1.0 / 0.9f64.ln()).abs() < 1e-13, "{steps} steps at {q}");
        }
        assert_eq!(relaxation_steps(&rule(1.0)), None);
    }
}
