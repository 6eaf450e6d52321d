// sin and cos of a quarter of the circle and what is left: Cephes, S. L. Moshier, sinf.c. Angles up to 1e4
// are reduced without loss, as products of a number of quarters with the first three pieces of pi/2 are
// exact (W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980); there is no digit
// left far beyond. The longer two are made of integers, as compilers may add up factors of the same number.
// Twin of src/formula/elementary.rs.

// The sine of x + quarters pi/2.
fn sine_after(x: f32, quarters: u32) -> f32 {
    let n = i32(round(x * 0.6366197723675814));
    let q = f32(n);
    let a = fma(f32(n * 2029), -1.0 / 4194304.0, fma(f32(n * 201), -1.0 / 128.0, x));
    let r = fma(q, -2.563344e-12, fma(q, -7.5495336e-8, a));
    let z = r * r;
    var s = -1.9515296e-4;
    s = fma(s, z, 8.332161e-3);
    s = fma(s, z, -1.6666655e-1);
    s = fma(s * z, r, r);
    var c = 2.4433157e-5;
    c = fma(c, z, -1.3887316e-3);
    c = fma(c, z, 4.1666646e-2);
    c = fma(c * z, z, fma(-0.5, z, 1.0));
    let quarter = bitcast<u32>(n) + quarters;
    let size = select(s, c, (quarter & 1u) == 1u);
    return bitcast<f32>(bitcast<u32>(size) ^ ((quarter & 2u) << 30u));
}

fn sine(x: f32) -> f32 {
    return select(undefined(x), sine_after(x, 0u), abs(x) <= 1e4);
}

fn cosine(x: f32) -> f32 {
    return select(undefined(x), sine_after(x, 1u), abs(x) <= 1e4);
}
