//! Numbers of zero mean and unit variance that are not normal, each made of one random word.

mod two_point;

pub use two_point::TwoPoint;

use super::normal::{minus_two_ln, uniform};

const TOP: u32 = 0x8000_0000;

/// ±1 with probability ½ each (Rademacher's distribution): the top bit is the sign.
#[inline(always)]
pub fn rademacher(word: u32) -> f32 {
    f32::from_bits(1.0_f32.to_bits() | (word & TOP))
}

/// Uniform on [−√3, √3]: √3 (n + ½)/2²³ for the word's high 24 bits, as many as f32 holds, as a signed
/// number n. All but the product is exact, so that every device gives the same bits.
#[inline(always)]
pub fn symmetric_uniform(word: u32) -> f32 {
    const STEP: f32 = 1.732_050_8 / 8_388_608.0;
    ((word as i32 >> 8) as f32 + 0.5) * STEP
}

/// Laplace's distribution, of density exp(−√2 |x|)/√2: the top bit is the sign, and the low 31 bits give
/// the size −ln(u)/√2, u = (bits + ½)/2³¹, which reaches 15.7 standard deviations.
#[inline(always)]
pub fn laplace(word: u32) -> f32 {
    const STEP: f32 = 1.0 / 2_147_483_648.0;
    let u = ((word & !TOP) as i32 as f32).mul_add(STEP, 0.5 * STEP);
    let size = minus_two_ln(u) * (0.5 * std::f32::consts::FRAC_1_SQRT_2);
    f32::from_bits(size.to_bits() ^ (word & TOP))
}

/// The exponential distribution of mean 1, less 1: −ln(u) − 1, u = (word + ½)/2³², which reaches 21.9
/// standard deviations.
#[inline(always)]
pub fn exponential(word: u32) -> f32 {
    minus_two_ln(uniform(word)).mul_add(0.5, -1.0)
}

#[cfg(test)]
mod tests;
