// The current of an update: crossings of a half-line, rotations, entropy, displacements on a grid.
// Record: where the half-line begins; the matrix of entropy, its diagonal or row by row; edges of the grid.

// ±1 for an update across the half-line, counter-clockwise positive, else 0. Where it meets the line of the half-line
// is to the right of its beginning where `place`, which is that distance times a factor, has the sign of the crossing.
fn crossing() -> f32 {
    let first = measure_parameter(AT_CURRENT);
    let second = measure_parameter(AT_CURRENT + 1u);
    let b_from = before[CURRENT_SECOND] - second;
    let b_to = x[CURRENT_SECOND] - second;
    let place = (before[CURRENT_FIRST] - first) * b_to - (x[CURRENT_FIRST] - first) * b_from;
    let up = b_from < 0.0 && !(b_to < 0.0) && place > 0.0;
    let down = !(b_from < 0.0) && b_to < 0.0 && place < 0.0;
    return f32(up) - f32(down);
}

// θ_i θ_j' − θ_j θ_i', from differences, so that few digits cancel.
fn rotation(i: u32, j: u32) -> f32 {
    let back = before[j] * (x[i] - before[i]);
    return fma(before[i], x[j] - before[j], -back);
}

fn measure_current(g: Vector) {
    add_to_sum(AT_FLUX_SUM, crossing());
    if (FULL_COVARIANCE) {
        var k = AT_FLUX_SUM + 1u;
        for (var i = 0u; i < DIMENSION; i++) {
            for (var j = i + 1u; j < DIMENSION; j++) {
                add_to_sum(k, rotation(i, j));
                k += 1u;
            }
        }
    } else {
        add_to_sum(AT_FLUX_SUM + 1u, rotation(min(CURRENT_FIRST, CURRENT_SECOND), max(CURRENT_FIRST, CURRENT_SECOND)));
    }
    measure_entropy(g);
    add_to_grid();
}
