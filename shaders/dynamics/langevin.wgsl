// x_i += −Δt g_i + a_i z_i, a_i = √(2 T_i Δt). Record: Δt, a.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    let time_step = parameter(AT_DYNAMICS);
    let g = stochastic_gradient(x, n, first);
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = fma(parameter(AT_DYNAMICS + 1u + i), numbers[first + i], fma(-time_step, g[i], x[i]));
    }
}
