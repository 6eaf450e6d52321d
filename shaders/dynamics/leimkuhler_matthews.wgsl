// x_i += −Δt g_i + a_i (z_i + the z_i of the update before), a_i = √(2 T_i Δt)/2. Record: Δt, a.
// Memory: z.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    let time_step = parameter(AT_DYNAMICS);
    let g = gradient(x);
    for (var i = 0u; i < DIMENSION; i++) {
        let z = numbers[first + i];
        x[i] = fma(parameter(AT_DYNAMICS + 1u + i), memory[i] + z, fma(-time_step, g[i], x[i]));
        memory[i] = z;
    }
}
