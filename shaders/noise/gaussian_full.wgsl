// Gaussian noise with a full covariance. Record: the rows of its lower Cholesky factor.
// `first` is the place of this step's normals in its group.
fn noisy_gradient(g: Vector, first: u32) -> Vector {
    var noisy: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        var sum = g[i];
        for (var j = 0u; j < DIMENSION; j++) {
            if (j <= i) {
                sum = fma(parameter(AT_NOISE + i * DIMENSION + j), normals[first + j], sum);
            }
        }
        noisy[i] = sum;
    }
    return noisy;
}
