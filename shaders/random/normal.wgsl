// Normal numbers from random words: Box-Muller with our own polynomials for ln, sin and cos, as what
// WGSL promises for the built-ins is too little for tails. Twin of src/random/normal.rs.

// ln u for u in (0, 1]: u = 2^e m with m in [sqrt(1/2), sqrt(2)), ln u = e ln 2 + ln m.
fn natural_logarithm(u: f32) -> f32 {
    let bits = bitcast<u32>(u);
    let exponent = bitcast<i32>(bits - 0x3f3504f3u) >> 23u;
    let f = bitcast<f32>(bits - (bitcast<u32>(exponent) << 23u)) - 1.0;
    let e = f32(exponent);
    let z = f * f;
    var p = 7.0376836292e-2;
    p = fma(p, f, -1.1514610310e-1);
    p = fma(p, f, 1.1676998740e-1);
    p = fma(p, f, -1.2420140846e-1);
    p = fma(p, f, 1.4249322787e-1);
    p = fma(p, f, -1.6668057665e-1);
    p = fma(p, f, 2.0000714765e-1);
    p = fma(p, f, -2.4999993993e-1);
    p = fma(p, f, 3.3333331174e-1);
    let low = fma(e, -2.12194440e-4, fma(-0.5, z, (f * z) * p));
    return fma(e, 0.693359375, f + low);
}

// (sin, cos) of 2 pi b / 2^32: the top bits choose the quadrant, the rest an angle in [-pi/4, pi/4).
fn sine_cosine_turn(b: u32) -> vec2<f32> {
    let quadrant = (b + 0x20000000u) >> 30u;
    let rest = bitcast<i32>(b - (quadrant << 30u));
    let t = f32(rest) * (6.283185307179586 / 4294967296.0);
    let z = t * t;
    let s = fma(fma(fma(-1.9515295891e-4, z, 8.3321608736e-3), z, -1.6666654611e-1) * z, t, t);
    let c = fma(
        fma(fma(2.443315711809948e-5, z, -1.388731625493765e-3), z, 4.166664568298827e-2) * z,
        z,
        fma(-0.5, z, 1.0),
    );
    let swapped = (quadrant & 1u) == 1u;
    let sine = bitcast<u32>(select(s, c, swapped)) ^ ((quadrant & 2u) << 30u);
    let cosine = bitcast<u32>(select(c, s, swapped)) ^ (((quadrant + 1u) & 2u) << 30u);
    return vec2<f32>(bitcast<f32>(sine), bitcast<f32>(cosine));
}

// (word + 1/2) / 2^32, rounded: in (0, 1].
fn uniform_number(word: u32) -> f32 {
    return fma(f32(word), 2.3283064365386963e-10, 1.1641532182693481e-10);
}

fn normal_pair(a: u32, b: u32) -> vec2<f32> {
    let radius = sqrt(max(0.0, -2.0 * natural_logarithm(uniform_number(a))));
    let turn = sine_cosine_turn(b);
    return vec2<f32>(radius * turn.y, radius * turn.x);
}

// The four normals of a call's words.
fn four_normals(words: vec4<u32>) -> vec4<f32> {
    return vec4<f32>(normal_pair(words.x, words.y), normal_pair(words.z, words.w));
}
