// A coordinate says how far a walker is.
fn along(x: Vector) -> f32 {
    return x[ALONG_AXIS];
}
