// Rules whose steps are all that counts: s = Δ, f = Δ/η, β = 0.
fn step_of_relation(i: u32) -> f32 {
    return before[i] - x[i];
}

fn force_of_relation(i: u32, step: f32, per_rate: f32) -> f32 {
    return step * per_rate;
}
