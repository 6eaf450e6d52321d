// No entropy.
fn measure_entropy(g: Vector) {}
