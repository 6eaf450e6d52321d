// μ = (1 − 1/m) μ + ĝ/m with m = min(n, N_g), s = (1 − 1/m) s + ĝ²/m with m = min(n, N_s),
// x −= η μ/√(s + ε), coordinate by coordinate. Record: η, then N_g, N_s, ε. Memory: μ, then s.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    noisy = stochastic_gradient(x, n, first);
    let of_mean = 1.0 / min(f32(n), parameter(AT_DYNAMICS + DIMENSION));
    let of_square = 1.0 / min(f32(n), parameter(AT_DYNAMICS + DIMENSION + 1u));
    let epsilon = parameter(AT_DYNAMICS + DIMENSION + 2u);
    let factor = rate_factor(n);
    for (var i = 0u; i < DIMENSION; i++) {
        let mean = fma(1.0 - of_mean, memory[i], of_mean * noisy[i]);
        let s = fma(1.0 - of_square, memory[DIMENSION + i], of_square * (noisy[i] * noisy[i]));
        memory[i] = mean;
        memory[DIMENSION + i] = s;
        x[i] = fma(-parameter(AT_DYNAMICS + i) * factor, mean / root(s + epsilon), x[i]);
    }
}
