//! Where the loss jumps as the learning rate is raised, at a minimum where the noise grows with the loss.

use super::ensemble::{Atom, panel_nodes, start_points};
use super::growth_rate::{critical_learning_rates, grows_with_the_loss, round_curvature};
use super::predict::add;
use super::{Kind, Predictions, Source};
use crate::experiment::{Dynamics, Setup};
use crate::ramp::Ramp;
use statrs::function::gamma::ln_gamma;

/// Deviations from its mean beyond which the length of a standard normal vector has less than 10⁻¹⁶.
const FARTHEST: f64 = 8.5;

/// Widths of a step in a panel of 16 nodes.
const WIDTHS: f64 = 4.0;

/// Products of probabilities that are worked out at most: some seconds of them.
const MOST_TERMS: f64 = 3e9;

/// Products that take as long as the density of a step.
const DENSITY: f64 = 100.0;

/// SGD about a minimum of loss L* > 0, with the same curvature in all directions and normal noise of covariance 2LH/B. The
/// distance from the minimum alone is a Markov chain. In x with L = L* cosh² x, |θ − θ*| = √(2L*/h) sinh x, an update leads
/// from x to arsinh ‖q sinh x e + s cosh x ξ‖, with e a unit vector, ξ standard normal, q = 1 − ηh and s = ηh/√B, so that a
/// step is about as wide everywhere: s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossJump {
    /// Number of coordinates.
    pub dimension: usize,
    /// h.
    pub curvature: f64,
    /// B.
    pub batch: f64,
    /// L > c L* is a jump.
    pub ratio: f64,
}

impl LossJump {
    fn of(setup: &Setup, threshold: f64) -> Option<Self> {
        let landscape = setup.landscape.quadratic()?;
        let Dynamics::Sgd(rule) = &setup.dynamics else { return None };
        let ratio = threshold / landscape.floor;
        let curvature = round_curvature(landscape).filter(|_| grows_with_the_loss(setup) && ratio > 1.0)?;
        let batch = rule.batch_size as f64;
        (landscape.floor > 0.0).then_some(Self { dimension: setup.dimension(), curvature, batch, ratio })
    }

    /// The mean number of the update after which the loss has jumped, at the learning rates `rate(k)` for `every` updates
    /// each, from `start`, which has the distances |θ − θ*|√(h/2L*) and their shares; and the share that has not jumped
    /// after `steps` updates. None where that takes too long.
    pub fn mean_step(&self, start: &[Atom], rate: impl Fn(u64) -> f64, every: u64, steps: u64) -> Option<(f64, f64)> {
        let end = self.ratio.sqrt().acosh();
        let mut law: Vec<Atom> = start.iter().map(|atom| Atom { position: atom.position.asinh(), ..*atom }).collect();
        let share = |law: &[Atom]| law.iter().map(|atom| atom.weight).sum::<f64>();
        let (mut mean, mut left, mut terms) = (0.0, share(&law), 0.0);
        for stage in 0..steps.div_ceil(every) {
            let step = Step::new(self, rate(stage));
            let grid = step.grid(end);
            let length = every.min(steps - stage * every);
            terms += grid.len() as f64 * step.neighbours(&grid) * (2.0 * DENSITY + length as f64);
            if terms.is_nan() || terms > MOST_TERMS {
                return None;
            }
            let mut rows = step.rows(&law, &grid);
            for k in 0..length {
                // P(N > n) once for every n, which sum to E N.
                mean += left;
                if k == 1 {
                    rows = step.rows(&grid, &grid);
                }
                law = advanced(&law, &rows, &grid);
                left = share(&law);
            }
            if left < 1e-15 {
                break;
            }
        }
        Some((mean, left))
    }
}

/// For every place, the first node that it leads to, and the probabilities of that and those after it.
type Rows = Vec<(usize, Vec<f64>)>;

/// The law one update later, on the nodes of the rows.
fn advanced(law: &[Atom], rows: &Rows, grid: &[Atom]) -> Vec<Atom> {
    let mut next: Vec<Atom> = grid.iter().map(|node| Atom { weight: 0.0, ..*node }).collect();
    for (atom, (first, probabilities)) in law.iter().zip(rows) {
        for (node, p) in next[*first..].iter_mut().zip(probabilities) {
            node.weight += atom.weight * p;
        }
    }
    next
}

/// An update at one learning rate.
struct Step {
    dimension: f64,
    /// |q|.
    shrink: f64,
    /// s.
    width: f64,
}

impl Step {
    fn new(system: &LossJump, rate: f64) -> Self {
        let eta = rate * system.curvature;
        Self { dimension: system.dimension as f64, shrink: (1.0 - eta).abs(), width: eta / system.batch.sqrt() }
    }

    /// Standard deviation of x, at least: far out, where the mean grows, it is less than s.
    fn resolution(&self) -> f64 {
        self.width / (self.shrink.powi(2) + self.dimension * self.width.powi(2)).sqrt().max(1.0)
    }

