// (low, high) 32 bits of a · b, where the device multiplies 64-bit integers.
fn wide_multiply(a: u32, b: u32) -> vec2<u32> {
    let product = u64(a) * u64(b);
    return vec2<u32>(u32(product), u32(product >> 32u));
}
