//! The greatest common divisor.

/// The largest whole number that divides both, and the other where one is 0 (Euclid).
pub(crate) fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
