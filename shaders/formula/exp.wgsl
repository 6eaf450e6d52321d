// e^x = 2^n e^r with |r| <= ln(2)/2: Cephes, S. L. Moshier, expf.c. Below 1e-38 it is that, and above 2e38.
// The long piece of n ln 2, 355/512 n, is made of integers, as compilers may add up the two factors of n.
// Twin of src/formula/elementary.rs.
fn exponential(x: f32) -> f32 {
    let low = select(x, -87.3, x < -87.3);
    let y = select(low, 88.3, low > 88.3);
    let n = i32(round(y * 1.4426950408889634));
    let r = fma(f32(n), 2.1219444e-4, fma(f32(n * 355), -1.0 / 512.0, y));
    var p = 1.9875691e-4;
    p = fma(p, r, 1.3981999e-3);
    p = fma(p, r, 8.333452e-3);
    p = fma(p, r, 4.1665796e-2);
    p = fma(p, r, 1.6666666e-1);
    p = fma(p, r, 0.5);
    return (fma(p * r, r, r) + 1.0) * bitcast<f32>((bitcast<u32>(n) << 23u) + 0x3f800000u);
}
