// Gaussian noise, coordinates independent. Record: standard deviations.
// `first` is the place of this step's normals in its group.
fn noisy_gradient(g: Vector, first: u32) -> Vector {
    var noisy: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        noisy[i] = fma(parameter(AT_NOISE + i), normals[first + i], g[i]);
    }
    return noisy;
}
