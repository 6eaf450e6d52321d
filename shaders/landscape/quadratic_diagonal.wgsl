// L = ½ Σ h_i (x_i − m_i)². Record: h, m.

fn gradient(x: Vector) -> Vector {
    var g: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = parameter(AT_LANDSCAPE + i) * (x[i] - parameter(AT_LANDSCAPE + DIMENSION + i));
    }
    return g;
}

fn loss(x: Vector, g: Vector) -> f32 {
    var twice = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        twice = fma(g[i], x[i] - parameter(AT_LANDSCAPE + DIMENSION + i), twice);
    }
    return 0.5 * twice;
}
