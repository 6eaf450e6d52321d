//! `[landscape]`: the loss L(θ), or the force of a system without one.

mod double_well;
mod formula;
mod quadratic;
mod samples;

pub use double_well::DoubleWell;
pub use formula::{Force, Formula};
pub use quadratic::{Hessian, Quadratic};
pub use samples::{FiniteSum, LeastSquares, SampleCount, Synthetic};

use super::MAX_DIMENSION;
use super::error::Fault;
use super::read::read;
use crate::samples::Samples;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use toml::Table;

/// A loss L(θ) over R^d, or a force.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Landscape {
    /// L = floor + ½ (θ − θ*)ᵀ H (θ − θ*).
    Quadratic(Quadratic),
    /// L = floor + barrier((x/separation)² − 1)² + tilt x + ½ Σ transverse_i y_i².
    DoubleWell(DoubleWell),
    /// A loss written as a formula.
    Formula(Formula),
    /// A drift without a loss, written as formulas.
    Force(Force),
    /// L = mean of L_i = g_i·θ + ½ θᵀH_iθ.
    FiniteSum(FiniteSum),
    /// L = mean of ½ (w·θ − y)² over samples (w, y).
    LeastSquares(LeastSquares),
}

impl Landscape {
    /// The kinds, as they are written.
    pub(crate) const KINDS: &'static [&'static str] =
        &["quadratic", "double-well", "formula", "force", "finite-sum", "least-squares"];

    /// Reads the table of a kind.
    pub(in crate::experiment) fn read(kind: &str, table: Table) -> Result<Self, Fault> {
        match kind {
            "quadratic" => Ok(Self::Quadratic(read(table)?)),
            "double-well" => Ok(Self::DoubleWell(read(table)?)),
            "formula" => Ok(Self::Formula(read(table)?)),
            "force" => Ok(Self::Force(read(table)?)),
            "finite-sum" => Ok(Self::FiniteSum(read(table)?)),
            _ => Ok(Self::LeastSquares(read(table)?)),
        }
    }

    /// Number of coordinates.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Quadratic(l) => l.hessian.dimension(),
            Self::DoubleWell(l) => 1 + l.transverse.len(),
            Self::Formula(l) => l.variables.len(),
            Self::Force(l) => l.variables.len(),
            Self::FiniteSum(l) => l.dimension(),
            Self::LeastSquares(l) => l.dimension(),
        }
    }

    /// The constant `floor`, or that of the quadratic which samples have on average: stages leave it out,
    /// so that it costs no digits.
    pub fn floor(&self) -> f64 {
        match self {
            Self::DoubleWell(l) => l.floor,
            Self::Formula(_) | Self::Force(_) => 0.0,
            Self::Quadratic(_) | Self::FiniteSum(_) | Self::LeastSquares(_) => {
                self.quadratic().map_or(0.0, |quadratic| quadratic.floor)
            }
        }
    }

    /// L as a quadratic, where it is one; on average, where it is made of samples.
    pub fn quadratic(&self) -> Option<&Quadratic> {
        match self {
            Self::Quadratic(l) => Some(l),
            Self::FiniteSum(l) => l.mean(),
            Self::LeastSquares(l) => l.mean(),
            Self::DoubleWell(_) | Self::Formula(_) | Self::Force(_) => None,
        }
    }

    /// The samples (w, y) of least squares; none where there are none, or fresh ones at every step.
    pub fn samples(&self) -> Option<&Arc<Samples>> {
        match self {
            Self::LeastSquares(l) => l.samples(),
            _ => None,
        }
    }

    /// Number of samples that batches are drawn from; none without samples and for fresh ones.
    pub fn sample_count(&self) -> Option<u64> {
        match self {
            Self::FiniteSum(l) => Some(l.gradients.len() as u64),
            _ => self.samples().map(|samples| samples.len() as u64),
        }
    }

    /// Whether samples are made anew at every step.
    pub fn is_fresh(&self) -> bool {
        matches!(self, Self::LeastSquares(l) if l.is_fresh())
    }

    /// Whether there is a loss, not a force alone.
    pub fn has_loss(&self) -> bool {
        !matches!(self, Self::Force(_))
    }

    /// Writes defaults that depend on other keys, then checks every value. Paths are taken from `folder`.
    pub(crate) fn complete(&mut self, folder: &Path) -> Result<(), Fault> {
        match self {
            Self::Quadratic(l) => l.complete(),
            Self::DoubleWell(l) => l.complete(),
            Self::Formula(l) => l.complete(),
            Self::Force(l) => l.complete(),
            Self::FiniteSum(l) => l.complete(),
            Self::LeastSquares(l) => l.complete(folder),
        }
    }
}
