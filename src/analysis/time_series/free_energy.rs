//! Free energies at a point of the time series.

use super::{Averages, Estimate, Walkers};
use crate::experiment::Setup;
use crate::free_energy::FreeEnergies;
use crate::gaussian::Gaussian;
use nalgebra::{DMatrix, DVector};

impl Walkers {
    /// [`FreeEnergies`] of the Gaussian law with the walkers' mean and covariance.
    pub(super) fn free_energies(
        &self,
        energies: &FreeEnergies,
        setup: &Setup,
        reference: &[f64],
        add: &mut impl FnMut(&'static str, &[usize], Estimate),
    ) {
        let Some(minimum) = setup.landscape.quadratic().map(|landscape| &landscape.minimum) else { return };
        let d = reference.len();
        let numbers = |a: &Averages| {
            let from_minimum = |i: usize| reference[i] - minimum[i] + a.of(a.layout.position(i));
            let law = Gaussian {
                mean: DVector::from_fn(d, |i, _| from_minimum(i)),
                covariance: DMatrix::from_fn(d, d, |i, j| a.covariance(i.min(j), i.max(j))),
            };
            Ok(energies.of_law(&law).to_vec())
        };
        let names = FreeEnergies::NAMES;
        for (name, estimate) in names.into_iter().zip(self.all(&numbers, names.len())) {
            add(name, &[], estimate);
        }
    }
}
