//! Typical sizes of what is summed over updates.

use super::relations::{RelationStage, rates};
use crate::experiment::Setup;
use crate::tally::{CurrentSums, MomentLayout, WINDOW_SUMS};

/// Sizes near the start and the minimum below it.
pub(super) struct UpdateSizes {
    /// |θ_i|.
    length: Vec<f64>,
    /// |θ_i' − θ_i|.
    pub displacement: Vec<f64>,
    /// Left and right side of the first relation.
    first: [f64; 2],
    /// Either side of the second.
    second: f64,
    /// What is left of the first after one step of a window.
    mismatch: f64,
    /// Entropy.
    entropy: f64,
}

impl UpdateSizes {
    /// From the minimum, if there is one, and the sizes of coordinates, gradients and steps.
    pub fn new(
        setup: &Setup,
        minimum: Option<&[f64]>,
        length: &[f64],
        gradient: &[f64],
        mobility: &[f64],
        variance: &[f64],
    ) -> Self {
        let d = setup.dimension();
        let ((rates, shared), time) = (rates(setup), setup.time_per_step().unwrap_or(1.0));
        let centre = setup.measure.fluctuation_dissipation.as_ref().map(|relations| relations.centre());
        let offset = |i: usize| match (minimum, centre) {
            (Some(minimum), Some(centre)) => (minimum[i] - centre[i]).abs(),
            _ => 0.0,
        };
        let length: Vec<f64> = (0..d).map(|i| length[i] + offset(i)).collect();
        let displacement: Vec<f64> =
            (0..d).map(|i| (variance[i] + (mobility[i] * gradient[i]).powi(2)).sqrt()).collect();
        let sum = |of: &dyn Fn(usize) -> f64| (0..d).map(of).sum::<f64>();
        let first =
            [sum(&|i| length[i] * displacement[i] / rates[i]), sum(&|i| displacement[i] * displacement[i] / rates[i])];
        Self {
            mismatch: sum(&|i| length[i] * length[i] / rates[i]),
            second: sum(&|i| gradient[i] * displacement[i]) / shared,
            // An update's work, in units of the temperature, is no larger than where a step goes in its noise.
            entropy: sum(&|i| if variance[i] > 0.0 { displacement[i] * displacement[i] / variance[i] } else { 1.0 })
                / time,
            length,
            displacement,
            first,
        }
    }

    /// Writes the sizes of the layout's sums over updates.
    pub fn write(&self, layout: &MomentLayout, sizes: &mut [f64]) {
        let ([left, right], at) = (self.first, layout.relations());
        let relations = [left, right, left * left, right * right, self.second, self.second];
        sizes[at..layout.flux()].copy_from_slice(&relations[..layout.flux() - at]);
        if layout.currents == CurrentSums::None {
            return;
        }
        sizes[layout.flux()] = 1.0;
        let swept = |i: usize, j: usize| self.length[i] * self.displacement[j] + self.length[j] * self.displacement[i];
        let largest = (0..self.length.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let largest = largest.map(|(i, j)| swept(i, j)).fold(0.0, f64::max);
        sizes[layout.flux() + 1..layout.entropy().unwrap_or(layout.len())].fill(largest);
        if let Some(place) = layout.entropy() {
            sizes[place] = self.entropy;
        }
    }

    /// The sizes of sums over windows.
    pub fn windows(&self, setup: &Setup) -> Vec<[f64; WINDOW_SUMS]> {
        let Some(relations) = RelationStage::of(setup) else { return Vec::new() };
        let of = |steps: u32| {
            let right = self.first[1];
            // What telescopes leaves the ends.
            let mismatch = (self.mismatch / f64::from(steps)).min(self.first[0] + right);
            [right, right * right, mismatch, mismatch * mismatch, mismatch * right]
        };
        relations.lengths().map(of).collect()
    }
}
