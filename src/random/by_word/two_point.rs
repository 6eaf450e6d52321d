//! Two-point numbers: the simplest skewed noise.

/// The distribution of a number that is √((1−p)/p) with probability p, else −√(p/(1−p)).
///
/// The first words are the rarer of the two, whichever it is, so that its probability, a whole number of
/// words, is right to 2⁻²⁴ of itself as far as words go; it is a number of f32, as records of the GPU
/// engine are. The two values are those of the probability that words give, so that mean and variance are
/// 0 and 1 whatever p is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoPoint {
    /// How many of the 2³² words are the rarer value.
    pub rare_words: u32,
    /// The rarer value.
    pub rare: f64,
    /// The other.
    pub common: f64,
}

impl TwoPoint {
    /// Least p, and least 1 − p: one word.
    pub const LEAST: f64 = 1.0 / 4_294_967_296.0;

    /// The distribution of a given p, from [`TwoPoint::LEAST`] to 1 − [`TwoPoint::LEAST`].
    pub fn new(p: f64) -> Self {
        let words = (p.min(1.0 - p) / Self::LEAST).round() as f32;
        let q = f64::from(words) * Self::LEAST;
        let sign = if p > 0.5 { -1.0 } else { 1.0 };
        Self { rare_words: words as u32, rare: sign * ((1.0 - q) / q).sqrt(), common: -sign * (q / (1.0 - q)).sqrt() }
    }

    /// The number of a word.
    #[inline(always)]
    pub fn number(self, word: u32) -> f32 {
        if word < self.rare_words { self.rare as f32 } else { self.common as f32 }
    }
}
