// s = (1 − 1/N) s + q/N, x −= η ĝ/√(s + ε), coordinate by coordinate, q the squared gradient. Record: η,
// then 1/N, ε. Memory: s.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    noisy = stochastic_gradient(x, n, first);
    let share = parameter(AT_DYNAMICS + DIMENSION);
    let epsilon = parameter(AT_DYNAMICS + DIMENSION + 1u);
    let factor = rate_factor(n);
    for (var i = 0u; i < DIMENSION; i++) {
        let s = fma(1.0 - share, memory[i], share * mean_square(i));
        memory[i] = s;
        x[i] = fma(-parameter(AT_DYNAMICS + i) * factor, noisy[i] / root(s + epsilon), x[i]);
    }
}
