//! Masses at the nodes from step to step: one by one until only slow modes are left, then at once.

use super::TransitionKernel;
use super::slow::SlowModes;
use crate::theory::matrix_power::power;
use nalgebra::DVector;

/// Share of a distribution that may lie outside the slow modes when stepping ends.
const TOLERANCE: f64 = 1e-13;

/// Steps between two looks at the slow modes.
const LOOK_EVERY: u64 = 64;

/// Most multiplications that stepping may take: about two seconds.
pub(super) const MAX_WORK: u64 = 5_000_000_000;

/// Masses that go on with the kernel's steps.
pub(super) struct Propagation<'k> {
    kernel: &'k TransitionKernel,
    masses: Vec<f64>,
    /// Those of the next step, while it is made.
    next: Vec<f64>,
    /// Steps made.
    n: u64,
    /// What may lie outside the slow modes.
    tolerance: f64,
    /// Once nothing else is left.
    slow: Option<Slow<'k>>,
}

/// A distribution of slow modes alone.
struct Slow<'k> {
    modes: &'k SlowModes,
    since: u64,
    coefficients: DVector<f64>,
}

impl Slow<'_> {
    fn coefficients(&self, n: u64) -> DVector<f64> {
        power(self.modes.step(), n - self.since) * &self.coefficients
    }
}

impl<'k> Propagation<'k> {
    /// From the masses after `n` steps, which are of the size `size`.
    pub(super) fn new(kernel: &'k TransitionKernel, masses: Vec<f64>, n: u64, size: f64) -> Self {
        Self { kernel, next: masses.clone(), masses, n, tolerance: TOLERANCE * size, slow: None }
    }

    /// Goes on until `n` steps are made; none where that takes too long.
    pub(super) fn to(&mut self, n: u64) -> Option<()> {
        while self.n < n && self.slow.is_none() {
            if self.n.is_multiple_of(LOOK_EVERY) {
                self.slow = self.look();
            }
            if self.slow.is_none() {
                if self.n.saturating_mul(self.kernel.chain.size() as u64) > MAX_WORK {
                    return None;
                }
                self.kernel.chain.step(&self.masses, &mut self.next);
                std::mem::swap(&mut self.masses, &mut self.next);
                self.n += 1;
            }
        }
        if let Some(slow) = self.slow.as_ref().filter(|_| n > self.n) {
            self.masses = slow.modes.masses(&slow.coefficients(n)).as_slice().to_vec();
            self.n = n;
        }
        Some(())
    }

    /// The masses now.
    pub(super) fn masses(&self) -> &[f64] {
        &self.masses
    }

    /// The slow modes and their coefficients now, where they are all that is left.
    pub(super) fn slow(&self) -> Option<(&'k SlowModes, DVector<f64>)> {
        self.slow.as_ref().map(|slow| (slow.modes, slow.coefficients(self.n)))
    }

    /// What is left of slow modes, where that is all and a step of the chain is one of theirs.
    fn look(&mut self) -> Option<Slow<'k>> {
        let modes = self.kernel.slow_modes()?;
        let coefficients = modes.coefficients(&self.masses, self.tolerance)?;
        self.kernel.chain.step(&self.masses, &mut self.next);
        let after = modes.coefficients(&self.next, self.tolerance)?;
        let same = (after - modes.step() * &coefficients).amax() <= self.tolerance;
        same.then_some(Slow { modes, since: self.n, coefficients })
    }
}
