//! Predictions for two wells along coordinate 0: it by its transition kernel, the others as a linear rule,
//! exact at the finite step and the finite run; and the Gibbs density's.

use super::collocated::noise_law;
use super::ensemble::{Atom, MeasuringTimes, SecondOrder, start_means};
use super::freidlin_wentzell::freidlin_wentzell_rate;
use super::kramers::{Well, escape_rate};
use super::kramers_corrections::corrected_escape_rate;
use super::line::Line;
use super::linear::LinearRule;
use super::predict::add;
use super::reduction::{Coordinate, coordinates, gradient_covariance, step_covariance};
use super::transition_kernel::{Occupation, TransitionKernel};
use super::{Kind, Predictions, Source, temperature};
use crate::experiment::{Distribution, Setup};
use crate::gibbs;
use crate::landscape::Profile;
use nalgebra::{DMatrix, DVector};

const SOURCE: Source = Source::TransitionKernel;

/// Adds the predictions of moments, occupations, relaxation and temperatures.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some(coordinates) = coordinates(setup) else { return };
    let Some([_, saddle, _]) = coordinates[0].profile.wells() else { return };
    let floor = setup.landscape.floor();
    predict_gibbs(floor, saddle, &coordinates, all);
    temperature::of_slope(setup, all);
    let along = &coordinates[0];
    let Some(start) = along.start(setup, 0) else { return };
    let Some(kernel) = TransitionKernel::on_line(along, &start) else { return };
    let Some(per_step) = setup.time_per_step() else { return };
    if let Some(rate) = kernel.relaxation_rate() {
        add(all, "relaxation_rate", SOURCE, Kind::Exact, rate / per_step);
    }
    let mut hops = |source, rate: &dyn Fn(Well) -> Option<f64>| {
        if let Some((there, back)) = rate(Well::Left).zip(rate(Well::Right)) {
            add(all, "relaxation_rate", source, Kind::Asymptotic, (there + back) * along.rate / per_step);
        }
    };
    let (profile, t) = (&along.profile, along.temperature());
    hops(Source::Kramers, &|from| escape_rate(profile, t, from));
    if setup.distribution() == Distribution::Gaussian {
        hops(Source::KramersCorrected, &|from| corrected_escape_rate(profile, t, along.rate, from));
    } else if let Some(law) = noise_law(setup) {
        hops(Source::FreidlinWentzell, &|from| {
            freidlin_wentzell_rate(profile, &law, along.rate, along.deviation / along.rate, from)
        });
    }

    let times = MeasuringTimes::of(setup);
    let Some(before) = kernel.pooled(&start, times.before(), 1.0) else { return };
    let law = before.next();
    let bounds = setup.ensemble.bounds;
    if law.atoms().filter(|atom| atom.position.abs() > bounds).map(|atom| atom.weight).sum::<f64>() > 1e-9 {
        return;
    }
    let across = Transverse::new(setup, &coordinates, times);
    let mean = law.mean(|x| x);
    add(all, "mean[0]", SOURCE, Kind::Exact, mean);
    add(all, "covariance[0,0]", SOURCE, Kind::Exact, law.mean(|x| (x - mean) * (x - mean)));
    let covariance = across.law.covariance();
    let noise = step_covariance(setup);
    let (d, covariances) = (setup.dimension(), setup.covariances());
    let with_first = covariances.partners(0, d);
    for i in 0..across.curvatures.len() {
        add(all, format!("mean[{}]", i + 1), Source::DiscreteLyapunov, Kind::Exact, across.law.mean[i]);
        for j in covariances.partners(i + 1, d) {
            let name = format!("covariance[{},{j}]", i + 1);
            add(all, name, Source::DiscreteLyapunov, Kind::Exact, covariance[(i, j - 1)]);
        }
        if with_first.contains(&(i + 1))
            && noise[(0, i + 1)] == 0.0
            && let Some(product) = mean_product(setup, &kernel, &start, i + 1, &coordinates[i + 1], times)
        {
            let value = product - mean * across.law.mean[i];
            add(all, format!("covariance[0,{}]", i + 1), SOURCE, Kind::Exact, value);
        }
    }

    let along_loss = law.mean(|x| along.profile.value(x));
    let across_loss = 0.5 * across.weighted(&across.law, |k| k);
    let loss = floor + along_loss + across_loss;
    add(all, "loss", SOURCE, Kind::Exact, loss);
    let gradient =
        |x: &Occupation, y: &SecondOrder| x.mean(|x| along.profile.slope(x).powi(2)) + across.weighted(y, |k| k * k);
    add(all, "gradient_norm_squared", SOURCE, Kind::Exact, gradient(&law, &across.law));
    if let Some(noise) = gradient_covariance(setup) {
        // ĝ is taken before the update that is measured.
        let value = gradient(&before, &across.before) + noise.trace();
        add(all, "stochastic_gradient_norm_squared", SOURCE, Kind::Exact, value);
    }
    add(all, "well_occupation[left]", SOURCE, Kind::Exact, before.next_between(f64::NEG_INFINITY, saddle));
    add(all, "well_occupation[right]", SOURCE, Kind::Exact, before.next_between(saddle, f64::INFINITY));

    predict_temperatures(setup, along, along_loss, &across, all);
    let (kernel, before) = (&kernel, &before);
    Line { setup, coordinates: &coordinates, kernel, before, across: &across.before, loss }.predict(all);
}

