//! Tables of an experiment that do not go together, and why.

use super::error::{Fault, require};
use super::{
    After, Condition, Covariance, Crossing, Distribution, Dynamics, Landscape, Langevin, Minibatch, Noise, Observable,
    Sampling, Schedule, SecondMoment, Setup, Variable,
};
use crate::additive::{is_additive, step_covariance};

/// Refuses a setup whose tables contradict each other.
pub(super) fn refuse(setup: &Setup) -> Result<(), Fault> {
    samples(setup)?;
    noise(setup)?;
    rule(setup)?;
    measures_of_updates(setup)?;
    noise_covariance(setup)?;
    if let Some(rare) = &setup.rare {
        rare.refuse(setup)?;
    }
    bridge(setup)?;
    without_loss(setup)
}

/// What is measured of updates, or between states, needs updates of one length, and paths that are not broken off.
fn measures_of_updates(setup: &Setup) -> Result<(), Fault> {
    let measure = &setup.measure;
    let asked = [
        ("measure.fluctuation_dissipation", measure.fluctuation_dissipation.is_some()),
        ("measure.correlation", measure.correlation.is_some()),
        ("measure.current", measure.current.is_some()),
    ];
    for (key, _) in asked.into_iter().filter(|(_, asked)| *asked) {
        let message = "is not for log-langevin: after one number of steps its walkers are at different times";
        require(!setup.is_time_changed(), key, message)?;
    }
    let flows = matches!(setup.dynamics, Dynamics::GradientFlow(_));
    let message = "relates noise to friction, and gradient-flow has no noise";
    require(!flows || measure.fluctuation_dissipation.is_none(), "measure.fluctuation_dissipation", message)?;
    let restarts = measure.first_passage.as_ref().is_some_and(|p| p.after == After::Restart);
    let message = "needs paths that go on: with it, measure.first_passage.after cannot be \"restart\"";
    require(!restarts || measure.correlation.is_none(), "measure.correlation", message)
}

/// Between updates there is a path where they are steps of an equation in continuous time, and it is a Brownian bridge
/// where their noise is normal and the same everywhere.
fn bridge(setup: &Setup) -> Result<(), Fault> {
    const KEY: &str = "measure.first_passage.crossing";
    let Some(passage) = setup.measure.first_passage.as_ref().filter(|p| p.crossing == Crossing::Bridge) else {
        return Ok(());
    };
    let along_axis = matches!(passage.condition(), Condition::Above(..) | Condition::Below(..));
    require(along_axis, KEY, "can be \"bridge\" for `above` or `below` along an axis only")?;
    let message = "can be \"bridge\" for langevin (scheme euler-maruyama) with normal noise that is the same everywhere \
                   only: other rules have no path between their steps, or one of another law";
    let brownian = matches!(setup.dynamics, Dynamics::Langevin(_))
        && is_additive(setup)
        && setup.distribution() == Distribution::Gaussian;
    require(brownian, KEY, message)?;
    if let Condition::Above(i, _) | Condition::Below(i, _) = passage.condition() {
        let noisy = step_covariance(setup)[(i, i)] > 0.0;
        require(noisy, KEY, "needs noise along the axis: without it a path is no bridge")?;
    }
    require(
        setup.rare.is_none(),
        KEY,
        "must be \"discrete\" with [rare], whose levels are looked at after every update",
    )
}

/// The covariance of the gradient noise needs a gradient with noise.
fn noise_covariance(setup: &Setup) -> Result<(), Fault> {
    let asked = setup.measure.time_series.as_ref().is_some_and(|series| series.noise_covariance);
    let message = "needs a stochastic gradient: a [noise] table, and a rule that steps batch by batch";
    require(!asked || setup.has_stochastic_gradient(), "measure.time_series.noise_covariance", message)
}

