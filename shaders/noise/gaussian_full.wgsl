// Gaussian noise with a full covariance. Record: the rows of its lower Cholesky factor.
// `first` is the place of this step's numbers in its group.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    var g = gradient(x);
    for (var i = 0u; i < DIMENSION; i++) {
        var sum = g[i];
        for (var j = 0u; j < DIMENSION; j++) {
            if (j <= i) {
                sum = fma(parameter(AT_NOISE + i * DIMENSION + j), numbers[first + j], sum);
            }
        }
        g[i] = sum;
    }
    return g;
}
