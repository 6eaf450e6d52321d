// x_i −= η_i ĝ_i. Record: η.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    noisy = stochastic_gradient(x, n, first);
    let factor = rate_factor(n);
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = fma(-parameter(AT_DYNAMICS + i) * factor, noisy[i], x[i]);
    }
}
