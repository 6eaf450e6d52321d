//! Predictions of first passages: rate and mean time, exact at the finite step, by the mean
//! first-passage integral, by Kramers' formula, and by the power law of noise that grows with the loss.

mod hazard;
mod radial;

pub use hazard::hazard;

use super::bridged::Bridged;
use super::collocated::noise_law;
use super::collocation::NoiseLaw;
use super::ensemble::{Atom, MeasuringTimes, start_atoms};
use super::freidlin_wentzell::freidlin_wentzell_rate;
use super::kramers::{self, Well, well_of};
use super::kramers_corrections::corrected_escape_rate;
use super::loss_driven::{Clock, LossDriven};
use super::motion::Motion;
use super::passage_time::{ItoDiffusion, far_side, mean_first_passage_time};
use super::power_law::PowerLaw;
use super::predict::add;
use super::reduction::Coordinate;
use super::sublevel::sublevel;
use super::transition_kernel::{Transition, TransitionKernel};
use super::{Kind, Predictions, Source};
use crate::experiment::{After, Condition, Crossing, Setup};
use crate::landscape::Profile;

/// Adds `escape_rate` and `mean_first_passage_time`, its inverse.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let mut predict = |source, kind, rate: Option<f64>| {
        if let Some(rate) = rate {
            add(all, "escape_rate", source, kind, rate);
            add(all, "mean_first_passage_time", source, kind, 1.0 / rate);
        }
    };
    predict(Source::MeanFirstPassageIntegral, Kind::LeadingOrder, radial::rate(setup));
    let Some(passage) = Passage::of(setup) else { return };
    if let Some((kind, rate)) = passage.kernel_rate(setup) {
        predict(Source::TransitionKernel, kind, Some(rate));
    }
    predict(Source::MeanFirstPassageIntegral, Kind::LeadingOrder, passage.continuum_rate(setup));
    predict(Source::Kramers, Kind::Asymptotic, passage.kramers_rate(setup));
    predict(Source::PowerLaw, Kind::Asymptotic, passage.power_law_rate(setup));
    if let Some((source, rate)) = passage.refined_rate(setup) {
        predict(source, Kind::Asymptotic, rate);
    }
}

/// Time after which walkers have forgotten where in their well they started: 15/h, with h the least
/// curvature of the wells that they start in, e⁻¹⁵ of the start being left, and less of the passages that are
/// still to come than half a million walkers show; none where no first passage is measured, it is not that of
/// one coordinate that moves on its own, or there is no well.
pub fn relaxation_time(setup: &Setup) -> Option<f64> {
    let passage = Passage::of(setup)?;
    let profile = &passage.profile;
    let curvature_at = |x: f64| match profile {
        Profile::Quadratic { curvature, .. } => *curvature,
        _ => profile.wells().map_or(0.0, |[left, saddle, right]| {
            profile.curvature(if well_of(saddle, x) == Some(Well::Left) { left } else { right })
        }),
    };
    let motion = passage.motion.as_ref()?;
    let start = motion.start(setup, passage.axis)?;
    let least = start.iter().map(|atom| curvature_at(atom.position)).fold(f64::INFINITY, f64::min);
    let per_step = setup.time_per_step()?;
    (least > 0.0).then(|| 15.0 / (least * motion.rate()) * per_step)
}

/// The rate of walkers of which shares, each the first of a pair, take the times that are the second on average: 1/τ of
/// every walker under `restart`, else 1 over the mean τ. None where a time is not known, or there is none to wait for.
fn rate_of(after: After, times: impl Iterator<Item = Option<(f64, f64)>>) -> Option<f64> {
    let (mut mean_rate, mut mean_time) = (0.0, 0.0);
    for some in times {
        let (share, time) = some.filter(|(_, time)| *time > 0.0)?;
        mean_rate += share / time;
        mean_time += share * time;
    }
    Some(if after == After::Restart { mean_rate } else { 1.0 / mean_time })
}

/// A first passage along one coordinate.
struct Passage {
    axis: usize,
    profile: Profile,
    /// How the coordinate moves, where it does on its own.
    motion: Option<Motion>,
    after: After,
    crossing: Crossing,
    /// Where walkers have not passed, as ascending intervals.
    alive: Vec<(f64, f64)>,
}

impl Passage {
    fn of(setup: &Setup) -> Option<Self> {
        let passage = setup.measure.first_passage.as_ref()?;
        let profiles = setup.landscape.profiles()?;
        let alone = profiles.len() == 1;
        let (axis, alive) = match passage.condition() {
            Condition::Above(axis, threshold) => (axis, vec![(f64::NEG_INFINITY, threshold)]),
            Condition::Below(axis, threshold) => (axis, vec![(threshold, f64::INFINITY)]),
            Condition::LossAbove(threshold) if alone => {
                (0, sublevel(&profiles[0], threshold - setup.landscape.floor()))
            }
            Condition::RadiusAbove(radius) if alone && radius > 0.0 => (0, vec![(-radius, radius)]),
            Condition::LossAbove(_) | Condition::RadiusAbove(_) => return None,
        };
        let profile = profiles.into_iter().nth(axis)?;
        let motion = Motion::of(setup, axis);
        (!alive.is_empty()).then_some(Self {
            axis,
            profile,
            motion,
            after: passage.after,
            crossing: passage.crossing,
            alive,
        })
    }

