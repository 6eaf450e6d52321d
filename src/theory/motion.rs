//! A coordinate that moves on its own, whatever its noise.

use super::ensemble::Atom;
use super::loss_driven::LossDriven;
use super::reduction::{Coordinate, coordinates};
use super::regression::Regression;
use super::transition_kernel::TransitionKernel;
use crate::experiment::Setup;

/// A coordinate by its noise.
#[derive(Clone, Debug, PartialEq)]
pub enum Motion {
    /// The same everywhere.
    Additive(Coordinate),
    /// It grows with the loss.
    LossDriven(LossDriven),
    /// Of samples that are new at every step.
    Regression(Regression),
}

impl Motion {
    /// The coordinate `axis` of a setup; none where it depends on others, or is none of these.
    pub fn of(setup: &Setup, axis: usize) -> Option<Self> {
        match coordinates(setup) {
            Some(coordinates) => coordinates.into_iter().nth(axis).map(Self::Additive),
            None => {
                let driven = LossDriven::of(setup).map(Self::LossDriven);
                driven.or_else(|| Regression::of(setup).map(Self::Regression))
            }
        }
    }

    /// r, what multiplies the gradient, or that of log L, in one step.
    pub fn rate(&self) -> f64 {
        match self {
            Self::Additive(coordinate) => coordinate.rate,
            Self::LossDriven(coordinate) => coordinate.rate,
            Self::Regression(coordinate) => coordinate.rate,
        }
    }

    /// The rate per step above which its kernel has digits: any, where the chain's probabilities are all positive.
    pub fn least_rate(&self) -> f64 {
        match self {
            Self::Additive(_) | Self::LossDriven(_) => 0.0,
            Self::Regression(_) => 1e-11,
        }
    }

    /// The start of coordinate `axis` as atoms that resolve one step.
    pub fn start(&self, setup: &Setup, axis: usize) -> Option<Vec<Atom>> {
        match self {
            Self::Additive(coordinate) => coordinate.start(setup, axis),
            Self::LossDriven(coordinate) => coordinate.start(setup),
            Self::Regression(coordinate) => coordinate.start(setup),
        }
    }

    /// Its chain on the whole line.
    pub fn on_line(&self, start: &[Atom]) -> Option<TransitionKernel> {
        match self {
            Self::Additive(coordinate) => TransitionKernel::on_line(coordinate, start),
            Self::LossDriven(coordinate) => TransitionKernel::on_line(coordinate, start),
            // The trapezoidal rule does not resolve its steps.
            Self::Regression(_) => None,
        }
    }

    /// Its chain on the intervals `alive`.
    pub fn within(&self, alive: &[(f64, f64)], start: &[Atom]) -> Option<TransitionKernel> {
        match self {
            Self::Additive(coordinate) => TransitionKernel::within(coordinate, alive, start),
            Self::LossDriven(coordinate) => TransitionKernel::within(coordinate, alive, start),
            Self::Regression(coordinate) => TransitionKernel::within(coordinate, alive, start),
        }
    }
}
