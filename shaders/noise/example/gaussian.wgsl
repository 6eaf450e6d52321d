// The landscape's gradient with Gaussian noise of its own for every example, coordinates independent.
// Record: standard deviations for one example.

var<private> of_landscape: Vector;

fn begin_batch(x: Vector, n: u32) {
    of_landscape = gradient(x);
    begin_numbers(n - 1u);
}

fn next_gradient(x: Vector) -> Vector {
    var g = of_landscape;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = fma(parameter(AT_NOISE + i), next_number(), g[i]);
    }
    return g;
}
