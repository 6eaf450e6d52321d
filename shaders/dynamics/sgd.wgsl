// x_i −= η_i ĝ_i. Record: η.
fn update(x: Vector, g: Vector, first: u32) -> Vector {
    var moved: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        moved[i] = fma(-parameter(AT_DYNAMICS + i), g[i], x[i]);
    }
    return moved;
}
