// No gradient noise.
fn noisy_gradient(g: Vector, first: u32) -> Vector {
    return g;
}
