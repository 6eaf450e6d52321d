// No gradient noise.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    return gradient(x);
}
