// A walker has passed, too, when its path between two states, a Brownian bridge, has been at the threshold: with
// probability exp(-2ab/s²), a and b the distances to it. Record: 2/s². Beyond an exponent of 23 that is less than
// the smallest uniform number, 2^-33. Twin of src/engine/cpu/measure/bridge.rs.
fn has_passed(n: u32) -> bool {
    if (meets_condition(x)) {
        return true;
    }
    let threshold = parameter(AT_THRESHOLD);
    let a = threshold - before[CONDITION_AXIS];
    let b = threshold - x[CONDITION_AXIS];
    let exponent = a * b * parameter(AT_BRIDGE);
    if (exponent < 23.0) {
        let word = stream_words(STREAM_BRIDGE, vec2<u32>(n / 4u, 0u), walker, cell, key)[n % 4u];
        return uniform_number(word) < exponential(-exponent);
    }
    return false;
}
