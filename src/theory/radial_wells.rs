//! Relaxation and passages between two wells under noise that grows with the loss and is the same in all directions, as
//! the step goes to zero.

mod cells;

use super::network::Network;
use super::predict::add;
use super::{Kind, Predictions, Source};
use crate::experiment::{Condition, Setup, Start};
use crate::landscape::Profile;
use cells::Axis;

/// A place where the stationary density is below e^−21 of its largest is as good as a wall.
const DEEPEST: f64 = 21.0;

/// Cells per deviation of a well, √(T/h) where the noise is that of its minimum.
const REFINEMENTS: [usize; 3] = [3, 4, 6];

/// Relative change from the last extrapolation but one to the last beyond which a rate is not known.
const CONVERGED: f64 = 1e-3;

/// dθ = −∇L dt + √(2TL) dW (Itô) with L = floor + U(x) + ½k|y|², where U has two wells.
///
/// With τ = ∫L dt the noise is additive on log L (Mori, Ziyin, Liu & Ueda, ICML 2022), and the equation reversible in
/// P ∝ L^(−1 − 1/T): the mean decay of f is T ∫|∇f|² L^(−1/T) dθ/∫f² L^(−1 − 1/T) dθ. The slowest f is of x and
/// ρ = |y| alone, which leaves ρ^(n − 2) dρ dx of dθ, n the number of directions that are not flat.
#[derive(Clone, Debug)]
pub struct RadialWells {
    /// U, without the floor.
    pub profile: Profile,
    /// The floor.
    pub floor: f64,
    /// k.
    pub transverse: f64,
    /// n.
    pub dimension: usize,
    /// T = ηh/B.
    pub temperature: f64,
}

impl RadialWells {
    /// SGD, or the Itô equation, under loss-hessian noise with the same h in all directions that are not flat.
    fn of(setup: &Setup) -> Option<Self> {
        let temperature = setup.log_temperature().filter(|_| !setup.is_time_changed())?;
        let mut profiles = setup.landscape.profiles()?.into_iter();
        let profile = profiles.next()?;
        profile.wells()?;
        Some(Self {
            profile,
            floor: setup.landscape.floor(),
            transverse: setup.start_hessian()?[(0, 0)],
            dimension: setup.effective_dimension()?,
            temperature,
        })
    }

    /// The slowest decay rate of the equation, the relaxation between the wells, to five digits or so: from finite
    /// volumes of three sizes, extrapolated. None where the density cannot be normalised or nearly so, or takes too
    /// many cells.
    pub fn relaxation_rate(&self) -> Option<f64> {
        self.relaxation_rate_within(self.reach_across()?)
    }

    /// 1 over the mean time from (x, ρ) = (`start`, 0) until x first exceeds `threshold`, likewise; None of a start that is
    /// not in the left well, or beyond the threshold.
    pub fn passage_rate(&self, start: f64, threshold: f64) -> Option<f64> {
        self.profile.wells().filter(|[left, saddle, _]| start < *saddle && start.max(*left) < threshold)?;
        let reach = self.reach_across()?;
        extrapolated(|refinement| Some(1.0 / self.passage_on(refinement, reach, start, threshold)?))
    }

    /// The relaxation rate with a wall at ρ = `reach`.
    fn relaxation_rate_within(&self, reach: f64) -> Option<f64> {
        extrapolated(|refinement| self.relaxation_on(refinement, reach))
    }

    fn loss(&self, x: f64, rho: f64) -> f64 {
        self.floor + self.profile.value(x) + 0.5 * self.transverse * rho * rho
    }

    fn least_loss(&self) -> f64 {
        let values = self.profile.minima().into_iter().map(|x| self.loss(x, 0.0));
        values.fold(f64::INFINITY, f64::min)
    }

    /// ρ beyond which the density has died out.
    fn reach_across(&self) -> Option<f64> {
        let (n, t, least) = (self.dimension as f64, self.temperature, self.least_loss());
        // Of log ρ. At large ρ the density falls as ρ^(n − 1 − 2(1 + 1/T)), but for the room along x.
        let log_density = |rho: f64| {
            let loss = least + 0.5 * self.transverse * rho * rho;
            (n - 1.0) * rho.ln() - (1.0 + 1.0 / t) * (loss / least).ln()
        };
        let mut rho = 1e-3 * (least / self.transverse).sqrt();
        let mut highest = log_density(rho);
        while log_density(rho) > highest - DEEPEST {
            rho *= 1.02;
            highest = highest.max(log_density(rho));
            if rho > 1e30 {
                return None;
            }
        }
        Some(rho)
    }

