// The square of a coordinate of the stochastic gradient, as a batch has it.
fn mean_square(i: u32) -> f32 {
    return noisy[i] * noisy[i];
}
