// Fixed-point sums. A value, times a power of two, is rounded to an integer and split into a low part
// of 22 bits and a high part, which a workgroup adds apart and joins only at the end: integers add to
// the same sum in any order.

// Values from 2^44 units on are too large: Scales::RANGE_BITS of src/plan/scale.rs.
const RANGE_BITS_OF_FLOAT: u32 = 0x55800000u;

// (low, high) of a scaled value, each in the bits of a float: adding 2^23 (1.5 · 2^23 for numbers of
// either sign) rounds to an integer and leaves it in the low bits. This is cheaper than conversion,
// which has to be guarded. The offsets come off with `join`.
fn split(scaled: f32) -> vec2<u32> {
    let high = floor(scaled * 0x1p-22f);
    let low = fma(high, -0x1p22f, scaled);
    return vec2<u32>(bitcast<u32>(low + 0x1p23f), bitcast<u32>(high + 0x1.8p23f));
}

// The 64-bit sum (two's complement: low, high word) of `count` split values whose parts were summed.
fn join(sum: vec2<u32>, count: u32) -> vec2<u32> {
    let low = sum.x - count * 0x4B000000u;
    let high = sum.y - count * 0x4B400000u;
    let word = (high << 22u) + low;
    return vec2<u32>(word, bitcast<u32>(bitcast<i32>(high) >> 10u) + u32(word < low));
}

// Adds a 64-bit integer (two's complement: low, high word) to the 96-bit one at `at`.
fn add_wide(at: u32, value: vec2<u32>) {
    let low = atomicAdd(&tallies[at], value.x) + value.x;
    let middle = atomicAdd(&tallies[at + 1u], value.y) + value.y;
    var carry = bitcast<u32>(bitcast<i32>(value.y) >> 31u) + u32(middle < value.y);
    if (low < value.x) {
        carry += u32(atomicAdd(&tallies[at + 1u], 1u) == 0xffffffffu);
    }
    atomicAdd(&tallies[at + 2u], carry);
}
