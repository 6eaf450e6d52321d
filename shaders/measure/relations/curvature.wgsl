// Both sides of the second relation: ∇L·Δ/τ and ½ Δᵀ H Δ/τ.
fn measure_second_relation(n: u32) {
    let g = gradient(before);
    var step: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        step[i] = before[i] - x[i];
    }
    let product = hessian_product(before, step);
    var left = 0.0;
    var right = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        left = fma(g[i], step[i], left);
        right = fma(product[i], step[i], right);
    }
    let factor = select(1.0, rate_factor(n), SHARED_RATE);
    let per_time = parameter(AT_RELATIONS + 2u * DIMENSION) * (1.0 / factor);
    add_to_sum(AT_RELATION_SUMS + 4u, left * per_time);
    add_to_sum(AT_RELATION_SUMS + 5u, right * (0.5 * per_time));
}
