// Philox4x32 with ROUNDS rounds, 10 or 7 (Salmon, Moraes, Dror & Shaw, SC 2011), in 64-bit integers of
// which the low half is a word: products need not be taken apart. The same words as philox.wgsl.

const LOW: u64 = 0xfffffffflu;

fn philox_round(c: vec4<u64>, key: vec2<u32>) -> vec4<u64> {
    let p0 = 0xD2511F53lu * (c.x & LOW);
    let p1 = 0xCD9E8D57lu * (c.z & LOW);
    return vec4<u64>((p1 >> 32u) ^ c.y ^ u64(key.x), p1, (p0 >> 32u) ^ c.w ^ u64(key.y), p0);
}

// The rounds are written out: a loop would cost a counter and a branch a round.
fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let weyl = vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
    var c = philox_round(vec4<u64>(u64(counter.x), u64(counter.y), u64(counter.z), u64(counter.w)), key);
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
    return vec4<u32>(u32(c.x), u32(c.y), u32(c.z), u32(c.w));
}
