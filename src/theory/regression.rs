//! SGD on least squares with fresh normal samples, in one coordinate.

use super::collocation::NoiseLaw;
use super::ensemble::{Atom, panel_nodes, start_atoms};
use super::transition_kernel::{Grid, PANEL, Transition, normal_between};
use crate::experiment::{Dynamics, Landscape, LeastSquares, Noise, Setup};
use crate::landscape::Profile;
use statrs::function::gamma::ln_gamma;
use std::f64::consts::{LN_2, TAU};

/// A normal number is cut off at so many standard deviations.
const REACH: f64 = 8.5;

/// v is cut off so far above √B.
const FARTHEST: f64 = 12.0;

/// Halvings of v towards 0, at most.
const MOST_HALVINGS: usize = 30;

/// −ln of the density of v below which it is left out.
const DEEPEST: f64 = 90.0;

/// How much the width of what is smooth grows with x.
const WIDENING: f64 = 0.175;

/// x' = x − η/B Σ_b w_b (w_b x − ε_b) with w_b ~ N(0, h) and ε_b ~ N(0, σ²): with v² = Σ w_b²/h ~ χ²_B
///
/// ```text
/// x' = (1 − ηh v²/B) x + ησ√h v/B ξ,    ξ ~ N(0, 1),
/// ```
///
/// as Σ w_b ε_b is normal where the w_b are given. Derived here.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    profile: Profile,
    /// η.
    pub rate: f64,
    /// ηh/B.
    shrinkage: f64,
    /// ησ√h/B.
    kick: f64,
    batch: f64,
    /// Whether nodes are for averages of smooth functions over all of the line.
    tails: bool,
}

impl Regression {
    /// With the learning rate η, the curvature h, the standard deviation σ of labels and the batch size B.
    pub fn new(rate: f64, curvature: f64, label_noise: f64, batch: u64) -> Self {
        let batch = batch as f64;
        Self {
            profile: Profile::Quadratic { curvature, minimum: 0.0 },
            rate,
            shrinkage: rate * curvature / batch,
            kick: rate * label_noise * curvature.sqrt() / batch,
            batch,
            tails: false,
        }
    }

    /// Of a setup of one feature; none of others, and without noise of labels.
    pub fn of(setup: &Setup) -> Option<Self> {
        let (Landscape::LeastSquares(LeastSquares { synthetic: Some(synthetic), .. }), Dynamics::Sgd(rule)) =
            (&setup.landscape, &setup.dynamics)
        else {
            return None;
        };
        let fresh = setup.landscape.sample_count().is_none() && matches!(setup.noise, Some(Noise::Minibatch(_)));
        let [curvature] = synthetic.spectrum[..] else { return None };
        let noisy = synthetic.label_noise > 0.0 && curvature > 0.0;
        (fresh && noisy && rule.schedule.is_constant()).then_some(Self::new(
            rule.learning_rate.shared()?,
            curvature,
            synthetic.label_noise,
            rule.batch_size,
        ))
    }

    /// The start as atoms that resolve one step.
    pub fn start(&self, setup: &Setup) -> Option<Vec<Atom>> {
        start_atoms(&setup.ensemble, 0, 2.0 * self.deviation(0.0))
    }

    /// The same step on nodes for averages of smooth functions over all of the line.
    pub fn with_tails(&self) -> Self {
        Self { tails: true, ..self.clone() }
    }

    /// B.
    pub fn batch_size(&self) -> u64 {
        self.batch as u64
    }

    /// σ/√h, where L is 2L*.
    pub fn noise_width(&self) -> f64 {
        self.kick / self.shrinkage
    }

    /// The law of v with the places where x' is led on average and by how much it spreads: panels of v in geometric
    /// progression down to where x' is closer to x than `nearest`, as there everything is a polynomial in v.
    fn mixture(&self, x: f64, nearest: f64) -> impl Iterator<Item = (f64, f64, f64)> {
        let far = self.batch.sqrt() + FARTHEST;
        let mut edges: Vec<f64> = vec![0.0];
        let mut v = 1.0;
        for _ in 0..MOST_HALVINGS {
            edges.insert(1, v);
            if self.shrinkage * v * v * x.abs() + REACH * self.kick * v < nearest {
                break;
            }
            v *= 0.5;
        }
        let more = (far - 1.0).ceil();
        edges.extend((1..=more as usize).map(|k| 1.0 + (far - 1.0) * k as f64 / more));
        // From far out a few are led into the middle, which is narrow as seen from there.
        let middle = self.shrinkage.sqrt().recip();
        let mut distance = 1.0;
        while middle < far && self.shrinkage * middle * distance * x.abs() > self.kick * middle {
            edges.extend([middle - distance, middle + distance].into_iter().filter(|v| (0.0..far).contains(v)));
            distance *= 0.5;
        }
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        let log_norm = (1.0 - 0.5 * self.batch) * LN_2 - ln_gamma(0.5 * self.batch);
        let (shrinkage, kick, batch) = (self.shrinkage, self.kick, self.batch);
        let atoms: Vec<Atom> = edges.windows(2).flat_map(|panel| panel_nodes(panel[0], panel[1], 1)).collect();
        atoms.into_iter().filter_map(move |atom| {
            let v = atom.position;
            let log_density = log_norm + (batch - 1.0) * v.ln() - 0.5 * v * v;
            let weight = atom.weight * log_density.exp();
            (log_density > -DEEPEST).then_some((weight, (1.0 - shrinkage * v * v) * x, kick * v))
        })
    }
}

