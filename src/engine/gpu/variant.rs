//! Variants of a kernel: ways to come to the same bits, of which every device has a fastest.

use super::wide_multiply::WideMultiply;
use crate::engine::Device;
use std::fmt;
use std::str::FromStr;

/// Sizes of workgroups that are tried, the default first.
pub const WORKGROUP_SIZES: [u32; 3] = [128, 64, 256];

/// How a kernel is made. [`fmt::Display`] writes it as [`FromStr`] reads it, such as `64-bit multiply,
/// workgroups of 128`; so it stands at the end of [`Device::details`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// How Philox multiplies.
    pub wide_multiply: WideMultiply,
    /// Largest number of invocations of a workgroup.
    pub workgroup_size: u32,
}

/// A text is not that of a [`Variant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a variant of a kernel: must read like `64-bit multiply, workgroups of 128`")]
pub struct NotAVariant;

impl Variant {
    /// What is taken on hardware of which nothing more is known.
    pub const ON_HARDWARE: Self = Self { wide_multiply: WideMultiply::U64, workgroup_size: WORKGROUP_SIZES[0] };

    /// What is taken on a software rasteriser, where nothing is tried: as processors multiply.
    pub const IN_SOFTWARE: Self = Self { wide_multiply: WideMultiply::U64Words, ..Self::ON_HARDWARE };

    /// The variant that a run on `device` recorded.
    ///
    /// # Errors
    /// Where there is none: a CPU, several GPUs that differ, merged shards.
    pub fn recorded(device: &Device) -> Result<Self, NotAVariant> {
        let start = device.details.rmatch_indices(", ").nth(1).ok_or(NotAVariant)?.0;
        device.details[start + 2..].parse()
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let multiply = self.wide_multiply.name();
        write!(f, "{multiply}, workgroups of {}", self.workgroup_size)
    }
}

impl FromStr for Variant {
    type Err = NotAVariant;

    fn from_str(text: &str) -> Result<Self, NotAVariant> {
        let (multiply, size) = text.split_once(", workgroups of ").ok_or(NotAVariant)?;
        let wide_multiply = WideMultiply::ALL.into_iter().find(|m| m.name() == multiply).ok_or(NotAVariant)?;
        let workgroup_size = size.parse().ok().filter(|size| is_workgroup_size(*size)).ok_or(NotAVariant)?;
        Ok(Self { wide_multiply, workgroup_size })
    }
}

/// Whether a workgroup may have this size.
pub fn is_workgroup_size(size: u32) -> bool {
    size.is_power_of_two() && size <= 256
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineKind;

    #[test]
    fn variants_read_as_written() {
        for wide_multiply in WideMultiply::ALL {
            for workgroup_size in WORKGROUP_SIZES {
                let variant = Variant { wide_multiply, workgroup_size };
                assert_eq!(variant.to_string().parse(), Ok(variant));
                let details = format!("a driver, of (some) version, {variant}");
                let device = Device { engine: EngineKind::Gpu, name: "a GPU".into(), details };
                assert_eq!(Variant::recorded(&device), Ok(variant));
            }
        }
        for wrong in ["", "64-bit multiply", "64-bit multiply, workgroups of 48", "odd, workgroups of 64"] {
            assert_eq!(wrong.parse::<Variant>(), Err(NotAVariant), "{wrong}");
        }
    }
}
