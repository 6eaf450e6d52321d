// |θ|² says how far a walker is.
fn along(x: Vector) -> f32 {
    var squared = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        squared = fma(x[i], x[i], squared);
    }
    return squared;
}
