// The factors of the learning rate, which the host has worked out for the steps of a launch.

@group(0) @binding(5) var<storage, read> rate_factors: array<f32>;

// Place that the factor of update 0 would have, modulo 2^32.
var<private> rate_origin: u32;

// For the cell whose factors come at `place` among those of the cells, of the updates after `done` up to
// `last`.
fn find_rate_factors(place: u32, done: u32, last: u32) {
    rate_origin = place * (last - done) - (done + 1u);
}

fn rate_factor(n: u32) -> f32 {
    return rate_factors[rate_origin + n];
}
