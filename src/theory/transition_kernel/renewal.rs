//! Passages of walkers that are put back to their start whenever they pass.

use super::TransitionKernel;
use super::propagation::MAX_WORK;
use crate::theory::ensemble::Atom;

/// Share of the walkers that may not have settled yet when stepping ends.
const TOLERANCE: f64 = 1e-11;

impl TransitionKernel {
    /// The mean number of passages per walker and step through `steps` steps after `burn_in`, of walkers that start as
    /// `start` and are put back to where they themselves started whenever they pass. None where walkers take too long
    /// to settle.
    ///
    /// Passages are renewals, 1/τ per step in the end, with τ the mean number of steps to one (Feller, An Introduction
    /// to Probability Theory and Its Applications I, §XIII.3); soon after the start they are fewer. Walkers and
    /// restarts together make up a chain that loses nobody, which is followed until it is stationary.
    pub fn restarted_passages(&self, start: &[Atom], burn_in: u64, steps: u64) -> Option<f64> {
        let mut work = 0;
        let share = |atom: &Atom| Some(atom.weight * self.passages_of_one(atom.position, burn_in, steps, &mut work)?);
        let shares: Option<Vec<f64>> = start.iter().map(share).collect();
        Some(shares?.iter().sum::<f64>() / steps as f64)
    }

    /// The passages of a walker from `position` through all of the steps; `work` counts multiplications.
    fn passages_of_one(&self, position: f64, burn_in: u64, steps: u64, work: &mut u64) -> Option<f64> {
        let leaving = self.leaving(position);
        let begun = self.grid.first_step(&self.coordinate, &[Atom { position, weight: 1.0 }]);
        let (mut at_start, mut passages) = (1.0, 0.0);
        let mut masses = vec![0.0; begun.len()];
        let mut next = masses.clone();
        for n in 1..=burn_in + steps {
            *work += self.chain.size() as u64;
            if *work > MAX_WORK {
                return None;
            }
            let inside: f64 = masses.iter().zip(self.chain.leaving()).map(|(mass, leaving)| mass * leaving).sum();
            let passing = at_start * leaving + inside;
            self.chain.step(&masses, &mut next);
            next.iter_mut().zip(&begun).for_each(|(mass, first)| *mass += at_start * first);
            if n > burn_in {
                passages += passing;
            }
            let moved: f64 = next.iter().zip(&masses).map(|(a, b)| (a - b).abs()).sum();
            // What is still to move is about that over the rate of relaxation, which is more than 1/n by now.
            if n as f64 * (moved + (passing - at_start).abs()) < TOLERANCE {
                return Some(passages + passing * (burn_in + steps - n.max(burn_in)) as f64);
            }
            std::mem::swap(&mut masses, &mut next);
            at_start = passing;
        }
        Some(passages)
    }
}
