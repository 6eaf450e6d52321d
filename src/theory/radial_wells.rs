//! Relaxation between two wells under noise that grows with the loss and is the same in all directions, as the step
//! goes to zero.

use super::network::Network;
use super::predict::add;
use super::{Kind, Predictions, Source};
use crate::experiment::Setup;
use crate::landscape::Profile;

/// A place where the stationary density is below e^−21 of its largest is as good as a wall.
const DEEPEST: f64 = 21.0;

/// Cells per deviation of a well, √(T/h) where the noise is that of its minimum.
const REFINEMENTS: [usize; 3] = [3, 4, 6];

/// The most cells of one coordinate: elimination takes their number along x times the cube of that across.
const MOST: usize = 1000;

/// Relative change from the last extrapolation but one to the last beyond which a rate is not known.
const CONVERGED: f64 = 1e-3;

/// dθ = −∇L dt + √(2TL) dW (Itô) with L = floor + U(x) + ½k|y|², where U has two wells.
///
/// With τ = ∫L dt the noise is additive on log L (Mori, Ziyin, Liu & Ueda, ICML 2022), and the equation reversible in
/// P ∝ L^(−1 − 1/T): the mean decay of f is T ∫|∇f|² L^(−1/T) dθ/∫f² L^(−1 − 1/T) dθ. The slowest f is of x and
/// ρ = |y| alone, which leaves ρ^(n − 2) dρ dx of dθ, n the number of coordinates.
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
    /// SGD, or the Itô equation, under loss-hessian noise whose Hessian is h times one.
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

    /// The same with a wall at ρ = `reach`.
    fn relaxation_rate_within(&self, reach: f64) -> Option<f64> {
        let mut rates = [0.0; 3];
        for (rate, refinement) in rates.iter_mut().zip(REFINEMENTS) {
            *rate = self.discretised(refinement, reach)?;
        }
        // Errors are even in the size of cells: Neville's scheme in its square.
        let square = REFINEMENTS.map(|m| 1.0 / (m * m) as f64);
        let towards_zero =
            |i: usize, j: usize, a: f64, b: f64| (a * square[j] - b * square[i]) / (square[j] - square[i]);
        let nearly = [towards_zero(0, 1, rates[0], rates[1]), towards_zero(1, 2, rates[1], rates[2])];
        let rate = towards_zero(0, 2, nearly[0], nearly[1]);
        ((rate / nearly[1] - 1.0).abs() < CONVERGED).then_some(rate)
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

    /// The rate on cells of the size 1/`refinement`.
    fn discretised(&self, refinement: usize, reach: f64) -> Option<f64> {
        let (t, least) = (self.temperature, self.least_loss());
        let along = self.axis_along(refinement)?;
        let across = if self.dimension == 1 { Axis::point() } else { self.axis_across(refinement, reach)? };
        let (columns, rows) = (along.volumes.len(), across.volumes.len());
        let weight = |x: f64, rho: f64| (self.loss(x, rho) / least).powf(-1.0 / t);
        let capacity = |i: usize, j: usize| {
            let (x, rho) = (along.centres[i], across.centres[j]);
            weight(x, rho) / self.loss(x, rho) * along.volumes[i] * across.volumes[j]
        };
        let cells = (0..columns).flat_map(|i| (0..rows).map(move |j| (i, j)));
        let mut network = Network::new(cells.clone().map(|(i, j)| capacity(i, j)).collect(), rows);
        for (i, j) in cells {
            if i + 1 < columns {
                let (face, area) = along.faces[i];
                let section = t * area * across.volumes[j] * weight(face, across.centres[j]);
                network.connect(i * rows + j, rows, section / (along.centres[i + 1] - along.centres[i]));
            }
            if j + 1 < rows {
                let (face, area) = across.faces[j];
                let section = t * area * along.volumes[i] * weight(along.centres[i], face);
                network.connect(i * rows + j, 1, section / (across.centres[j + 1] - across.centres[j]));
            }
        }
        let [_, saddle, _] = self.profile.wells()?;
        let side = along.centres.iter().map(|x| if *x < saddle { -1.0 } else { 1.0 });
        network.slowest_rate(side.flat_map(|s| std::iter::repeat_n(s, rows)).collect())
    }

    /// Cells along x, of the same size in ∫dx/√L on the axis, where the noise is the same everywhere; but far out in
    /// ∫dx/x, as a steep wall is of finite length in the former.
    fn axis_along(&self, refinement: usize) -> Option<Axis> {
        let [left, saddle, right] = self.profile.wells()?;
        let (t, least) = (self.temperature, self.least_loss());
        // What is left of the density after an integral over y falls as L to this power.
        let power = 1.0 + 1.0 / t - 0.5 * (self.dimension as f64 - 1.0);
        let curvature = [left, right].map(|x| self.profile.curvature(x)).into_iter().fold(self.transverse, f64::max);
        let half = 0.5 * (t / curvature).sqrt() / refinement as f64;
        if !(power > 0.25 && half > 0.0) {
            return None;
        }
        let slope = |x: f64| {
            1.0 / (self.loss(x, 0.0).sqrt().recip() + (x - saddle).hypot(right - left).recip() / curvature.sqrt())
        };
        let onward = |x: f64, step: f64| {
            let a = slope(x);
            let b = slope(x + 0.5 * step * a);
            let c = slope(x + 0.5 * step * b);
            x + step / 6.0 * (a + 2.0 * b + 2.0 * c + slope(x + step * c))
        };
        // From the saddle, a face, to both sides: centres and faces in turn.
        let side = |minimum: f64, sign: f64| {
            let mut points = vec![saddle];
            let mut x = saddle;
            let past = |x: f64| (x - minimum) * sign > 0.0;
            while !past(x) || power * (self.loss(x, 0.0) / least).ln() < DEEPEST || points.len() % 2 == 0 {
                x = onward(x, sign * half);
                points.push(x);
                if points.len() > 2 * MOST || !x.is_finite() {
                    return None;
                }
            }
            Some(points)
        };
        let mut points: Vec<f64> = side(left, -1.0)?.into_iter().skip(1).rev().collect();
        points.extend(side(right, 1.0)?);
        Some(Axis::new(&points, 0))
    }

    /// Cells across, of the same size in ∫dρ/√L at the lowest minimum.
    fn axis_across(&self, refinement: usize, reach: f64) -> Option<Axis> {
        let scale = (2.0 * self.least_loss() / self.transverse).sqrt();
        let end = (reach / scale).asinh();
        let cells = refinement as f64 * (end / (0.5 * self.temperature).sqrt()).ceil();
        let at = |k: usize| scale * (0.5 * end * k as f64 / cells).sinh();
        (cells <= MOST as f64)
            .then(|| Axis::new(&(0..=2 * cells as usize).map(at).collect::<Vec<_>>(), self.dimension - 2))
    }
}

