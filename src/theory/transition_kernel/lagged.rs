//! Means of products between a state of the stationary law and later ones.

use super::TransitionKernel;
use super::propagation::Propagation;

/// A function on the line.
pub type Observable<'f> = &'f dyn Fn(f64) -> f64;

impl TransitionKernel {
    /// E[f(x_0) g(x_n)] of the stationary law for every g at every lag n (ascending). None where walkers leave, or
    /// where it takes too long.
    pub fn lagged_means(&self, f: Observable, others: &[Observable], lags: &[u64]) -> Option<Vec<Vec<f64>>> {
        let stationary = self.stationary.as_ref()?;
        let masses: Vec<f64> = stationary.iter().zip(self.nodes()).map(|(mass, x)| mass * f(*x)).collect();
        let size = masses.iter().map(|mass| mass.abs()).sum();
        let mut propagation = Propagation::new(self, masses, 0, size);
        let mean = |masses: &[f64], g: Observable| masses.iter().zip(self.nodes()).map(|(mass, x)| mass * g(*x)).sum();
        let at = |lag: &u64| {
            propagation.to(*lag)?;
            Some(others.iter().map(|g| mean(propagation.masses(), g)).collect())
        };
        lags.iter().map(at).collect()
    }

    /// Σ_n Cov(x_0, x_n) over lags n ≥ 0 of the stationary law. None where walkers leave.
    pub fn summed_autocovariance(&self) -> Option<f64> {
        let stationary = self.stationary()?;
        let mean = stationary.mean(|x| x);
        let masses: Vec<f64> = stationary.atoms().map(|atom| atom.weight * (atom.position - mean)).collect();
        let visits = self.elimination.solve_left(&masses);
        Some(visits.iter().zip(self.nodes()).map(|(visits, x)| visits * (x - mean)).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;
    use crate::landscape::Profile;
    use crate::theory::Atom;
    use crate::theory::reduction::Coordinate;

    fn kernel(profile: Profile) -> TransitionKernel {
        let coordinate = Coordinate { profile, rate: 0.1, deviation: 0.2 };
        TransitionKernel::on_line(&coordinate, &[Atom { position: 0.5, weight: 1.0 }]).expect("confined")
    }

    /// x' = q x + sξ: Cov(x_0, x_n) = Vqⁿ, Cov(x_0², x_n²) = 2V²q²ⁿ, whether by steps or by slow modes.
    #[test]
    fn lagged_means_of_a_linear_rule() {
        let kernel = kernel(Profile::Quadratic { curvature: 1.0, minimum: 0.0 });
        let (q, v) = (0.9f64, 0.04 / 0.19);
        let (own, square): (Observable, Observable) = (&|x| x, &|x| x * x);
        let lags = [0, 1, 10, 64, 65, 100, 200];
        let found = kernel.lagged_means(own, &[own, square], &lags).expect("quick");
        let squares = kernel.lagged_means(square, &[square], &lags).expect("quick");
        for ((n, found), squares) in lags.iter().zip(&found).zip(&squares) {
            let qn = q.powi(*n as i32);
            assert!((found[0] - v * qn).abs() < 1e-12 && found[1].abs() < 1e-12, "lag {n}: {found:?}");
            assert!((squares[0] - v * v * (1.0 + 2.0 * qn * qn)).abs() < 1e-12, "lag {n}: {squares:?}");
        }
        let sum = kernel.summed_autocovariance().expect("nobody leaves");
        assert!((sum - v / (1.0 - q)).abs() < 1e-10, "{sum}");
    }

    /// Over a barrier correlations fall by the relaxation in the end; their sum is that over lags.
    #[test]
    fn lagged_means_over_a_barrier() {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] };
        let kernel = kernel(Profile::DoubleWell(well));
        let own: Observable = &|x| x;
        let lags: Vec<u64> = (0..20_000).collect();
        let found = kernel.lagged_means(own, &[own], &lags).expect("quick");
        let sum: f64 = found.iter().map(|f| f[0]).sum();
        let expected = kernel.summed_autocovariance().expect("nobody leaves");
        assert!((sum / expected - 1.0).abs() < 1e-9, "{sum} against {expected}");
        let rate = (found[500][0] / found[600][0]).ln() / 100.0;
        assert!((rate / kernel.relaxation_rate().expect("real") - 1.0).abs() < 1e-9, "{rate}");
    }
}
