//! How fast the populations of the two wells come to equilibrium.

use super::jackknife::BlockSums;
use super::line::weighted_line;
use super::{Estimate, Estimates, LineFit, weights};
use crate::experiment::{Dynamics, Setup};
use crate::tally::BlockTally;

/// Times that are fitted, at most: more would cost memory and, being correlated, add nothing.
const MOST_TIMES: usize = 1000;

/// Fewest times that tell three unknowns and whether they fit.
const FEWEST_TIMES: usize = 4;

/// Relaxation times inside a well (see [`time_inside`]) that pass before the fit begins. The slowest
/// motion inside the wells decays at about this rate, and at about 0.6 of it where the barrier is only
/// 2.5 temperatures high, so that e⁻⁵ or less is left of an amplitude that is itself small. It has to be
/// this little because early points weigh most: few walkers have crossed, and the binomial error is
/// small. At 5 relaxation times λ is off by 0.1 % for a barrier of 5 temperatures and a run of 1.5/λ.
const RELAXATION_TIMES: f64 = 8.0;

/// Decay over the fitted times, λ (t_last − t_first), below which a line fits as well.
const LEAST_DECAY: f64 = 0.3;

/// Standard errors that the amplitude must be away from zero.
const LEAST_SIGNIFICANCE: f64 = 5.0;

/// Adds `relaxation_rate` of a double well with a time series: the rate λ per unit time in
///
/// ```text
/// p_right(t) = p_∞ − A exp(−λ t),    t ≥ 8 times the relaxation time inside a well
/// ```
///
/// which is −ln of the second eigenvalue of the Markov chain. The fit is by least squares, weighted with the
/// binomial errors of p_right; for a given λ the other two are linear, so that the search is over λ alone
/// (variable projection: Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973) 413). One walker counts at many times,
/// so that the χ² of the fit means little and is not reported; the jackknife takes whole walkers out and is
/// not misled.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let along = setup.landscape.profiles().and_then(|profiles| profiles.into_iter().next());
    let steps = setup.series_steps();
    let Some(profile) = along.filter(|p| p.wells().is_some() && !steps.is_empty()) else { return };
    let least = profile.minima().into_iter().map(|x| profile.curvature(x)).fold(f64::INFINITY, f64::min);
    let Some(per_step) = setup.time_per_step() else {
        let reason = "the time of a step varies: there is no rate per unit time";
        all.insert("relaxation_rate".into(), Estimate::missing(blocks.len(), reason));
        return;
    };
    let begin = RELAXATION_TIMES * time_inside(setup, least) * per_step;
    let time = |point: usize| (setup.ensemble.burn_in + steps[point]) as f64 * per_step;
    let points: Vec<usize> = (0..steps.len()).filter(|point| time(*point) >= begin).collect();
    let points: Vec<usize> = points.iter().copied().step_by(points.len().div_ceil(MOST_TIMES).max(1)).collect();
    let estimate = if points.len() < FEWEST_TIMES {
        Estimate::missing(
            blocks.len(),
            format!(
                "the time series has {} points after t = {begin:.4}, when motion inside a well is over; measure for \
                 more steps or at more points",
                points.len()
            ),
        )
    } else {
        let counts = |block: &&BlockTally| {
            let right = points.iter().map(|p| block.series[*p].right as f64);
            right.chain(points.iter().map(|p| block.series[*p].count as f64)).collect()
        };
        let sums = BlockSums::new(weights(blocks), blocks.iter().map(counts).collect());
        rate(&sums, points.iter().map(|p| time(*p)).collect())
    };
    all.insert("relaxation_rate".into(), estimate);
}

/// Steps in which motion inside a well of curvature U'' relaxes: 1/U'' in the time of dx = −U' dt, which one step
/// advances by its step size, or, where that is longer, the memory of the velocity, N_g steps or a time 1/γ.
fn time_inside(setup: &Setup, curvature: f64) -> f64 {
    let velocity = match &setup.dynamics {
        Dynamics::Momentum(rule) => rule.averaging_steps(),
        Dynamics::Adam(rule) => rule.averaging_steps(),
        Dynamics::Underdamped(rule) => 1.0 / (rule.friction * rule.time_step),
        _ => 0.0,
    };
    velocity.max(1.0 / (curvature * setup.step_sizes()[0]))
}

