//! The exact one-step transition kernel in one dimension, at the finite step.
//!
//! A rule x' = g(x) + s(x) ξ with ξ standard normal, such as x − r U'(x) + s ξ, is a Markov chain on the line with
//! density φ((y − g)/s)/s. On the nodes x_j of a quadrature with weights w_j it becomes a finite chain with
//! probabilities a_ij = w_j φ(…)/s (Nyström's method), and everything about it is linear algebra:
//!
//! - on the whole line a grid of spacing s/2, even in u = ∫ dx/s(x), where the trapezoidal rule is exact to rounding
//!   (its error for a Gaussian factor of width s/√2 is e^(−4π²));
//! - on intervals that walkers leave for good, composite Gauss–Legendre panels of 16 nodes each 4s wide.
//!
//! Half-line probabilities take their last step exactly, by the normal distribution function.

mod chain;
mod grid;
mod lagged;
mod occupation;
mod propagation;
mod renewal;
mod slow;
mod transition;

pub(super) use chain::{Chain, Elimination};
pub(super) use grid::{Grid, PANEL, normal_between};
pub use lagged::Observable;
pub use occupation::Occupation;
pub use transition::Transition;

use super::ensemble::Atom;
use slow::SlowModes;
use std::sync::{Arc, OnceLock};

/// A normal step is cut off at so many standard deviations: beyond lie 2·10⁻¹⁹.
const REACH: f64 = 9.0;

/// A domain is wide enough where its edges are visited so much less than its middle.
const EMPTY: f64 = 1e-17;

/// And will do with this much, where it cannot be wider: at large steps a walker far out is thrown ever
/// further, and the stationary law is that of the walkers that are not.
const NEARLY_EMPTY: f64 = 1e-9;

/// Domains that are tried, each wider than the one before.
const ATTEMPTS: usize = 16;

const WHOLE_LINE: [(f64, f64); 1] = [(f64::NEG_INFINITY, f64::INFINITY)];

/// The chain of one coordinate: on the whole line, or on intervals that walkers leave for good.
#[derive(Debug)]
pub struct TransitionKernel {
    transition: Arc<dyn Transition>,
    /// Where walkers are kept, where they can leave; none for the whole line.
    alive: Option<Vec<(f64, f64)>>,
    grid: Grid,
    chain: Chain,
    elimination: Elimination,
    stationary: Option<Vec<f64>>,
    slow: OnceLock<Option<SlowModes>>,
}

