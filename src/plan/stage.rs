//! From the kinds of an experiment to the stages of a kernel.

use super::kernel::{DynamicsStage, LandscapeStage, NoiseStage, SampleTerms};
use crate::experiment::{
    Covariance, Drive, Dynamics, Hessian, Landscape, Langevin, Noise, Scheme, SecondMoment, Setup,
};
use std::sync::Arc;

pub(super) fn landscape_stage(setup: &Setup) -> LandscapeStage {
    match (&setup.landscape, setup.landscape.quadratic()) {
        (Landscape::Formula(l), _) => LandscapeStage::Formula(Arc::new(l.program().0)),
        (Landscape::Force(l), _) => LandscapeStage::Formula(Arc::new(l.program().0)),
        (_, Some(quadratic)) => match quadratic.hessian {
            Hessian::Diagonal(_) => LandscapeStage::QuadraticDiagonal,
            Hessian::Full(_) => LandscapeStage::QuadraticFull,
        },
        (Landscape::DoubleWell(_), None) => LandscapeStage::DoubleWell,
        (_, None) => unreachable!("reading works out the quadratic of samples"),
    }
}

pub(super) fn noise_stage(setup: &Setup) -> NoiseStage {
    let Some(noise) = &setup.noise else { return NoiseStage::None };
    // What drives these equations is in their own records.
    let own = match &setup.dynamics {
        Dynamics::LogLangevin(_) => true,
        Dynamics::Langevin(rule) => langevin_stage(setup, rule) != DynamicsStage::Sgd,
        _ => false,
    };
    let count = |n: u64| u32::try_from(n).expect("reading keeps batches and samples below 2^32");
    let batch_size = || count(setup.dynamics.batch_size().unwrap_or(1));
    match noise {
        _ if own => NoiseStage::None,
        Noise::Gaussian(_) | Noise::Label(_) => match (setup.constant_noise(), dynamics_stage(setup)) {
            (_, DynamicsStage::Rmsprop { per_example: true }) => {
                NoiseStage::GaussianExamples { batch_size: batch_size() }
            }
            (Some(Covariance::Full(_)), _) => NoiseStage::GaussianFull,
            _ => NoiseStage::GaussianDiagonal,
        },
        Noise::LossHessian(_) => match is_diagonal(setup) {
            true => NoiseStage::LossHessianDiagonal,
            false => NoiseStage::LossHessianFull,
        },
        Noise::Minibatch(noise) => match setup.landscape.sample_count() {
            Some(samples) => NoiseStage::Minibatch {
                terms: match &setup.landscape {
                    Landscape::FiniteSum(_) => SampleTerms::Quadratic,
                    _ => SampleTerms::LeastSquares,
                },
                sampling: noise.sampling,
                batch_size: batch_size(),
                samples: count(samples),
            },
            None => NoiseStage::Fresh { batch_size: batch_size() },
        },
    }
}

pub(super) fn dynamics_stage(setup: &Setup) -> DynamicsStage {
    match &setup.dynamics {
        Dynamics::Sgd(_) => DynamicsStage::Sgd,
        Dynamics::Momentum(_) => DynamicsStage::Momentum,
        Dynamics::Rmsprop(rule) => {
            DynamicsStage::Rmsprop { per_example: rule.second_moment == SecondMoment::PerExample }
        }
        Dynamics::Adam(_) => DynamicsStage::Adam,
        Dynamics::Adaptive(_) => DynamicsStage::Adaptive,
        Dynamics::GradientFlow(_) => DynamicsStage::GradientFlow,
        Dynamics::Langevin(rule) => langevin_stage(setup, rule),
        Dynamics::LogLangevin(rule) => {
            let thermal = matches!(rule.drive(), Drive::Temperature(_));
            DynamicsStage::LogLangevin { full: !thermal && !is_diagonal(setup) }
        }
        Dynamics::Underdamped(_) => DynamicsStage::Underdamped,
    }
}

/// Noise of constant size in every coordinate by itself is in the record of the Langevin stage.
fn langevin_stage(setup: &Setup, rule: &Langevin) -> DynamicsStage {
    let independent = match rule.drive() {
        Drive::Temperature(_) => true,
        Drive::GradientNoise { .. } => setup.constant_noise().is_some_and(|c| c.diagonal(setup.dimension()).is_some()),
    };
    match rule.scheme {
        Scheme::LeimkuhlerMatthews => DynamicsStage::LeimkuhlerMatthews,
        Scheme::EulerMaruyama if independent => DynamicsStage::Langevin,
        Scheme::EulerMaruyama => DynamicsStage::Sgd,
    }
}

/// Whether H(θ*) of loss-hessian noise is diagonal.
fn is_diagonal(setup: &Setup) -> bool {
    setup.start_hessian().is_some_and(|hessian| {
        let d = hessian.nrows();
        (0..d).all(|i| (0..i).all(|j| hessian[(i, j)] == 0.0))
    })
}
