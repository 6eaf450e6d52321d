// Passed where |θ| is above the threshold; always, where that is negative.
fn meets_condition(x: Vector) -> bool {
    let threshold = parameter(AT_THRESHOLD);
    var squared = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        squared = fma(x[i], x[i], squared);
    }
    return threshold < 0.0 || squared > threshold * threshold;
}
