//! Predictions for RMSProp and Adam on quadratic landscapes whose coordinates move on their own.

use super::super::ensemble::{MeasuringTimes, SecondOrder};
use super::super::predict::add;
use super::super::{Kind, Predictions, Source};
use super::{AdaptiveRule, sign_descent_pooled, warm_up_variance};
use crate::experiment::{Distribution, Dynamics, Quadratic, SecondMoment, Setup, Start};
use crate::landscape::Profile;

/// Most steps × measuring times of a warm-up: some ten milliseconds.
const MAX_WORK: u64 = 5_000_000;

/// What RMSProp and Adam share: coordinates of curvatures h_i under independent noise.
struct Rule {
    rates: Vec<f64>,
    momentum_steps: f64,
    second_moment_steps: f64,
    epsilon: f64,
    curvatures: Vec<f64>,
    /// σ_i²/B.
    variances: Vec<f64>,
    /// Variance of the gradients whose squares are averaged, over σ_i²/B: 1, or B where they are each
    /// example's.
    averaged: f64,
}

impl Rule {
    /// None under a schedule, and for noise or landscapes that couple coordinates.
    fn of(setup: &Setup) -> Option<Self> {
        let d = setup.dimension();
        let batch = setup.dynamics.batch_size()? as f64;
        let (momentum_steps, second_moment_steps, epsilon, averaged) = match &setup.dynamics {
            Dynamics::Rmsprop(rule) => {
                let averaged = if rule.second_moment == SecondMoment::PerExample { batch } else { 1.0 };
                (1.0, rule.second_moment_steps, rule.epsilon, averaged)
            }
            Dynamics::Adam(rule) => (rule.averaging_steps(), rule.second_moment_steps, rule.epsilon, 1.0),
            _ => return None,
        };
        let curvature = |profile| match profile {
            Profile::Quadratic { curvature, .. } => Some(curvature),
            Profile::DoubleWell(_) | Profile::Formula(_) => None,
        };
        let curvatures: Option<Vec<f64>> = setup.landscape.profiles()?.into_iter().map(curvature).collect();
        setup.dynamics.schedule().is_constant().then_some(Self {
            rates: setup.dynamics.learning_rate()?.values(d),
            momentum_steps,
            second_moment_steps,
            epsilon,
            curvatures: curvatures?,
            variances: setup.constant_noise()?.diagonal(d)?.into_iter().map(|variance| variance / batch).collect(),
            averaged,
        })
    }
}

/// Adds the predictions of moments.
pub fn predict(setup: &Setup, landscape: &Quadratic, all: &mut Predictions) {
    let Some(rule) = Rule::of(setup) else { return };
    if rule.curvatures.iter().all(|h| *h == 0.0) {
        predict_warm_up(setup, landscape, &rule, all);
    } else if rule.second_moment_steps == 1.0 {
        predict_signs(setup, landscape, &rule, all);
    } else {
        predict_stationary(landscape, &rule, all);
    }
}

/// In the limit of a long average of squares, in the end.
fn predict_stationary(landscape: &Quadratic, rule: &Rule, all: &mut Predictions) {
    const SOURCE: Source = Source::AveragedSecondMoment;
    let variance = |i: usize| {
        let (curvature, variance) = (rule.curvatures[i], rule.variances[i]);
        let rule = AdaptiveRule {
            rate: rule.rates[i],
            momentum_steps: rule.momentum_steps,
            epsilon: rule.epsilon,
            curvature,
            variance,
            averaged_variance: rule.averaged * variance,
        };
        (curvature > 0.0 && variance > 0.0).then(|| rule.stationary_variance())
    };
    let variances: Vec<Option<f64>> = (0..rule.rates.len()).map(variance).collect();
    for (i, variance) in variances.iter().enumerate() {
        if let Some(variance) = variance {
            add(all, format!("covariance[{i},{i}]"), SOURCE, Kind::Asymptotic, *variance);
        }
    }
    let loss: Option<f64> = variances.iter().zip(&rule.curvatures).map(|(v, h)| Some(0.5 * h * (*v)?)).sum();
    if let Some(loss) = loss {
        add(all, "loss", SOURCE, Kind::Asymptotic, landscape.floor + loss);
    }
}