    /// The rate at the finite step, with the walkers' own start: exact, or of a long run.
    ///
    /// Under `restart` a walker's passages are renewals, and the estimate is the mean of those in the measured steps,
    /// which tends to 1/MFPT from its own start; it is that where too much would have to be followed until then, and of
    /// rare passages. Else the estimate is the passages over the steps at risk within the run, which begins with the
    /// walkers where the burn-in left them.
    fn kernel_rate(&self, setup: &Setup) -> Option<(Kind, f64)> {
        let motion = self.motion.as_ref()?;
        let start = motion.start(setup, self.axis)?;
        let (burn_in, steps) = (setup.ensemble.burn_in, setup.ensemble.steps);
        if let Motion::LossDriven(coordinate) = motion
            && coordinate.clock == Clock::Loss
        {
            return Some((Kind::Exact, self.rate_in_time(coordinate, setup, &start)?));
        }
        let per_step = setup.time_per_step()?;
        if self.after == After::Restart {
            let kernel = self.kernel(motion, &start)?;
            let in_the_end = || -> f64 {
                let positions: Vec<f64> = start.iter().map(|atom| atom.position).collect();
                let times = kernel.mean_passage_steps(&positions);
                start.iter().zip(times).map(|(atom, n)| atom.weight / n).sum()
            };
            if setup.rare.is_some() {
                let rate = in_the_end();
                return (rate > motion.least_rate()).then_some((self.rare_kind(setup), rate / per_step));
            }
            let rate = kernel.restarted_passages(&start, burn_in, steps).map(|rate| (Kind::Exact, rate));
            let (kind, rate) = rate.unwrap_or_else(|| (Kind::Asymptotic, in_the_end()));
            return (rate > motion.least_rate()).then_some((kind, rate / per_step));
        }
        let burnt_in = hazard::burnt_in(setup, motion, start)?;
        let kernel = self.kernel(motion, &burnt_in)?;
        let times = MeasuringTimes { first: 0, every: 1, count: steps };
        let at_risk = kernel.pooled(&burnt_in, times, 1.0)?;
        let rate = at_risk.leaving() / at_risk.total();
        (rate > motion.least_rate()).then_some((Kind::Exact, rate / per_step))
    }

    /// What the rate of a long run is to rare passages. They are counted by when they leave the basin, however long they
    /// take, so that walkers are only to have forgotten their start when that counting begins; unless they can stay in
    /// another well on their way, from which they do not come back for long.
    fn rare_kind(&self, setup: &Setup) -> Kind {
        let burn_in = setup.time_per_step().map(|time| setup.ensemble.burn_in as f64 * time);
        let settled = relaxation_time(setup).zip(burn_in).is_some_and(|(relaxation, burn_in)| relaxation <= burn_in);
        let before_passing = |x: f64| self.alive.iter().any(|(low, high)| *low < x && x < *high);
        let wells = self.profile.wells().map_or(1, |[left, _, right]| {
            let near = 5e-7 * (right - left);
            [left + near, right + near]
                .into_iter()
                .filter(|x| before_passing(*x) && before_passing(x - 2.0 * near))
                .count()
        });
        if settled && wells < 2 { Kind::Exact } else { Kind::Asymptotic }
    }

    /// The chain of walkers that leave when they pass.
    fn kernel(&self, motion: &Motion, start: &[Atom]) -> Option<TransitionKernel> {
        let Motion::Additive(coordinate) = motion else { return motion.within(&self.alive, start) };
        if self.crossing == Crossing::Discrete {
            return motion.within(&self.alive, start);
        }
        let (threshold, upwards) = (self.threshold()?, self.alive[0].0 == f64::NEG_INFINITY);
        TransitionKernel::within(&Bridged { coordinate: coordinate.clone(), threshold, upwards }, &self.alive, start)
    }

