// Displacements by the bin of the update's middle. A bin is its updates, and 96 bits of each sum; displacements too
// large come after the bins.

fn grid_bin(axis: u32, at: u32, bins: u32) -> u32 {
    let middle = 0.5 * (before[axis] + x[axis]);
    let f = (middle - measure_parameter(at)) * measure_parameter(at + 1u);
    let inside = f >= 0.0 && f < f32(bins);
    return select(bins, u32(select(0.0, f, inside)), inside);
}

fn add_to_grid() {
    let first = grid_bin(CURRENT_FIRST, AT_GRID, GRID_FIRST);
    let second = grid_bin(CURRENT_SECOND, AT_GRID + 2u, GRID_SECOND);
    if (first < GRID_FIRST && second < GRID_SECOND) {
        let bin = tally + TALLY_GRID + 7u * (first * GRID_SECOND + second);
        let along = vec2<f32>(x[CURRENT_FIRST] - before[CURRENT_FIRST], x[CURRENT_SECOND] - before[CURRENT_SECOND]);
        let scaled = along * measure_parameter(AT_DISPLACEMENT_SCALE);
        atomicAdd(&tallies[bin], 1u);
        add_wide(bin + 1u, join(split(scaled.x), 1u));
        add_wide(bin + 4u, join(split(scaled.y), 1u));
        if (max(magnitude(scaled.x), magnitude(scaled.y)) >= RANGE_BITS_OF_FLOAT) {
            atomicAdd(&tallies[tally + TALLY_GRID + 7u * GRID_FIRST * GRID_SECOND], 1u);
        }
    }
}
