//! Exit codes, and which of them an error has.

use kramers::ExperimentError;
use kramers::engine::EngineError;
use kramers::results::{DirectoryError, ShardError};

/// Done.
pub(super) const DONE: u8 = 0;
/// The run failed: walkers lost beyond tolerance, a device lost, an internal fault.
pub(super) const FAILED: u8 = 1;
/// The command line or the experiment is wrong.
pub(super) const WRONG: u8 = 2;
/// `--check` found a miss.
pub(super) const MISSED: u8 = 3;
/// A shard is corrupt, incompatible or missing.
const BAD_SHARD: u8 = 65;
/// No such device, or beyond its limits.
const NO_DEVICE: u8 = 69;
/// Input or output failed.
const IO: u8 = 74;

/// What `--help` says about them.
pub(super) const HELP: &str = "Exit codes: 0 done; 1 the run failed; 2 the command line or the experiment is wrong; \
    3 --check found a miss; 65 a shard is corrupt, incompatible or missing; 69 no such device, or beyond its limits; \
    74 input/output; 128+n ended by signal n.";

/// The command line asks for something that cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// An error about the command line.
pub(super) fn usage(message: impl Into<String>) -> anyhow::Error {
    Usage(message.into()).into()
}

/// The exit code of an error.
pub(super) fn code(error: &anyhow::Error) -> u8 {
    let engine = |error: &EngineError| match error {
        EngineError::NoDevice(_) | EngineError::BeyondLimits(_) => NO_DEVICE,
        _ => FAILED,
    };
    let shard = |error: &ShardError| match error {
        ShardError::Unreadable { .. } => IO,
        _ => BAD_SHARD,
    };
    if error.is::<Usage>() || error.is::<ExperimentError>() {
        WRONG
    } else if error.is::<DirectoryError>() || error.is::<std::io::Error>() {
        IO
    } else if let Some(error) = error.downcast_ref() {
        engine(error)
    } else if let Some(error) = error.downcast_ref() {
        shard(error)
    } else {
        FAILED
    }
}