    /// The rate in time t of walkers that step by the clock dτ = L dt and restart: passages over Δτ Σ 1/L, the sum
    /// over the states after measured updates, before walkers are put back.
    fn rate_in_time(&self, coordinate: &LossDriven, setup: &Setup, start: &[Atom]) -> Option<f64> {
        if self.after != After::Restart {
            return None;
        }
        let kernel = TransitionKernel::within(coordinate, &self.alive, start)?;
        let passages = kernel.restarted_passages(start, setup.ensemble.burn_in, setup.ensemble.steps)?;
        let normal = NoiseLaw::Gaussian.gauss(32)?;
        let time = |x: f64| {
            let (mean, deviation) = (coordinate.next(x), coordinate.deviation(x));
            let after = normal.iter().map(|xi| xi.weight / coordinate.loss(mean + deviation * xi.position));
            coordinate.rate * after.sum::<f64>()
        };
        let times = MeasuringTimes::of(setup);
        let measured = (times.count * times.every) as f64 / setup.ensemble.steps as f64;
        Some(passages / (measured * kernel.restarted_mean(start, times, &time)?))
    }

    /// The rate of the diffusion.
    fn continuum_rate(&self, setup: &Setup) -> Option<f64> {
        let target = self.threshold()?;
        let minimum = *self.profile.minima().first()?;
        let curvature = self.profile.curvature(minimum);
        let motion = self.motion.as_ref()?;
        // A time step of the diffusion, and its width in the well.
        let (unit, width) = match motion {
            Motion::Additive(c) => (c.rate / setup.time_per_step()?, (c.temperature() / curvature).sqrt()),
            Motion::LossDriven(c) => (1.0, (c.diffusion(minimum) / curvature).sqrt()),
            Motion::Regression(_) => return None,
        };
        let start = start_atoms(&setup.ensemble, self.axis, width)?;
        // Walkers whose clocks differ count by how long they take.
        let same_clock = start.len() == 1 || !setup.is_time_changed();
        let time = |from: f64| match motion {
            _ if !self.is_alive(from) => None,
            Motion::Additive(c) => mean_first_passage_time(&self.profile, c.temperature(), from, target),
            Motion::LossDriven(c) => {
                let (drift, diffusion) = (|x: f64| -self.profile.slope(x), |x: f64| c.diffusion(x));
                let far = far_side(&self.profile, from, target)?;
                ItoDiffusion { drift: &drift, diffusion: &diffusion }.mean_passage_time(from, target, far)
            }
            Motion::Regression(_) => None,
        };
        let rate = rate_of(self.after, start.iter().map(|atom| Some((atom.weight, time(atom.position)?))))?;
        same_clock.then_some(unit * rate)
    }

    /// The rate by Kramers' formula.
    fn kramers_rate(&self, setup: &Setup) -> Option<f64> {
        let Some(Motion::Additive(coordinate)) = &self.motion else { return None };
        let (from, passages) = self.hop(setup)?;
        let rate = kramers::escape_rate(&self.profile, coordinate.temperature(), from)?;
        Some(passages * rate * coordinate.rate / setup.time_per_step()?)
    }

    /// The rate by the power law.
    fn power_law_rate(&self, setup: &Setup) -> Option<f64> {
        let law = PowerLaw::of(setup).filter(|_| self.axis == 0)?;
        let (from, passages) = self.hop(setup)?;
        Some(passages * law.escape_rate(from)?)
    }

    /// The rate between wells by what is next to Kramers' formula. On the saddle corrections are larger, of the order of
    /// √T, and those of the step's overshoot.
    fn refined_rate(&self, setup: &Setup) -> Option<(Source, Option<f64>)> {
        let Some(Motion::Additive(Coordinate { profile, rate, deviation })) = &self.motion else { return None };
        let (from, _) = self.hop(setup).filter(|(_, passages)| *passages == 1.0)?;
        let time = setup.time_per_step()?;
        let (source, hops) = match noise_law(setup)? {
            NoiseLaw::Gaussian => {
                let t = deviation * deviation / (2.0 * rate);
                (Source::KramersCorrected, corrected_escape_rate(profile, t, *rate, from))
            }
            law => (Source::FreidlinWentzell, freidlin_wentzell_rate(profile, &law, *rate, deviation / rate, from)),
        };
        Some((source, hops.map(|hops| hops * rate / time)))
    }

    /// The well that all walkers leave, and the passages to each escape: between wells 1, from a well to the saddle 2.
    fn hop(&self, setup: &Setup) -> Option<(Well, f64)> {
        let [left, saddle, right] = self.profile.wells()?;
        let target = self.threshold()?;
        let upwards = self.alive[0].0 == f64::NEG_INFINITY;
        let from = if upwards { Well::Left } else { Well::Right };
        let start = start_atoms(&setup.ensemble, self.axis, 0.1 * (right - left))?;
        if start.iter().any(|atom| well_of(saddle, atom.position) != Some(from)) {
            return None;
        }
        let near = 5e-7 * (right - left);
        let beyond_minimum = if upwards { target >= right - near } else { target <= left + near };
        let below_saddle = self.profile.value(target) < self.profile.value(saddle);
        if (target - saddle).abs() <= near {
            Some((from, 2.0))
        } else if beyond_minimum && below_saddle {
            Some((from, 1.0))
        } else {
            None
        }
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
