//! The gradient noise of a kernel, and its numbers.

use super::amplitude::{deviations, factor, is_diagonal, start_hessian};
use super::dynamics::DynamicsStage;
use crate::experiment::{Covariance, Drive, Dynamics, Landscape, LeastSquares, Noise, Sampling, Setup};

/// The gradient noise: what is added to the landscape's gradient before the update, or takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoiseStage {
    /// None.
    None,
    /// Constant covariance, coordinates independent.
    GaussianDiagonal,
    /// Constant full covariance.
    GaussianFull,
    /// Covariance proportional to the loss, coordinates independent.
    LossHessianDiagonal,
    /// Full covariance proportional to the loss.
    LossHessianFull,
    /// Constant covariance, coordinates independent, for every example of a batch by itself.
    GaussianExamples {
        /// Examples of a batch.
        batch_size: u32,
    },
    /// The gradient of a batch of samples takes the place of the landscape's.
    Minibatch {
        /// What a sample is.
        terms: SampleTerms,
        /// How a batch is drawn.
        sampling: Sampling,
        /// Samples of a batch.
        batch_size: u32,
        /// Samples in all.
        samples: u32,
    },
    /// The gradient of a batch of ½ (w·θ − y)² with new normal w and y takes the place of the landscape's.
    Fresh {
        /// Samples of a batch.
        batch_size: u32,
    },
}

/// What a sample is; its numbers are in [`Plan::samples`](crate::plan::Plan::samples).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SampleTerms {
    /// g_i·θ + ½ θᵀH_iθ.
    Quadratic,
    /// ½ (w·θ − y)².
    LeastSquares,
}

impl NoiseStage {
    /// Of a cell.
    pub(super) fn of(setup: &Setup) -> Self {
        let Some(noise) = &setup.noise else { return Self::None };
        // What drives these equations is in their own records.
        let own = match &setup.dynamics {
            Dynamics::LogLangevin(_) => true,
            Dynamics::Langevin(_) => DynamicsStage::of(setup) != DynamicsStage::Sgd,
            _ => false,
        };
        let count = |n: u64| u32::try_from(n).expect("reading keeps batches and samples below 2^32");
        let batch_size = || count(setup.dynamics.batch_size().unwrap_or(1));
        match noise {
            _ if own => Self::None,
            Noise::Gaussian(_) | Noise::Label(_) => match (setup.constant_noise(), DynamicsStage::of(setup)) {
                (_, DynamicsStage::Rmsprop { per_example: true }) => {
                    Self::GaussianExamples { batch_size: batch_size() }
                }
                (Some(Covariance::Full(_)), _) => Self::GaussianFull,
                _ => Self::GaussianDiagonal,
            },
            Noise::LossHessian(_) => match is_diagonal(setup) {
                true => Self::LossHessianDiagonal,
                false => Self::LossHessianFull,
            },
            Noise::Minibatch(noise) => match setup.landscape.sample_count() {
                Some(samples) => Self::Minibatch {
                    terms: match &setup.landscape {
                        Landscape::FiniteSum(_) => SampleTerms::Quadratic,
                        _ => SampleTerms::LeastSquares,
                    },
                    sampling: noise.sampling,
                    batch_size: batch_size(),
                    samples: count(samples),
                },
                None => Self::Fresh { batch_size: batch_size() },
            },
        }
    }

    /// Examples of a batch, where every one has a gradient of its own.
    pub fn examples(self) -> Option<u32> {
        match self {
            Self::GaussianExamples { batch_size } | Self::Minibatch { batch_size, .. } | Self::Fresh { batch_size } => {
                Some(batch_size)
            }
            Self::None
            | Self::GaussianDiagonal
            | Self::GaussianFull
            | Self::LossHessianDiagonal
            | Self::LossHessianFull => None,
        }
    }

    /// Numbers of the steps' distribution that an example takes: number i of example b is number
    /// (step·B + b)·(numbers an example) + i.
    pub fn numbers_of_example(self, dimension: usize) -> usize {
        match self {
            Self::GaussianExamples { .. } => dimension,
            Self::Fresh { .. } => dimension + 1,
            _ => 0,
        }
    }

    /// Numbers of the steps' distribution that a walker takes in one step, but for those of examples.
    pub(super) fn numbers(self, dimension: usize) -> usize {
        match self {
            Self::None | Self::GaussianExamples { .. } | Self::Minibatch { .. } | Self::Fresh { .. } => 0,
            Self::GaussianDiagonal | Self::GaussianFull | Self::LossHessianDiagonal | Self::LossHessianFull => {
                dimension
            }
        }
    }
}

/// `gaussian`, `label`: standard deviations √(C_ii/B), or the rows of the lower Cholesky factor of C/B.
/// `loss-hessian`: √(2 H*_ii/B), or the rows of the lower Cholesky factor of 2 H*/B, to be multiplied by √L.
/// Where noise drives a Langevin equation, η/(BΔt) takes the place of 1/B, and numbers are negative: the
/// equation adds noise where descent subtracts it. `gaussian` by examples: √C_ii. `minibatch`: nothing, or,
/// of fresh samples, the standard deviation of every feature, then that of y.
pub(super) fn record(setup: &Setup) -> Vec<f64> {
    let (per_batch, sign) = match (&setup.dynamics, setup.dynamics.drive()) {
        // θ −= Δt (∇L + n) moves by √(ηC Δt/B) ξ where n = −√(ηC/(BΔt)) ξ.
        (Dynamics::Langevin(rule), Some(Drive::GradientNoise { learning_rate, batch_size })) => {
            (learning_rate / (batch_size as f64 * rule.time_step), -1.0)
        }
        _ => (1.0 / setup.dynamics.batch_size().unwrap_or(1) as f64, 1.0),
    };
    let constant = || setup.constant_noise().map_or_else(Vec::new, |c| c.rows(setup.dimension()));
    let amplitudes = match NoiseStage::of(setup) {
        NoiseStage::None | NoiseStage::Minibatch { .. } => Vec::new(),
        NoiseStage::GaussianDiagonal => deviations(&constant(), per_batch),
        NoiseStage::GaussianFull => factor(&constant(), per_batch),
        NoiseStage::GaussianExamples { .. } => deviations(&constant(), 1.0),
        NoiseStage::Fresh { .. } => fresh(&setup.landscape),
        NoiseStage::LossHessianDiagonal => deviations(&start_hessian(setup), 2.0 * per_batch),
        NoiseStage::LossHessianFull => factor(&start_hessian(setup), 2.0 * per_batch),
    };
    amplitudes.into_iter().map(|a| sign * a).collect()
}

fn fresh(landscape: &Landscape) -> Vec<f64> {
    match landscape {
        Landscape::LeastSquares(LeastSquares { synthetic: Some(synthetic), .. }) => {
            synthetic.spectrum.iter().map(|variance| variance.sqrt()).chain([synthetic.label_noise]).collect()
        }
        _ => unreachable!("synthetic samples alone are fresh"),
    }
}
