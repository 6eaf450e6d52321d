//! Normal numbers from random words: Box–Muller (1958) with polynomials of our own for ln, sin and cos,
//! so that both engines compute the same. Coefficients are minimax fits, rounded to f32 one after the
//! other and refitted each time.
//!
//! Of a pair of words (a, b), a gives the radius √(−2 ln u), u = (a + ½)/2³², with all its 32 bits, so
//! that the tail reaches 6.76 standard deviations. b gives the angle: its low 31 bits, as a signed
//! number, one in [−π/2, π/2), its top bit half a turn more. The first normal of the pair is
//! radius·cos, the second radius·sin.

/// −2 ln u for u in (0, 1], to 2·10⁻⁷ relative: u = 2^e (1 + f) with 1 + f in [√½, √2), and
/// −2 ln(1 + f) = f · (a polynomial of degree 8 in f).
#[inline(always)]
pub(super) fn minus_two_ln(u: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    const EXPONENT: u32 = 0xff80_0000;
    let bits = u.to_bits();
    // e, where the exponent of a float is: 2²³ e as an integer.
    let e = bits.wrapping_sub(SQRT_HALF) & EXPONENT;
    let f = f32::from_bits(bits.wrapping_sub(e)) - 1.0;
    let mut p = -1.747_758_4e-1_f32;
    p = p.mul_add(f, 2.861_544_8e-1);
    p = p.mul_add(f, -2.983_271_2e-1);
    p = p.mul_add(f, 3.314_062_7e-1);
    p = p.mul_add(f, -3.992_448e-1);
    p = p.mul_add(f, 5.000_355e-1);
    p = p.mul_add(f, -6.666_789e-1);
    p = p.mul_add(f, 9.999_998e-1);
    p = p.mul_add(f, -2.0);
    (e as i32 as f32).mul_add(-2.0 * std::f32::consts::LN_2 / 8_388_608.0, f * p)
}

