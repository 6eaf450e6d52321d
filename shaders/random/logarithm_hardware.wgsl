// The logarithm that the device has: fast, and as accurate as it likes.

// -2 ln u for normal u > 0.
fn minus_two_ln(u: f32) -> f32 {
    return -2.0 * log(u);
}
