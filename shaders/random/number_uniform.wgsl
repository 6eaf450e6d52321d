// Uniform on [-sqrt(3), sqrt(3)]: sqrt(3) (n + 1/2) / 2^31 of the word as a signed number n.
fn number_of(word: u32) -> f32 {
    let step = 1.7320508 / 2147483648.0;
    return fma(f32(bitcast<i32>(word)), step, 0.5 * step);
}