impl TransitionKernel {
    /// The chain on the whole line, for walkers that start as `start`; none where U does not confine
    /// them, where there is no noise, or where it takes more than 4096 nodes.
    pub fn on_line(transition: &(impl Transition + Clone + 'static), start: &[Atom]) -> Option<Self> {
        Self::build(&(Arc::new(transition.clone()) as _), None, start)
    }

    /// The chain of walkers that leave for good when a step ends outside the intervals `alive`
    /// (ascending, without overlap; ±∞ where there is no end); none as for the whole line.
    pub fn within(
        transition: &(impl Transition + Clone + 'static),
        alive: &[(f64, f64)],
        start: &[Atom],
    ) -> Option<Self> {
        Self::build(&(Arc::new(transition.clone()) as _), Some(alive.to_vec()), start)
    }

    fn build(transition: &Arc<dyn Transition>, alive: Option<Vec<(f64, f64)>>, start: &[Atom]) -> Option<Self> {
        // Room for all of the first step, or, where walkers so far out are thrown ever further, for most.
        [REACH, 6.0, 3.0].into_iter().find_map(|room| {
            let intervals = alive.as_deref().unwrap_or(&WHOLE_LINE);
            let domain = grid::domain(&**transition, intervals, start, room)?;
            Self::widened(transition, &alive, start, domain)
        })
    }

    /// On `domain`, or a wider one: discretisation widens the density beyond the Gibbs density.
    fn widened(
        transition: &Arc<dyn Transition>,
        alive: &Option<Vec<(f64, f64)>>,
        start: &[Atom],
        mut domain: (f64, f64),
    ) -> Option<Self> {
        let intervals = alive.as_deref().unwrap_or(&WHOLE_LINE);
        let (open_below, open_above) = (intervals[0].0.is_infinite(), intervals[intervals.len() - 1].1.is_infinite());
        let mut nearly = None;
        for _ in 0..ATTEMPTS {
            let Some(kernel) = Self::on_domain(transition, alive.clone(), domain) else { break };
            let escapes_below = open_below && !kernel.grid.leads_inside(&**transition, domain.0, 1.0);
            let escapes_above = open_above && !kernel.grid.leads_inside(&**transition, domain.1, -1.0);
            let (below, above) = kernel.edges(start);
            let (more_below, more_above) = (open_below && below > EMPTY, open_above && above > EMPTY);
            let inside = !escapes_below && !escapes_above;
            if inside && !more_below && !more_above {
                return Some(kernel);
            }
            let nearly_empty = !(open_below && below > NEARLY_EMPTY || open_above && above > NEARLY_EMPTY);
            if inside && nearly_empty {
                nearly = Some(kernel);
            } else if !inside && nearly.is_some() {
                break;
            }
            let room = 0.05 * (domain.1 - domain.0);
            if more_below || escapes_below {
                domain.0 -= room;
            }
            if more_above || escapes_above {
                domain.1 += room;
            }
        }
        nearly
    }

    fn on_domain(transition: &Arc<dyn Transition>, alive: Option<Vec<(f64, f64)>>, domain: (f64, f64)) -> Option<Self> {
        let intervals = alive.as_deref().unwrap_or(&WHOLE_LINE);
        let grid = Grid::new(&**transition, intervals, domain)?;
        let chain = grid.chain(&**transition, intervals)?;
        let height = |i: &usize| transition.profile().value(grid.nodes[*i]);
        let deepest = (0..chain.len()).min_by(|i, j| height(i).total_cmp(&height(j)))?;
        let elimination = Elimination::new(&chain, deepest);
        let stationary = alive.is_none().then(|| elimination.stationary());
        let transition = Arc::clone(transition);
        Some(Self { transition, alive, grid, chain, elimination, stationary, slow: OnceLock::new() })
    }

    /// How often the first and the last node are visited, after the first step and in all, relative to the
    /// most visited one.
    fn edges(&self, start: &[Atom]) -> (f64, f64) {
        let first = self.grid.first_step(&*self.transition, start);
        let all = match &self.stationary {
            Some(stationary) => stationary.clone(),
            None => self.elimination.solve_left(&first),
        };
        let largest = |masses: &[f64]| masses.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let share = |i: usize| (first[i] / largest(&first)).max(all[i] / largest(&all));
        (share(0), share(all.len() - 1))
    }

    /// The nodes, ascending.
    pub fn nodes(&self) -> &[f64] {
        &self.grid.nodes
    }

    /// The stationary law; none where walkers leave.
    pub fn stationary(&self) -> Option<Occupation<'_>> {
        Some(Occupation::new(self, Vec::new(), self.stationary.clone()?))
    }

    /// Density of the stationary law at every node; none where walkers leave.
    pub fn stationary_density(&self) -> Option<Vec<f64>> {
        let masses = self.stationary.as_ref()?;
        Some(masses.iter().zip(&self.grid.weights).map(|(m, w)| m / w).collect())
    }

    /// Mean number of steps until a walker at x has left, for every x; infinite where nobody leaves.
    pub fn mean_passage_steps(&self, from: &[f64]) -> Vec<f64> {
        if self.alive.is_none() {
            return vec![f64::INFINITY; from.len()];
        }
        let at_nodes = self.elimination.solve(&vec![1.0; self.chain.len()]);
        let later = |x: f64| {
            let (first, masses) = self.transition.row(&self.grid, x);
            masses.iter().zip(&at_nodes[first..]).map(|(a, steps)| a * steps).sum::<f64>()
        };
        from.iter().map(|x| 1.0 + later(*x)).collect()
    }

    /// −ln of the second eigenvalue on the whole line, of the first where walkers leave: the slowest
    /// decay, per step.
    pub fn relaxation_rate(&self) -> Option<f64> {
        self.slow_modes()?.slowest_rate()
    }

    /// Probability that the next step from x ends outside the alive intervals.
    fn leaving(&self, x: f64) -> f64 {
        self.alive.as_ref().map_or(0.0, |alive| grid::leaving(&*self.transition, alive, x))
    }

    fn slow_modes(&self) -> Option<&SlowModes> {
        let find = || SlowModes::new(&self.chain, &self.elimination, self.stationary.as_deref());
        self.slow.get_or_init(find).as_ref()
    }
}

#[cfg(test)]
mod tests;
