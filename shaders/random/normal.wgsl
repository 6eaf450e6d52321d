// Normal numbers from random words, by the Box-Muller transform of one of the files normal_*.wgsl.

// (word + 1/2) / 2^32, rounded: in (0, 1].
fn uniform_number(word: u32) -> f32 {
    return fma(f32(word), 2.3283064365386963e-10, 1.1641532182693481e-10);
}

// The four normals of a call's words.
fn four_normals(words: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(normal_pair(words.x, words.y), normal_pair(words.z, words.w));
}
