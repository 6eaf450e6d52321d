//! Whether survival decays exponentially at late ages.

use super::Episodes;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Most spans of ages whose passages are counted.
const MOST_SPANS: usize = 8;

/// Fewest passages that are expected in each.
const FEWEST_PASSAGES: f64 = 10.0;

/// How well passages go with a constant rate.
pub(in crate::analysis) struct Decay {
    pub(in crate::analysis) chi_squared: f64,
    pub(in crate::analysis) degrees_of_freedom: usize,
    /// Share of runs with a constant rate whose χ² is larger.
    pub(in crate::analysis) p_value: f64,
}

impl Episodes {
    /// Holds the passages from bin `late` on against those that the rate λ per step expects, which is
    /// [of most likelihood](Self::late_rate). With d_k of n_k passing, c_k ending without at the mean age age_k, and s_k
    /// left after a bin of w_k steps, u = λ w_k, their surplus and its variance are
    ///
    /// ```text
    /// O_k = d_k u/(eᵘ − 1) − s_k u − c_k λ (age_k − start_k),   V_k = n_k u²/(eᵘ − 1)
    /// ```
    ///
    /// As long as the rate is λ, surpluses are uncorrelated, and χ² = Σ (Σ O_k)²/Σ V_k over spans of ages that expect
    /// about equally many passages has one degree of freedom less than there are spans, since λ makes Σ O_k vanish: a
    /// Pearson test from ages that are cut off (Akritas, J. Am. Stat. Assoc. 83 (1988) 222). Episodes are taken for
    /// independent, whatever blocks they are in: all walkers of a cell are alike. None where too few passages are late.
    pub(in crate::analysis) fn decay(&self, late: usize, rate: f64) -> Option<Decay> {
        let counts = self.sums.total();
        let (passed, censored) = counts.split_at(self.bins.len());
        let (at_risk, exposed) = (self.at_risk(counts), self.exposed(counts));
        let surplus = |k: usize| {
            let bin = self.bins[k];
            let u = rate * bin.width();
            let left = at_risk[k] - passed[k] - censored[k];
            let observed = passed[k] * u / u.exp_m1() - left * u - censored[k] * rate * (bin.censored - bin.start);
            (observed, exposed[k] * u * u / u.exp_m1())
        };
        let surpluses: Vec<(f64, f64)> = (late..self.bins.len()).map(surplus).collect();
        let expected: f64 = surpluses.iter().map(|(_, variance)| variance).sum();
        let share = expected / ((expected / FEWEST_PASSAGES).floor()).min(MOST_SPANS as f64);
        let mut spans: Vec<(f64, f64)> = Vec::new();
        let mut open = (0.0, 0.0);
        for (observed, variance) in surpluses {
            open = (open.0 + observed, open.1 + variance);
            if open.1 >= share {
                spans.push(std::mem::take(&mut open));
            }
        }
        // What is left is less than a share.
        let last = spans.last_mut()?;
        *last = (last.0 + open.0, last.1 + open.1);
        let degrees_of_freedom = spans.len() - 1;
        let chi_squared = spans.iter().map(|(observed, variance)| observed * observed / variance).sum();
        let p_value = ChiSquared::new(degrees_of_freedom as f64).ok()?.sf(chi_squared);
        Some(Decay { chi_squared, degrees_of_freedom, p_value })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{episodes, geometric};
    use super::*;
    use crate::analysis::synthetic::SplitMix;

    const RUNS: usize = 1000;

    fn p_value(episodes: &Episodes) -> f64 {
        let late = episodes.late();
        let rate = episodes.late_rate(late, episodes.sums.total()).expect("a rate");
        let Decay { chi_squared, degrees_of_freedom, p_value } = episodes.decay(late, rate).expect("enough passages");
        assert!(chi_squared >= 0.0 && (1..MOST_SPANS).contains(&degrees_of_freedom), "{degrees_of_freedom}");
        p_value
    }

    /// A run of `walkers` that are followed for `steps`, and those of them that end before evenly spread over all ages
    /// if `ending`.
    fn run(walkers: u32, steps: u32, ending: bool, random: &mut SplitMix, duration: &Duration) -> Episodes {
        let (mut passed, mut censored) = (Vec::new(), Vec::new());
        for _ in 0..walkers {
            let n = duration(random);
            let end = if ending { 1 + (random.uniform() * f64::from(steps)) as u32 } else { steps };
            if n <= end { passed.push((n, 1)) } else { censored.push((end, 1)) }
        }
        episodes(steps, &passed, &censored)
    }

    type Duration = dyn Fn(&mut SplitMix) -> u32;

    /// Share of runs whose p is below `level`.
    fn rejected(level: f64, runs: usize, mut run: impl FnMut() -> Episodes) -> f64 {
        (0..runs).filter(|_| p_value(&run()) < level).count() as f64 / runs as f64
    }

    /// Geometric durations, by step and in wide bins, of few and of many passages, cut off at the end or at any age: at
    /// the levels 5 % and 1 % as many runs are rejected, to four standard deviations (chance of a false alarm 6·10⁻⁵ a
    /// comparison; the seed is fixed).
    #[test]
    fn false_alarms_are_as_frequent_as_said() {
        let mut random = SplitMix(31);
        for (p, walkers, steps, ending) in [
            (0.05f64, 500, 200, false),
            (0.003, 2000, 400, false),
            (0.003, 2000, 4000, false),
            (0.003, 2000, 1000, true),
            (0.0005, 200, 2000, false),
        ] {
            let mut p_values = Vec::new();
            for _ in 0..RUNS {
                p_values.push(p_value(&run(walkers, steps, ending, &mut random, &move |r| r.geometric(p))));
            }
            for level in [0.05, 0.01] {
                let share = p_values.iter().filter(|found| **found < level).count() as f64 / RUNS as f64;
                let spread = (level * (1.0 - level) / RUNS as f64).sqrt();
                println!("p = {p}, {walkers} walkers, {steps} steps: {share} below {level}");
                assert!((share - level).abs() < 4.0 * spread, "p = {p}, {steps} steps: {share}, not {level}");
            }
        }
    }

    /// Canaries: what is not exponential is found out, nine times in ten and more, from 6400 walkers.
    #[test]
    fn other_laws_are_rejected() {
        let mut random = SplitMix(32);
        let weibull =
            |shape: f64| move |r: &mut SplitMix| (300.0 * (-r.uniform().ln()).powf(1.0 / shape)).ceil() as u32;
        let mixture = |r: &mut SplitMix| {
            let p = if r.uniform() < 0.5 { 0.002 } else { 0.01 };
            r.geometric(p)
        };
        let laws: [(&str, &Duration); 3] =
            [("Weibull 1.3", &weibull(1.3)), ("Weibull 0.8", &weibull(0.8)), ("two rates", &mixture)];
        for (name, duration) in laws {
            let share = rejected(0.01, 100, || run(6400, 1000, false, &mut random, duration));
            println!("{name}: {share}");
            assert!(share > 0.9, "{name}: {share}");
        }
        let share = rejected(0.01, 100, || run(6400, 1000, false, &mut random, &|r| r.geometric(0.003)));
        assert!(share < 0.1, "one rate: {share}");
    }

    /// Expected counts of a geometric law leave nothing over.
    #[test]
    fn what_is_expected_has_no_surplus() {
        for (p, steps) in [(0.2, 60), (0.01, 1000), (0.001, 1000)] {
            let p_value = p_value(&geometric(p, steps, 0.0));
            assert!(p_value > 1.0 - 1e-6, "p = {p}: {p_value}");
        }
    }

    #[test]
    fn few_passages_tell_nothing() {
        let episodes = episodes(100, &[(10, 20), (30, 10), (50, 9)], &[(100, 5)]);
        let late = episodes.late();
        let rate = episodes.late_rate(late, episodes.sums.total()).expect("a rate");
        assert!(episodes.decay(late, rate).is_none(), "19 late passages do not make two spans");
    }
}
