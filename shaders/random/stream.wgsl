// Streams and the counter of a call; the page that registers both is src/random/mod.rs.

const STREAM_WALK: u32 = 0u;
const STREAM_START: u32 = 1u;
const STREAM_THREE_POINT: u32 = 2u;
const STREAM_BATCH: u32 = 4u;
const STREAM_PERMUTATION: u32 = 5u;
const STREAM_SELECTION: u32 = 6u;
const STREAM_BRIDGE: u32 = 7u;

// `call` is (low, high) 32 bits.
fn stream_words(stream: u32, call: vec2<u32>, walker: u32, cell: u32, key: vec2<u32>) -> vec4<u32> {
    return philox(vec4<u32>(call.x, walker, cell, (stream << 16u) | (call.y & 0xffffu)), key);
}
