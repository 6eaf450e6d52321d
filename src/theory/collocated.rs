//! Predictions for one coordinate with two wells, by collocation: rules that remember, and noise that is not
//! normal.

mod relations;

use super::collocation::{CollocationKernel, NoiseLaw, langevin_splitting, leimkuhler_matthews, momentum};
use super::double_well::predict_gibbs;
use super::ensemble::MeasuringTimes;
use super::klein_kramers::underdamped_relaxation_rate;
use super::kramers::{Well, escape_rate, spatial_diffusion_rate};
use super::kramers_turnover::turnover_rate;
use super::predict::add;
use super::reduction::{Coordinate, coordinates};
use super::{Kind, Predictions, Source};
use crate::experiment::{Distribution, Drive, Dynamics, Scheme, Setup};
use crate::landscape::Profile;
use std::rc::Rc;

/// Relaxations after which walkers are at their stationary law: e^−18 = 10⁻⁸ of the start is left.
pub(super) const SETTLED: f64 = 18.0;

/// Takes the average of a function.
type Average<'a> = Box<dyn Fn(&dyn Fn(f64) -> f64) -> f64 + 'a>;

/// Takes the average of a function of a state of two numbers and the next.
pub type AverageOverStep<'a> = Box<dyn Fn(&dyn Fn([f64; 2], [f64; 2]) -> f64) -> f64 + 'a>;

/// Averages over the stationary law of x, and of updates where the state is two numbers; and its relaxation per step.
struct Stationary<'a> {
    mean: Average<'a>,
    over_step: Option<AverageOverStep<'a>>,
    relaxation_rate: Option<f64>,
}

/// Adds relaxation, and moments where walkers have settled. A kernel takes up to a second or so, so
/// that there is none where neither can be: without a time series, and after a burn-in that is short.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some([profile]) = setup.landscape.profiles().and_then(|profiles| <[Profile; 1]>::try_from(profiles).ok())
    else {
        return;
    };
    let (Some([_, saddle, _]), Some(temperature)) = (profile.wells(), setup.temperature()) else { return };
    let Some(per_step) = setup.time_per_step() else { return };
    let remembers = match &setup.dynamics {
        Dynamics::Langevin(rule) => rule.scheme == Scheme::LeimkuhlerMatthews,
        Dynamics::Momentum(_) | Dynamics::Underdamped(_) => true,
        _ => false,
    };
    if remembers {
        let coordinate = Coordinate { profile: profile.clone(), rate: 1.0, deviation: (2.0 * temperature).sqrt() };
        predict_gibbs(setup.landscape.floor(), saddle, &[coordinate], all);
    } else if setup.distribution() == Distribution::Gaussian {
        return;
    }
    let hop = |from| match &setup.dynamics {
        Dynamics::Underdamped(rule) => spatial_diffusion_rate(&profile, temperature, rule.friction, from),
        _ => escape_rate(&profile, temperature, from),
    };
    let Some(hops) = hop(Well::Left).zip(hop(Well::Right)).map(|(there, back)| there + back) else { return };
    if remembers {
        add(all, "relaxation_rate", Source::Kramers, Kind::Asymptotic, hops);
    }
    if let Dynamics::Underdamped(rule) = &setup.dynamics {
        let hop = |from| turnover_rate(&profile, temperature, rule.friction, from);
        if let Some((there, back)) = hop(Well::Left).zip(hop(Well::Right)) {
            add(all, "relaxation_rate", Source::KramersTurnover, Kind::Asymptotic, there + back);
        }
    }
    let series = setup.measure.time_series.is_some();
    if series
        && let Dynamics::Underdamped(rule) = &setup.dynamics
        && let Some(rate) = underdamped_relaxation_rate(&profile, temperature, rule.friction)
    {
        add(all, "relaxation_rate", Source::KleinKramers, Kind::LeadingOrder, rate);
    }
    let first = MeasuringTimes::of(setup).first as f64;
    if !series && hops * per_step * first < 0.5 * SETTLED {
        return;
    }
    let Some(stationary) = stationary(setup, &profile, temperature) else { return };
    let Some(rate) = stationary.relaxation_rate else { return };
    add(all, "relaxation_rate", Source::Collocation, Kind::Exact, rate / per_step);
    if rate * first > SETTLED {
        predict_moments(setup, &profile, &stationary, all);
        if let Some(mean) = &stationary.over_step {
            relations::predict(setup, &profile, mean, all);
        }
    }
}