/// RMSProp that averages over one step, in one coordinate from one point.
fn predict_signs(setup: &Setup, landscape: &Quadratic, rule: &Rule, all: &mut Predictions) {
    const SOURCE: Source = Source::SignChain;
    let (Dynamics::Rmsprop(_), Start::Point(start)) = (&setup.dynamics, &setup.ensemble.start) else { return };
    let signs = rule.rates.len() == 1 && rule.epsilon == 0.0 && rule.averaged == 1.0;
    if !signs || setup.distribution() != Distribution::Gaussian {
        return;
    }
    let (h, start) = (rule.curvatures[0], start[0] - landscape.minimum[0]);
    // No step leads farther out than the start but against odds.
    if start.abs() + landscape.minimum[0].abs() + rule.rates[0] > 0.5 * setup.ensemble.bounds {
        return;
    }
    let pooled = |times| sign_descent_pooled(rule.rates[0], h, rule.variances[0].sqrt(), start, times);
    let times = MeasuringTimes::of(setup);
    let (Some(law), Some(before)) = (pooled(times), pooled(times.before())) else { return };
    let mean: f64 = law.iter().map(|a| a.weight * a.position).sum();
    let square = |law: &[super::super::Atom]| law.iter().map(|a| a.weight * a.position * a.position).sum::<f64>();
    let mut exact = |estimate: &str, value: f64| add(all, estimate, SOURCE, Kind::Exact, value);
    exact("mean[0]", landscape.minimum[0] + mean);
    exact("covariance[0,0]", square(&law) - mean * mean);
    exact("loss", landscape.floor + 0.5 * h * square(&law));
    exact("gradient_norm_squared", h * h * square(&law));
    exact("stochastic_gradient_norm_squared", h * h * square(&before) + rule.variances[0]);
}

/// The first steps of Adam on a flat landscape, while averages are plain means.
fn predict_warm_up(setup: &Setup, landscape: &Quadratic, rule: &Rule, all: &mut Predictions) {
    const SOURCE: Source = Source::AdamWarmUp;
    let times = MeasuringTimes::of(setup);
    let last = setup.ensemble.total_steps();
    let means = last as f64 <= rule.momentum_steps.min(rule.second_moment_steps)
        && last.saturating_mul(times.count) <= MAX_WORK;
    let noisy = rule.epsilon == 0.0 && rule.variances.iter().all(|variance| *variance > 0.0);
    let normal = setup.distribution() == Distribution::Gaussian;
    if !(matches!(setup.dynamics, Dynamics::Adam(_)) && means && noisy && normal) {
        return;
    }
    let start = SecondOrder::of_start(&setup.ensemble, &landscape.minimum);
    let covariance = start.covariance();
    let moved = warm_up_variance_pooled(times);
    for (i, rate) in rule.rates.iter().enumerate() {
        add(all, format!("mean[{i}]"), SOURCE, Kind::Exact, landscape.minimum[i] + start.mean[i]);
        for j in i..rule.rates.len() {
            let moved = if i == j { rate * rate * moved } else { 0.0 };
            add(all, format!("covariance[{i},{j}]"), SOURCE, Kind::Exact, covariance[(i, j)] + moved);
        }
    }
    let gradient = rule.variances.iter().sum();
    add(all, "stochastic_gradient_norm_squared", SOURCE, Kind::Exact, gradient);
}

/// Var(x_t)/η² averaged over the measuring times.
fn warm_up_variance_pooled(times: MeasuringTimes) -> f64 {
    let at = (0..times.count).map(|k| warm_up_variance(times.first + k * times.every));
    at.sum::<f64>() / times.count as f64
}
