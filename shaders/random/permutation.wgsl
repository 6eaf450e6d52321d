// A keyed permutation of 0 … SAMPLES − 1: the generalized Feistel cipher on Z_a × Z_b with cycle walking
// (Black & Rogaway, CT-RSA 2002), a = PERMUTATION_WIDTH, b = PERMUTATION_HEIGHT. Twin of
// src/random/permutation.rs.

var<private> round_keys: array<vec4<u32>, 4>;

// Takes the keys of permutation `number`.
fn key_permutation(number: u32) {
    for (var j = 0u; j < 4u; j++) {
        round_keys[j] = stream_words(STREAM_PERMUTATION, vec2<u32>((number << 2u) | j, number >> 30u), walker, cell, key);
    }
}

// Where the permutation takes a position.
fn permuted(position: u32) -> u32 {
    var index = position;
    // The rounds come to no more outcomes in turn that are beyond the samples than there are.
    for (var walk = 0u; walk <= PERMUTATION_BEYOND; walk++) {
        var halves = vec2<u32>(index % PERMUTATION_WIDTH, index / PERMUTATION_WIDTH);
        halves = four_rounds(halves, round_keys[0]);
        halves = four_rounds(halves, round_keys[1]);
        halves = four_rounds(halves, round_keys[2]);
        halves = four_rounds(halves, round_keys[3]);
        index = halves.y * PERMUTATION_WIDTH + halves.x;
        if (index < SAMPLES) {
            break;
        }
    }
    return index;
}

fn four_rounds(halves: vec2<u32>, keys: vec4<u32>) -> vec2<u32> {
    var left = shifted(halves.x, halves.y ^ keys.x, PERMUTATION_WIDTH);
    var right = shifted(halves.y, left ^ keys.y, PERMUTATION_HEIGHT);
    left = shifted(left, right ^ keys.z, PERMUTATION_WIDTH);
    right = shifted(right, left ^ keys.w, PERMUTATION_HEIGHT);
    return vec2<u32>(left, right);
}

// half + F mod `range`, F from the word that is hashed (lowbias32 by Wellons).
fn shifted(half: u32, hashed: u32, range: u32) -> u32 {
    var word = hashed;
    word ^= word >> 16u;
    word *= 0x7feb352du;
    word ^= word >> 15u;
    word *= 0x846ca68bu;
    word ^= word >> 16u;
    let sum = half + wide_multiply(word, range).y;
    return min(sum, sum - range);
}
