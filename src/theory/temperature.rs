//! Predictions of the temperatures: of the loss, of one coordinate, of the slope of a histogram, and α.

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::linear::{LinearRule, stationary_covariance};
use super::predict::add;
use super::reduction::coordinates;
use super::{Kind, Predictions, Source};
use crate::experiment::{Distribution, Drive, Dynamics, Histogram, Setup};
use crate::landscape::Profile;

/// Adds `gibbs_temperature`, exactly `value` at the finite step, and α = T/(ησ²/B), which tends to ½ as
/// the step goes to zero: T = ησ²/(2B).
pub fn of_loss(setup: &Setup, source: Source, value: f64, all: &mut Predictions) {
    add(all, "gibbs_temperature", source, Kind::Exact, value);
    if let Some(temperature) = setup.temperature() {
        add(all, "gibbs_temperature", Source::Gibbs, Kind::LeadingOrder, temperature);
    }
    if let Some(unit) = noise_unit(setup) {
        add(all, "alpha", source, Kind::Exact, value / unit);
        add(all, "alpha", Source::Gibbs, Kind::LeadingOrder, 0.5);
    }
}

/// Adds `gibbs_temperature[i]`, exactly `value` at the finite step.
pub fn of_coordinate(setup: &Setup, i: usize, source: Source, value: f64, all: &mut Predictions) {
    let name = format!("gibbs_temperature[{i}]");
    add(all, name.as_str(), source, Kind::Exact, value);
    if let Some(temperature) = limit(setup, i) {
        add(all, name, Source::Gibbs, Kind::LeadingOrder, temperature);
    }
}

/// The temperature of coordinate `i` as the step goes to zero.
fn limit(setup: &Setup, i: usize) -> Option<f64> {
    match &setup.dynamics {
        Dynamics::Underdamped(rule) => Some(rule.temperature.values(setup.dimension())[i]),
        Dynamics::Langevin(rule) => match rule.drive() {
            Drive::Temperature(temperature) => Some(temperature.values(setup.dimension())[i]),
            Drive::GradientNoise { .. } => Some(coordinates(setup)?[i].temperature()),
        },
        Dynamics::Momentum(_) => setup.temperature(),
        _ => Some(coordinates(setup)?[i].temperature()),
    }
}

/// Adds `gibbs_temperature_slope`, of the first histogram of one axis of a separable landscape. In a
/// quadratic profile the stationary density of normal noise is normal with variance V, so that −ln p is a
/// straight line against ½hx² with slope 1/(Vh) exactly; claimed where the walkers are stationary when first
/// measured.
pub fn of_slope(setup: &Setup, all: &mut Predictions) {
    const NAME: &str = "gibbs_temperature_slope";
    let axis = setup.measure.histogram.iter().find_map(|histogram| match histogram {
        Histogram::Axis(h) => Some(h.axis),
        Histogram::Axes(_) | Histogram::Observable(_) => None,
    });
    let (Some(axis), Some(coordinates)) = (axis, coordinates(setup)) else { return };
    let coordinate = &coordinates[axis];
    match coordinate.profile {
        Profile::Quadratic { curvature, minimum } if curvature > 0.0 => {
            let Some(rule) = LinearRule::of_coordinate(coordinate) else { return };
            let Some(stationary) = stationary_covariance(&rule.map, &rule.noise).map(|v| v[0]) else { return };
            let reference = vec![minimum; setup.dimension()];
            let start = SecondOrder::of_start(&setup.ensemble, &reference).of_coordinate(axis);
            let first = rule.after(&start, MeasuringTimes::of(setup).first);
            let settled = first.mean[0].abs() < 1e-6 * stationary.sqrt()
                && (first.covariance()[0] - stationary).abs() < 1e-6 * stationary;
            if settled && setup.distribution() == Distribution::Gaussian {
                add(all, NAME, Source::DiscreteLyapunov, Kind::Exact, stationary * curvature);
            }
        }
        Profile::Quadratic { .. } => return,
        Profile::DoubleWell(_) | Profile::Formula(_) => {}
    }
    add(all, NAME, Source::Gibbs, Kind::LeadingOrder, coordinate.temperature());
}

/// ησ²/B of SGD with one learning rate and the same independent noise in every coordinate.
fn noise_unit(setup: &Setup) -> Option<f64> {
    let sgd = matches!(setup.dynamics, Dynamics::Sgd(_));
    setup.temperature().filter(|t| sgd && *t > 0.0).map(|t| 2.0 * t)
}
