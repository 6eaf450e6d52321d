// Langevin on U = ln L, in the time τ with dτ = L dt: x_i += −Δτ g_i/L + a_i z_i, a_i = √(2 T_i Δτ).
// Record: Δτ, floor of L, a.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    let g = gradient(x);
    let scaled = parameter(AT_DYNAMICS) / (loss(x, g) + parameter(AT_DYNAMICS + 1u));
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = fma(parameter(AT_DYNAMICS + 2u + i), numbers[first + i], fma(-scaled, g[i], x[i]));
    }
}
