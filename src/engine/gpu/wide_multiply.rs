//! The ways to multiply that a kernel has.

/// How the 64-bit products of Philox are taken; all give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WideMultiply {
    /// With 64-bit integers, where the device has them.
    U64,
    /// With 64-bit integers that hold the words from product to product.
    U64Words,
    /// From 16-bit pieces.
    U16,
}

impl WideMultiply {
    /// All.
    pub const ALL: [Self; 3] = [Self::U64, Self::U64Words, Self::U16];

    /// Whether it takes a device with 64-bit integers.
    pub fn needs_wide_integers(self) -> bool {
        self != Self::U16
    }

    /// What it is called in [`Device::details`](crate::engine::Device::details).
    pub fn name(self) -> &'static str {
        match self {
            Self::U64 => "64-bit multiply",
            Self::U64Words => "64-bit words",
            Self::U16 => "multiply from 16-bit pieces",
        }
    }
}
