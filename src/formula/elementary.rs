//! The functions of formulas as the engines compute them: in f32 by polynomials of our own, which are
//! those of `shaders/formula/`, so that every device and processor computes the same, but for roundings; in
//! f64 by the standard library.
//!
//! Outside its domain a function is not a number, and where it leaves the range of f32 it is large: a
//! walker there is lost, and counted as such.

use std::ops::Div;

/// A floating-point type with the functions of formulas.
pub trait Elementary: Div<Output = Self> + Sized {
    /// e^x.
    fn exponential(self) -> Self;
    /// ln x.
    fn logarithm(self) -> Self;
    /// √x.
    fn square_root(self) -> Self;
    /// sin x.
    fn sine(self) -> Self;
    /// cos x.
    fn cosine(self) -> Self;
    /// tanh x.
    fn hyperbolic_tangent(self) -> Self;
    /// |x|.
    fn modulus(self) -> Self;
    /// −1, 0 or 1.
    fn sign(self) -> Self;
    /// 1/x where x > 0, else not a number.
    fn slope_of_logarithm(self) -> Self;
}

/// Added to a number below 2²² in size, it leaves a whole number in the low bits.
const WHOLE: f32 = 12_582_912.0;

/// The bits of 1.
const ONE: u32 = 0x3f80_0000;

/// c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut p = coefficients[0];
    for c in &coefficients[1..] {
        p = p.mul_add(x, *c);
    }
    p
}

/// sin(x + quarters π/2) for |x| ≤ 10⁴, as `sine_cosine.wgsl` has it.
#[inline(always)]
fn sine_after(x: f32, quarters: u32) -> f32 {
    let shifted = x * std::f32::consts::FRAC_2_PI + WHOLE;
    let q = shifted - WHOLE;
    let a = q.mul_add(-4.837_513e-4, q.mul_add(-1.570_312_5, x));
    let r = q.mul_add(-2.563_344e-12, q.mul_add(-7.549_533_6e-8, a));
    let z = r * r;
    let s = polynomial(z, [-1.951_529_6e-4, 8.332_161e-3, -1.666_665_5e-1]);
    let s = (s * z).mul_add(r, r);
    let c = polynomial(z, [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2]);
    let c = (c * z).mul_add(z, (-0.5_f32).mul_add(z, 1.0));
    let quarter = shifted.to_bits().wrapping_add(quarters);
    let size = if quarter & 1 == 1 { c } else { s };
    f32::from_bits(size.to_bits() ^ ((quarter & 2) << 30))
}

/// Largest angle whose sine has digits left.
const LARGEST_ANGLE: f32 = 1e4;

