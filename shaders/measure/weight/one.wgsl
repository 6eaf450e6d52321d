// All states count alike.
fn weight(level: f32) -> f32 {
    return 1.0;
}
