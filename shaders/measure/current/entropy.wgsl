// ½ (∇L(θ) + ∇L(θ'))ᵀ W (θ' − θ).
fn measure_entropy(g: Vector) {
    let g_before = gradient(before);
    var sum = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        if (ENTROPY_FULL) {
            for (var j = 0u; j < DIMENSION; j++) {
                let force = (0.5 * measure_parameter(AT_CURRENT + 2u + i * DIMENSION + j)) * (g_before[i] + g[i]);
                sum = fma(force, x[j] - before[j], sum);
            }
        } else {
            let force = (0.5 * measure_parameter(AT_CURRENT + 2u + i)) * (g_before[i] + g[i]);
            sum = fma(force, x[i] - before[i], sum);
        }
    }
    add_to_sum(AT_ENTROPY_SUM, sum);
}
