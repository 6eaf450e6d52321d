// A quad of normal numbers: those of a call.
fn quad(number: vec2<u32>, walker: u32, cell: u32, key: vec2<u32>) -> vec4<f32> {
    return four_normals(stream_words(STREAM_WALK, number, walker, cell, key));
}
