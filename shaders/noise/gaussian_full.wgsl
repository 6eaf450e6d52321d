// Gaussian noise with a full covariance. Record: the rows of its lower Cholesky factor.
// `first` is the place of this step's numbers in its group.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    var g = gradient(x);
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = add_lower_row(i, AT_NOISE, first, g[i]);
    }
    return g;
}