/// For an angle x in [−π/2, π/2), given as 2³² x/π: x, (sin x)/x and cos x, to
/// 3·10⁻⁷.
#[inline(always)]
fn angle(half_turn: i32) -> (f32, f32, f32) {
    let x = half_turn as f32 * (std::f32::consts::PI / 4_294_967_296.0);
    let z = x * x;
    let mut s = 2.598_838e-6_f32;
    s = s.mul_add(z, -1.980_603e-4);
    s = s.mul_add(z, 8.333_009e-3);
    s = s.mul_add(z, -1.666_665_7e-1);
    s = s.mul_add(z, 1.0);
    let mut c = 2.310_242_8e-5_f32;
    c = c.mul_add(z, -1.385_116_4e-3);
    c = c.mul_add(z, 4.166_319_6e-2);
    c = c.mul_add(z, -4.999_988_7e-1);
    c = c.mul_add(z, 0.999_999_94);
    (x, s, c)
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
    const TOP: u32 = 0x8000_0000;
    let radius = minus_two_ln(uniform(a)).sqrt();
    // Half a turn more is the other sign of both.
    let radius = f32::from_bits(radius.to_bits() ^ (b & TOP));
    let (x, s, cosine) = angle((b << 1) as i32);
    (radius * cosine, radius * x * s)
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
    use crate::random::{Stream, counter, key, philox};
    use statrs::distribution::{ContinuousCDF, Normal};

    /// Every 251st word, and the ends.
    fn words() -> impl Iterator<Item = u32> {
        (0..=u32::MAX).step_by(251).chain([1, 2, 3, u32::MAX - 1, u32::MAX])
    }

    #[test]
    fn logarithm_is_accurate() {
        let error = words().map(|word| {
            let u = uniform(word);
            let (found, exact) = (f64::from(minus_two_ln(u)), -2.0 * f64::from(u).ln());
            if exact == 0.0 { found.abs() } else { (found / exact - 1.0).abs() }
        });
        let worst = error.fold(0.0, f64::max);
        assert!(worst < 2e-7, "relative error {worst:e}");
    }

    #[test]
    fn sine_and_cosine_are_accurate() {
        let error = words().map(|word| {
            let (x, s, cosine) = angle(word as i32);
            let exact = f64::from(word as i32) * std::f64::consts::PI / 4_294_967_296.0;
            (f64::from(x * s) - exact.sin()).abs().max((f64::from(cosine) - exact.cos()).abs())
        });
        let worst = error.fold(0.0, f64::max);
        assert!(worst < 3e-7, "absolute error {worst:e}");
    }

    /// Errors of single normals do not add up: second and fourth moments of radius and angle over
    /// equally spaced words are those of exact functions.
    #[test]
    fn moments_of_the_transform_are_exact() {
        let spaced = || (0..1_u32 << 22).map(|k| (k << 10) + 512);
        let mean = |moment: &dyn Fn(u32) -> f64| spaced().map(moment).sum::<f64>() / f64::from(1 << 22);
        let exact = |word: u32| -2.0 * f64::from(uniform(word)).ln();
        let cosine = |word: u32| f64::from(angle(word as i32).2);
        let sine = |word: u32| f64::from(angle(word as i32).0 * angle(word as i32).1);
        let found = |word: u32| f64::from(minus_two_ln(uniform(word)).sqrt());
        for (name, difference) in [
            ("radius²", mean(&|w| found(w).powi(2) / 2.0 - exact(w) / 2.0)),
            ("radius⁴", mean(&|w| found(w).powi(4) / 8.0 - exact(w).powi(2) / 8.0)),
            ("cos²", mean(&|w| 2.0 * cosine(w).powi(2) - 1.0)),
            ("sin²", mean(&|w| 2.0 * sine(w).powi(2) - 1.0)),
            ("sin cos", mean(&|w| sine(w) * cosine(w))),
            ("cos⁴", mean(&|w| 8.0 / 3.0 * cosine(w).powi(4) - 1.0)),
        ] {
            assert!(difference.abs() < 1e-7, "relative error {difference:e} of the mean of {name}");
        }
    }

    /// The words of equally spaced angles, with the same radius, go once round the circle.
    #[test]
    fn angles_go_round_the_circle() {
        let mut turns: Vec<f64> = (0..16_u32)
            .map(|k| {
                let (cosine, sine) = normal_pair(1 << 30, (k << 28) + (1 << 27));
                f64::from(sine).atan2(f64::from(cosine)) / std::f64::consts::TAU
            })
            .collect();
        turns.sort_by(f64::total_cmp);
        for pair in turns.windows(2) {
            assert!((pair[1] - pair[0] - 1.0 / 16.0).abs() < 1e-6, "{turns:?}");
        }
    }

    #[test]
    fn the_radius_uses_all_bits() {
        let (largest, _) = normal_pair(0, 0);
        assert!((6.76..6.77).contains(&largest), "the tail ends at {largest}");
        assert!(normal_pair(0, 0).0 > normal_pair(1, 0).0, "neighbouring words differ in the tail");
        assert!(normal_pair(u32::MAX, 0).0.abs() < 1e-3, "the last word is near the centre");
    }

    /// A million normals of the walk, sorted, each times `scale`.
    fn sample<const ROUNDS: u32>(scale: f64) -> Vec<f64> {
        let mut sample: Vec<f64> = (0..250_000u32)
            .flat_map(|i| normals(philox::<ROUNDS>(counter(Stream::Walk, 0, i % 500, u64::from(i / 500)), key(7))))
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
        for (rounds, sample) in [(10, sample::<10>(1.0)), (7, sample::<7>(1.0))] {
            let distance = kolmogorov_smirnov(&sample);
            assert!(distance * n.sqrt() < CRITICAL, "{rounds} rounds: KS distance {distance}");
        }
        let wrong = kolmogorov_smirnov(&sample::<10>(1.02));
        assert!(wrong * n.sqrt() > CRITICAL, "canary: a scale wrong by 2 % passes, {wrong}");
    }

    /// The first two calls of the walk of walker 0, cell 0, seed 1. A change here changes every result:
    /// raise [`crate::random::STREAM_VERSION`] and say so in the changelog.
    #[test]
    fn normals_are_stable() {
        let call = |n| normals(philox::<10>(counter(Stream::Walk, 0, 0, n), key(1)));
        let found: Vec<u32> = [call(0), call(1)].concat().into_iter().map(f32::to_bits).collect();
        assert_eq!(found, STABLE, "{found:#010x?}");
    }

    const STABLE: [u32; 8] =
        [0xbec2_c3e4, 0x3e97_b1bd, 0xbe7f_3709, 0xbf80_7dbd, 0xbf20_7fa8, 0x3f22_4cc3, 0xbf2d_a333, 0xbf81_aca0];
}
