// √s for a divisor: where s vanishes so does what is divided, and the quotient is to be 0.
fn root(s: f32) -> f32 {
    return sqrt(max(s, 1.17549435e-38));
}
