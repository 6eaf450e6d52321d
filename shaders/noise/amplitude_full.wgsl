// Noise of coordinate i where coordinates are correlated: row i of a lower Cholesky factor times the
// numbers. The rows are in the record from `at` on, the step's numbers from `first` on.
fn noise_of(i: u32, at: u32, first: u32) -> f32 {
    var sum = 0.0;
    for (var j = 0u; j < DIMENSION; j++) {
        if (j <= i) {
            sum = fma(parameter(at + i * DIMENSION + j), numbers[first + j], sum);
        }
    }
    return sum;
}
