// The bins of histograms. A histogram is (first variable, its bins, second variable, its bins), a
// coordinate, LOSS or OBSERVABLE + its own number, or NO_VARIABLE for a single axis; it has one more place, for
// states outside.
// Record: lower edge and bins per unit of every axis.

fn histogram_variable(variable: u32, level: f32) -> f32 {
    if (variable == LOSS) {
        return level;
    }
    if (variable >= OBSERVABLE) {
        return observable(variable - OBSERVABLE);
    }
    return x[min(variable, DIMENSION - 1u)];
}

// The bin on one axis, or `bins` where the value is outside.
fn axis_bin(value: f32, axis: u32, bins: u32) -> u32 {
    let f = (value - measure_parameter(AT_HISTOGRAMS + 2u * axis)) * measure_parameter(AT_HISTOGRAMS + 2u * axis + 1u);
    let inside = f >= 0.0 && f < f32(bins);
    return select(bins, u32(select(0.0, f, inside)), inside);
}

fn measure_histograms(level: f32) {
    var axis = 0u;
    var first_bin = 0u;
    for (var h = 0u; h < HISTOGRAM_COUNT; h++) {
        let shape = HISTOGRAMS[h];
        var bin = axis_bin(histogram_variable(shape.x, level), axis, shape.y);
        var bins = shape.y;
        axis += 1u;
        if (shape.z != NO_VARIABLE) {
            let second = axis_bin(histogram_variable(shape.z, level), axis, shape.w);
            bins *= shape.w;
            bin = select(bin * shape.w + second, bins, bin == shape.y || second == shape.w);
            axis += 1u;
        }
        count_in_bin(first_bin + bin);
        first_bin += bins + 1u;
    }
}
