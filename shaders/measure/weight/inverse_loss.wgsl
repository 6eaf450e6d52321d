// A state counts for the time dt = dτ/L that a step takes.
fn weight(level: f32) -> f32 {
    return 1.0 / (level + parameter(AT_FLOOR));
}
