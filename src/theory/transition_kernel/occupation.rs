//! Where walkers are after some steps, or on average over the measuring times.

use super::{TransitionKernel, normal_between};
use crate::theory::ensemble::{Atom, MeasuringTimes};
use crate::theory::matrix_power::{power, power_sum, scalar_power};

/// Share of a distribution that may lie outside the slow modes when stepping ends.
pub(super) const TOLERANCE: f64 = 1e-13;

/// Steps between two looks at the slow modes.
pub(super) const LOOK_EVERY: u64 = 64;

/// Most multiplications that stepping may take: about two seconds.
pub(super) const MAX_WORK: u64 = 5_000_000_000;

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
        let moved = kernel.grid.first_step(&kernel.coordinate, &self.atoms);
        masses.iter_mut().zip(moved).for_each(|(mass, more)| *mass += more);
        Self { kernel, atoms: Vec::new(), masses }
    }

    /// Share of walkers that the next step leaves between `low` and `high`, exactly.
    pub fn next_between(&self, low: f64, high: f64) -> f64 {
        let coordinate = &self.kernel.coordinate;
        self.mean(|x| {
            let scaled = |y: f64| (y - coordinate.next(x)) / coordinate.deviation;
            normal_between(scaled(low), scaled(high))
        })
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
        let tolerance = TOLERANCE * start.iter().map(|atom| atom.weight.abs()).sum::<f64>();
        let (retained, onward) = (scalar_power(q, times.first), scalar_power(q, times.every));
        let mut factor = share * if j == 0 { retained } else { onward };
        let mut masses = self.grid.first_step(&self.coordinate, start);
        let mut next = masses.clone();
        let mut n = 1;
        while j < times.count {
            let due = times.first + j * times.every;
            if n == due {
                occupation.masses.iter_mut().zip(&masses).for_each(|(sum, mass)| *sum += factor * mass);
                factor *= onward;
                j += 1;
                continue;
            }
            if n.is_multiple_of(LOOK_EVERY)
                && let Some(slow) = self.slow_modes()
                && let Some(now) = slow.coefficients(&masses, tolerance)
            {
                self.chain.step(&masses, &mut next);
                let after = slow.coefficients(&next, tolerance);
                if after.is_some_and(|after| (after - slow.step() * &now).amax() <= tolerance) {
                    let at_due = power(slow.step(), due - n) * now;
                    let between = power(slow.step(), times.every) * onward;
                    let sum = slow.masses(&power_sum(&between, &at_due, times.count - j));
                    occupation.masses.iter_mut().zip(sum.iter()).for_each(|(all, rest)| *all += factor * rest);
                    break;
                }
            }
            if n.saturating_mul(self.chain.size() as u64) > MAX_WORK {
                return None;
            }
            self.chain.step(&masses, &mut next);
            std::mem::swap(&mut masses, &mut next);
            n += 1;
        }
        Some(occupation)
    }
}
