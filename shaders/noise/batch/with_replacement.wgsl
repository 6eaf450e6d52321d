// Every example of a batch by itself: number n = step * BATCH_SIZE + b is word n mod 4 of call n / 4.

// Next number, low and high 32 bits.
var<private> next_in_batch: vec2<u32>;
// Words of the call at hand, the next first; they outlast a step, not a launch.
var<private> batch_words: vec4<u32>;
var<private> batch_words_are_held: bool;

fn begin_batch(x: Vector, n: u32) {
    next_in_batch = wide_multiply(n - 1u, BATCH_SIZE);
}

fn next_index() -> u32 {
    let place = next_in_batch.x & 3u;
    if (place == 0u || !batch_words_are_held) {
        let call = vec2<u32>((next_in_batch.x >> 2u) | (next_in_batch.y << 30u), next_in_batch.y >> 2u);
        batch_words = stream_words(STREAM_BATCH, call, walker, cell, key);
        // A launch may begin within a call.
        if ((place & 1u) == 1u) {
            batch_words = batch_words.yzwx;
        }
        if ((place & 2u) == 2u) {
            batch_words = batch_words.zwxy;
        }
        batch_words_are_held = true;
    }
    let word = batch_words.x;
    batch_words = batch_words.yzwx;
    next_in_batch.x += 1u;
    next_in_batch.y += u32(next_in_batch.x == 0u);
    return wide_multiply(word, SAMPLES).y;
}
