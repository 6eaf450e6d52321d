// The learning rate stays as it is.
fn find_rate_factors(place: u32, done: u32, last: u32) {}

fn rate_factor(n: u32) -> f32 {
    return 1.0;
}
