// x_i += −Δt g_i + a_i z_i, a_i = √(2 T_i Δt). Record: Δt, a.
// `first` is the place of this step's normals in its group.
fn update(x: Vector, g: Vector, first: u32) -> Vector {
    let time_step = parameter(AT_DYNAMICS);
    var moved: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        moved[i] = fma(parameter(AT_DYNAMICS + 1u + i), normals[first + i], fma(-time_step, g[i], x[i]));
    }
    return moved;
}
