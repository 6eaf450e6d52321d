//! How many steps a launch takes: as many as last about a tenth of a second.

use std::time::Instant;

/// Seconds that a launch should last: long against its own cost, short against the time after which
/// drivers believe in a hang, and often enough for progress.
const SECONDS: f64 = 0.1;

/// Fewest steps of a launch, as long as they last no longer than [`LONGEST`]: fewer are not worth the
/// launch's own cost.
const FEWEST: u32 = 64;

/// Seconds that a launch may last for the sake of [`FEWEST`]; drivers wait 2 s and more.
const LONGEST: f64 = 0.5;

/// Steps of the first launch, which compiles the kernel on some drivers.
const FIRST: u32 = 4;

/// Steps of the second, which is the first to be timed.
const SECOND: u32 = 64;

/// Largest factor from one launch to the next.
const GROWTH: u32 = 8;

/// Chooses the steps of launches, always a multiple of 4.
#[derive(Debug)]
pub struct Pace {
    fixed: Option<u32>,
    most: u32,
    last: u32,
    step_seconds: Option<f64>,
    finished: Option<Instant>,
}

impl Pace {
    /// At most `most` steps a launch; `fixed` steps, where that is given.
    pub fn new(most: u32, fixed: Option<u32>) -> Self {
        let fixed = fixed.map(|steps| steps.next_multiple_of(4).min(most));
        Self { fixed, most, last: 0, step_seconds: None, finished: None }
    }

    /// Whether the next launch's steps are best chosen after the last is timed.
    pub fn is_learning(&self) -> bool {
        self.fixed.is_none() && self.step_seconds.is_none()
    }

    /// Steps of the next launch.
    pub fn next(&mut self) -> u32 {
        let wanted = match (self.fixed, self.step_seconds, self.last) {
            (Some(steps), ..) => steps,
            (None, None, 0) => FIRST,
            (None, None, _) => SECOND,
            (None, Some(seconds), last) => {
                let fewest = FEWEST.min((LONGEST / seconds) as u32);
                ((SECONDS / seconds) as u32).min(last.saturating_mul(GROWTH)).max(fewest)
            }
        };
        self.last = (wanted.min(self.most) & !3).max(4);
        self.last
    }

    /// Learns that a launch of `steps` steps, submitted at `submitted`, has just finished.
    pub fn finished(&mut self, steps: u32, submitted: Instant) {
        let now = Instant::now();
        let before = self.finished.replace(now);
        let began = before.map_or(submitted, |before| before.max(submitted));
        // The first launch may have compiled the kernel. Others may have been cut short.
        if before.is_some() || steps >= SECOND.min(self.most) {
            self.step_seconds = Some((now - began).as_secs_f64().max(1e-9) / f64::from(steps));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn launches_are_multiples_of_four_within_the_most() {
        for most in [4, 32, 1000, !3] {
            for fixed in [None, Some(1), Some(6), Some(1 << 20)] {
                let mut pace = Pace::new(most, fixed);
                for _ in 0..20 {
                    let steps = pace.next();
                    assert!(steps.is_multiple_of(4) && (4..=most).contains(&steps), "{steps} of {most}");
                    pace.finished(steps, Instant::now());
                }
            }
        }
    }

    #[test]
    fn slow_steps_make_short_launches() {
        let mut pace = Pace::new(1 << 20, None);
        assert_eq!(pace.next(), FIRST);
        assert_eq!(pace.next(), SECOND);
        let Some(earlier) = Instant::now().checked_sub(Duration::from_millis(999)) else { return };
        pace.finished(SECOND, earlier);
        assert_eq!(pace.next(), 32, "64 steps a second are 32 in the longest launch");
    }
}
