//! The samples that batches are drawn from, on the device.

use super::device::{Fault, OpenDevice};
use super::launch::filled;
use crate::engine::EngineError;
use crate::plan::{Kernel, Plan};
use wgpu::{Buffer, Limits};

/// Number of their binding.
pub const BINDING: u32 = 6;

/// The samples of `kernel` in single precision, if it has any.
pub fn numbers(plan: &Plan, kernel: &Kernel) -> Option<Vec<f32>> {
    Some(plan.samples[kernel.samples?].iter().map(|x| *x as f32).collect())
}

/// A buffer of the samples of `kernel`, if it has any.
///
/// # Errors
/// Where the device takes no buffer of that size.
pub fn buffer(device: &OpenDevice, plan: &Plan, kernel: &Kernel) -> Result<Option<Buffer>, Fault> {
    let Some(place) = kernel.samples else { return Ok(None) };
    check(plan.samples[place].len(), &device.limits, &device.name)?;
    let Some(numbers) = numbers(plan, kernel) else { return Ok(None) };
    device.scoped(|| Some(filled(device, bytemuck::cast_slice(&numbers))))
}

/// Whether a device of these limits binds so many numbers.
fn check(numbers: usize, limits: &Limits, device: &str) -> Result<(), EngineError> {
    let size = 4 * numbers as u64;
    let largest = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    if size <= largest {
        return Ok(());
    }
    Err(EngineError::BeyondLimits(format!(
        "samples of {size} bytes are beyond the {largest} that {device} binds: take fewer samples, or the CPU"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_beyond_the_limit_are_refused_with_both_sizes() {
        let limits = Limits { max_storage_buffer_binding_size: 1000, max_buffer_size: 800, ..Limits::default() };
        assert!(check(200, &limits, "a device").is_ok());
        let Err(EngineError::BeyondLimits(message)) = check(201, &limits, "a device") else { panic!("let through") };
        assert!(message.contains("804 bytes") && message.contains("800 that a device"), "{message}");
    }
}
