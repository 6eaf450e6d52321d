// Philox4x32 with ROUNDS rounds, 10 or 7 (Salmon, Moraes, Dror & Shaw, SC 2011). Twin of
// src/random/philox.rs.

fn philox_round(c: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let p0 = wide_multiply(0xD2511F53u, c.x);
    let p1 = wide_multiply(0xCD9E8D57u, c.z);
    return vec4<u32>(p1.y ^ c.y ^ key.x, p1.x, p0.y ^ c.w ^ key.y, p0.x);
}

// The rounds are written out: a loop would cost a counter and a branch a round.
fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let weyl = vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
    var c = philox_round(counter, key);
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
    return c;
}
