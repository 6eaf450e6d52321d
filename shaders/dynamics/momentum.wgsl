// v = β v + η ĝ, x −= v, coordinate by coordinate. Record: η, then β. Memory: v.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    noisy = stochastic_gradient(x, n, first);
    let momentum = parameter(AT_DYNAMICS + DIMENSION);
    let factor = rate_factor(n);
    for (var i = 0u; i < DIMENSION; i++) {
        let v = fma(parameter(AT_DYNAMICS + i) * factor, noisy[i], momentum * memory[i]);
        memory[i] = v;
        x[i] -= v;
    }
}
