//! What disturbs the gradient.

use crate::experiment::Sampling;

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
