//! The samples that batches are drawn from, on the device.

use super::device::{Fault, OpenDevice};
use super::launch::filled;
use crate::engine::EngineError;
use crate::plan::{Kernel, Plan};
use wgpu::Buffer;

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
    let size = 4 * plan.samples[place].len() as u64;
    let largest = device.limits.max_storage_buffer_binding_size.min(device.limits.max_buffer_size);
    if size > largest {
        return Err(EngineError::BeyondLimits(format!(
            "samples of {size} bytes are beyond the {largest} that {} binds: take fewer samples, or the CPU",
            device.name
        ))
        .into());
    }
    let Some(numbers) = numbers(plan, kernel) else { return Ok(None) };
    device.scoped(|| Some(filled(device, bytemuck::cast_slice(&numbers))))
}
