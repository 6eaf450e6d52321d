// (low, high) 32 bits of a · b from 16-bit pieces (Warren, Hacker's Delight, 8-2).
fn wide_multiply(a: u32, b: u32) -> vec2<u32> {
    let a0 = a & 0xffffu;
    let a1 = a >> 16u;
    let b0 = b & 0xffffu;
    let b1 = b >> 16u;
    let t = a1 * b0 + ((a0 * b0) >> 16u);
    let w = a0 * b1 + (t & 0xffffu);
    return vec2<u32>(a * b, a1 * b1 + (t >> 16u) + (w >> 16u));
}
