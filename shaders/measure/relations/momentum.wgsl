// Both sides of the first relation for momentum: (θ − c)·ĝ and ½ (1 + β) Σ v_i²/η_i. Record: c, 1/η, 1/τ, ½ (1 + β).
fn first_relation(n: u32) -> vec2<f32> {
    let per_factor = 1.0 / rate_factor(n);
    let friction = measure_parameter(AT_RELATIONS + 2u * DIMENSION + 1u);
    var left = 0.0;
    var right = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        let per_rate = measure_parameter(AT_RELATIONS + DIMENSION + i) * per_factor;
        left = fma(before[i] - measure_parameter(AT_RELATIONS + i), noisy[i], left);
        right = fma(memory[i], memory[i] * (friction * per_rate), right);
    }
    return vec2<f32>(left, right);
}
