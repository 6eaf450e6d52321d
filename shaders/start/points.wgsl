// Walker i starts at point i mod POINTS. Record: DIMENSION numbers a point.
fn starting_position(record: u32, walker: u32, cell: u32, key: vec2<u32>) -> Vector {
    let first = record + AT_START + (walker % POINTS) * DIMENSION;
    var x: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = cells[first + i];
    }
    return x;
}
