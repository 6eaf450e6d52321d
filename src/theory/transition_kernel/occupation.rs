//! Where walkers are after some steps, or on average over the measuring times.

use super::TransitionKernel;
use super::propagation::Propagation;
use crate::theory::ensemble::{Atom, MeasuringTimes};
use crate::theory::matrix_power::{power, power_sum, scalar_power};

/// A law on the line: atoms (walkers that have not moved yet) and masses at the kernel's nodes.
#[derive(Clone, Debug)]
pub struct Occupation<'k> {
    kernel: &'k TransitionKernel,
    atoms: Vec<Atom>,
    masses: Vec<f64>,
}

impl<'k> Occupation<'k> {
    pub(super) fn new(kernel: &'k TransitionKernel, atoms: Vec<Atom>, masses: Vec<f64>) -> Self {
        Self { kernel, atoms, masses }
    }

    /// The law as weighted places.
    pub fn atoms(&self) -> impl Iterator<Item = Atom> {
        let nodes = self.kernel.nodes().iter().zip(&self.masses);
        self.atoms.iter().copied().chain(nodes.map(|(position, weight)| Atom { position: *position, weight: *weight }))
    }

    /// ∫ f over the law. Right to rounding for smooth f; not for indicators.
    pub fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.atoms().map(|atom| atom.weight * f(atom.position)).sum()
    }

    /// Total mass: the share of walkers that have not left.
    pub fn total(&self) -> f64 {
        self.mean(|_| 1.0)
    }

    /// Share of walkers that leave with the next step.
    pub fn leaving(&self) -> f64 {
        let atoms: f64 = self.atoms.iter().map(|atom| atom.weight * self.kernel.leaving(atom.position)).sum();
        let nodes = self.masses.iter().zip(self.kernel.chain.leaving());
        atoms + nodes.map(|(mass, leaving)| mass * leaving).sum::<f64>()
    }

    /// The law one step later.
    pub fn next(&self) -> Self {
        let kernel = self.kernel;
        let mut masses = vec![0.0; self.masses.len()];
        kernel.chain.step(&self.masses, &mut masses);
        let moved = kernel.grid.first_step(&*kernel.transition, &self.atoms);
        masses.iter_mut().zip(moved).for_each(|(mass, more)| *mass += more);
        Self { kernel, atoms: Vec::new(), masses }
    }

    /// Share of walkers that the next step leaves between `low` and `high`, exactly.
    pub fn next_between(&self, low: f64, high: f64) -> f64 {
        self.mean(|x| self.kernel.transition.between(x, low, high))
    }
}

impl TransitionKernel {
    /// (1/J) Σ_j qⁿ⁽ʲ⁾ (law after n(j) steps) over J measuring times n(j), for walkers that start as
    /// `start`; q = 1 is the law pooled over the measuring times. Steps one by one until only slow modes
    /// are left, then sums their geometric series; none where that takes too long.
    pub fn pooled(&self, start: &[Atom], times: MeasuringTimes, q: f64) -> Option<Occupation<'_>> {
        let share = 1.0 / times.count as f64;
        let mut occupation = Occupation::new(self, Vec::new(), vec![0.0; self.chain.len()]);
        // Measuring time j is the next one.
        let mut j = 0;
        if times.first == 0 {
            occupation.atoms = start.iter().map(|a| Atom { weight: share * a.weight, ..*a }).collect();
            j = 1;
        }
        let size = start.iter().map(|atom| atom.weight.abs()).sum();
        let (retained, onward) = (scalar_power(q, times.first), scalar_power(q, times.every));
        let mut factor = share * if j == 0 { retained } else { onward };
        let mut propagation = Propagation::new(self, self.grid.first_step(&*self.transition, start), 1, size);
        while j < times.count {
            propagation.to(times.first + j * times.every)?;
            let add =
                |sum: &mut Vec<f64>, more: &[f64]| sum.iter_mut().zip(more).for_each(|(sum, m)| *sum += factor * m);
            if let Some((slow, now)) = propagation.slow() {
                let between = power(slow.step(), times.every) * onward;
                let sum = slow.masses(&power_sum(&between, &now, times.count - j));
                add(&mut occupation.masses, sum.as_slice());
                break;
            }
            add(&mut occupation.masses, propagation.masses());
            factor *= onward;
            j += 1;
        }
        Some(occupation)
    }

    /// The probability to leave with a step, of walkers that start as `start` and have not left before, over the steps
    /// between each of `ages` (ascending) and the next. None as for [`pooled`](Self::pooled).
    pub fn hazards(&self, start: &[Atom], ages: &[u64]) -> Option<Vec<f64>> {
        let size = start.iter().map(|atom| atom.weight.abs()).sum();
        let mut propagation = Propagation::new(self, self.grid.first_step(&*self.transition, start), 1, size);
        let mut between = |from: u64, to: u64| {
            let mut present = Occupation::new(self, Vec::new(), vec![0.0; self.chain.len()]);
            if from == 0 && to > 0 {
                present.atoms = start.to_vec();
            }
            let mut n = from.max(1);
            while n < to {
                propagation.to(n)?;
                let add = |sum: &mut Vec<f64>, more: &[f64]| sum.iter_mut().zip(more).for_each(|(sum, m)| *sum += m);
                if let Some((slow, now)) = propagation.slow() {
                    add(&mut present.masses, slow.masses(&power_sum(slow.step(), &now, to - n)).as_slice());
                    break;
                }
                add(&mut present.masses, propagation.masses());
                n += 1;
            }
            Some(present.leaving() / present.total())
        };
        ages.windows(2).map(|pair| between(pair[0], pair[1])).collect()
    }
}
