//! The floating-point types that walkers move in.

use crate::formula::Elementary;
use std::ops::{Add, Mul, Sub};

/// f32, or f64 for `precision = "f64"`.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Elementary
    + 'static
{
    /// |x| as an unsigned integer: ordered like |x|, with infinity and NaN above every number.
    type Magnitude: Copy + Ord + Default;

    /// Rounds a parameter.
    fn from_f64(x: f64) -> Self;
    /// Takes a random number, which is always made in f32.
    fn from_f32(x: f32) -> Self;
    /// A count, rounded.
    fn from_count(n: u32) -> Self;
    /// The value, exactly.
    fn to_f64(self) -> f64;
    /// self · a + b, rounded once.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// −self.
    fn negative(self) -> Self;
    /// Its magnitude.
    fn magnitude(self) -> Self::Magnitude;
    /// The whole part of numbers in [0, 2²²); of others anything. A cast would be right for all, and is
    /// not vectorised.
    fn whole(self) -> u32;
}

macro_rules! real {
    ($float:ty, $bits:ty) => {
        impl Real for $float {
            type Magnitude = $bits;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as Self
            }
            #[inline(always)]
            fn from_f32(x: f32) -> Self {
                Self::from(x)
            }
            #[inline(always)]
            fn from_count(n: u32) -> Self {
                n as Self
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                <$float>::mul_add(self, a, b)
            }
            #[inline(always)]
            fn negative(self) -> Self {
                -self
            }
            #[inline(always)]
            fn magnitude(self) -> $bits {
                self.abs().to_bits()
            }
            #[inline(always)]
            fn whole(self) -> u32 {
                // Next to 2^(digits − 1), the last digit is a one.
                const ONES: $float = (1_u64 << (<$float>::MANTISSA_DIGITS - 1)) as $float;
                (self.floor() + ONES).to_bits().wrapping_sub(ONES.to_bits()) as u32
            }
        }
    };
}

real!(f32, u32);
real!(f64, u64);