    /// The cells of the size 1/`refinement` as capacitors, from x to x; those at an end where walkers leave are joined to
    /// a last one, which holds all.
    fn network(&self, along: &Axis, across: &Axis) -> Network {
        let (t, least) = (self.temperature, self.least_loss());
        let (columns, rows) = (along.volumes.len(), across.volumes.len());
        let weight = |x: f64, rho: f64| (self.loss(x, rho) / least).powf(-1.0 / t);
        let capacity = |i: usize, j: usize| {
            let (x, rho) = (along.centres[i], across.centres[j]);
            weight(x, rho) / self.loss(x, rho) * along.volumes[i] * across.volumes[j]
        };
        let cells = (0..columns).flat_map(|i| (0..rows).map(move |j| (i, j)));
        let outside = along.is_open.then_some(f64::MAX);
        let capacities = cells.clone().map(|(i, j)| capacity(i, j)).chain(outside).collect();
        let mut network = Network::new(capacities, rows);
        for (i, j) in cells {
            let (face, area) = along.faces[i];
            let section = t * area * across.volumes[j] * weight(face, across.centres[j]);
            if i + 1 < columns {
                network.connect(i * rows + j, rows, section / (along.centres[i + 1] - along.centres[i]));
            } else if along.is_open {
                network.connect(i * rows + j, rows - j, section / (face - along.centres[i]));
            }
            if j + 1 < rows {
                let (face, area) = across.faces[j];
                let section = t * area * along.volumes[i] * weight(along.centres[i], face);
                network.connect(i * rows + j, 1, section / (across.centres[j + 1] - across.centres[j]));
            }
        }
        network
    }

    /// The relaxation rate on cells of the size 1/`refinement`.
    fn relaxation_on(&self, refinement: usize, reach: f64) -> Option<f64> {
        let (along, across) = self.axes(refinement, reach, None)?;
        let [_, saddle, _] = self.profile.wells()?;
        let side = along.centres.iter().map(|x| if *x < saddle { -1.0 } else { 1.0 });
        let guess = side.flat_map(|s| std::iter::repeat_n(s, across.volumes.len())).collect();
        self.network(&along, &across).slowest_rate(guess)
    }

    /// The mean time of the passage on such cells.
    fn passage_on(&self, refinement: usize, reach: f64, start: f64, threshold: f64) -> Option<f64> {
        let (along, across) = self.axes(refinement, reach, Some(threshold))?;
        // Nothing is known of where the density has died out.
        along.centres.first().filter(|first| **first <= start)?;
        let times = self.network(&along, &across).times_to_largest();
        let rows = across.volumes.len();
        // Times are even in ρ, and ρ is nearly proportional to the number of the cell and a half.
        let on_axis = |i: usize| match times[i * rows..][..rows] {
            [first, second, ..] => (9.0 * first - second) / 8.0,
            [only] => only,
            [] => f64::NAN,
        };
        let last = along.centres.len().checked_sub(2).filter(|last| *last >= 2)?;
        let after = along.centres.partition_point(|x| *x <= start).clamp(2, last);
        let near = after - 2..after + 2;
        let lagrange = |i: usize| -> f64 {
            let others = near.clone().filter(|k| *k != i).map(|k| along.centres[k]);
            others.map(|x| (start - x) / (along.centres[i] - x)).product()
        };
        Some(near.clone().map(|i| lagrange(i) * on_axis(i)).sum()).filter(|time| *time > 0.0)
    }
}

/// A rate as cells become infinitely many, from those of three refinements. Errors are even in the size of cells: Neville's
/// scheme in its square.
fn extrapolated(rate: impl Fn(usize) -> Option<f64>) -> Option<f64> {
    let mut rates = [0.0; 3];
    for (found, refinement) in rates.iter_mut().zip(REFINEMENTS) {
        *found = rate(refinement)?;
    }
    let square = REFINEMENTS.map(|m| 1.0 / (m * m) as f64);
    let towards_zero = |i: usize, j: usize, a: f64, b: f64| (a * square[j] - b * square[i]) / (square[j] - square[i]);
    let nearly = [towards_zero(0, 1, rates[0], rates[1]), towards_zero(1, 2, rates[1], rates[2])];
    let rate = towards_zero(0, 2, nearly[0], nearly[1]);
    ((rate / nearly[1] - 1.0).abs() < CONVERGED).then_some(rate)
}

/// Adds the relaxation between the wells.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    if let Some(rate) = RadialWells::of(setup).and_then(|wells| wells.relaxation_rate()) {
        add(all, "relaxation_rate", Source::FokkerPlanck, Kind::LeadingOrder, rate);
    }
}

/// Adds first passages of x, upwards from a point of the axis in the left well, with other coordinates across.
pub fn predict_passages(setup: &Setup, all: &mut Predictions) {
    if let Some(rate) = passage_rate(setup) {
        add(all, "escape_rate", Source::MeanFirstPassageIntegral, Kind::LeadingOrder, rate);
        add(all, "mean_first_passage_time", Source::MeanFirstPassageIntegral, Kind::LeadingOrder, 1.0 / rate);
    }
}

fn passage_rate(setup: &Setup) -> Option<f64> {
    let Condition::Above(0, threshold) = setup.measure.first_passage.as_ref()?.condition() else { return None };
    let Start::Point(start) = &setup.ensemble.start else { return None };
    let wells = RadialWells::of(setup).filter(|_| start.len() > 1)?;
    let across = setup.landscape.gradient(start).into_iter().skip(1);
    if across.into_iter().any(|slope| slope != 0.0) {
        return None;
    }
    wells.passage_rate(start[0], threshold)
}

#[cfg(test)]
mod tests;
