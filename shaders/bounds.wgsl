// |x| as an integer: ordered like |x|, with infinity and NaN above every number.
fn magnitude(x: f32) -> u32 {
    return bitcast<u32>(x) & 0x7fffffffu;
}

// Whether a walker has left the numbers, or the bounds.
fn is_beyond_bounds() -> bool {
    var largest = 0u;
    for (var i = 0u; i < DIMENSION; i++) {
        largest = max(largest, magnitude(x[i]));
    }
    return largest > bitcast<u32>(parameter(AT_BOUNDS));
}
