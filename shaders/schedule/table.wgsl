// The factors of the learning rate, which the host has worked out for the steps of a launch.

@group(0) @binding(5) var<storage, read> rate_factors: array<f32>;

// Place that the factor of update 0 would have: a whole number modulo 2^32.
var<private> rate_origin: u32;

fn rate_factor(n: u32) -> f32 {
    return rate_factors[rate_origin + n];
}
