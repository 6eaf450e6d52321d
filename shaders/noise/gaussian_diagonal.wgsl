// Gaussian noise, coordinates independent. Record: standard deviations.
// `first` is the place of this step's numbers in its group.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    var g = gradient(x);
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = fma(parameter(AT_NOISE + i), numbers[first + i], g[i]);
    }
    return g;
}
