//! Normal numbers from random words: Box–Muller (1958) with polynomials of our own choice for ln, sin
//! and cos, so that both engines compute the same; coefficients of Cephes' single-precision `logf`,
//! `sinf` and `cosf` (Moshier, 1992).
//!
//! Of a pair of words (a, b), a gives the radius √(−2 ln u), u = (a + ½)/2³², with all its 32 bits, so
//! that the tail reaches 6.76 standard deviations; b gives the angle 2πb/2³². The first normal of the
//! pair is radius·cos, the second radius·sin.

/// ln u for u in (0, 1], to 1.6·10⁻⁷ relative: u = 2^e m with m in [√½, √2), ln u = e ln 2 + ln m.
#[inline(always)]
fn ln(u: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let bits = u.to_bits();
    let exponent = bits.wrapping_sub(SQRT_HALF) as i32 >> 23;
    let f = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23)) - 1.0;
    let e = exponent as f32;
    let z = f * f;
    let mut p = 7.037_683_6e-2_f32;
    p = p.mul_add(f, -1.151_461e-1);
    p = p.mul_add(f, 1.167_699_87e-1);
    p = p.mul_add(f, -1.242_014_1e-1);
    p = p.mul_add(f, 1.424_932_3e-1);
    p = p.mul_add(f, -1.666_805_8e-1);
    p = p.mul_add(f, 2.000_071_4e-1);
    p = p.mul_add(f, -2.499_999_4e-1);
    p = p.mul_add(f, 3.333_333e-1);
    // ln 2 in two parts, the first exact in few bits, so that e ln 2 loses none.
    let low = e.mul_add(-2.121_944_4e-4, (-0.5_f32).mul_add(z, f * z * p));
    e.mul_add(0.693_359_4, f + low)
}

/// sin and cos of 2πb/2³², to 1.3·10⁻⁷: the top bits choose the quadrant, the rest an angle
/// in [−π/4, π/4).
#[inline(always)]
fn sin_cos_turn(b: u32) -> (f32, f32) {
    let quadrant = b.wrapping_add(0x2000_0000) >> 30;
    let rest = b.wrapping_sub(quadrant << 30) as i32;
    let t = rest as f32 * (std::f32::consts::TAU / 4_294_967_296.0);
    let z = t * t;
    let s = (-1.951_529_6e-4_f32).mul_add(z, 8.332_161e-3).mul_add(z, -1.666_665_5e-1);
    let s = (s * z).mul_add(t, t);
    let c = 2.443_315_7e-5_f32.mul_add(z, -1.388_731_6e-3).mul_add(z, 4.166_664_6e-2);
    let c = (c * z).mul_add(z, (-0.5_f32).mul_add(z, 1.0));
    let (s, c) = if quadrant & 1 != 0 { (c, s) } else { (s, c) };
    // The quadrant's signs, set in the sign bits.
    let sine = f32::from_bits(s.to_bits() ^ (quadrant & 2) << 30);
    let cosine = f32::from_bits(c.to_bits() ^ (quadrant.wrapping_add(1) & 2) << 30);
    (sine, cosine)
}

/// (word + ½)/2³², rounded to f32: in (0, 1], with the small ones exact.
#[inline(always)]
pub fn uniform(word: u32) -> f32 {
    const STEP: f32 = 1.0 / 4_294_967_296.0;
    (word as f32).mul_add(STEP, 0.5 * STEP)
}

/// The two normals of a pair of words.
#[inline(always)]
pub fn normal_pair(a: u32, b: u32) -> (f32, f32) {
    let radius = (-2.0 * ln(uniform(a))).sqrt();
    let (sine, cosine) = sin_cos_turn(b);
    (radius * cosine, radius * sine)
}

