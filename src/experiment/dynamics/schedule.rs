//! `schedule`: what multiplies the learning rate from step to step.

use crate::experiment::error::{Fault, finite, positive, require};
use crate::experiment::read::count;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// What multiplies the learning rate at step k = 0, 1, …, burn-in included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    /// 1.
    Constant {},
    /// (1 + k/offset)^−exponent.
    Power {
        /// Steps over which the rate begins to fall.
        offset: f64,
        /// How fast it falls.
        exponent: f64,
    },
    /// factor^⌊k/every⌋.
    Step {
        /// Steps of one rate.
        #[serde(deserialize_with = "count")]
        #[schemars(schema_with = "crate::experiment::schema::positive_count")]
        every: u64,
        /// Ratio of one rate to that before.
        factor: f64,
    },
    /// minimum + (1 − minimum)(1 + cos(π (k mod period)/period))/2 (Loshchilov & Hutter 2017, equation 5).
    CosineRestarts {
        /// Steps from one restart to the next.
        #[serde(deserialize_with = "count")]
        #[schemars(schema_with = "crate::experiment::schema::positive_count")]
        period: u64,
        /// What it falls to.
        #[serde(default)]
        minimum: f64,
    },
    /// factor^⌊k/every⌋ with a factor above 1: the rate rises. Where `first_passage` waits for `loss_above` with
    /// `after = "absorb"` or `"continue"`, `jump_learning_rate` is the rate at the mean of the first updates after which
    /// the loss is above, on the smooth ramp through the middles of the stages. It is the geometric mean over the walkers of
    /// the rate in force where `every` is 1; else to within a tenth of a step of the rate, and it has no value where the
    /// updates of the jumps have a deviation below `every`.
    Ramp {
        /// Steps of one rate.
        #[serde(deserialize_with = "count")]
        #[schemars(schema_with = "crate::experiment::schema::positive_count")]
        every: u64,
        /// Ratio of one rate to that before.
        factor: f64,
    },
    /// Each walker lowers its own rate where it finds that it has settled: where the half-running averages of the two
    /// sides of its first fluctuation–dissipation relation agree, over the second half of the steps since the rate was
    /// last lowered (S. Yaida, ICLR 2019, section 3.2). Time then counts steps.
    FluctuationDissipation {
        /// Steps between tests, even; beyond 8 of them every second, fourth, … test is made, so that no walker has to
        /// remember more.
        #[serde(default = "hundred", deserialize_with = "count")]
        #[schemars(schema_with = "crate::experiment::schema::positive_count")]
        every: u64,
        /// X: the sides agree where |left/right − 1| < X.
        #[serde(default = "one_hundredth")]
        threshold: f64,
        /// Y: the rate is lowered to 1 − Y of what it was.
        #[serde(default = "one_tenth")]
        reduction: f64,
        /// The point that positions are taken from (default the origin).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        centre: Vec<f64>,
    },
}

fn hundred() -> u64 {
    100
}

fn one_hundredth() -> f64 {
    0.01
}

fn one_tenth() -> f64 {
    0.1
}

impl Default for Schedule {
    fn default() -> Self {
        Self::Constant {}
    }
}

