//! Predictions for two coupled coordinates and any smooth force, by collocation at the finite step: moments, relations
//! and currents of x' = x − r ∇L + ζ with Gaussian ζ; the flux as the step goes to zero.

mod density;
mod grid;
mod predictions;

use super::collocated::SETTLED;
use super::collocation::{Nodes, NoiseLaw, PlaneKernel, Step};
use super::ensemble::MeasuringTimes;
use super::predict::add;
use super::reduction::{is_additive, step_covariance};
use super::{Kind, Predictions, Source};
use crate::experiment::{Distribution, Landscape, Setup};
use density::{Diffusion, PlaneDensity};
use nalgebra::{Matrix2, Vector2};

const SOURCE: Source = Source::Collocation;

/// Nodes along the first axis and across, more and more of them.
const NODES: [[usize; 2]; 4] = [[26, 18], [34, 22], [42, 28], [52, 34]];

/// Nodes of either noise.
const NOISE_NODES: usize = 10;

/// Changes of second moments and of the rotation from one number of nodes to the next that end it, in units of their
/// spreads. What is left is less.
const CONVERGED_MOMENTS: f64 = 2e-5;
const CONVERGED_ROTATION: f64 = 3e-6;

/// A step (x, y) → x − r ∇L + ζ.
struct Chain<'s> {
    setup: &'s Setup,
    rates: [f64; 2],
    noise: Matrix2<f64>,
}

impl<'s> Chain<'s> {
    /// None of other rules, laws or landscapes, and where noise leaves out a direction.
    fn of(setup: &'s Setup) -> Option<Self> {
        let coupled = matches!(setup.landscape, Landscape::Formula(_) | Landscape::Force(_));
        let normal = setup.distribution() == Distribution::Gaussian;
        if setup.dimension() != 2 || !coupled || !normal || !is_additive(setup) {
            return None;
        }
        let covariance = step_covariance(setup);
        let noise = Matrix2::from_fn(|i, j| covariance[(i, j)]);
        noise.cholesky()?;
        Some(Self { setup, rates: <[f64; 2]>::try_from(setup.step_sizes()).ok()?, noise })
    }

    /// −r ∇L.
    fn drift(&self, z: [f64; 2]) -> [f64; 2] {
        let gradient = self.setup.landscape.gradient(&z);
        [-self.rates[0] * gradient[0], -self.rates[1] * gradient[1]]
    }

    /// What the chain becomes as the step goes to zero, per step, but for what the noises of both coordinates share.
    fn diffusion(&self) -> Diffusion<impl Fn([f64; 2]) -> [f64; 2]> {
        Diffusion { drift: |z| self.drift(z), diffusion: [0, 1].map(|i| 0.5 * self.noise[(i, i)]) }
    }

    /// The kernel in the coordinates (x, y − s x), or with x and y exchanged, s such that they are uncorrelated: with
    /// whichever of the two needs no more nodes than there are. None where neither does.
    fn kernel(&self, density: &PlaneDensity) -> Option<Collocated<'_>> {
        let covariance = density.covariance();
        [0, 1].into_iter().find_map(|first| {
            let shear = covariance[(0, 1)] / covariance[(first, first)];
            let mut last: Option<Collocated> = None;
            for counts in NODES {
                let next = self.collocated(density, Frame { first, shear }, counts)?;
                if last.as_ref().is_some_and(|last| last.is_near(&next)) {
                    return Some(next);
                }
                last = Some(next);
            }
            None
        })
    }

    fn collocated(&self, density: &PlaneDensity, frame: Frame, counts: [usize; 2]) -> Option<Collocated<'_>> {
        let axes = frame.axes();
        let nodes = |k: usize| {
            let (log_density, [low, high]) = density.marginal(axes[k]);
            Nodes::gauss(log_density, low, high, counts[k])
        };
        let (along, across) = (nodes(0)?, nodes(1)?);
        let xi = NoiseLaw::Gaussian.gauss(NOISE_NODES)?;
        let root = self.noise.cholesky()?.l();
        let step = move |w: [f64; 2], xi: [f64; 2]| {
            let z = frame.position(w);
            let (drift, kick) = (self.drift(z), root * Vector2::from(xi));
            frame.coordinates([z[0] + drift[0] + kick[0], z[1] + drift[1] + kick[1]])
        };
        let kernel = PlaneKernel::new([&along, &across], [&xi, &xi], Box::new(step) as Step<'_>)?;
        Some(Collocated { chain: self, frame, kernel })
    }
}