/// Adds the temperatures at which the Gibbs density has the exact mean losses.
fn predict_temperatures(
    setup: &Setup,
    along: &Coordinate,
    along_loss: f64,
    across: &Transverse,
    all: &mut Predictions,
) {
    if let Some(t) = gibbs_temperature(&along.profile, 0, along_loss) {
        temperature::of_coordinate(setup, 0, SOURCE, t, all);
    }
    // A flat direction has no Gibbs density.
    if across.curvatures.iter().all(|k| *k > 0.0) {
        let directions = across.curvatures.len();
        if let Some(t) =
            gibbs_temperature(&along.profile, directions, along_loss + 0.5 * across.weighted(&across.law, |k| k))
        {
            temperature::of_loss(setup, SOURCE, t, all);
        }
        for (i, k) in across.curvatures.iter().enumerate() {
            let value = k * across.law.square[(i, i)];
            temperature::of_coordinate(setup, i + 1, Source::DiscreteLyapunov, value, all);
        }
    }
}

/// The coordinates y_i, a linear rule about y = 0.
struct Transverse {
    curvatures: Vec<f64>,
    /// At the measuring times.
    law: SecondOrder,
    /// One update earlier.
    before: SecondOrder,
}

impl Transverse {
    fn new(setup: &Setup, coordinates: &[Coordinate], times: MeasuringTimes) -> Self {
        let curvatures: Vec<f64> = coordinates[1..].iter().map(|c| c.profile.curvature(0.0)).collect();
        let n = curvatures.len();
        let rates = setup.step_sizes();
        let factors = DVector::from_fn(n, |i, _| 1.0 - rates[i + 1] * curvatures[i]);
        let noise = step_covariance(setup);
        let rule =
            LinearRule { map: DMatrix::from_diagonal(&factors), noise: noise.view((1, 1), (n, n)).clone_owned() };
        let start = SecondOrder::of_start(&setup.ensemble, &vec![0.0; n + 1]);
        let start = SecondOrder {
            mean: start.mean.rows(1, n).clone_owned(),
            square: start.square.view((1, 1), (n, n)).clone_owned(),
        };
        Self { curvatures, law: rule.pooled(&start, times), before: rule.pooled(&start, times.before()) }
    }

