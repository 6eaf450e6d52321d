//! Three-point numbers from random words: ±√3 with probability 1/6 each and 0 with 2/3, whose first five
//! moments are those of a normal number (Kloeden & Platen, *Numerical Solution of Stochastic Differential
//! Equations*, 1992, section 14.2). Four are made of one word, by its digits in base 6.

/// ⌈2³²/6⌉: so many words at either end are the first and the last digit.
const SIXTH: u32 = 715_827_883;

const ROOT: f32 = 1.732_050_8;

/// The four numbers of a word, its first four digits in base 6: the first digit is √3, the last −√3, any
/// other 0. Probabilities are right to 2·10⁻⁹, those of all four together to 10⁻⁶ of themselves.
#[inline(always)]
pub fn three_point(word: u32) -> [f32; 4] {
    [1, 6, 36, 216].map(|shift| digit(word.wrapping_mul(shift)))
}

/// What the first digit of a word is worth.
#[inline(always)]
fn digit(word: u32) -> f32 {
    if word < SIXTH {
        ROOT
    } else if word >= SIXTH.wrapping_neg() {
        -ROOT
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, counter, key, philox};
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    /// Base 6 by division: no part of the code under test.
    #[test]
    fn numbers_are_digits_in_base_six() {
        for k in 0..1_000_000_u32 {
            let word = k.wrapping_mul(0x9E37_79B9);
            let mut rest = u64::from(word);
            for found in three_point(word) {
                rest *= 6;
                let expected = match rest >> 32 {
                    0 => 3.0_f64.sqrt(),
                    5 => -3.0_f64.sqrt(),
                    _ => 0.0,
                };
                assert!((f64::from(found) - expected).abs() < 1e-7, "word {word:#x}: {found}, not {expected}");
                rest &= 0xffff_ffff;
            }
        }
        assert_eq!(three_point(SIXTH - 1)[0], ROOT);
        assert_eq!(three_point(SIXTH)[0], 0.0);
        assert_eq!(three_point(SIXTH.wrapping_neg() - 1)[0], 0.0);
        assert_eq!(three_point(SIXTH.wrapping_neg())[0], -ROOT);
    }

    /// χ² of the 81 patterns that the four numbers of a word make, over a million words of the walk, if
    /// ±√3 have probability `outer` each.
    fn chi_squared(outer: f64) -> f64 {
        let mut counts = [0_u32; 81];
        for i in 0..250_000_u32 {
            for word in philox::<10>(counter(Stream::ThreePoint, 0, i % 500, u64::from(i / 500)), key(7)) {
                let place = |x: f32| if x > 0.0 { 2 } else { usize::from(x < 0.0) };
                counts[three_point(word).iter().fold(0, |pattern, x| 3 * pattern + place(*x))] += 1;
            }
        }
        let probability = |pattern: usize| -> f64 {
            let digits = [pattern / 27, pattern / 9 % 3, pattern / 3 % 3, pattern % 3];
            digits.iter().map(|digit| if *digit == 0 { 1.0 - 2.0 * outer } else { outer }).product()
        };
        let part = |(pattern, count): (usize, &u32)| {
            let expected = 1e6 * probability(pattern);
            (f64::from(*count) - expected).powi(2) / expected
        };
        counts.iter().enumerate().map(part).sum()
    }

    /// Rates and independence of the four, at a false-alarm rate of 10⁻⁶; the seed is fixed.
    #[test]
    fn patterns_have_their_probabilities() {
        let critical = ChiSquared::new(80.0).expect("degrees of freedom").inverse_cdf(1.0 - 1e-6);
        let right = chi_squared(1.0 / 6.0);
        assert!(right < critical, "χ² = {right}, critical {critical}");
        let wrong = chi_squared(1.0 / 6.0 + 0.002);
        assert!(wrong > critical, "canary: a probability wrong by 1.2 % passes with χ² = {wrong}");
    }
}