fn predict_moments(setup: &Setup, profile: &Profile, stationary: &Stationary, all: &mut Predictions) {
    let mean = |f: &dyn Fn(f64) -> f64| (stationary.mean)(f);
    let mut exact = |estimate: &str, value: f64| add(all, estimate, Source::Collocation, Kind::Exact, value);
    let x = mean(&|x| x);
    exact("mean[0]", x);
    exact("covariance[0,0]", mean(&|y| (y - x) * (y - x)));
    exact("loss", setup.landscape.floor() + mean(&|x| profile.value(x)));
    exact("gradient_norm_squared", mean(&|x| profile.slope(x).powi(2)));
}

/// None for rules and laws of noise that are not collocated.
fn stationary<'a>(setup: &Setup, profile: &'a Profile, temperature: f64) -> Option<Stationary<'a>> {
    let law = noise_law(setup)?;
    let plane = match &setup.dynamics {
        Dynamics::Momentum(rule) => {
            let deviation = (setup.constant_noise()?.diagonal(1)?[0] / rule.batch_size as f64).sqrt();
            let retention = 1.0 - 1.0 / rule.averaging_steps();
            momentum(profile, rule.learning_rate.shared()?, retention, deviation, &law)?
        }
        Dynamics::Underdamped(rule) => langevin_splitting(profile, rule.time_step, rule.friction, temperature)?,
        Dynamics::Langevin(rule) if rule.scheme == Scheme::LeimkuhlerMatthews => {
            (law == NoiseLaw::Gaussian).then(|| leimkuhler_matthews(profile, rule.time_step, temperature))??
        }
        _ => {
            let coordinate = coordinates(setup)?.into_iter().next()?;
            let kernel = CollocationKernel::new(&coordinate, &law, &coordinate.start(setup, 0)?)?;
            let (relaxation_rate, law) = (kernel.relaxation_rate(), kernel.stationary());
            return Some(Stationary { mean: Box::new(move |f| law.mean(f)), over_step: None, relaxation_rate });
        }
    };
    let relaxation_rate = plane.relaxation_rate();
    let plane = Rc::new(plane);
    let updates = Rc::clone(&plane);
    Some(Stationary {
        mean: Box::new(move |f| plane.mean(|[x, _]| f(x))),
        over_step: Some(Box::new(move |f| updates.mean_over_step(f))),
        relaxation_rate,
    })
}

/// The law of the noise of descent; none where it is of a temperature and skewed, as that is added, not subtracted.
pub(super) fn noise_law(setup: &Setup) -> Option<NoiseLaw> {
    let thermal = matches!(setup.dynamics.drive(), Some(Drive::Temperature(_)));
    let law = match setup.distribution() {
        Distribution::Gaussian => NoiseLaw::Gaussian,
        Distribution::Rademacher => NoiseLaw::rademacher(),
        Distribution::Uniform => NoiseLaw::Uniform,
        Distribution::Laplace => NoiseLaw::Laplace,
        Distribution::Exponential if !thermal => NoiseLaw::Exponential,
        Distribution::TwoPoint(p) if !thermal => NoiseLaw::two_point(p),
        Distribution::ThreePoint => NoiseLaw::three_point(),
        Distribution::Exponential | Distribution::TwoPoint(_) => return None,
    };
    Some(law)
}
