// BAOAB: half a kick, half a drift, friction and noise, half a drift, half a kick, of unit mass.
// v −= h g, x += h v, v = c v + a z, x += h v, v −= h g, with h = Δt/2, c = exp(−γ Δt),
// a_i = √((1 − c²) T_i). Record: h, c, a. Memory: v.
// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    let half = parameter(AT_DYNAMICS);
    let kept = parameter(AT_DYNAMICS + 1u);
    let before = gradient(x);
    for (var i = 0u; i < DIMENSION; i++) {
        let pushed = fma(-half, before[i], memory[i]);
        let drifted = fma(half, pushed, x[i]);
        let v = fma(parameter(AT_DYNAMICS + 2u + i), numbers[first + i], kept * pushed);
        memory[i] = v;
        x[i] = fma(half, v, drifted);
    }
    let after = gradient(x);
    for (var i = 0u; i < DIMENSION; i++) {
        memory[i] = fma(-half, after[i], memory[i]);
    }
}
