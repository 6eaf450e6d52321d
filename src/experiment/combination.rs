//! Tables of an experiment that do not go together, and why.

use super::Setup;
use super::error::Fault;

/// Refuses a setup whose tables contradict each other.
pub(super) fn refuse(_setup: &Setup) -> Result<(), Fault> {
    Ok(())
}
