// Both sides of the first relation: Σ (θ_i − c_i) f_i and Σ ½ (1 + β) s_i²/η_i, of the force f and the step s that the
// rule's file has. Record: c, 1/η, 1/τ, ½ (1 + β).
fn first_relation(n: u32) -> vec2<f32> {
    let per_factor = 1.0 / rate_factor(n);
    let friction = parameter(AT_RELATIONS + 2u * DIMENSION + 1u);
    var left = 0.0;
    var right = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        let per_rate = parameter(AT_RELATIONS + DIMENSION + i) * per_factor;
        let step = step_of_relation(i);
        left = fma(before[i] - parameter(AT_RELATIONS + i), force_of_relation(i, step, per_rate), left);
        right = fma(step, step * (friction * per_rate), right);
    }
    return vec2<f32>(left, right);
}
