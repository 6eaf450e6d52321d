// The landscape's gradient with Gaussian noise of its own for every example, coordinates independent.
// Record: standard deviations for one example.

var<private> of_landscape: Vector;
var<private> next_number: u32;

fn begin_batch(x: Vector, n: u32, first: u32) {
    of_landscape = gradient(x);
    next_number = first;
}

fn next_gradient(x: Vector) -> Vector {
    var g = of_landscape;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = fma(parameter(AT_NOISE + i), number(next_number + i), g[i]);
    }
    next_number += DIMENSION;
    return g;
}
