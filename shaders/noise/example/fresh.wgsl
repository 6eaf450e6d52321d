// ½ (w·θ − y)² of new independent normal w and y. Record: standard deviations of w, then that of y.

fn begin_batch(x: Vector, n: u32) {
    begin_numbers(n - 1u);
}

fn next_gradient(x: Vector) -> Vector {
    var g: Vector;
    var product = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = parameter(AT_NOISE + i) * next_number();
        product = fma(g[i], x[i], product);
    }
    let residual = fma(-parameter(AT_NOISE + DIMENSION), next_number(), product);
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] *= residual;
    }
    return g;
}