    /// Σ_i f(k_i) E y_i².
    fn weighted(&self, law: &SecondOrder, f: impl Fn(f64) -> f64) -> f64 {
        self.curvatures.iter().enumerate().map(|(i, k)| f(*k) * law.square[(i, i)]).sum()
    }
}

/// E[x_0 x_j] pooled over the measuring times, for coordinates of independent noise: walkers that start at
/// one place have E[x_0 x_j] = E[x_0] qⁿ y after n steps, with y the mean of x_j there at the start.
fn mean_product(
    setup: &Setup,
    kernel: &TransitionKernel,
    start: &[Atom],
    j: usize,
    coordinate: &Coordinate,
    times: MeasuringTimes,
) -> Option<f64> {
    let q = 1.0 - coordinate.rate * coordinate.profile.curvature(0.0);
    let means = start_means(&setup.ensemble, j, start.len());
    let weighted: Vec<Atom> =
        start.iter().zip(means).map(|(atom, y)| Atom { weight: atom.weight * y, ..*atom }).collect();
    if weighted.iter().all(|atom| atom.weight == 0.0) {
        return Some(0.0);
    }
    Some(kernel.pooled(&weighted, times, q)?.mean(|x| x))
}

/// The temperature at which U_0 and `directions` quadratic coordinates together have the mean loss
/// `loss` over the Gibbs density: ⟨U_0⟩_T + directions·T/2 = loss, which is also the maximum of the
/// likelihood of p ∝ exp(−L/T). The left side grows with T, as d⟨L⟩/dT = Var(L)/T² > 0.
pub fn gibbs_temperature(profile: &Profile, directions: usize, loss: f64) -> Option<f64> {
    let excess = |t: f64| Some(gibbs::mean(profile, t, |x| profile.value(x))? + 0.5 * directions as f64 * t - loss);
    let least = profile.minima().iter().map(|x| profile.value(*x)).fold(f64::INFINITY, f64::min);
    if loss.is_nan() || loss <= least {
        return None;
    }
    // ⟨U⟩ is least + T/2 in one narrow well and least + T/4 in the quartic walls: T is near 2(loss − least).
    let (mut low, mut high) = (loss - least, loss - least);
    let mut tries = 0;
    while excess(low)? > 0.0 {
        low *= 0.25;
        tries += 1;
        if tries > 40 {
            return None;
        }
    }
    while excess(high)? < 0.0 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if excess(middle)? > 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(0.5 * (low + high))
}

/// Adds what the Gibbs density exp(−L/T) gives: loss, variance and occupation of the wells.
pub(super) fn predict_gibbs(floor: f64, saddle: f64, coordinates: &[Coordinate], all: &mut Predictions) {
    let (along, t) = (&coordinates[0].profile, coordinates[0].temperature());
    let mut gibbs = |name: &str, value: f64| add(all, name, Source::Gibbs, Kind::LeadingOrder, value);
    let (Some(loss), Some(mean), Some(square)) =
        (gibbs::mean(along, t, |x| along.value(x)), gibbs::mean(along, t, |x| x), gibbs::mean(along, t, |x| x * x))
    else {
        return;
    };
    let across: f64 = coordinates[1..]
        .iter()
        .filter(|c| c.profile.curvature(0.0) > 0.0)
        .map(|coordinate| 0.5 * coordinate.temperature())
        .sum();
    gibbs("loss", floor + loss + across);
    gibbs("covariance[0,0]", square - mean * mean);
    let Some((low, high)) = gibbs::support(along, t) else { return };
    let weight = |a: f64, b: f64| -> f64 {
        let edge = |k: usize| a + (b - a) * k as f64 / 64.0;
        (0..64).filter_map(|k| gibbs::free_energy(along, t, edge(k), edge(k + 1))).map(|f| (-f).exp()).sum()
    };
    let (left, right) = (weight(low, saddle), weight(saddle, high));
    gibbs("well_occupation[left]", left / (left + right));
    gibbs("well_occupation[right]", right / (left + right));
}
