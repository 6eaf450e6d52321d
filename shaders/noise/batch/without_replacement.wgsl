// A new subset of the examples at every step: the first of a permutation of all.

var<private> next_position: u32;

fn begin_batch(x: Vector, n: u32) {
    key_permutation(n - 1u);
    next_position = 0u;
}

fn next_index() -> u32 {
    let index = permuted(next_position);
    next_position += 1u;
    return index;
}