/// Fresh samples are drawn by batches alone.
fn samples(setup: &Setup) -> Result<(), Fault> {
    let batches = matches!(setup.noise, Some(Noise::Minibatch(_)));
    let message = "are drawn at every step, so that \"fresh\" needs [noise] kind = \"minibatch\"";
    require(!setup.landscape.is_fresh() || batches, "landscape.synthetic.samples", message)
}

fn noise(setup: &Setup) -> Result<(), Fault> {
    let Some(noise) = &setup.noise else { return Ok(()) };
    match noise {
        Noise::Gaussian(_) => Ok(()),
        Noise::LossHessian(_) => {
            positive_loss(setup, "noise.kind", setup.landscape.quadratic().is_some())?;
            let message = "is 2 L(θ) H(θ*), and the gradient flow from `start` reaches no minimum θ*";
            require(setup.start_hessian().is_some(), "noise.kind", message)
        }
        Noise::Minibatch(noise) => batches(setup, noise),
        Noise::Label(_) => {
            let labels = matches!(setup.landscape, Landscape::LeastSquares(_));
            require(labels, "noise.kind", "is noise of labels, which only a landscape of kind least-squares has")
        }
    }
}

fn batches(setup: &Setup, noise: &Minibatch) -> Result<(), Fault> {
    let sampled = matches!(setup.landscape, Landscape::FiniteSum(_) | Landscape::LeastSquares(_));
    require(sampled, "noise.kind", "draws samples; it needs a landscape of kind finite-sum or least-squares")?;
    let Some(batch) = setup.dynamics.batch_size() else {
        return Err(Fault::new("noise.kind", "needs a rule that steps batch by batch, with a `batch_size`"));
    };
    numbers_of_batch(setup, batch)?;
    let Some(count) = setup.landscape.sample_count() else {
        let message = "cannot be chosen where samples are fresh; leave it out";
        return require(noise.sampling == Sampling::WithReplacement, "noise.sampling", message);
    };
    require(u32::try_from(count).is_ok(), "landscape", "may have fewer than 2^32 samples")?;
    match noise.sampling {
        Sampling::WithReplacement => Ok(()),
        Sampling::WithoutReplacement => {
            let message = format!("must be at most {count}, the number of samples, to draw without replacement");
            require(batch <= count, "dynamics.batch_size", &message)
        }
        Sampling::Epoch => {
            let message = format!("must divide {count}, the number of samples, into the batches of an epoch");
            require(count.is_multiple_of(batch), "dynamics.batch_size", &message)
        }
    }
}

/// Numbers of a batch's examples are counted in 32 bits.
fn numbers_of_batch(setup: &Setup, batch: u64) -> Result<(), Fault> {
    let most = u64::from(u32::MAX) / (setup.dimension() as u64 + 1);
    require(batch <= most, "dynamics.batch_size", &format!("must be at most {most} for batches of single examples"))
}

fn rule(setup: &Setup) -> Result<(), Fault> {
    let restarts = setup.measure.first_passage.as_ref().is_some_and(|p| p.after == After::Restart);
    match &setup.dynamics {
        Dynamics::Rmsprop(rule) => {
            let independent = match &setup.noise {
                Some(Noise::Gaussian(noise)) => !matches!(noise.covariance, Covariance::Full(_)),
                Some(Noise::Minibatch(_)) => true,
                _ => false,
            };
            let message = "per-example averages squares of single examples; it needs [noise] kind = \"minibatch\", or \
                           \"gaussian\" with a number or a list as covariance";
            let per_example = rule.second_moment == SecondMoment::PerExample;
            require(!per_example || independent, "dynamics.second_moment", message)?;
            if per_example { numbers_of_batch(setup, rule.batch_size) } else { Ok(()) }
        }
        Dynamics::Adam(_) | Dynamics::Adaptive(_) => {
            let message = "cannot be \"restart\" with this rule, whose averages count steps from the start of the run";
            require(!restarts, "measure.first_passage.after", message)
        }
        Dynamics::Sgd(_) | Dynamics::Momentum(_) => own_rate(setup, restarts),
        Dynamics::GradientFlow(_) => {
            require(setup.noise.is_none(), "noise", "is not for gradient-flow, which has no noise; remove the table")
        }
        Dynamics::Langevin(rule) => langevin(setup, rule),
        Dynamics::LogLangevin(_) => log_langevin(setup, restarts),
        Dynamics::Underdamped(_) => {
            let message = "is not for underdamped, which takes its noise from `temperature`; remove the table";
            require(setup.noise.is_none(), "noise", message)
        }
    }
}

