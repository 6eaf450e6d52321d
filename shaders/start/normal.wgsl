// Normally distributed starts. Record: means, standard deviations.
fn starting_position(record: u32, walker: u32, cell: u32, key: vec2<u32>) -> Vector {
    let first = record + AT_START;
    var x: Vector;
    var z: vec4<f32>;
    for (var i = 0u; i < DIMENSION; i++) {
        if (i % 4u == 0u) {
            z = four_normals(stream_words(STREAM_START, vec2<u32>(i / 4u, 0u), walker, cell, key));
        }
        x[i] = fma(cells[first + DIMENSION + i], z[i % 4u], cells[first + i]);
    }
    return x;
}