/// The four normals of a call's words.
#[inline(always)]
pub fn normals(words: [u32; 4]) -> [f32; 4] {
    let (n0, n1) = normal_pair(words[0], words[1]);
    let (n2, n3) = normal_pair(words[2], words[3]);
    [n0, n1, n2, n3]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, counter, key, philox4x32_10};
    use statrs::distribution::{ContinuousCDF, Normal};

    /// Every 251st word, and the ends.
    fn words() -> impl Iterator<Item = u32> {
        (0..=u32::MAX).step_by(251).chain([1, 2, 3, u32::MAX - 1, u32::MAX])
    }

    #[test]
    fn logarithm_is_accurate() {
        let error = words().map(|word| {
            let u = uniform(word);
            let exact = f64::from(u).ln();
            if exact == 0.0 { f64::from(ln(u)).abs() } else { (f64::from(ln(u)) / exact - 1.0).abs() }
        });
        let worst = error.fold(0.0, f64::max);
        assert!(worst < 1.6e-7, "relative error {worst:e}");
    }

    #[test]
    fn sine_and_cosine_are_accurate() {
        let error = words().map(|word| {
            let angle = f64::from(word) * std::f64::consts::TAU / 4_294_967_296.0;
            let (sine, cosine) = sin_cos_turn(word);
            (f64::from(sine) - angle.sin()).abs().max((f64::from(cosine) - angle.cos()).abs())
        });
        let worst = error.fold(0.0, f64::max);
        assert!(worst < 1.3e-7, "absolute error {worst:e}");
    }

    #[test]
    fn the_radius_uses_all_bits() {
        let (largest, _) = normal_pair(0, 0);
        assert!((6.76..6.77).contains(&largest), "the tail ends at {largest}");
        assert!(normal_pair(0, 0).0 > normal_pair(1, 0).0, "neighbouring words differ in the tail");
        assert!(normal_pair(u32::MAX, 0).0.abs() < 1e-3, "the last word is near the centre");
    }

    /// A million normals of the walk, sorted, each times `scale`.
    fn sample(scale: f64) -> Vec<f64> {
        let mut sample: Vec<f64> = (0..250_000u32)
            .flat_map(|i| normals(philox4x32_10(counter(Stream::Walk, 0, i % 500, u64::from(i / 500)), key(7))))
            .map(|x| scale * f64::from(x))
            .collect();
        sample.sort_by(f64::total_cmp);
        sample
    }

    /// Largest distance between the sample's distribution and the normal one.
    fn kolmogorov_smirnov(sample: &[f64]) -> f64 {
        let normal = Normal::standard();
        let n = sample.len() as f64;
        let distance = |(k, x): (usize, &f64)| {
            let p = normal.cdf(*x);
            (p - k as f64 / n).abs().max((p - (k as f64 + 1.0) / n).abs())
        };
        sample.iter().enumerate().map(distance).fold(0.0, f64::max)
    }

    /// Kolmogorov–Smirnov at a false-alarm rate of 10⁻⁶ (Q(2.69) = 2 exp(−2·2.69²)); the seed is fixed.
    #[test]
    fn normals_are_normal() {
        const CRITICAL: f64 = 2.69;
        let n = 1e6_f64;
        let distance = kolmogorov_smirnov(&sample(1.0));
        assert!(distance * n.sqrt() < CRITICAL, "KS distance {distance}");
        let wrong = kolmogorov_smirnov(&sample(1.02));
        assert!(wrong * n.sqrt() > CRITICAL, "canary: a scale wrong by 2 % passes, {wrong}");
    }

    /// The first two calls of the walk of walker 0, cell 0, seed 1. A change here changes every result:
    /// raise [`crate::random::STREAM_VERSION`] and say so in the changelog.
    #[test]
    fn normals_are_stable() {
        let call = |n| normals(philox4x32_10(counter(Stream::Walk, 0, 0, n), key(1)));
        let found: Vec<u32> = [call(0), call(1)].concat().into_iter().map(f32::to_bits).collect();
        assert_eq!(found, STABLE, "{found:#010x?}");
    }

    const STABLE: [u32; 8] =
        [0x3ec2_c3e3, 0xbe97_b1be, 0xbe7f_370d, 0xbf80_7dbd, 0x3f20_7fa8, 0xbf22_4cc2, 0xbf2d_a334, 0xbf81_aca0];
}
