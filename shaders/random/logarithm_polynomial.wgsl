// The logarithm by a polynomial of our own, so that every device computes the same, far into the tails: what
// WGSL promises for the built-in is too little for that. Twin of src/random/normal.rs.

// -2 ln u for normal u > 0, u = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)).
fn minus_two_ln(u: f32) -> f32 {
    let bits = bitcast<u32>(u);
    let e = (bits - 0x3f3504f3u) & 0xff800000u;
    let f = bitcast<f32>(bits - e) - 1.0;
    var p = -1.7477584e-1;
    p = fma(p, f, 2.8615448e-1);
    p = fma(p, f, -2.9832712e-1);
    p = fma(p, f, 3.3140627e-1);
    p = fma(p, f, -3.9924479e-1);
    p = fma(p, f, 5.000355e-1);
    p = fma(p, f, -6.666789e-1);
    p = fma(p, f, 9.999998e-1);
    p = fma(p, f, -2.0);
    return fma(f32(bitcast<i32>(e)), -2.0 * 0.693147180559945 / 8388608.0, f * p);
}
