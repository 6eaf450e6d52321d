// A quad of numbers that are made of one word each: those of a call, by one of the files number_*.wgsl.
// Twin of src/engine/cpu/draw/by_word.rs.
fn quad(number: vec2<u32>, walker: u32, cell: u32, key: vec2<u32>) -> vec4<f32> {
    let words = stream_words(STREAM_WALK, number, walker, cell, key);
    return vec4<f32>(number_of(words.x), number_of(words.y), number_of(words.z), number_of(words.w));
}
