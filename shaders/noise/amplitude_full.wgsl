// Noise of coordinate i where coordinates are correlated: row i of a lower Cholesky factor times the
// numbers. The rows are in the record from `at` on, the step's numbers from `first` on.
fn noise_of(i: u32, at: u32, first: u32) -> f32 {
    return add_lower_row(i, at, first, 0.0);
}
