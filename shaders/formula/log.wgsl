// ln x: x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), as in random/normal_polynomials.wgsl. It is
// -1e30 at 0. Twin of src/formula/elementary.rs.
fn logarithm(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let e = (bits - 0x3f3504f3u) & 0xff800000u;
    let f = bitcast<f32>(bits - e) - 1.0;
    var p = 8.738792e-2;
    p = fma(p, f, -1.4307724e-1);
    p = fma(p, f, 1.4916356e-1);
    p = fma(p, f, -1.6570313e-1);
    p = fma(p, f, 1.996224e-1);
    p = fma(p, f, -2.5001776e-1);
    p = fma(p, f, 3.3333945e-1);
    p = fma(p, f, -4.999999e-1);
    p = fma(p, f, 1.0);
    let inside = fma(f32(bitcast<i32>(e)), 0.693147180559945 / 8388608.0, f * p);
    return select(select(undefined(x), -1e30, x == 0.0), inside, x > 0.0);
}
