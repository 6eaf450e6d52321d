// The exponential distribution of mean 1, less 1: -ln(u) - 1, u = (word + 1/2) / 2^32.
fn number_of(word: u32) -> f32 {
    return fma(minus_two_ln(uniform_number(word)), 0.5, -1.0);
}
