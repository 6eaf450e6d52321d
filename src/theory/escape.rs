//! Predictions of first passages: rate and mean time, exact at the finite step, by the mean
//! first-passage integral, and by Kramers' formula.

use super::ensemble::{Atom, MeasuringTimes, start_atoms};
use super::kramers::{self, Well, well_of};
use super::passage_time::mean_first_passage_time;
use super::predict::add;
use super::reduction::{Coordinate, coordinates};
use super::transition_kernel::TransitionKernel;
use super::{Kind, Predictions, Source};
use crate::experiment::{After, Condition, Crossing, Setup};
use crate::landscape::Profile;

/// Adds `escape_rate` and `mean_first_passage_time`, its inverse.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some(passage) = Passage::of(setup) else { return };
    let Some(time) = setup.time_per_step() else { return };
    let mut predict = |source, kind, per_step: Option<f64>| {
        if let Some(rate) = per_step.map(|rate| rate / time) {
            add(all, "escape_rate", source, kind, rate);
            add(all, "mean_first_passage_time", source, kind, 1.0 / rate);
        }
    };
    if let Some((kind, rate)) = passage.kernel_rate(setup) {
        predict(Source::TransitionKernel, kind, Some(rate));
    }
    predict(Source::MeanFirstPassageIntegral, Kind::LeadingOrder, passage.continuum_rate(setup));
    predict(Source::Kramers, Kind::Asymptotic, passage.kramers_rate(setup));
}

/// Time after which walkers have forgotten where in their well they started: 15/h, with h the least
/// curvature of the wells that they start in, e⁻¹⁵ of the start being left, and less of the passages that are
/// still to come than half a million walkers show; none where no first passage is measured, it is not that of
/// one coordinate that moves on its own, or there is no well.
pub fn relaxation_time(setup: &Setup) -> Option<f64> {
    let passage = Passage::of(setup)?;
    let profile = &passage.coordinate.profile;
    let curvature_at = |x: f64| match profile {
        Profile::Quadratic { curvature, .. } => *curvature,
        _ => profile.wells().map_or(0.0, |[left, saddle, right]| {
            profile.curvature(if well_of(saddle, x) == Some(Well::Left) { left } else { right })
        }),
    };
    let start = passage.coordinate.start(setup, passage.axis)?;
    let least = start.iter().map(|atom| curvature_at(atom.position)).fold(f64::INFINITY, f64::min);
    let per_step = setup.time_per_step()?;
    (least > 0.0).then(|| 15.0 / (least * passage.coordinate.rate) * per_step)
}

/// A first passage of one coordinate that moves on its own.
struct Passage {
    axis: usize,
    coordinate: Coordinate,
    after: After,
    crossing: Crossing,
    /// Where walkers have not passed, as ascending intervals.
    alive: Vec<(f64, f64)>,
}

impl Passage {
    fn of(setup: &Setup) -> Option<Self> {
        let passage = setup.measure.first_passage.as_ref()?;
        let coordinates = coordinates(setup)?;
        let alone = coordinates.len() == 1;
        let (axis, alive) = match passage.condition() {
            Condition::Above(axis, threshold) => (axis, vec![(f64::NEG_INFINITY, threshold)]),
            Condition::Below(axis, threshold) => (axis, vec![(threshold, f64::INFINITY)]),
            Condition::LossAbove(threshold) if alone => {
                (0, not_above(&coordinates[0].profile, threshold - setup.landscape.floor()))
            }
            Condition::RadiusAbove(radius) if alone && radius > 0.0 => (0, vec![(-radius, radius)]),
            Condition::LossAbove(_) | Condition::RadiusAbove(_) => return None,
        };
        let coordinate = coordinates.into_iter().nth(axis)?;
        (!alive.is_empty()).then_some(Self {
            axis,
            coordinate,
            after: passage.after,
            crossing: passage.crossing,
            alive,
        })
    }

    /// The rate per step at the finite step, with the walkers' own start: exact, or of a long run.
    ///
    /// Under `restart` a walker's passages are renewals, and the estimate is the mean of those in the measured steps,
    /// which tends to 1/MFPT from its own start; it is that where too much would have to be followed until then. Else
    /// the estimate is the passages over the steps at risk within the run, which begins with the walkers where the
    /// burn-in left them.
    fn kernel_rate(&self, setup: &Setup) -> Option<(Kind, f64)> {
        if self.crossing == Crossing::Bridge {
            return None;
        }
        let start = self.coordinate.start(setup, self.axis)?;
        let (burn_in, steps) = (setup.ensemble.burn_in, setup.ensemble.steps);
        if self.after == After::Restart {
            let kernel = TransitionKernel::within(&self.coordinate, &self.alive, &start)?;
            let in_the_end = || -> f64 {
                let positions: Vec<f64> = start.iter().map(|atom| atom.position).collect();
                let times = kernel.mean_passage_steps(&positions);
                start.iter().zip(times).map(|(atom, n)| atom.weight / n).sum()
            };
            let rate = kernel.restarted_passages(&start, burn_in, steps).map(|rate| (Kind::Exact, rate));
            return Some(rate.unwrap_or_else(|| (Kind::Asymptotic, in_the_end())));
        }
        let burnt_in: Vec<Atom> = match burn_in {
            0 => start,
            first => {
                let free = TransitionKernel::on_line(&self.coordinate, &start)?;
                let times = MeasuringTimes { first, every: 1, count: 1 };
                free.pooled(&start, times, 1.0)?.atoms().collect()
            }
        };
        let kernel = TransitionKernel::within(&self.coordinate, &self.alive, &burnt_in)?;
        let times = MeasuringTimes { first: 0, every: 1, count: steps };
        let at_risk = kernel.pooled(&burnt_in, times, 1.0)?;
        Some((Kind::Exact, at_risk.leaving() / at_risk.total()))
    }

