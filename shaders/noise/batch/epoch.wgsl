// A permutation of all examples an epoch, cut into batches.

var<private> next_position: u32;
// Whether the keys are those of an epoch; they outlast a step, not a launch.
var<private> epoch_is_keyed: bool;

fn begin_batch(x: Vector, n: u32) {
    const BATCHES = SAMPLES / BATCH_SIZE;
    let batch = (n - 1u) % BATCHES;
    if (batch == 0u || !epoch_is_keyed) {
        key_permutation((n - 1u) / BATCHES);
        epoch_is_keyed = true;
    }
    next_position = batch * BATCH_SIZE;
}

fn next_index() -> u32 {
    let index = permuted(next_position);
    next_position += 1u;
    return index;
}