impl Schedule {
    /// Whether it is 1 at every step.
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Constant {})
    }

    /// Whether every walker has one of its own, which nothing but its path tells.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::FluctuationDissipation { .. })
    }

    /// What multiplies the learning rate at step `k`; 1 where every walker has its own, which begins there.
    pub fn factor(&self, k: u64) -> f64 {
        match *self {
            Self::Constant {} | Self::FluctuationDissipation { .. } => 1.0,
            Self::Power { offset, exponent } => (1.0 + k as f64 / offset).powf(-exponent),
            Self::Step { every, factor } | Self::Ramp { every, factor } => factor.powf((k / every) as f64),
            Self::CosineRestarts { period, minimum } => {
                minimum + (1.0 - minimum) * 0.5 * (1.0 + (PI * (k % period) as f64 / period as f64).cos())
            }
        }
    }

    /// The sum of the factors of the first `n` steps.
    pub fn sum(&self, n: u64) -> f64 {
        match *self {
            Self::Constant {} | Self::FluctuationDissipation { .. } => n as f64,
            Self::Power { offset, exponent } => self.power_sum(offset, exponent, n),
            Self::Step { every, factor } | Self::Ramp { every, factor } => {
                let (plateaus, rest) = ((n / every) as f64, (n % every) as f64);
                // (f^m − 1)/(f − 1), with the digits that f near 1 would lose.
                let geometric = match factor {
                    1.0 => plateaus,
                    _ => (plateaus * factor.ln()).exp_m1() / (factor - 1.0),
                };
                every as f64 * geometric + rest * factor.powf(plateaus)
            }
            Self::CosineRestarts { period, minimum } => {
                // Σ_{k<r} cos(πk/p) = (1 + sin(π(r − ½)/p)/sin(π/(2p)))/2, Dirichlet's kernel.
                let cosines = |r: u64| {
                    let half = 0.5 * PI / period as f64;
                    0.5 * (1.0 + ((2 * r) as f64 * half - half).sin() / half.sin())
                };
                let fall = |r: u64| minimum * r as f64 + (1.0 - minimum) * 0.5 * (r as f64 + cosines(r));
                (n / period) as f64 * fall(period) + fall(n % period)
            }
        }
    }

    /// Σ_{k<n} (1 + k/offset)^−exponent: one by one where terms change fast, from there on by the formula of
    /// Euler and Maclaurin up to the third derivative.
    fn power_sum(&self, offset: f64, exponent: f64, n: u64) -> f64 {
        let first = n.min(256 + (16.0 * exponent) as u64);
        let direct: f64 = (0..first).map(|k| self.factor(k)).sum();
        if first == n {
            return direct;
        }
        let [a, b] = [first, n].map(|k| offset + k as f64);
        let ends = |x: f64| {
            let f = (x / offset).powf(-exponent);
            let slope = -exponent * f / x;
            let third = slope * (exponent + 1.0) * (exponent + 2.0) / (x * x);
            -0.5 * f + slope / 12.0 - third / 720.0
        };
        let log = (b / a).ln();
        // ∫ (x/K)^−p dx = a (a/K)^−p ((b/a)^(1−p) − 1)/(1 − p), a ln(b/a) … at p = 1.
        let power = (1.0 - exponent) * log;
        let stretch = if power == 0.0 { log } else { log * power.exp_m1() / power };
        direct + a * (a / offset).powf(-exponent) * stretch + ends(b) - ends(a)
    }

    pub(super) fn validate(&self) -> Result<(), Fault> {
        let steps = |n: u64, key: &str| require(n >= 1, key, "must be at least 1");
        match *self {
            Self::Constant {} => Ok(()),
            Self::Power { offset, exponent } => {
                positive(offset, "offset")?;
                positive(exponent, "exponent")
            }
            Self::Step { every, factor } => {
                steps(every, "every")?;
                positive(factor, "factor")
            }
            Self::CosineRestarts { period, minimum } => {
                steps(period, "period")?;
                require((0.0..=1.0).contains(&minimum), "minimum", "must be between 0 and 1")
            }
            Self::Ramp { every, factor } => {
                steps(every, "every")?;
                require(factor.is_finite() && factor > 1.0, "factor", "must be above 1, so that the rate rises")
            }
            Self::FluctuationDissipation { every, threshold, reduction, ref centre } => {
                // Walkers count the halves in f32.
                let message = "must be even, at least 2 and below 2^24";
                require(every >= 2 && every.is_multiple_of(2) && every < 1 << 24, "every", message)?;
                positive(threshold, "threshold")?;
                require(0.0 < reduction && reduction < 1.0, "reduction", "must be above 0 and below 1")?;
                finite(centre, "centre")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Schedule; 8] = [
        Schedule::Constant {},
        Schedule::Power { offset: 1.0, exponent: 2.0 },
        Schedule::Power { offset: 30.0, exponent: 1.0 },
        Schedule::Power { offset: 1.0, exponent: 0.5 },
        Schedule::Step { every: 700, factor: 0.5 },
        Schedule::CosineRestarts { period: 300, minimum: 0.1 },
        Schedule::CosineRestarts { period: 1, minimum: 0.0 },
        Schedule::Ramp { every: 1000, factor: 1.001 },
    ];

    #[test]
    fn factors_are_those_of_their_formulas() {
        let close = |schedule: &Schedule, k: u64, factor: f64| {
            assert!((schedule.factor(k) - factor).abs() < 1e-15, "{schedule:?} at {k}: {}", schedule.factor(k));
        };
        close(&ALL[1], 0, 1.0);
        close(&ALL[1], 3, 1.0 / 16.0);
        close(&ALL[2], 30, 0.5);
        close(&ALL[4], 699, 1.0);
        close(&ALL[4], 1400, 0.25);
        close(&ALL[5], 0, 1.0);
        close(&ALL[5], 150, 0.55);
        close(&ALL[5], 300, 1.0);
        close(&ALL[7], 2000, 1.001 * 1.001);
    }

    /// Sums in closed form against sums term by term, to 10⁻¹³; a sum that is one term off is found out.
    #[test]
    fn sums_are_the_sums_of_factors() {
        for schedule in ALL {
            let mut sum = 0.0;
            for n in 0..20_000u64 {
                if n % 977 == 0 || n < 4 {
                    let found = schedule.sum(n);
                    assert!((found - sum).abs() <= 1e-13 * sum.max(1.0), "{schedule:?}: {n} steps: {found}, not {sum}");
                    assert!((found - sum - schedule.factor(n)).abs() > 1e-12, "canary of {schedule:?} at {n}");
                }
                sum += schedule.factor(n);
            }
        }
    }

    /// Σ 1/(k + 1)² = π²/6, less 1/n of the tail.
    #[test]
    fn an_endless_sum_is_quick_and_right() {
        let n = 1u64 << 32;
        let limit = PI * PI / 6.0 - 1.0 / n as f64;
        assert!((ALL[1].sum(n) - limit).abs() < 1e-14, "{}", ALL[1].sum(n));
    }
}
