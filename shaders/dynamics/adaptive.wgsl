// Learning rates from running averages g, s of ĝ, ĝ², coordinate by coordinate:
// B* = λ_B σ²/(g² + ε) and η = λ_η g²/σ² with σ² = s − g², both from the averages before this update;
// x −= η ĝ, and the averages move by min(1, B/B*) towards ĝ, ĝ². In the first K updates B* = K and η = 0.
// Record: B, K, λ_B, λ_η, ε, the largest η. Memory: g, then s.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    noisy = stochastic_gradient(x, n, first);
    let batch = parameter(AT_DYNAMICS);
    let warm_up = parameter(AT_DYNAMICS + 1u);
    let warm = f32(n) > warm_up;
    for (var i = 0u; i < DIMENSION; i++) {
        let mean = memory[i];
        let s = memory[DIMENSION + i];
        var share = min(1.0, batch / warm_up);
        if (warm) {
            let square = mean * mean;
            let variance = max(0.0, s - square);
            // Quotients only where they are below their bounds, as a variance may vanish.
            let wanted = batch * (square + parameter(AT_DYNAMICS + 4u));
            let size = parameter(AT_DYNAMICS + 2u) * variance;
            share = 1.0;
            if (wanted < size) {
                share = wanted / size;
            }
            let gain = parameter(AT_DYNAMICS + 3u) * square;
            var rate = parameter(AT_DYNAMICS + 5u);
            if (gain < rate * variance) {
                rate = gain / variance;
            }
            x[i] = fma(-rate, noisy[i], x[i]);
        }
        memory[i] = fma(1.0 - share, mean, share * noisy[i]);
        memory[DIMENSION + i] = fma(1.0 - share, s, share * (noisy[i] * noisy[i]));
    }
}