/// Coordinates (z_first, z_other − shear z_first).
#[derive(Clone, Copy, Debug)]
struct Frame {
    first: usize,
    shear: f64,
}

impl Frame {
    fn axes(self) -> [[f64; 2]; 2] {
        if self.first == 0 { [[1.0, 0.0], [-self.shear, 1.0]] } else { [[0.0, 1.0], [1.0, -self.shear]] }
    }

    fn coordinates(self, z: [f64; 2]) -> [f64; 2] {
        self.axes().map(|w| w[0] * z[0] + w[1] * z[1])
    }

    fn position(self, [a, b]: [f64; 2]) -> [f64; 2] {
        let other = b + self.shear * a;
        if self.first == 0 { [a, other] } else { [other, a] }
    }
}

/// A stationary law.
struct Collocated<'c> {
    chain: &'c Chain<'c>,
    frame: Frame,
    kernel: PlaneKernel<Step<'c>>,
}

impl Collocated<'_> {
    /// E f(z).
    fn mean(&self, f: impl Fn([f64; 2]) -> f64) -> f64 {
        self.kernel.mean(|w| f(self.frame.position(w)))
    }

    /// E f(z, z').
    fn mean_over_step(&self, f: impl Fn([f64; 2], [f64; 2]) -> f64) -> f64 {
        self.kernel.mean_over_step(|w, next| f(self.frame.position(w), self.frame.position(next)))
    }

    /// E[x y' − y x'].
    fn rotation(&self) -> f64 {
        self.mean(|z| {
            let drift = self.chain.drift(z);
            z[0] * drift[1] - z[1] * drift[0]
        })
    }

    /// Whether the nodes are enough that those of `finer` make no difference.
    fn is_near(&self, finer: &Self) -> bool {
        let square = |law: &Self, i: usize, j: usize| law.mean(|z| z[i] * z[j]);
        let size = |i: usize| square(finer, i, i).sqrt();
        let noise = |i: usize| self.chain.noise[(i, i)].sqrt();
        let moments = [(0, 0), (0, 1), (1, 1)]
            .into_iter()
            .all(|(i, j)| (square(self, i, j) - square(finer, i, j)).abs() <= CONVERGED_MOMENTS * size(i) * size(j));
        let turned = (self.rotation() - finer.rotation()).abs();
        moments && turned <= CONVERGED_ROTATION * (size(0) * noise(1) + size(1) * noise(0))
    }
}

/// Adds what is known once walkers have settled.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let measured = &setup.measure;
    if measured.current.is_none() && measured.fluctuation_dissipation.is_none() && measured.correlation.is_none() {
        return;
    }
    let Some(chain) = Chain::of(setup) else { return };
    let Ok(start) = <[f64; 2]>::try_from(setup.ensemble.start.first_point()) else { return };
    let Some(density) = PlaneDensity::new(&chain.diffusion(), start) else { return };
    let Some(law) = chain.kernel(&density) else { return };
    let settled = |rate: f64| rate * MeasuringTimes::of(setup).before().first as f64 > SETTLED;
    if !law.kernel.decay_rate().is_some_and(settled) {
        return;
    }
    let mut exact = |name: &str, value: f64| add(all, name, SOURCE, Kind::Exact, value);
    let gradient = |z: [f64; 2]| setup.landscape.gradient(&z);
    let mean = [0, 1].map(|i| law.mean(|z| z[i]));
    for i in 0..2 {
        exact(&format!("mean[{i}]"), mean[i]);
        for j in setup.covariances().partners(i, 2) {
            exact(&format!("covariance[{i},{j}]"), law.mean(|z| (z[i] - mean[i]) * (z[j] - mean[j])));
        }
    }
    exact("gradient_norm_squared", law.mean(|z| gradient(z).iter().map(|g| g * g).sum()));
    if setup.landscape.has_loss() {
        exact("loss", law.mean(|z| setup.landscape.loss(&z)));
    }
    chain.predict_flux(&density, all);
    law.predict_relations(all);
    law.predict_current(all);
    law.predict_correlations(mean, all);
}

#[cfg(test)]
mod tests;