/// A learning rate that each walker lowers by itself.
fn own_rate(setup: &Setup, restarts: bool) -> Result<(), Fault> {
    let Schedule::FluctuationDissipation { centre, .. } = setup.dynamics.schedule() else { return Ok(()) };
    let d = setup.dimension();
    let message = format!("must have {d} numbers, one for each coordinate");
    require(centre.is_empty() || centre.len() == d, "dynamics.schedule.centre", &message)?;
    let message = "cannot be \"restart\" with this schedule, whose averages count steps from the start of the run";
    require(!restarts, "measure.first_passage.after", message)?;
    let message =
        "needs one learning rate; with this schedule walkers have their own, and average the relation's sides";
    require(setup.measure.fluctuation_dissipation.is_none(), "measure.fluctuation_dissipation", message)
}

fn langevin(setup: &Setup, rule: &Langevin) -> Result<(), Fault> {
    let batches = matches!(setup.noise, Some(Noise::Minibatch(_)));
    let message = "steps batch by batch; langevin needs a covariance, that of kind gaussian, loss-hessian or label";
    require(rule.temperature.is_some() || !batches, "noise.kind", message)
}

fn log_langevin(setup: &Setup, restarts: bool) -> Result<(), Fault> {
    positive_loss(setup, "dynamics.kind", false)?;
    let message = "must be \"loss-hessian\", whose noise in log L is constant, for log-langevin";
    require(matches!(setup.noise, None | Some(Noise::LossHessian(_))), "noise.kind", message)?;
    let message = "is not for log-langevin: after one number of steps its walkers are at different times";
    require(setup.measure.histogram.is_empty(), "measure.histogram", message)?;
    require(setup.measure.time_series.is_none(), "measure.time_series", message)?;
    let message = "must be \"restart\" for log-langevin: after one number of steps its walkers are at different times";
    require(setup.measure.first_passage.is_none() || restarts, "measure.first_passage.after", message)
}

/// Refuses, at `key`, a loss that is not positive everywhere, or zero at the minimum where that is allowed.
fn positive_loss(setup: &Setup, key: &str, zero: bool) -> Result<(), Fault> {
    require(setup.landscape.has_loss(), key, "needs a loss, which a force does not have")?;
    let Some(least) = setup.landscape.least_loss(&setup.ensemble.start.corners()) else {
        return Err(Fault::new(key, "needs a loss above 0 everywhere, and this one falls without end"));
    };
    let message =
        format!("needs a loss above 0 everywhere; at its minimum it is {least}, which `floor` or a constant can raise");
    require(least > 0.0 || (zero && least == 0.0), key, &message)
}

/// Refuses measures of a loss that is not there.
fn without_loss(setup: &Setup) -> Result<(), Fault> {
    if setup.landscape.has_loss() {
        return Ok(());
    }
    const MESSAGE: &str = "is of the loss, which a force does not have";
    let of_loss = setup.measure.histogram.iter().flat_map(|h| h.axes()).any(|axis| axis.variable == Variable::Loss);
    require(!of_loss, "measure.histogram", MESSAGE)?;
    let along = setup.rare.as_ref().is_some_and(|rare| rare.of == Some(Observable::Loss));
    require(!along, "rare.of", MESSAGE)?;
    let above = setup.measure.first_passage.as_ref().map(|passage| passage.condition());
    require(!matches!(above, Some(Condition::LossAbove(_))), "measure.first_passage.loss_above", MESSAGE)
}
