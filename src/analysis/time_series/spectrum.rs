//! Spectra of covariances along the run.

use super::{Averages, Walkers};
use crate::analysis::Estimate;
use crate::spectrum::Spectrum;
use nalgebra::DMatrix;

/// Numbers that describe a spectrum besides its eigenvalues.
const SUMMARIES: usize = 4;

/// What the numbers of a spectrum are called.
pub(super) struct SpectrumNames {
    eigenvalue: &'static str,
    /// Mean, standard deviation, effective rank, participation ratio.
    summaries: [&'static str; SUMMARIES],
}

pub(super) const OF_ENSEMBLE: SpectrumNames = SpectrumNames {
    eigenvalue: "covariance_eigenvalue",
    summaries: ["covariance_eigenvalue_mean", "covariance_eigenvalue_spread", "effective_rank", "participation_ratio"],
};

pub(super) const OF_NOISE: SpectrumNames = SpectrumNames {
    eigenvalue: "noise_covariance_eigenvalue",
    summaries: [
        "noise_covariance_eigenvalue_mean",
        "noise_covariance_eigenvalue_spread",
        "noise_effective_rank",
        "noise_participation_ratio",
    ],
};

impl Walkers {
    /// What describes the spectrum of a matrix of averages.
    pub(super) fn spectrum(
        &self,
        names: &SpectrumNames,
        entry: impl Fn(&Averages, usize, usize) -> f64,
        add: &mut impl FnMut(&'static str, &[usize], Estimate),
    ) {
        let d = self.layout.dimension();
        let numbers = |a: &Averages| {
            let matrix = DMatrix::from_fn(d, d, |i, j| entry(a, i.min(j), i.max(j)));
            let spectrum = Spectrum::of(matrix).ok_or("the covariance is not a matrix of numbers")?;
            let summaries =
                [spectrum.mean(), spectrum.spread(), spectrum.effective_rank(), spectrum.participation_ratio()];
            Ok([&spectrum.eigenvalues[..], &summaries].concat())
        };
        let mut estimates = self.all(&numbers, d + SUMMARIES).into_iter();
        for (k, eigenvalue) in estimates.by_ref().take(d).enumerate() {
            add(names.eigenvalue, &[k], eigenvalue);
        }
        for (name, estimate) in names.summaries.into_iter().zip(estimates) {
            add(name, &[], estimate);
        }
    }
}
