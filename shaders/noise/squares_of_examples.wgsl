// The squares of the gradients of a batch's examples.

var<private> squares: Vector;

fn begin_squares() {
    for (var i = 0u; i < DIMENSION; i++) {
        squares[i] = 0.0;
    }
}

fn add_square(i: u32, g: f32) {
    squares[i] = fma(g, g, squares[i]);
}

// The mean square of a coordinate over the examples.
fn mean_square(i: u32) -> f32 {
    return squares[i] * (1.0 / f32(BATCH_SIZE));
}
