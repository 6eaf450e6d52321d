// L = ½ (x − m)ᵀ H (x − m). Record: H row by row, m.

fn from_minimum(x: Vector) -> Vector {
    var v: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        v[i] = x[i] - parameter(AT_LANDSCAPE + DIMENSION * DIMENSION + i);
    }
    return v;
}

// Σ_j H_ij v_j.
fn row_times(i: u32, v: Vector) -> f32 {
    let row = AT_LANDSCAPE + i * DIMENSION;
    var sum = 0.0;
    // Rounds are few where rows are long, as software rasterisers bound them.
    for (var j = 0u; j < FOURS; j += 4u) {
        sum = fma(parameter(row + j), v[j], sum);
        sum = fma(parameter(row + j + 1u), v[j + 1u], sum);
        sum = fma(parameter(row + j + 2u), v[j + 2u], sum);
        sum = fma(parameter(row + j + 3u), v[j + 3u], sum);
    }
    for (var j = FOURS; j < DIMENSION; j++) {
        sum = fma(parameter(row + j), v[j], sum);
    }
    return sum;
}

fn gradient(x: Vector) -> Vector {
    let v = from_minimum(x);
    var g: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = row_times(i, v);
    }
    return g;
}

fn loss(x: Vector, g: Vector) -> f32 {
    let v = from_minimum(x);
    var twice = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        twice = fma(g[i], v[i], twice);
    }
    return 0.5 * twice;
}