/// Cells of one coordinate.
struct Axis {
    centres: Vec<f64>,
    volumes: Vec<f64>,
    /// Place and area of the face above each cell.
    faces: Vec<(f64, f64)>,
}

impl Axis {
    /// With the volume ρ^`power` dρ, between faces and centres in turn.
    fn new(points: &[f64], power: usize) -> Self {
        let power = power as i32;
        let volume = |a: f64, b: f64| (b.powi(power + 1) - a.powi(power + 1)) / f64::from(power + 1);
        let cells = points.windows(3).step_by(2);
        Self {
            centres: cells.clone().map(|cell| cell[1]).collect(),
            volumes: cells.clone().map(|cell| volume(cell[0], cell[2])).collect(),
            faces: cells.map(|cell| (cell[2], cell[2].powi(power))).collect(),
        }
    }

    /// One cell at zero.
    fn point() -> Self {
        Self { centres: vec![0.0], volumes: vec![1.0], faces: vec![(0.0, 1.0)] }
    }
}

/// Adds the relaxation between the wells.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    if let Some(rate) = RadialWells::of(setup).and_then(|wells| wells.relaxation_rate()) {
        add(all, "relaxation_rate", Source::FokkerPlanck, Kind::LeadingOrder, rate);
    }
}

#[cfg(test)]
mod tests;