impl Transition for Regression {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn next(&self, x: f64) -> f64 {
        (1.0 - self.shrinkage * self.batch) * x
    }

    fn deviation(&self, x: f64) -> f64 {
        (self.kick * self.kick * self.batch + 2.0 * (self.shrinkage * x).powi(2) * self.batch).sqrt()
    }

    /// Three quarters of the deviation in the middle, which is that of the noise of labels, and more beyond where an
    /// edge is, as what is smooth there changes over widths that grow with x.
    fn scale(&self, low: f64, high: f64) -> Box<dyn Fn(f64) -> f64 + '_> {
        let scale = 0.75 * self.deviation(0.0);
        let inner = if self.tails { 0.0 } else { low.abs().min(high.abs()) };
        Box::new(move |x| scale.hypot(WIDENING * (x.abs() - inner).max(0.0)))
    }

    /// p ∝ (D(0) + ηh²x²/B)^−(1 + B/(2ηh)) of the diffusion with 2D = Var(x'|x)/η.
    fn support(&self) -> Option<(f64, f64)> {
        let exponent = 1.0 + 0.5 / self.shrinkage;
        let reach = self.noise_width() / 2f64.sqrt() * ((45.0 / exponent).exp() - 1.0).sqrt();
        Some((-reach, reach))
    }

    fn between(&self, x: f64, low: f64, high: f64) -> f64 {
        let nearest = (x - low).abs().min((x - high).abs());
        let part = |(weight, mean, deviation): (f64, f64, f64)| {
            weight * normal_between((low - mean) / deviation, (high - mean) / deviation)
        };
        self.mixture(x, nearest).map(part).sum()
    }

    /// The density of x' has a logarithmic peak at x, where v is small. A panel of the grid is wide beside such a step,
    /// and what is integrated against the density is taken there as the polynomial through its nodes.
    fn row(&self, grid: &Grid, x: f64) -> (usize, Vec<f64>) {
        let panels = grid.panels();
        let mut row = vec![0.0; grid.nodes.len()];
        let (low, high) = (panels[0].0, panels[panels.len() - 1].1);
        let nearest = (x - low).abs().min((x - high).abs());
        let normal = NoiseLaw::Gaussian.gauss(PANEL).unwrap_or_default();
        for (weight, mean, deviation) in self.mixture(x, nearest) {
            let (a, b) = (mean - REACH * deviation, mean + REACH * deviation);
            let reached = panels.iter().enumerate().filter(|(_, panel)| panel.1 > a && panel.0 < b);
            let resolved = reached.clone().all(|(_, panel)| panel.1 - panel.0 <= 4.0 * deviation);
            if resolved {
                let norm = weight / (deviation * TAU.sqrt());
                for (p, _) in reached {
                    let places = p * PANEL..(p + 1) * PANEL;
                    let nodes = grid.nodes[places.clone()].iter().zip(&grid.weights[places.clone()]);
                    for (entry, (y, w)) in row[places].iter_mut().zip(nodes) {
                        *entry += norm * w * (-0.5 * ((y - mean) / deviation).powi(2)).exp();
                    }
                }
                continue;
            }
            let inside = low < a && b < high;
            let atoms = match inside {
                true => normal.clone(),
                false => NoiseLaw::Gaussian.between((low - mean) / deviation, (high - mean) / deviation),
            };
            for atom in atoms {
                let y = mean + deviation * atom.position;
                let p = panels.partition_point(|panel| panel.1 < y).min(panels.len() - 1);
                grid.interpolate(p, y, weight * atom.weight, &mut row);
            }
        }
        (0, row)
    }
}

#[cfg(test)]
mod tests;
