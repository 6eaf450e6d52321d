//! What may be chosen about how a GPU engine works; no choice changes a result.

use super::choices;
use super::variant::{self, Variant};
use super::wide_multiply::WideMultiply;
use crate::engine::EngineError;
use std::path::PathBuf;

/// Choices about how an engine works; none changes a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuOptions {
    /// Steps of a launch, rounded up to a multiple of 4; by time where not given.
    pub steps_per_dispatch: Option<u32>,
    /// Largest number of invocations of a workgroup, a power of two up to 256; by trial where not given.
    pub workgroup_size: Option<u32>,
    /// Largest number of walkers on the device at a time.
    pub batch_walkers: Option<u32>,
    /// How Philox multiplies; by trial, among what the device can do, where not given.
    pub wide_multiply: Option<WideMultiply>,
    /// Whether loops of our shaders go without a second bound, which wgpu adds to be safe from endless
    /// ones.
    pub trusted: bool,
    /// When variants are tried.
    pub trial: Trial,
    /// File in which the winners of trials are kept; by default `kramers/variants.json` in the user's cache
    /// directory.
    pub choices: Option<PathBuf>,
}

/// When the fastest [`Variant`] is looked for by trying them on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// On hardware, before a run so long that a trial is a few per cent of it at most, unless an earlier
    /// trial's winner is kept. A software rasteriser takes the default, whose products are those that
    /// processors are good at; sizes of workgroups hardly matter there.
    WhenLong,
    /// Before every run.
    Always,
    /// Never; the default is taken.
    Never,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self {
            steps_per_dispatch: None,
            workgroup_size: None,
            batch_walkers: None,
            wide_multiply: None,
            trusted: true,
            trial: Trial::WhenLong,
            choices: choices::file(),
        }
    }
}

impl GpuOptions {
    /// With this variant and no trial, for instance that of an earlier run ([`Variant::recorded`]).
    pub fn with_variant(self, variant: Variant) -> Self {
        let Variant { wide_multiply, workgroup_size } = variant;
        Self { wide_multiply: Some(wide_multiply), workgroup_size: Some(workgroup_size), ..self }
    }

    /// Whether the options leave no variant to choose.
    pub(super) fn fix_variant(&self) -> bool {
        self.wide_multiply.is_some() && self.workgroup_size.is_some()
    }

    /// # Errors
    /// Where a choice is one that no device can do.
    pub(super) fn check(&self) -> Result<(), EngineError> {
        match self.workgroup_size {
            Some(size) if !variant::is_workgroup_size(size) => {
                Err(EngineError::BeyondLimits(format!("workgroups of {size}: must be a power of two up to 256")))
            }
            _ => Ok(()),
        }
    }
}
