//! Where the loss jumps as the learning rate is raised, at a minimum where the noise grows with the loss.

use super::ensemble::{Atom, panel_nodes, start_points};
use super::growth_rate::{critical_learning_rate, critical_learning_rates, grows_with_the_loss, round_curvature};
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

/// Sum of 1 − |1 − ηh| over updates after which the start is forgotten, and the tail is there out to the jump.
const RELAXED: f64 = 30.0;

/// A share that makes no difference.
const NEGLIGIBLE: f64 = 1e-10;

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

    /// The jumps on `ramp` within `steps` updates from `start`, which has the distances |θ − θ*|√(h/2L*) and their shares.
    /// None where that takes too long.
    ///
    /// Early stages in which nothing jumps are skipped where walkers forget them: one begins from `start` at a half, a
    /// quarter, … of the critical rate, until no share jumps before it has relaxed. At lower rates, which spread less,
    /// none does then either.
    pub fn on(&self, ramp: &Ramp, start: &[Atom], steps: u64) -> Option<Jump> {
        let critical = critical_learning_rate(self.dimension, self.curvature, self.batch);
        let stage = |rate: f64| ((rate / ramp.rate).ln() / ramp.factor.ln()) as u64;
        let inside = start.iter().all(|atom| atom.position.asinh() < self.end());
        let useful = |k: &u64| *k == 0 || inside && *k < steps.div_ceil(ramp.every);
        let (mut terms, mut through) = (0.0, 0);
        for first in (1..).map(|k| stage(critical * 0.5f64.powi(k))).filter(useful) {
            match self.follow(first, through, ramp, start, steps, &mut terms) {
                Ok(jump) => return Some(jump),
                Err(Failure::Late(stage)) => through = stage,
                Err(Failure::Long) => break,
            }
        }
        None
    }

    /// The same from stage `first`, where no walker jumps before stage `through`.
    fn follow(
        &self,
        first: u64,
        through: u64,
        ramp: &Ramp,
        start: &[Atom],
        steps: u64,
        terms: &mut f64,
    ) -> Result<Jump, Failure> {
        let end = self.end();
        let step = |stage| Step::new(self, ramp.stage(stage));
        let within = |terms: f64| if terms <= MOST_TERMS { Ok(terms) } else { Err(Failure::Long) };
        (first..through).try_fold(*terms, |sum, stage| within(sum + step(stage).cost(end, ramp.every)))?;
        let mut law: Vec<Atom> = start.iter().map(|atom| Atom { position: atom.position.asinh(), ..*atom }).collect();
        let share = |law: &[Atom]| law.iter().map(|atom| atom.weight).sum::<f64>();
        let all = share(&law);
        let mut jump = Jump { update: all * (first * ramp.every) as f64, log_rate: 0.0, left: all };
        let mut relaxed = 0.0;
        for stage in first..steps.div_ceil(ramp.every) {
            let step = step(stage);
            let length = ramp.every.min(steps - stage * ramp.every);
            *terms = within(*terms + step.cost(end, length))?;
            let grid = step.grid(end);
            let before = jump.left;
            let mut rows = step.rows(&law, &grid);
            for k in 0..length {
                // P(N > n) once for every n, which sum to E N.
                jump.update += jump.left;
                if k == 1 {
                    rows = step.rows(&grid, &grid);
                }
                law = advanced(&law, &rows, &grid);
                jump.left = share(&law);
            }
            jump.log_rate += (before - jump.left) * ramp.stage(stage).ln();
            if first > 0 && relaxed < RELAXED && all - jump.left > NEGLIGIBLE {
                return Err(Failure::Late(stage));
            }
            relaxed += length as f64 * (1.0 - step.shrink);
            if jump.left < 1e-15 {
                break;
            }
        }
        Ok(jump)
    }

    /// x at the jump.
    fn end(&self) -> f64 {
        self.ratio.sqrt().acosh()
    }
}

/// When the loss jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jump {
    /// Mean number of the update, with the last for walkers that are left.
    pub update: f64,
    /// Mean logarithm of the learning rate then in force, of walkers that jump, times their share.
    pub log_rate: f64,
    /// Share of the walkers that are left.
    pub left: f64,
}

/// Why there is no [`Jump`].
#[derive(Clone, Copy, Debug, PartialEq)]
enum Failure {
    /// It would take too long.
    Long,
    /// Some jump at this stage already, before the start is forgotten.
    Late(u64),
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

    /// Panels of a quadrature over x from the minimum to the jump.
    fn panels(&self, end: f64) -> f64 {
        (end / (WIDTHS * self.resolution())).ceil()
    }

    /// Products that a stage of `updates` takes, about.
    fn cost(&self, end: f64, updates: u64) -> f64 {
        let nodes = 16.0 * self.panels(end);
        let neighbours = nodes.min(2.0 * FARTHEST * 16.0 / WIDTHS);
        nodes * neighbours * (2.0 * DENSITY + updates as f64)
    }

    /// Nodes and weights of the quadrature.
    fn grid(&self, end: f64) -> Vec<Atom> {
        panel_nodes(0.0, end, self.panels(end) as usize)
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

/// Adds `jump_learning_rate`, which is read off the smooth ramp at the mean update of the jumps, and the critical rate. To
/// this it tends for thresholds that are ever higher on ramps that slow down with them, the updates for one per cent growing like
/// ln³ c: ln L wanders over ln c in ln² c updates, in which its drift must rise by no more than 1/ln c (derived here). At a
/// fixed threshold a slower ramp jumps at lower rates, down to zero.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some(ramp) = Ramp::of(setup).filter(|ramp| ramp.threshold > setup.landscape.floor()) else { return };
    let mut jump = |source, kind, rate| add(all, "jump_learning_rate", source, kind, rate);
    if let Some(update) = mean_update(setup, &ramp) {
        jump(Source::TransitionKernel, Kind::Exact, ramp.at(update));
    }
    for (source, rate) in critical_learning_rates(setup) {
        jump(source, Kind::Asymptotic, rate);
    }
}

/// None of walkers that are scattered at the start or move before they are watched, and where some would not jump.
fn mean_update(setup: &Setup, ramp: &Ramp) -> Option<f64> {
    let system = LossJump::of(setup, ramp.threshold).filter(|_| setup.ensemble.burn_in == 0)?;
    let landscape = setup.landscape.quadratic()?;
    let unit = (2.0 * landscape.floor / system.curvature).sqrt();
    let distance =
        |point: &[f64]| point.iter().zip(&landscape.minimum).map(|(x, m)| (x - m).powi(2)).sum::<f64>().sqrt();
    let atom = |(point, weight): &(&[f64], f64)| Atom { position: distance(point) / unit, weight: *weight };
    let start: Vec<Atom> = start_points(&setup.ensemble)?.iter().map(atom).collect();
    let jump = system.on(ramp, &start, setup.ensemble.steps)?;
    (jump.left * (setup.walkers() as f64) < 1.0).then_some(jump.update)
}

#[cfg(test)]
mod tests;
