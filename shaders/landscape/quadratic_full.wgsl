// L = ½ (x − m)ᵀ H (x − m). Record: H row by row, m.

fn from_minimum(x: Vector) -> Vector {
    var v: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        v[i] = x[i] - parameter(AT_LANDSCAPE + DIMENSION * DIMENSION + i);
    }
    return v;
}

fn gradient(x: Vector) -> Vector {
    let v = from_minimum(x);
    var g: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        var sum = 0.0;
        for (var j = 0u; j < DIMENSION; j++) {
            sum = fma(parameter(AT_LANDSCAPE + i * DIMENSION + j), v[j], sum);
        }
        g[i] = sum;
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
