//! Walkers that are put back to their start whenever they pass.

use super::propagation::MAX_WORK;
use super::{Observable, TransitionKernel};
use crate::theory::ensemble::{Atom, MeasuringTimes};

/// Share of the walkers that may not have settled yet when stepping ends.
const TOLERANCE: f64 = 1e-11;

impl TransitionKernel {
    /// The mean number of passages per walker and step through `steps` steps after `burn_in`, of walkers that start as
    /// `start` and are put back to where they themselves started whenever they pass. None where walkers take too long
    /// to settle.
    ///
    /// Passages are renewals, 1/τ per step in the end, with τ the mean number of steps to one (Feller, An Introduction
    /// to Probability Theory and Its Applications I, §XIII.3); soon after the start they are fewer.
    pub fn restarted_passages(&self, start: &[Atom], burn_in: u64, steps: u64) -> Option<f64> {
        let every_step = MeasuringTimes { first: burn_in + 1, every: 1, count: steps };
        self.restarted_mean(start, every_step, &|x| self.leaving(x))
    }

    /// The mean of `f` over the places of these walkers just before the updates at the measuring times.
    ///
    /// Walkers and restarts together make up a chain that loses nobody, which is followed until it is stationary.
    pub fn restarted_mean(&self, start: &[Atom], times: MeasuringTimes, f: Observable) -> Option<f64> {
        let at_nodes: Vec<f64> = self.nodes().iter().map(|x| f(*x)).collect();
        let mut work = 0;
        let sum = |atom: &Atom| {
            Some(atom.weight * self.sum_of_one(atom.position, times, f(atom.position), &at_nodes, &mut work)?)
        };
        let sums: Option<Vec<f64>> = start.iter().map(sum).collect();
        Some(sums?.iter().sum::<f64>() / times.count as f64)
    }

    /// The mean of `f` in the end, of walkers that are put into the deepest well whenever they leave: the stationary
    /// mean where hardly any do.
    pub fn long_run_mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.elimination.stationary().iter().zip(self.nodes()).map(|(mass, x)| mass * f(*x)).sum()
    }

    /// The sum over the measuring times of a walker from `position`, of a function that is `at_position` there;
    /// `work` counts multiplications.
    fn sum_of_one(
        &self,
        position: f64,
        times: MeasuringTimes,
        at_position: f64,
        at_nodes: &[f64],
        work: &mut u64,
    ) -> Option<f64> {
        let leaving = self.leaving(position);
        let begun = self.grid.first_step(&*self.transition, &[Atom { position, weight: 1.0 }]);
        let (mut at_start, mut sum, mut done) = (1.0, 0.0, 0);
        let mut masses = vec![0.0; begun.len()];
        let mut next = masses.clone();
        let product = |masses: &[f64], values: &[f64]| masses.iter().zip(values).map(|(m, v)| m * v).sum::<f64>();
        for n in 1..=times.last() {
            *work += self.chain.size() as u64;
            if *work > MAX_WORK {
                return None;
            }
            let passing = at_start * leaving + product(&masses, self.chain.leaving());
            let now = at_start * at_position + product(&masses, at_nodes);
            self.chain.step(&masses, &mut next);
            next.iter_mut().zip(&begun).for_each(|(mass, first)| *mass += at_start * first);
            if n == times.first + done * times.every {
                sum += now;
                done += 1;
            }
            let moved: f64 = next.iter().zip(&masses).map(|(a, b)| (a - b).abs()).sum();
            // What is still to move is about that over the rate of relaxation, which is more than 1/n by now.
            if n as f64 * (moved + (passing - at_start).abs()) < TOLERANCE {
                return Some(sum + now * (times.count - done) as f64);
            }
            std::mem::swap(&mut masses, &mut next);
            at_start = passing;
        }
        Some(sum)
    }
}
