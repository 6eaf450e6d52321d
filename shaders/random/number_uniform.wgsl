// Uniform on [-sqrt(3), sqrt(3)]: sqrt(3) (n + 1/2) / 2^23 of the word's high 24 bits as a signed number n.
fn number_of(word: u32) -> f32 {
    return (f32(bitcast<i32>(word) >> 8u) + 0.5) * (1.7320508 / 8388608.0);
}
