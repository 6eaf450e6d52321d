//! `[noise]`: the gradient noise of SGD-like rules.

use super::Distribution;
use super::error::{Fault, finite, not_negative, require};
use super::read::read;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Table;

/// Noise of the stochastic gradient ĝ: E ĝ = ∇L, Cov ĝ = C(θ)/B for batches of B.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Noise {
    /// C is constant.
    Gaussian(Gaussian),
    /// C = 2 L(θ) H(θ*).
    LossHessian(LossHessian),
    /// Batches of the landscape's own samples.
    Minibatch(Minibatch),
    /// Fresh noise of every label of least squares.
    Label(Label),
}

/// Additive noise of constant covariance C: normal, unless `distribution` says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gaussian {
    /// C of a batch of one: a number σ² (C = σ² I), a list (the diagonal) or a matrix.
    pub covariance: Covariance,
    /// Shape of the noise: zero mean and unit variance.
    #[serde(default)]
    pub distribution: Distribution,
}

/// C = 2 L(θ) H(θ*), the noise of batches of a mean squared error near a minimum (Mori, Ziyin, Liu & Ueda
/// 2022); θ* is the minimum reached downhill from `start`, from its first point. On a quadratic landscape the loss may
/// be 0 there, where the noise then vanishes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LossHessian {
    /// Shape of the noise: zero mean and unit variance.
    #[serde(default)]
    pub distribution: Distribution,
}

/// Batches of `batch_size` of the landscape's own samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Minibatch {
    /// How a batch is drawn.
    #[serde(default)]
    pub sampling: Sampling,
}

/// How a batch is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// Every sample of a batch by itself.
    #[default]
    WithReplacement,
    /// A new subset of samples at every step.
    WithoutReplacement,
    /// A fresh permutation of all samples every epoch, cut into batches.
    Epoch,
}

/// Fresh noise added to every label of least squares at every step: C = variance · ⟨w wᵀ⟩.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Variance of the noise of a label.
    pub variance: f64,
    /// Shape of the noise: zero mean and unit variance.
    #[serde(default)]
    pub distribution: Distribution,
}

/// A covariance matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a number, a list of numbers (the diagonal) or a matrix (a list of rows)")]
pub enum Covariance {
    /// σ² I.
    Isotropic(f64),
    /// The diagonal.
    Diagonal(Vec<f64>),
    /// The rows.
    Full(Vec<Vec<f64>>),
}

impl Covariance {
    /// The matrix, row by row, for `dimension` coordinates.
    pub fn rows(&self, dimension: usize) -> Vec<Vec<f64>> {
        let diagonal = |value: &dyn Fn(usize) -> f64| {
            (0..dimension).map(|i| (0..dimension).map(|j| if i == j { value(i) } else { 0.0 }).collect()).collect()
        };
        match self {
            Self::Isotropic(variance) => diagonal(&|_| *variance),
            Self::Diagonal(variances) => diagonal(&|i| variances[i]),
            Self::Full(rows) => rows.clone(),
        }
    }

    /// The variances of the coordinates where they are independent, else none.
    pub fn diagonal(&self, dimension: usize) -> Option<Vec<f64>> {
        match self {
            Self::Isotropic(variance) => Some(vec![*variance; dimension]),
            Self::Diagonal(variances) => Some(variances.clone()),
            Self::Full(rows) => (0..dimension)
                .all(|i| (0..dimension).all(|j| i == j || rows[i][j] == 0.0))
                .then(|| (0..dimension).map(|i| rows[i][i]).collect()),
        }
    }

    /// The one variance that all coordinates share, where they do and are independent.
    pub fn isotropic(&self, dimension: usize) -> Option<f64> {
        let variances = self.diagonal(dimension)?;
        variances.iter().all(|v| *v == variances[0]).then(|| variances[0])
    }

    fn validate(&self, dimension: usize) -> Result<(), Fault> {
        const KEY: &str = "covariance";
        match self {
            Self::Isotropic(variance) => not_negative(*variance, KEY),
            Self::Diagonal(variances) => {
                super::error::one_per_coordinate(variances, dimension, KEY)?;
                variances.iter().try_for_each(|v| not_negative(*v, KEY))
            }
            Self::Full(rows) => {
                let square = rows.len() == dimension && rows.iter().all(|row| row.len() == dimension);
                require(
                    square,
                    KEY,
                    &format!(
                        "must be a {dimension} × {dimension} matrix, as the landscape has {dimension} coordinates"
                    ),
                )?;
                rows.iter().try_for_each(|row| finite(row, KEY))?;
                let symmetric = (0..dimension).all(|i| (0..i).all(|j| rows[i][j] == rows[j][i]));
                require(symmetric, KEY, "must be a symmetric matrix")?;
                let matrix = nalgebra::DMatrix::from_fn(dimension, dimension, |i, j| rows[i][j]);
                let smallest = matrix.symmetric_eigenvalues().min();
                require(
                    smallest >= -1e-12 * matrix.amax(),
                    KEY,
                    &format!("must be positive semidefinite; its smallest eigenvalue is {smallest:.6e}"),
                )
            }
        }
    }
}

impl Noise {
    /// The kinds, as they are written.
    pub(crate) const KINDS: &'static [&'static str] = &["gaussian", "loss-hessian", "minibatch", "label"];

    /// Reads the table of a kind.
    pub(super) fn read(kind: &str, table: Table) -> Result<Self, Fault> {
        match kind {
            "gaussian" => Ok(Self::Gaussian(read(table)?)),
            "loss-hessian" => Ok(Self::LossHessian(read(table)?)),
            "minibatch" => Ok(Self::Minibatch(read(table)?)),
            _ => Ok(Self::Label(read(table)?)),
        }
    }

    /// Its shape; that of batches is what their samples make of it.
    pub fn distribution(&self) -> Option<Distribution> {
        match self {
            Self::Gaussian(noise) => Some(noise.distribution),
            Self::LossHessian(noise) => Some(noise.distribution),
            Self::Label(noise) => Some(noise.distribution),
            Self::Minibatch(_) => None,
        }
    }

    pub(crate) fn complete(&mut self, dimension: usize) -> Result<(), Fault> {
        self.distribution().unwrap_or_default().validate()?;
        match self {
            Self::Gaussian(noise) => noise.covariance.validate(dimension),
            Self::LossHessian(_) | Self::Minibatch(_) => Ok(()),
            Self::Label(noise) => not_negative(noise.variance, "variance"),
        }
    }
}
