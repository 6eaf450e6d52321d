//! Correlations in time that a kernel measures.

use crate::divisor::greatest_common_divisor;
use crate::experiment::Setup;
use crate::tally::lag_sums;

/// Which signals are correlated, at which lags. Time origins are the measured states, whose signals a walker keeps
/// for the longest lag in a ring of slots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CorrelationStage {
    /// The coordinates, ascending: the first signals, taken from the reference point.
    pub axes: Vec<u32>,
    /// Whether L − floor is the last signal.
    pub loss: bool,
    /// The lags in steps, ascending from 0.
    pub lags: Vec<u32>,
    /// Steps between time origins.
    pub every: u32,
}

impl CorrelationStage {
    /// Of a cell, where correlations are measured.
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let correlation = setup.measure.correlation.as_ref()?;
        let steps = |n: u64| u32::try_from(n).expect("reading an experiment keeps steps below 2^32");
        Some(Self {
            axes: correlation.axes().iter().map(|axis| *axis as u32).collect(),
            loss: setup.landscape.has_loss(),
            lags: correlation.lags().into_iter().map(steps).collect(),
            every: steps(setup.measure.every),
        })
    }

    /// Number of signals.
    pub fn signals(&self) -> usize {
        self.axes.len() + usize::from(self.loss)
    }

    /// Number of sums of every lag.
    pub fn sums(&self) -> usize {
        lag_sums(self.signals())
    }

    /// Time origins that are kept.
    pub fn slots(&self) -> u32 {
        self.lags.last().map_or(0, |longest| longest / self.every) + 1
    }

    /// Numbers that a walker carries.
    pub fn memory(&self) -> usize {
        self.signals() * self.slots() as usize
    }

    /// The greatest common divisor of the steps between time origins and the lags: in its multiples alone is a state
    /// a time origin, or at a lag from one.
    pub fn stride(&self) -> u32 {
        let divisor = self.lags.iter().fold(self.every.into(), |d, lag| greatest_common_divisor(d, u64::from(*lag)));
        divisor as u32
    }

    /// What two lags that follow upon one another differ by, where that is the same for all.
    pub fn distance(&self) -> Option<u32> {
        let distance = self.lags.get(1).copied().unwrap_or_default();
        self.lags.iter().zip(0..).all(|(lag, k)| Some(*lag) == distance.checked_mul(k)).then_some(distance)
    }

    /// The slot of the time origin that measured step `n` is at this lag from, where there is one.
    pub fn origin(&self, n: u32, lag: u32) -> Option<u32> {
        let origin = n.checked_sub(lag).filter(|origin| *origin > 0 && origin.is_multiple_of(self.every))?;
        Some(origin / self.every % self.slots())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_measured_states_that_are_kept() {
        let stage = CorrelationStage { axes: vec![0, 2], loss: true, lags: vec![0, 4, 15], every: 6 };
        assert_eq!((stage.slots(), stage.memory(), stage.stride()), (3, 9, 1));
        assert_eq!((stage.origin(6, 0), stage.origin(10, 4), stage.origin(21, 15)), (Some(1), Some(1), Some(1)));
        assert_eq!((stage.origin(18, 0), stage.origin(33, 15)), (Some(0), Some(0)), "the slot of step 0");
        assert_eq!((stage.origin(15, 15), stage.origin(4, 4), stage.origin(3, 4)), (None, None, None), "not measured");
        assert_eq!(stage.distance(), None);
        assert_eq!(CorrelationStage { lags: vec![0, 4, 8], ..stage.clone() }.distance(), Some(4));
        let even = CorrelationStage { lags: vec![0, 4, 14], every: 6, ..stage };
        assert_eq!(even.stride(), 2);
        for n in 1..100 {
            let met = even.lags.iter().any(|lag| even.origin(n, *lag).is_some());
            assert!(!met || n % 2 == 0, "step {n} is between strides");
        }
    }
}