impl Elementary for f32 {
    #[inline(always)]
    fn exponential(self) -> Self {
        let low = if self < -87.3 { -87.3 } else { self };
        let y = if low > 88.3 { 88.3 } else { low };
        let shifted = y * std::f32::consts::LOG2_E + WHOLE;
        let n = shifted - WHOLE;
        let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, y));
        let p = polynomial(r, [1.987_569_1e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_6e-1, 0.5]);
        ((p * r).mul_add(r, r) + 1.0) * Self::from_bits((shifted.to_bits() << 23).wrapping_add(ONE))
    }

    #[inline(always)]
    fn logarithm(self) -> Self {
        const SQRT_HALF: u32 = 0x3f35_04f3;
        const EXPONENT: u32 = 0xff80_0000;
        let bits = self.to_bits();
        let e = bits.wrapping_sub(SQRT_HALF) & EXPONENT;
        let f = Self::from_bits(bits.wrapping_sub(e)) - 1.0;
        let p = polynomial(
            f,
            [
                8.738_792e-2,
                -1.430_772_4e-1,
                1.491_635_6e-1,
                -1.657_031_3e-1,
                1.996_224e-1,
                -2.500_177_6e-1,
                3.333_394_5e-1,
                -4.999_999e-1,
                1.0,
            ],
        );
        let inside = (e as i32 as Self).mul_add(std::f32::consts::LN_2 / 8_388_608.0, f * p);
        let outside = if self == 0.0 { -1e30 } else { Self::NAN };
        if self > 0.0 { inside } else { outside }
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn sine(self) -> Self {
        let sine = sine_after(self, 0);
        if self.abs() <= LARGEST_ANGLE { sine } else { Self::NAN }
    }

    #[inline(always)]
    fn cosine(self) -> Self {
        let cosine = sine_after(self, 1);
        if self.abs() <= LARGEST_ANGLE { cosine } else { Self::NAN }
    }

    #[inline(always)]
    fn hyperbolic_tangent(self) -> Self {
        let z = self * self;
        let p = polynomial(z, [-5.704_988_7e-3, 2.063_908_8e-2, -5.373_971_5e-2, 1.333_144_2e-1, -3.333_328e-1]);
        let near = (p * z).mul_add(self, self);
        let far = 1.0 - 2.0 / ((2.0 * self.abs()).exponential() + 1.0);
        let far = if self < 0.0 { -far } else { far };
        if self.abs() < 0.625 { near } else { far }
    }

    #[inline(always)]
    fn modulus(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn sign(self) -> Self {
        let sign = if self > 0.0 { 1.0 } else { 0.0 };
        if self < 0.0 { -1.0 } else { sign }
    }

    #[inline(always)]
    fn slope_of_logarithm(self) -> Self {
        if self > 0.0 { 1.0 / self } else { Self::NAN }
    }
}

impl Elementary for f64 {
    #[inline(always)]
    fn exponential(self) -> Self {
        self.exp()
    }

    #[inline(always)]
    fn logarithm(self) -> Self {
        self.ln()
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn sine(self) -> Self {
        self.sin()
    }

    #[inline(always)]
    fn cosine(self) -> Self {
        self.cos()
    }

    #[inline(always)]
    fn hyperbolic_tangent(self) -> Self {
        self.tanh()
    }

    #[inline(always)]
    fn modulus(self) -> Self {
        self.abs()
    }

    #[inline(always)]
    fn sign(self) -> Self {
        let sign = if self > 0.0 { 1.0 } else { 0.0 };
        if self < 0.0 { -1.0 } else { sign }
    }

    #[inline(always)]
    fn slope_of_logarithm(self) -> Self {
        if self > 0.0 { 1.0 / self } else { Self::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evenly spaced numbers of [low, high].
    fn spaced(low: f32, high: f32) -> impl Iterator<Item = f32> {
        const NUMBERS: u32 = 200_000;
        (0..=NUMBERS).map(move |k| low + (high - low) * (k as f32 / NUMBERS as f32))
    }

    fn worst(xs: impl Iterator<Item = f32>, found: fn(f32) -> f32, error: fn(f64, f64) -> f64) -> f64 {
        xs.map(|x| error(f64::from(x), f64::from(found(x)))).fold(0.0, f64::max)
    }

    fn relative(found: f64, exact: f64) -> f64 {
        if exact == found { 0.0 } else { (found / exact - 1.0).abs() }
    }

    #[test]
    fn functions_are_accurate() {
        let powers = || (-126..127).flat_map(|e| spaced(1.0, 2.0).step_by(200).map(move |m| m * 2f32.powi(e)));
        let cases = [
            ("exp", worst(spaced(-87.0, 88.0), f32::exponential, |x, f| relative(f, x.exp())), 2e-7),
            ("log", worst(powers(), f32::logarithm, |x, f| relative(f, x.ln())), 2e-7),
            ("log near 1", worst(spaced(0.9, 1.1), f32::logarithm, |x, f| relative(f, x.ln())), 2e-7),
            ("sin", worst(spaced(-20.0, 20.0), f32::sine, |x, f| (f - x.sin()).abs()), 1e-7),
            ("cos", worst(spaced(-20.0, 20.0), f32::cosine, |x, f| (f - x.cos()).abs()), 1e-7),
            ("sin near 0", worst(spaced(-0.7, 0.7), f32::sine, |x, f| relative(f, x.sin())), 2e-7),
            ("sin of much", worst(spaced(-1e4, 1e4), f32::sine, |x, f| (f - x.sin()).abs()), 1e-7),
            ("cos of much", worst(spaced(-1e4, 1e4), f32::cosine, |x, f| (f - x.cos()).abs()), 1e-7),
            ("tanh", worst(spaced(-12.0, 12.0), f32::hyperbolic_tangent, |x, f| relative(f, x.tanh())), 2e-7),
        ];
        for (name, error, most) in cases {
            assert!(error <= most, "{name}: error {error:e}");
            assert!(error > 0.0, "{name}: an error of 0 is of no number at all");
        }
    }

    #[test]
    fn beyond_their_range_functions_are_large() {
        for x in [89.0, 1e3, f32::MAX, f32::INFINITY] {
            assert!(x.exponential() > 1e38);
            assert_eq!(x.hyperbolic_tangent(), 1.0);
            assert_eq!((-x).hyperbolic_tangent(), -1.0);
            assert!((-x).exponential() < 2e-38);
        }
        assert!(0f32.logarithm() < -1e29);
        let undefined = [
            (-1f32).logarithm(),
            (-1e-30_f32).square_root(),
            (-1f32).slope_of_logarithm(),
            0f32.slope_of_logarithm(),
            1.1e4f32.sine(),
            (-1e20_f32).cosine(),
            f32::NAN.exponential(),
            f32::NAN.logarithm(),
            f32::NAN.slope_of_logarithm(),
            f32::NAN.sine(),
            f32::NAN.hyperbolic_tangent(),
        ];
        assert!(undefined.iter().all(|value| value.is_nan()), "{undefined:?}");
    }
}
