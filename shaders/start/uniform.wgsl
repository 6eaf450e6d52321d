// Starts uniform in a box. Record: lower corner, widths.
fn starting_position(record: u32, walker: u32, cell: u32, key: vec2<u32>) -> Vector {
    let first = record + AT_START;
    var x: Vector;
    var words: vec4<u32>;
    for (var i = 0u; i < DIMENSION; i++) {
        if (i % 4u == 0u) {
            words = stream_words(STREAM_START, vec2<u32>(i / 4u, 0u), walker, cell, key);
        }
        x[i] = fma(cells[first + DIMENSION + i], uniform_number(words[i % 4u]), cells[first + i]);
    }
    return x;
}
