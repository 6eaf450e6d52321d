// +1 or -1: the top bit of the word is the sign.
fn number_of(word: u32) -> f32 {
    return bitcast<f32>(0x3f800000u | (word & 0x80000000u));
}
