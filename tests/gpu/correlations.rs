//! Correlations in time, on the device.

use crate::invariance::{fixed, unchanged};
use crate::lags::{WALKS, deviations, experiment};
use crate::{Outcome, engine, require};
use kramers::engine::gpu::GpuOptions;

/// Paths differ from the CPU engine's by rounding.
pub fn pairs() -> Outcome {
    let mut engine = engine(GpuOptions::default())?;
    for (name, measure) in WALKS {
        let (deviation, canary) = deviations(&mut engine, name, measure)?;
        require(deviation < 2e-5, format!("{name}: off by {deviation:.1e}"))?;
        require(canary > 1e-3, format!("{name}: the sums of the next shorter lag are off by {canary:.1e} alone"))?;
    }
    Ok(())
}

/// Time origins pass from launch to launch without a change.
pub fn launches() -> Outcome {
    for (name, measure) in WALKS {
        unchanged(&experiment(name, measure), &[fixed(4, 64), fixed(12, 32)])?;
    }
    Ok(())
}
