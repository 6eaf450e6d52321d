// ½ (w·θ − y)² of new independent normal w and y. Record: standard deviations of w, then that of y.

var<private> next_number: u32;

fn begin_batch(x: Vector, n: u32, first: u32) {
    next_number = first;
}

fn next_gradient(x: Vector) -> Vector {
    var g: Vector;
    var product = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = parameter(AT_NOISE + i) * number(next_number + i);
        product = fma(g[i], x[i], product);
    }
    let residual = fma(-parameter(AT_NOISE + DIMENSION), number(next_number + DIMENSION), product);
    next_number += DIMENSION + 1u;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] *= residual;
    }
    return g;
}
