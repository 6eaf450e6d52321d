// A round of Philox on 64-bit integers of which the low half is a word: products need not be taken apart.

alias PhiloxState = vec4<u64>;

const LOW: u64 = 0xfffffffflu;

fn begin_philox(counter: vec4<u32>) -> PhiloxState { return PhiloxState(counter); }

fn end_philox(c: PhiloxState) -> vec4<u32> { return vec4<u32>(c); }

fn philox_round(c: PhiloxState, key: vec2<u32>) -> PhiloxState {
    let p0 = 0xD2511F53lu * (c.x & LOW);
    let p1 = 0xCD9E8D57lu * (c.z & LOW);
    return PhiloxState((p1 >> 32u) ^ c.y ^ u64(key.x), p1, (p0 >> 32u) ^ c.w ^ u64(key.y), p0);
}
