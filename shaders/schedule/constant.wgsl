// The learning rate stays as it is.
fn rate_factor(n: u32) -> f32 {
    return 1.0;
}
