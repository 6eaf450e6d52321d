// One of two values. Record: number of words of the rarer one, that value, the other.
fn number_of(word: u32) -> f32 {
    let is_rare = word < u32(parameter(AT_DISTRIBUTION));
    return select(parameter(AT_DISTRIBUTION + 2u), parameter(AT_DISTRIBUTION + 1u), is_rare);
}
