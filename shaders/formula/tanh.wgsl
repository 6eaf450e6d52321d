// Cephes, S. L. Moshier, tanhf.c: a polynomial near 0, else 1 - 2/(e^2|x| + 1).
// Twin of src/formula/elementary.rs.
fn hyperbolic_tangent(x: f32) -> f32 {
    let z = x * x;
    var p = -5.7049887e-3;
    p = fma(p, z, 2.0639088e-2);
    p = fma(p, z, -5.3739715e-2);
    p = fma(p, z, 1.3331442e-1);
    p = fma(p, z, -3.333328e-1);
    let near = fma(p * z, x, x);
    let far = 1.0 - 2.0 / (exponential(2.0 * abs(x)) + 1.0);
    return select(select(far, -far, x < 0.0), near, abs(x) < 0.625);
}
