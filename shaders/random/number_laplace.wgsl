// Laplace's distribution: the top bit of the word is the sign, the low 31 bits give the size -ln(u) / sqrt(2),
// u = (bits + 1/2) / 2^31.
fn number_of(word: u32) -> f32 {
    let u = fma(f32(word & 0x7fffffffu), 1.0 / 2147483648.0, 0.5 / 2147483648.0);
    let size = minus_two_ln(u) * (0.5 * 0.70710678);
    return bitcast<f32>(bitcast<u32>(size) ^ (word & 0x80000000u));
}
