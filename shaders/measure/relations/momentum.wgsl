// Momentum: s = v, f = ĝ.
fn step_of_relation(i: u32) -> f32 {
    return memory[i];
}

fn force_of_relation(i: u32, step: f32, per_rate: f32) -> f32 {
    return noisy[i];
}