    /// Nodes and weights of a quadrature over x from the minimum to the jump.
    fn grid(&self, end: f64) -> Vec<Atom> {
        panel_nodes(0.0, end, (end / (WIDTHS * self.resolution())).ceil().clamp(1.0, 1e6) as usize)
    }

    /// How many nodes one leads to, about.
    fn neighbours(&self, grid: &[Atom]) -> f64 {
        (2.0 * FARTHEST * 16.0 / WIDTHS).min(grid.len() as f64)
    }

    /// From every atom of `law` to the nodes of `grid`.
    fn rows(&self, law: &[Atom], grid: &[Atom]) -> Rows {
        let place = |x: f64| grid.partition_point(|node| node.position < x);
        let row = |atom: &Atom| {
            // The length of a vector has a deviation below that of its components.
            let (v, unit) = self.mean(atom.position);
            let centre = (v * v + self.dimension).sqrt();
            let [low, high] = [centre - FARTHEST - 1.0, centre + FARTHEST].map(|u| place((u.max(0.0) * unit).asinh()));
            let probability = |node: &Atom| node.weight * self.density(atom.position, node.position);
            (low, grid[low..high].iter().map(probability).collect())
        };
        law.iter().map(row).collect()
    }

    /// The mean of sinh x', in deviations of its components, and these.
    fn mean(&self, x: f64) -> (f64, f64) {
        let unit = self.width * x.cosh();
        (self.shrink * x.sinh() / unit, unit)
    }

    /// Density of x' at `to` > 0: of the length u = sinh x'/(s cosh x) of a normal vector of unit variances with a mean of
    /// length v,
    ///
    /// ```text
    /// u^(n−1) exp(−(u − v)²/2) F(uv),    F(z) = z^−ν e^−z I_ν(z),    ν = n/2 − 1
    /// ```
    ///
    /// (Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions, vol. 2, ch. 29).
    fn density(&self, from: f64, to: f64) -> f64 {
        let (v, unit) = self.mean(from);
        let u = to.sinh() / unit;
        let log =
            (self.dimension - 1.0) * u.ln() - 0.5 * (u - v).powi(2) + ln_bessel(0.5 * self.dimension - 1.0, u * v);
        log.exp() * to.cosh() / unit
    }
}

/// ln z^−ν e^−z I_ν(z), ν ≥ −1/2: by the power series of I_ν, all of whose terms are positive, or by its expansion for
/// large z (Abramowitz & Stegun, 9.6.10 and 9.7.1).
fn ln_bessel(order: f64, z: f64) -> f64 {
    let mut sum = 1.0;
    let mut term = 1.0;
    if z < (30.0 + order * order).min(600.0) {
        let mut k = 1.0;
        while term > 1e-17 * sum {
            term *= 0.25 * z * z / (k * (k + order));
            sum += term;
            k += 1.0;
        }
        return f64::ln(sum) - z - order * 2f64.ln() - ln_gamma(order + 1.0);
    }
    let mut k = 1.0;
    while f64::abs(term) > 1e-17 && k < 60.0 {
        term *= -(4.0 * order * order - (2.0 * k - 1.0_f64).powi(2)) / (8.0 * k * z);
        sum += term;
        k += 1.0;
    }
    sum.ln() - (order + 0.5) * z.ln() - 0.5 * std::f64::consts::TAU.ln()
}

/// Adds `jump_learning_rate`: that of the ramp at the mean update of the jumps, and the critical one, to which it tends
/// for thresholds that are ever higher and ramps that are ever slower.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some(ramp) = Ramp::of(setup) else { return };
    let mut jump = |source, kind, rate| add(all, "jump_learning_rate", source, kind, rate);
    if let Some(rate) = mean_rate(setup, &ramp) {
        jump(Source::TransitionKernel, Kind::Exact, rate);
    }
    for (source, rate) in critical_learning_rates(setup) {
        jump(source, Kind::Asymptotic, rate);
    }
}

/// None of walkers that are scattered at the start or move before they are watched, and where some would not jump.
fn mean_rate(setup: &Setup, ramp: &Ramp) -> Option<f64> {
    let system = LossJump::of(setup, ramp.threshold).filter(|_| setup.ensemble.burn_in == 0)?;
    let landscape = setup.landscape.quadratic()?;
    let unit = (2.0 * landscape.floor / system.curvature).sqrt();
    let distance =
        |point: &[f64]| point.iter().zip(&landscape.minimum).map(|(x, m)| (x - m).powi(2)).sum::<f64>().sqrt();
    let atom = |(point, weight): &(&[f64], f64)| Atom { position: distance(point) / unit, weight: *weight };
    let start: Vec<Atom> = start_points(&setup.ensemble)?.iter().map(atom).collect();
    let (mean, left) = system.mean_step(&start, |k| ramp.stage(k), ramp.every, setup.ensemble.steps)?;
    (left * (setup.walkers() as f64) < 1.0).then(|| ramp.at(mean))
}

#[cfg(test)]
mod tests;
