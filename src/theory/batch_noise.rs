//! The noise of the stochastic gradient of a setup whose landscape is a quadratic, on average at least.

use super::ensemble::SecondOrder;
use super::gradient_noise::{Draw, GradientNoise, Sample};
use super::linear::hessian;
use crate::experiment::{Drive, FiniteSum, Landscape, LeastSquares, Noise, Quadratic, Sampling, Setup};
use crate::samples::Samples;
use nalgebra::{DMatrix, DVector};

/// Most samples × dimension⁴ whose moments are summed up: some ten milliseconds.
const MAX_WORK: usize = 2_000_000;

/// C(x)/B, x the distance from the stationary point.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchNoise {
    /// The same everywhere and independent from step to step.
    Constant(DMatrix<f64>),
    /// Dependent on the position, independent from step to step.
    Varying(GradientNoise),
    /// The same everywhere, of batches that are disjoint through an epoch of so many.
    Epoch(DMatrix<f64>, u64),
}

impl BatchNoise {
    /// Of the setup's batches; zero where there is no noise, none where its moments are not known.
    pub fn of(setup: &Setup, landscape: &Quadratic) -> Option<Self> {
        let d = setup.dimension();
        let of_drive = setup.dynamics.drive().map(|drive| match drive {
            Drive::Temperature(_) => 1,
            Drive::GradientNoise { batch_size, .. } => batch_size,
        });
        let batch = setup.dynamics.batch_size().or(of_drive).unwrap_or(1);
        let b = batch as f64;
        let Some(noise) = &setup.noise else { return Some(Self::Constant(DMatrix::zeros(d, d))) };
        match noise {
            Noise::Gaussian(_) | Noise::Label(_) => {
                let rows = setup.constant_noise()?.rows(d);
                Some(Self::Constant(DMatrix::from_fn(d, d, |i, j| rows[i][j] / b)))
            }
            Noise::LossHessian(_) => {
                Some(Self::Varying(GradientNoise::loss_hessian(&hessian(landscape), landscape.floor, b)))
            }
            Noise::Minibatch(noise) => Self::of_samples(&setup.landscape, landscape, noise.sampling, batch),
        }
    }

    /// E C(x)/B over walkers of these moments; none where what is left of an epoch's samples depends on x.
    pub fn mean_covariance(&self, law: &SecondOrder) -> Option<DMatrix<f64>> {
        match self {
            Self::Constant(covariance) => Some(covariance.clone()),
            Self::Varying(noise) => Some(noise.mean_covariance(law)),
            Self::Epoch(..) => None,
        }
    }

    fn of_samples(landscape: &Landscape, mean: &Quadratic, sampling: Sampling, batch: u64) -> Option<Self> {
        let b = batch as f64;
        let samples = match landscape {
            Landscape::LeastSquares(LeastSquares { synthetic: Some(synthetic), .. }) if landscape.is_fresh() => {
                let noise = GradientNoise::gaussian_regression(&hessian(mean), synthetic.label_noise, b);
                return Some(Self::Varying(noise));
            }
            _ => samples(landscape, &mean.minimum)?,
        };
        let draw = match sampling {
            Sampling::WithReplacement => Draw::WithReplacement,
            Sampling::WithoutReplacement | Sampling::Epoch => Draw::WithoutReplacement,
        };
        let noise = GradientNoise::minibatch(&samples, b, draw);
        let one_hessian = samples.iter().all(|sample| sample.hessian == samples[0].hessian);
        match (one_hessian, sampling) {
            (true, Sampling::Epoch) => Some(Self::Epoch(noise.at_rest(), samples.len() as u64 / batch)),
            (true, _) => Some(Self::Constant(noise.at_rest())),
            (false, Sampling::Epoch) => None,
            (false, _) => Some(Self::Varying(noise)),
        }
    }
}

/// The samples that batches are drawn from; none where they are new at every step, or too many.
pub fn samples(landscape: &Landscape, minimum: &[f64]) -> Option<Vec<Sample>> {
    let few = !landscape.is_fresh() && landscape.sample_count()? as usize <= MAX_WORK / landscape.dimension().pow(4);
    few.then(|| match landscape {
        Landscape::FiniteSum(terms) => Some(of_terms(terms, minimum)),
        _ => Some(of_least_squares(landscape.samples()?, minimum)),
    })?
}

fn of_terms(terms: &FiniteSum, minimum: &[f64]) -> Vec<Sample> {
    let minimum = DVector::from_column_slice(minimum);
    let sample = |(i, gradient): (usize, &Vec<f64>)| {
        let hessian = terms.hessian(i);
        Sample { gradient: DVector::from_column_slice(gradient) + &hessian * &minimum, hessian }
    };
    terms.gradients.iter().enumerate().map(sample).collect()
}

/// ½ (w·θ − y)² about θ*.
fn of_least_squares(samples: &Samples, minimum: &[f64]) -> Vec<Sample> {
    let minimum = DVector::from_column_slice(minimum);
    let sample = |(w, y): (&[f64], f64)| {
        let w = DVector::from_column_slice(w);
        Sample { gradient: &w * (w.dot(&minimum) - y), hessian: &w * w.transpose() }
    };
    samples.iter().map(sample).collect()
}
