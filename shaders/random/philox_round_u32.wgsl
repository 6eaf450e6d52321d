// A round of Philox on words, with products taken apart.

alias PhiloxState = vec4<u32>;

fn begin_philox(counter: vec4<u32>) -> PhiloxState { return counter; }

fn end_philox(c: PhiloxState) -> vec4<u32> { return c; }

fn philox_round(c: PhiloxState, key: vec2<u32>) -> PhiloxState {
    let p0 = wide_multiply(0xD2511F53u, c.x);
    let p1 = wide_multiply(0xCD9E8D57u, c.z);
    return PhiloxState(p1.y ^ c.y ^ key.x, p1.x, p0.y ^ c.w ^ key.y, p0.x);
}
