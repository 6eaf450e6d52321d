//! Hazard: passages per step at risk, by age.

use super::{AgeBin, Episodes};
use std::ops::Range;

/// Fewest passages of a span of ages whose hazard is told: its error is a fifth of it then.
const FEWEST_PASSAGES: f64 = 25.0;

/// Least ratio of the ages at the ends of a span.
const RATIO: f64 = 1.2;

impl Episodes {
    /// Passages in spans of bins over the walker-steps at risk in them: the actuarial estimate (Gehan, J. Chron. Dis. 21
    /// (1969) 629), of whole steps. An episode that passes in a bin of w steps is at risk in (w + 1)/2 of them on
    /// average, so that a hazard of p a step in the bin is told to (pw)²/12 of it, and exactly where bins are a step wide.
    /// Not a number where nobody is at risk.
    pub(in crate::analysis) fn hazard(&self, counts: &[f64], spans: &[Range<usize>]) -> Vec<f64> {
        let exposed = self.exposed(counts);
        let at_risk = |k: usize| {
            // No step leads to age 0.
            let width = self.bins[k].end - self.bins[k].start.max(0.0);
            width * exposed[k] - 0.5 * (width - 1.0) * counts[k]
        };
        let of_span = |span: &Range<usize>| {
            let (passed, time): (f64, f64) = (counts[span.clone()].iter().sum(), span.clone().map(at_risk).sum());
            passed / time
        };
        spans.iter().map(of_span).collect()
    }

    /// Neighbouring bins, from age 1 on, joined until they hold enough passages and span a fifth of their age. What is
    /// left at the end belongs to the last span; none without passages.
    pub(in crate::analysis) fn spans(&self) -> Vec<Range<usize>> {
        let passed = &self.sums.total()[..self.bins.len()];
        let mut spans: Vec<Range<usize>> = Vec::new();
        let (mut first, mut held) = (1, 0.0);
        for (k, (bin, passed)) in self.bins.iter().zip(passed).enumerate().skip(1) {
            held += passed;
            if held >= FEWEST_PASSAGES && bin.end >= RATIO * self.bins[first].start {
                spans.push(first..k + 1);
                (first, held) = (k + 1, 0.0);
            }
        }
        if held > 0.0 && spans.is_empty() {
            spans.push(first..self.bins.len());
        }
        if let Some(last) = spans.last_mut() {
            last.end = self.bins.len();
        }
        spans
    }

    /// First and last step of a span: an episode passes with it at the ages of the span.
    pub(in crate::analysis) fn steps(&self, span: &Range<usize>) -> [u64; 2] {
        [self.bins[span.start].start as u64 + 1, self.bins[span.end - 1].end as u64]
    }

    /// Mean age, in steps, at which episodes pass in a span that has passages.
    pub(in crate::analysis) fn mean_age(&self, span: &Range<usize>) -> f64 {
        let middle = |bin: &AgeBin| 0.5 * (bin.start + 1.0 + bin.end);
        let passed = &self.sums.total()[span.clone()];
        let sum: f64 = self.bins[span.clone()].iter().zip(passed).map(|(bin, d)| d * middle(bin)).sum();
        sum / passed.iter().sum::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{episodes, geometric};
    use super::*;

    fn each(episodes: &Episodes) -> Vec<Range<usize>> {
        (0..episodes.bins.len()).map(|k| k..k + 1).collect()
    }

    /// By hand: of 10 at risk 2 pass at age 3; of 8, one passes and 2 end at 5; of 5, 2 pass at 8. Together from age 4 to
    /// 8: 3 passages in 8 + 8 + 5 + 5 + 5 steps.
    #[test]
    fn hazard_of_a_table_by_hand() {
        let episodes = episodes(10, &[(3, 2), (5, 1), (8, 2)], &[(5, 2), (10, 3)]);
        let hazard = episodes.hazard(episodes.sums.total(), &each(&episodes));
        let expected = [0.0, 0.0, 0.2, 0.0, 0.125, 0.0, 0.0, 0.4, 0.0, 0.0];
        assert!(hazard[0].is_nan(), "no step leads to age 0");
        for (age, (found, expected)) in (1..).zip(hazard[1..].iter().zip(expected)) {
            assert!((found - expected).abs() < 1e-15, "age {age}: {found}");
        }
        let span = episodes.hazard(episodes.sums.total(), &[4..9, 1..11]);
        assert!((span[0] - 3.0 / 31.0).abs() < 1e-15, "{span:?}");
        // All passages over all steps at risk, as escape rates are: 30 + 16 + 15 + 6.
        assert!((span[1] - 5.0 / 67.0).abs() < 1e-15, "{span:?}");
        assert_eq!((episodes.steps(&(4..9)), episodes.mean_age(&(4..9))), ([4, 8], 7.0));
        let spans = episodes.spans();
        assert_eq!((spans.len(), &spans[0]), (1, &(1..11)), "few passages are in one span");
    }

    /// Expected counts of a geometric law: its hazard is constant at all ages, (pw)²/12 off in wide bins, and
    /// little more where episodes end without passing at evenly spread ages. One wrong by 2 % is told apart (canary).
    #[test]
    fn hazard_of_a_geometric_law_is_constant() {
        for (p, steps, ending) in [(0.2f64, 60, 0.0), (0.01, 300, 0.0), (0.01, 300, 1.0), (0.001, 3000, 1.0)] {
            let episodes = geometric(p, steps, ending);
            let mut spans = episodes.spans();
            // What ends in the last bin is taken to end with the run.
            spans.truncate(if ending > 0.0 { spans.len() - 1 } else { spans.len() });
            assert!(spans.len() > 4, "{spans:?}");
            for (span, found) in spans.iter().zip(episodes.hazard(episodes.sums.total(), &spans)) {
                let widest = episodes.bins[span.clone()].iter().map(AgeBin::width).fold(0.0, f64::max);
                let most = if ending > 0.0 { 1.0 } else { 1.1 / 12.0 };
                let allowed = 1e-9 + most * p * p * (widest * widest - 1.0);
                assert!((found / p - 1.0).abs() < allowed, "p = {p}, {span:?}: {found}");
                assert!((found / (1.02 * p) - 1.0).abs() > allowed, "canary: p = {p}, {span:?}");
            }
        }
    }

    /// Two stages of chance p a step, one after the other: P(n) = (n − 1) p² (1 − p)ⁿ⁻² and survival
    /// (1 − p)ⁿ⁻¹ (1 − p + np), so that the hazard of step n is (n − 1)p²/(1 + (n − 2)p): it climbs from 0 to p.
    #[test]
    fn hazard_of_two_stages_climbs() {
        let p = 0.05f64;
        let passed: Vec<_> = (1..=60u32)
            .map(|n| (n, (1e15 * f64::from(n - 1) * p * p * (1.0 - p).powi(n as i32 - 2)).round() as u64))
            .collect();
        let left = (1e15 * (1.0 - p).powi(59) * (1.0 + 59.0 * p)).round() as u64;
        let episodes = episodes(60, &passed, &[(60, left)]);
        let hazard = episodes.hazard(episodes.sums.total(), &each(&episodes));
        for (n, found) in hazard.iter().enumerate().skip(1) {
            let expected = (n as f64 - 1.0) * p * p / (1.0 + (n as f64 - 2.0) * p);
            assert!((found - expected).abs() < 1e-12, "step {n}: {found}, not {expected}");
            assert!((found - p).abs() > 0.01, "canary: the hazard of step {n} is not constant");
        }
    }
}
