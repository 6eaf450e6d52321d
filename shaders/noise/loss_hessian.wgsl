// Noise whose covariance is the Hessian of the minimum times the loss: ĝ = g + √L F z, F Fᵀ = 2 H/B.
// Record: F, as noise_of takes it.
// `first` is the place of this step's numbers in its group.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    var g = gradient(x);
    let amplitude = sqrt(max(0.0, loss(x, g) + parameter(AT_FLOOR)));
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = fma(amplitude, noise_of(i, AT_NOISE, first), g[i]);
    }
    return g;
}
