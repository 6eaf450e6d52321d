// Box-Muller with the functions that the device has: logarithm_hardware.wgsl, and here its sin and cos. Words are
// laid out as in normal_polynomials.wgsl.

// The two normals of a pair of words. The angle is in [-pi/2, pi/2), where devices are at their best;
// half a turn more is the other sign of both.
fn normal_pair(a: u32, b: u32) -> vec2<f32> {
    let size = sqrt(max(0.0, minus_two_ln(uniform_number(a))));
    let radius = bitcast<f32>(bitcast<u32>(size) ^ (b & 0x80000000u));
    let angle = f32(bitcast<i32>(b << 1u)) * (3.141592653589793 / 4294967296.0);
    return vec2<f32>(radius * cos(angle), radius * sin(angle));
}
