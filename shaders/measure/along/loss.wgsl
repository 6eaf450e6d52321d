// The loss, without the floor, says how far a walker is.
fn along(x: Vector) -> f32 {
    return loss(x, gradient(x));
}
