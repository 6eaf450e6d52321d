// Philox4x32 with ROUNDS rounds, 10 or 7 (Salmon, Moraes, Dror & Shaw, SC 2011), each a philox_round of one
// of the files philox_round_*.wgsl. Twin of src/random/philox.rs.

// The rounds are written out: a loop would cost a counter and a branch a round.
fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let weyl = vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
    var c = philox_round(begin_philox(counter), key);
    c = philox_round(c, key + weyl);
    c = philox_round(c, key + 2u * weyl);
    c = philox_round(c, key + 3u * weyl);
    c = philox_round(c, key + 4u * weyl);
    c = philox_round(c, key + 5u * weyl);
    c = philox_round(c, key + 6u * weyl);
    if (ROUNDS > 7u) {
        c = philox_round(c, key + 7u * weyl);
        c = philox_round(c, key + 8u * weyl);
        c = philox_round(c, key + 9u * weyl);
    }
    return end_philox(c);
}
