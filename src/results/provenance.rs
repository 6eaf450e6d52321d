//! How a results document came about: what may differ between two runs of one experiment.

use crate::experiment::{Experiment, Random};
use crate::random::STREAM_VERSION;
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where, when and by which command a document was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Name of the experiment.
    pub experiment: String,
    /// Random number generator.
    pub random: Random,
    /// Version of the random streams, [`STREAM_VERSION`].
    pub stream_version: u32,
    /// The command line, or empty where a program called the library.
    pub command: Vec<String>,
    /// When the run began (UTC, ISO 8601).
    pub started: String,
    /// Operating system.
    pub system: String,
    /// Processor architecture.
    pub architecture: String,
    /// The shards that were merged; empty for a run in one piece.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<String>,
}

impl Provenance {
    /// The provenance of a run of `experiment` that begins now, by `command`.
    pub fn now(experiment: &Experiment, command: Vec<String>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
        Self {
            experiment: experiment.name.clone(),
            random: experiment.random,
            stream_version: STREAM_VERSION,
            command,
            started: iso_8601(since),
            system: std::env::consts::OS.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            shards: Vec::new(),
        }
    }
}

/// Seconds since 1970 as `2026-11-21T02:30:00Z`; the date by H. Hinnant's `civil_from_days`.
fn iso_8601(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days from 0000-03-01, so that the leap day ends a year; 146 097 days make a 400-year era.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected dates are those of GNU `date -u -d @N`.
    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(iso_8601(seconds), date);
        }
    }
}
