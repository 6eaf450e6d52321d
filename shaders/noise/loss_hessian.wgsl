// Noise whose covariance is the Hessian of the minimum times the loss: ĝ = g + √L F z, F Fᵀ = 2 H/B.
// Record: the rows of F, a lower Cholesky factor, then the floor of L.
// `first` is the place of this step's numbers in its group.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    var g = gradient(x);
    let level = loss(x, g) + parameter(AT_NOISE + DIMENSION * DIMENSION);
    let amplitude = sqrt(max(0.0, level));
    for (var i = 0u; i < DIMENSION; i++) {
        var sum = 0.0;
        for (var j = 0u; j < DIMENSION; j++) {
            if (j <= i) {
                sum = fma(parameter(AT_NOISE + i * DIMENSION + j), numbers[first + j], sum);
            }
        }
        g[i] = fma(amplitude, sum, g[i]);
    }
    return g;
}
