// Box-Muller with our own polynomials, those of logarithm_polynomial.wgsl and here of sin and cos. Twin of
// src/random/normal.rs.

// For an angle x in [-pi/2, pi/2), given as 2^32 x / pi: x, (sin x) / x and cos x.
fn angle(half_turn: i32) -> vec3<f32> {
    let x = f32(half_turn) * (3.141592653589793 / 4294967296.0);
    let z = x * x;
    var s = 2.598838e-6;
    s = fma(s, z, -1.980603e-4);
    s = fma(s, z, 8.333009e-3);
    s = fma(s, z, -1.6666657e-1);
    s = fma(s, z, 1.0);
    var c = 2.3102428e-5;
    c = fma(c, z, -1.3851164e-3);
    c = fma(c, z, 4.1663196e-2);
    c = fma(c, z, -4.9999887e-1);
    c = fma(c, z, 0.99999994);
    return vec3<f32>(x, s, c);
}

// The two normals of a pair of words.
fn normal_pair(a: u32, b: u32) -> vec2<f32> {
    let size = sqrt(max(0.0, minus_two_ln(uniform_number(a))));
    // Half a turn more is the other sign of both.
    let radius = bitcast<f32>(bitcast<u32>(size) ^ (b & 0x80000000u));
    let turn = angle(bitcast<i32>(b << 1u));
    return vec2<f32>(radius * turn.z, radius * turn.x * turn.y);
}
