// No current.
fn measure_current(g: Vector) {}
