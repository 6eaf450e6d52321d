//! Shards: parts of the list of blocks, run apart and added together.

use super::provenance::Provenance;
use super::run::Results;
use super::write::TALLY;
use crate::engine::{Device, EngineKind};
use crate::experiment::{Experiment, ExperimentError};
use crate::plan::Plan;
use crate::tally::{BlockId, Tally, TallyFile, TallyFileError, UnequalBlocks};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Part `index` (from 0) of `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

/// Why shards cannot be merged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShardError {
    /// A shard is not there.
    #[error("{}: there is no shard here (no file `{TALLY}`)", .0.display())]
    Absent(PathBuf),
    /// A shard cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The shard.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A shard's file is not what was written, or does not hold the blocks that it should.
    #[error("{}: {reason}", path.display())]
    Corrupt {
        /// The shard.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Two shards do not go together.
    #[error("{}: does not go with {}: {reason}", path.display(), first.display())]
    Incompatible {
        /// The shard.
        path: PathBuf,
        /// The shard that it does not go with.
        first: PathBuf,
        /// What differs.
        reason: String,
    },
    /// Not all shards were given.
    #[error("missing of {count} shards: {}", list(.missing))]
    Missing {
        /// How many there should be.
        count: u64,
        /// Which are not there.
        missing: Vec<u64>,
    },
    /// Two shards ran the same block with different results.
    #[error(transparent)]
    Unequal(#[from] UnequalBlocks),
    /// The experiment that the shards hold cannot be used by this version.
    #[error("the shards' experiment cannot be used: {0}")]
    Experiment(#[from] ExperimentError),
}

fn list(indices: &[u64]) -> String {
    indices.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

impl Shard {
    /// Part `index` of `count`, or none where there is no such part.
    pub fn new(index: u64, count: u64) -> Option<Self> {
        (index < count).then_some(Self { index, count })
    }

    /// Which part, from 0.
    pub fn index(self) -> u64 {
        self.index
    }

    /// How many parts there are.
    pub fn count(self) -> u64 {
        self.count
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `I/N`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "must be I/N with I from 0 to N − 1, e.g. 0/3, or `auto`".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<u64>().ok();
        number(index).zip(number(count)).and_then(|(i, n)| Self::new(i, n)).ok_or_else(wrong)
    }
}

/// Adds shards together and analyses them as one run: their document is that of a run in one piece, but
/// for `version`, `device`, `seconds` and `provenance`. A shard is a directory or the file `tally` in it.
///
/// # Errors
/// [`ShardError`] where a shard is absent, corrupt or of another experiment, or one is missing.
pub fn merge_shards(paths: &[PathBuf], command: Vec<String>) -> Result<Results, ShardError> {
    let mut files = Vec::new();
    let mut absent = None;
    for path in paths {
        match read(path) {
            Ok(file) => files.push((path.as_path(), file)),
            Err(error @ ShardError::Absent(_)) => absent = absent.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    let Some((first_path, first)) = files.first() else {
        return Err(absent.unwrap_or(ShardError::Missing { count: 0, missing: Vec::new() }));
    };
    for (path, file) in &files[1..] {
        if let Some(reason) = incompatible(first, file) {
            let (path, first) = (path.to_path_buf(), first_path.to_path_buf());
            return Err(ShardError::Incompatible { path, first, reason });
        }
    }
    let experiment = Experiment::parse("merged", "experiment.toml", &first.experiment, &[])?;
    let plan = Plan::new(&experiment);
    for (path, file) in &files {
        check_blocks(path, file, &plan)?;
    }
    let count = first.shard.1;
    let missing: Vec<u64> = (0..count).filter(|i| files.iter().all(|(_, file)| file.shard.0 != *i)).collect();
    if !missing.is_empty() {
        return Err(ShardError::Missing { count, missing });
    }
    if let Some(error) = absent {
        return Err(error);
    }

    let device = common_device(files.iter().map(|(_, file)| file.device.as_str()));
    // Each shard once and in order, so that the sum of seconds does not depend on how they were named.
    let mut shards: Vec<(u64, f64)> = files.iter().map(|(_, file)| (file.shard.0, file.seconds)).collect();
    shards.sort_by_key(|(index, _)| *index);
    shards.dedup_by_key(|(index, _)| *index);
    let seconds = shards.iter().map(|(_, seconds)| seconds).sum();
    let mut provenance = Provenance::now(&experiment, command);
    provenance.shards = files.iter().map(|(path, _)| path.display().to_string()).collect();
    let mut tally = Tally::default();
    for (_, file) in files {
        tally.merge(file.tally)?;
    }
    Ok(Results::new(&experiment, tally, device, seconds, provenance))
}

/// The shard whose finished blocks are in a directory.
///
/// # Errors
/// [`ShardError`] where its tally is absent, cannot be read or is corrupt.
pub fn shard_in(directory: &Path) -> Result<Shard, ShardError> {
    let (index, count) = read(directory)?.shard;
    let reason = format!("calls itself shard {index} of {count}");
    Shard::new(index, count).ok_or_else(|| ShardError::Corrupt { path: directory.join(TALLY), reason })
}

fn read(path: &Path) -> Result<TallyFile, ShardError> {
    let file = if path.is_dir() { path.join(TALLY) } else { path.to_owned() };
    TallyFile::read(&file).map_err(|error| match error {
        TallyFileError::Io(e) if e.kind() == std::io::ErrorKind::NotFound => ShardError::Absent(path.to_owned()),
        TallyFileError::Io(source) => ShardError::Unreadable { path: file, source },
        error => ShardError::Corrupt { path: file, reason: error.to_string() },
    })
}

/// Why two shards do not go together.
fn incompatible(first: &TallyFile, other: &TallyFile) -> Option<String> {
    if first.experiment != other.experiment {
        let differences = super::existing::differences(&first.experiment, &other.experiment);
        let named: Vec<String> = differences
            .iter()
            .map(|d| {
                let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
                format!("{} = {}, not {}", d.key, side(&d.wanted), side(&d.found))
            })
            .collect();
        return Some(format!("another experiment ({})", named.join("; ")));
    }
    if first.shard.1 != other.shard.1 {
        return Some(format!("one of {} shards, not of {}", other.shard.1, first.shard.1));
    }
    let versions = (&first.version, &other.version);
    (versions.0 != versions.1).then(|| format!("made by kramers {}, not {}", versions.1, versions.0))
}

/// Checks that a shard holds the blocks that its index and number say.
fn check_blocks(path: &Path, file: &TallyFile, plan: &Plan) -> Result<(), ShardError> {
    let (index, count) = file.shard;
    let wrong = |reason: String| Err(ShardError::Corrupt { path: path.to_owned(), reason });
    if index >= count {
        return wrong(format!("calls itself shard {index} of {count}"));
    }
    let blocks = &plan.blocks()[plan.shard(index, count)];
    let planned = blocks.iter().map(|b| (b.id, u64::from(b.walkers)));
    let held = file.tally.blocks.iter().map(|(id, b)| (*id, b.walkers));
    if planned.eq(held) {
        return Ok(());
    }
    let absent: Vec<BlockId> = blocks.iter().map(|b| b.id).filter(|id| !file.tally.blocks.contains_key(id)).collect();
    wrong(format!("does not hold the blocks of shard {index}/{count}; {} are absent", absent.len()))
}

/// How a device is called in a tally file.
pub(super) fn device_text(device: &Device) -> String {
    let engine = match device.engine {
        EngineKind::Cpu => "cpu",
        EngineKind::Gpu => "gpu",
    };
    format!("{engine} {} ({})", device.name, device.details)
}

/// The devices of all shards as one: "gpu" where any of them is.
fn common_device<'a>(texts: impl Iterator<Item = &'a str>) -> Device {
    let mut names: Vec<&str> = texts.collect();
    names.sort_unstable();
    names.dedup();
    let engine = if names.iter().any(|n| n.starts_with("gpu ")) { EngineKind::Gpu } else { EngineKind::Cpu };
    let short = |name: &&str| name.split_once(' ').map_or(*name, |(_, rest)| rest).to_owned();
    let name = names.iter().map(short).collect::<Vec<_>>().join("; ");
    Device { engine, name, details: "merged from shards".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_read_as_written() {
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, count: 3 }));
        for wrong in ["3/3", "-1/3", "1", "a/b", "0/0", ""] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