/// From sums of right walkers at every time, then of all walkers.
fn rate(sums: &BlockSums, times: Vec<f64>) -> Estimate {
    let missing = |reason: &str| Estimate::missing(sums.blocks(), reason);
    let (right, count) = sums.total().split_at(times.len());
    if count.contains(&0.0) {
        return missing("no walker left to measure");
    }
    let error = |(r, n): (&f64, &f64)| {
        // Half a walker in each well keeps the error from vanishing where one is empty.
        let p = (r + 0.5) / (n + 1.0);
        (p * (1.0 - p) / n).sqrt()
    };
    let decay = Decay { sigma: right.iter().zip(count).map(error).collect(), times };
    let shares = |sums: &[f64]| -> Vec<f64> {
        let (right, count) = sums.split_at(decay.times.len());
        right.iter().zip(count).map(|(r, n)| r / n).collect()
    };
    let total = shares(sums.total());
    let Some(start) = decay.search(&total) else {
        return missing(
            "the populations do not decay at a rate between those that the run and the distance of points can tell; \
             start all walkers in one well, and choose steps and points for the rate",
        );
    };
    let fitted = |sums: &[f64]| decay.refine(&shares(sums), start);
    let rate = sums.estimate(|s| Ok(fitted(s)?.rate));
    let Ok(fit) = fitted(sums.total()) else { return rate };
    let error = sums.estimate(|s| Ok(fitted(s)?.line.slope)).std_error.unwrap_or(fit.line.slope_error);
    let decayed = fit.rate * decay.span();
    if fit.line.slope.abs() < LEAST_SIGNIFICANCE * error {
        return missing(
            "the populations do not change by more than their noise, or the run is too short to see where to; start \
             all walkers in one well, or measure for more steps",
        );
    }
    if decayed < LEAST_DECAY {
        return missing(&format!(
            "the run is too short: the populations decayed by a factor of {:.3} only; measure for more steps",
            (-decayed).exp()
        ));
    }
    rate
}

/// Least-squares fits of p_∞ − A exp(−λ(t − t_first)) at given times.
struct Decay {
    times: Vec<f64>,
    sigma: Vec<f64>,
}

struct DecayFit {
    rate: f64,
    /// Against exp(−λ(t − t_first)): the slope is −A, the intercept p_∞.
    line: LineFit,
}

impl Decay {
    fn span(&self) -> f64 {
        self.times[self.times.len() - 1] - self.times[0]
    }

    fn exponential(&self, rate: f64) -> Vec<f64> {
        self.times.iter().map(|t| (-rate * (t - self.times[0])).exp()).collect()
    }

    fn chi_squared(&self, shares: &[f64], ln_rate: f64) -> f64 {
        let line = weighted_line(&self.exponential(ln_rate.exp()), shares, &self.sigma);
        line.map_or(f64::INFINITY, |line| line.chi_squared)
    }

    /// The λ of least χ², to three digits: the best of a coarse scan over all rates that the times can
    /// tell, then golden sections. None where the best is at an end of the scan.
    fn search(&self, shares: &[f64]) -> Option<f64> {
        const STEP: f64 = 0.25;
        let slowest = (0.01 / self.span()).ln();
        let fastest = (10.0 * (self.times.len() - 1) as f64 / self.span()).ln();
        let count = ((fastest - slowest) / STEP).ceil() as usize;
        let ln_rate = |k: usize| slowest + STEP * k as f64;
        let scan: Vec<f64> = (0..=count).map(|k| self.chi_squared(shares, ln_rate(k))).collect();
        let best = (0..=count).min_by(|a, b| scan[*a].total_cmp(&scan[*b]))?;
        if best == 0 || best == count || !scan[best].is_finite() {
            return None;
        }
        let (mut low, mut high) = (ln_rate(best - 1), ln_rate(best + 1));
        let golden = 0.5 * (5f64.sqrt() - 1.0);
        while high - low > 1e-3 {
            let (a, b) = (high - golden * (high - low), low + golden * (high - low));
            if self.chi_squared(shares, a) < self.chi_squared(shares, b) { high = b } else { low = a }
        }
        Some((0.5 * (low + high)).exp())
    }

    /// The least-squares fit near `rate`, by Gauss and Newton's iteration in the one variable that is
    /// left when p_∞ and A are projected out.
    fn refine(&self, shares: &[f64], mut rate: f64) -> Result<DecayFit, String> {
        let lost = || "the decay of the populations is not determined".to_owned();
        for _ in 0..50 {
            let x = self.exponential(rate);
            let line = weighted_line(&x, shares, &self.sigma).ok_or_else(lost)?;
            // ∂p/∂λ = A (t − t_first) e^{−λ(t − t_first)}, of which only what p_∞ and A cannot follow counts.
            let tangent: Vec<f64> =
                self.times.iter().zip(&x).map(|(t, x)| -line.slope * (t - self.times[0]) * x).collect();
            let followed = weighted_line(&x, &tangent, &self.sigma).ok_or_else(lost)?;
            let (mut along, mut square) = (0.0, 0.0);
            for k in 0..x.len() {
                let own = (tangent[k] - followed.intercept - followed.slope * x[k]) / self.sigma[k];
                along += own * (shares[k] - line.intercept - line.slope * x[k]) / self.sigma[k];
                square += own * own;
            }
            let step = (along / square).clamp(-0.5 * rate, rate);
            if !step.is_finite() {
                return Err(lost());
            }
            if step.abs() <= 1e-12 * rate {
                return Ok(DecayFit { rate, line });
            }
            rate += step;
        }
        Err(lost())
    }
}

#[cfg(test)]
mod tests;
