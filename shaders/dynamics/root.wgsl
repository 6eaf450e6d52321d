// √s for a divisor: where s vanishes so does what is divided, and the quotient is to be 0; where s is beyond
// f32 the quotient is infinite, and the walker lost.
fn root(s: f32) -> f32 {
    return select(0.0, sqrt(max(s, 1.17549435e-38)), s < 3.40282347e38);
}
