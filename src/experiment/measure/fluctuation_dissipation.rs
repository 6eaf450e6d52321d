//! Fluctuation–dissipation relations: over which windows they are averaged, and about which point.

use crate::divisor::greatest_common_divisor;
use crate::experiment::error::{Fault, finite, require};
use crate::experiment::read::counts;
use crate::experiment::schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most lengths of windows.
const MOST_WINDOWS: usize = 8;

/// Most steps of a stretch: sums of more in single precision would lose digits.
const LONGEST_STRETCH: u64 = 1024;

/// Fewest steps of a stretch of windows that are longer.
const SHORTEST_STRETCH: u64 = 32;

/// Both sides of the fluctuation–dissipation relations (S. Yaida, ICLR 2019), of the updates that lead to
/// measured states; and their averages over windows of time, walker by walker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FluctuationDissipation {
    /// Lengths, in steps, of the windows over which a walker's two sides are averaged, one window after another
    /// through the measured steps. With windows come half-running averages, over the second half of the steps
    /// so far. Without, nothing is looked at but the updates that lead to measured states.
    #[serde(deserialize_with = "counts")]
    #[schemars(schema_with = "schema::counts")]
    pub windows: Vec<u64>,
    /// The point that positions in the first relation are taken from (default the origin).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre: Option<Vec<f64>>,
}

impl FluctuationDissipation {
    /// Writes the default of `centre`, then checks every value.
    pub(super) fn complete(&mut self, dimension: usize, steps: u64) -> Result<(), Fault> {
        let key = "fluctuation_dissipation.centre";
        let centre = self.centre.get_or_insert_with(|| vec![0.0; dimension]);
        let message = format!("must have {dimension} numbers, one for each coordinate");
        require(centre.len() == dimension, key, &message)?;
        finite(centre, key)?;
        let key = "fluctuation_dissipation.windows";
        require(self.windows.len() <= MOST_WINDOWS, key, &format!("may list at most {MOST_WINDOWS} lengths"))?;
        require(self.windows.is_sorted_by(|a, b| a < b), key, "must be in ascending order")?;
        let within = self.windows.iter().all(|length| (1..=steps).contains(length));
        require(within, key, &format!("must be between 1 and ensemble.steps = {steps}"))?;
        let divisor = self.windows.iter().copied().fold(0, greatest_common_divisor);
        let message = format!(
            "that are all longer than {LONGEST_STRETCH} steps must share a divisor between {SHORTEST_STRETCH} and \
             {LONGEST_STRETCH}, after which their sums are handed on"
        );
        require(divisor <= LONGEST_STRETCH || self.stretch() >= SHORTEST_STRETCH, key, &message)
    }

    /// The point that positions are taken from, once its default is written.
    pub fn centre(&self) -> &[f64] {
        self.centre.as_deref().unwrap_or_default()
    }

    /// Steps after which a walker's sums are handed on to those of its windows: the largest common divisor of the
    /// windows' lengths up to 1024, 0 without windows.
    pub fn stretch(&self) -> u64 {
        let divisor = self.windows.iter().copied().fold(0, greatest_common_divisor);
        (1..=LONGEST_STRETCH.min(divisor)).rev().find(|steps| divisor.is_multiple_of(*steps)).unwrap_or(0)
    }

    /// The ends T of the half-running averages over measured steps ⌊T/2⌋ + 1 to T, latest first: whole
    /// [stretches](Self::stretch) up to about `steps`, a half, a quarter of it and so on, in pairs (⌊T/2⌋, T).
    pub fn half_running(&self, steps: u64) -> Vec<(u64, u64)> {
        let stretch = self.stretch();
        let Some(stretches) = steps.checked_div(stretch) else { return Vec::new() };
        let halves = std::iter::successors(Some(stretches), |n| Some(n / 2)).take_while(|n| *n >= 2);
        halves.map(|n| (n / 2 * stretch, n * stretch)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The intervals follow upon one another, and each is the second half of the steps up to its end.
    #[test]
    fn half_running_averages_share_no_step() {
        let windows = vec![20, 30];
        let relations = FluctuationDissipation { windows, centre: None };
        assert_eq!(relations.stretch(), 10);
        assert_eq!(relations.half_running(119), [(50, 110), (20, 50), (10, 20)]);
        assert_eq!(FluctuationDissipation::default().half_running(119), []);
    }

    #[test]
    fn stretches_are_short() {
        let stretch = |windows: &[u64]| FluctuationDissipation { windows: windows.to_vec(), centre: None }.stretch();
        assert_eq!([stretch(&[1000]), stretch(&[2_000_000]), stretch(&[7, 42])], [1000, 1000, 7]);
        let mut prime = FluctuationDissipation { windows: vec![1_000_003], centre: None };
        assert!(prime.complete(1, 2_000_000).is_err(), "a prime number of steps has no stretch");
    }
}
