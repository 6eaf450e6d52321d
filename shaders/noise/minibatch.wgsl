// The mean of the gradients of BATCH_SIZE examples takes the place of the landscape's gradient. Which
// examples, and their gradients, are in the files of batch/ and example/; squares are those of
// squares_of_examples.wgsl, or none.
fn stochastic_gradient(x: Vector, n: u32, first: u32) -> Vector {
    begin_batch(x, n);
    begin_squares();
    var g: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = 0.0;
    }
    for (var b = 0u; b < BATCH_SIZE; b++) {
        let of_example = next_gradient(x);
        for (var i = 0u; i < DIMENSION; i++) {
            g[i] += of_example[i];
            add_square(i, of_example[i]);
        }
    }
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] *= 1.0 / f32(BATCH_SIZE);
    }
    return g;
}
