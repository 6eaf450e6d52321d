// A quad of three-point numbers: the first digits of a word in base 6. Four quads share a call. Twin of
// src/random/three_point.rs and src/engine/cpu/draw/three_point.rs.

// Words of the call at hand, the next quad's first; they outlast a group, not a launch.
var<private> words: vec4<u32>;
var<private> words_are_held: bool;

fn quad(number: vec2<u32>, walker: u32, cell: u32, key: vec2<u32>) -> vec4<f32> {
    let place = number.x & 3u;
    if (place == 0u || !words_are_held) {
        let call = vec2<u32>((number.x >> 2u) | (number.y << 30u), number.y >> 2u);
        words = stream_words(STREAM_THREE_POINT, call, walker, cell, key);
        // A launch may begin within a call.
        if ((place & 1u) == 1u) {
            words = words.yzwx;
        }
        if ((place & 2u) == 2u) {
            words = words.zwxy;
        }
        words_are_held = true;
    }
    let word = words.x;
    words = words.yzwx;
    return vec4<f32>(digit(word), digit(6u * word), digit(36u * word), digit(216u * word));
}

// What the first digit of a word is worth: the first sixth of all words sqrt(3), the last -sqrt(3).
fn digit(word: u32) -> f32 {
    return select(select(0.0, -1.7320508, word >= 3579139413u), 1.7320508, word < 715827883u);
}