    /// The rate per step of the diffusion: 1/τ of every walker under `restart`, else 1 over the mean τ.
    fn continuum_rate(&self, setup: &Setup) -> Option<f64> {
        let target = self.threshold()?;
        let (coordinate, t) = (&self.coordinate, self.coordinate.temperature());
        let minimum = *coordinate.profile.minima().first()?;
        let width = (t / coordinate.profile.curvature(minimum)).sqrt();
        let start = start_atoms(&setup.ensemble, self.axis, width)?;
        let mut mean_rate = 0.0;
        let mut mean_time = 0.0;
        for Atom { position, weight } in start {
            if !self.is_alive(position) {
                return None;
            }
            let time = mean_first_passage_time(&coordinate.profile, t, position, target)?;
            mean_rate += weight / time;
            mean_time += weight * time;
        }
        // Times are those of dx = −U' dt + …, which a step advances by r.
        Some(coordinate.rate * if self.after == After::Restart { mean_rate } else { 1.0 / mean_time })
    }

    /// The rate per step by Kramers' formula: between wells κ, from a well to the saddle 2κ.
    fn kramers_rate(&self, setup: &Setup) -> Option<f64> {
        let [left, saddle, right] = self.coordinate.profile.wells()?;
        let target = self.threshold()?;
        let upwards = self.alive[0].0 == f64::NEG_INFINITY;
        let from = if upwards { Well::Left } else { Well::Right };
        let start = self.coordinate.start(setup, self.axis)?;
        if start.iter().any(|atom| well_of(saddle, atom.position) != Some(from)) {
            return None;
        }
        let near = 5e-7 * (right - left);
        let beyond_minimum = if upwards { target >= right - near } else { target <= left + near };
        let below_saddle = self.coordinate.profile.value(target) < self.coordinate.profile.value(saddle);
        let passages = if (target - saddle).abs() <= near {
            2.0
        } else if beyond_minimum && below_saddle {
            1.0
        } else {
            return None;
        };
        let rate = kramers::escape_rate(&self.coordinate.profile, self.coordinate.temperature(), from)?;
        Some(passages * rate * self.coordinate.rate)
    }

    /// The threshold, where the passage is above or below one.
    fn threshold(&self) -> Option<f64> {
        match self.alive[..] {
            [(f64::NEG_INFINITY, threshold)] | [(threshold, f64::INFINITY)] => Some(threshold),
            _ => None,
        }
    }

    fn is_alive(&self, x: f64) -> bool {
        self.alive.iter().any(|(low, high)| *low <= x && x <= *high)
    }
}

/// The intervals where U ≤ level; none where they are not bounded or empty.
fn not_above(profile: &Profile, level: f64) -> Vec<(f64, f64)> {
    match profile {
        Profile::Quadratic { curvature, minimum } if *curvature > 0.0 && level > 0.0 => {
            let reach = (2.0 * level / curvature).sqrt();
            vec![(minimum - reach, minimum + reach)]
        }
        Profile::Quadratic { .. } => Vec::new(),
        Profile::DoubleWell(_) | Profile::Formula(_) => {
            let Some([left, saddle, right]) = profile.wells() else { return Vec::new() };
            let outside = |mut x: f64, direction: f64| {
                let mut step = 0.5 * direction * (right - left);
                while profile.value(x) <= level && x.is_finite() {
                    x += step;
                    step *= 2.0;
                }
                x
            };
            // U is monotone between these.
            let pieces = [outside(left, -1.0), left, saddle, right, outside(right, 1.0)];
            let crossings: Vec<f64> =
                pieces.windows(2).filter_map(|piece| crossing(profile, level, piece[0], piece[1])).collect();
            crossings
                .windows(2)
                .map(|pair| (pair[0], pair[1]))
                .filter(|(a, b)| profile.value(0.5 * (a + b)) <= level)
                .collect()
        }
    }
}

/// Where U crosses `level` between a and b, by bisection.
fn crossing(profile: &Profile, level: f64, mut a: f64, mut b: f64) -> Option<f64> {
    let above = |x: f64| profile.value(x) > level;
    let from = above(a);
    if from == above(b) {
        return None;
    }
    for _ in 0..200 {
        let middle = 0.5 * (a + b);
        if above(middle) == from {
            a = middle;
        } else {
            b = middle;
        }
    }
    Some(0.5 * (a + b))
}
