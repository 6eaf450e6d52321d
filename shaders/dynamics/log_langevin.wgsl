// Langevin on U = ln L, in the time τ with dτ = L dt: x −= Δτ g/L, and noise. Record: Δτ, then amplitudes
// as noise_of takes them.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    let g = gradient(x);
    let scaled = parameter(AT_DYNAMICS) / (loss(x, g) + parameter(AT_FLOOR));
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = noise_of(i, AT_DYNAMICS + 1u, first) + fma(-scaled, g[i], x[i]);
    }
}
