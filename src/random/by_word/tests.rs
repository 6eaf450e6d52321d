//! Moments, distribution functions and single numbers against closed forms.

use super::*;
use crate::random::{Stream, counter, key, philox};

/// A distribution: a name, its number of a word, its distribution function, and E x³ and E x⁴.
struct Law {
    name: &'static str,
    number: fn(u32) -> f32,
    below: fn(f64) -> f64,
    moments: [f64; 2],
}

const CONTINUOUS: [Law; 3] = [
    Law {
        name: "uniform",
        number: symmetric_uniform,
        below: |x| (0.5 + x / 12f64.sqrt()).clamp(0.0, 1.0),
        moments: [0.0, 1.8],
    },
    Law {
        name: "laplace",
        number: laplace,
        below: |x| {
            let half = 0.5 * (-2f64.sqrt() * x.abs()).exp();
            if x < 0.0 { half } else { 1.0 - half }
        },
        moments: [0.0, 6.0],
    },
    Law {
        name: "exponential",
        number: exponential,
        below: |x| if x < -1.0 { 0.0 } else { 1.0 - (-(x + 1.0)).exp() },
        moments: [2.0, 9.0],
    },
];

/// The mean of a function over all words, by equally spaced ones in every octave of the low 31 bits, so
/// that tails are as fine as the rest.
fn mean(of: impl Fn(u32) -> f64) -> f64 {
    let mut sum = 0.0;
    for top in [0, TOP] {
        sum += of(top);
        for octave in 0..31 {
            let spacing = 1_u32 << (octave - 16).max(0);
            let words = ((1_u32 << octave)..(1 << (octave + 1))).step_by(spacing as usize);
            sum += f64::from(spacing) * words.map(|word| of(top + word + spacing / 2)).sum::<f64>();
        }
    }
    sum / 4_294_967_296.0
}

#[test]
fn moments_are_the_closed_forms() {
    let power = |number: fn(u32) -> f32, n: i32| mean(|word| f64::from(number(word)).powi(n));
    let check = |name: &str, number: fn(u32) -> f32, [third, fourth]: [f64; 2]| {
        for (n, expected) in [(1, 0.0), (2, 1.0), (3, third), (4, fourth)] {
            let found = power(number, n);
            // The tails end: a fourth moment loses 3·10⁻⁶ of it.
            assert!((found - expected).abs() < 1e-6 * (1.0 + expected), "{name}: E x^{n} = {found}, not {expected}");
        }
    };
    for Law { name, number, moments, .. } in CONTINUOUS {
        check(name, number, moments);
    }
    check("rademacher", rademacher, [0.0, 1.0]);
    let wrong = power(|word| 1.00001 * laplace(word), 2);
    assert!((wrong - 1.0).abs() > 2e-6, "canary: a scale wrong by 10⁻⁵ passes with a variance of {wrong}");
}

/// The distribution function of the number of a word is the word, as a share of all.
#[test]
fn numbers_are_the_quantiles_of_their_words() {
    for word in (0..=u32::MAX).step_by(99_991).chain([1, 2, 3, TOP - 1, TOP, TOP + 1, u32::MAX]) {
        let ramp = |word: u32| (f64::from(word) + 0.5) / 4_294_967_296.0;
        let above = (CONTINUOUS[2].below)(f64::from(exponential(word)));
        assert!((1.0 - above - ramp(word)).abs() < 2e-7, "exponential({word:#x})");
        let below = (CONTINUOUS[0].below)(f64::from(symmetric_uniform(word)));
        assert!((below - ramp(word ^ TOP)).abs() < 2e-7, "uniform({word:#x})");
        let outside = 2.0 * (CONTINUOUS[1].below)(-f64::from(laplace(word).abs()));
        let bits = (f64::from(word & !TOP) + 0.5) / 2_147_483_648.0;
        assert!((outside - bits).abs() < 4e-7, "laplace({word:#x})");
        assert_eq!(laplace(word).is_sign_negative(), laplace(word ^ TOP).is_sign_positive(), "{word:#x}");
        assert_eq!(rademacher(word), if word < TOP { 1.0 } else { -1.0 }, "{word:#x}");
    }
}

#[test]
fn tails_use_all_bits() {
    assert!((exponential(0) - 21.873).abs() < 1e-3 && exponential(0) > exponential(1));
    assert!((laplace(0) - 15.684).abs() < 1e-3 && laplace(0) > laplace(1));
    assert!((laplace(TOP) + 15.684).abs() < 1e-3 && laplace(TOP) < laplace(TOP + 1));
}

/// A million words of the walk.
fn words() -> Vec<u32> {
    (0..250_000_u32).flat_map(|i| philox::<10>(counter(Stream::Walk, 0, i % 500, u64::from(i / 500)), key(7))).collect()
}

/// √n times the largest distance between the distribution function of the numbers of a million words, each
/// times `scale`, and that of the law.
fn kolmogorov_smirnov(law: &Law, scale: f64) -> f64 {
    let mut sample: Vec<f64> = words().into_iter().map(|word| scale * f64::from((law.number)(word))).collect();
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let distance = |(k, x): (usize, &f64)| {
        let p = (law.below)(*x);
        (p - k as f64 / n).abs().max((p - (k as f64 + 1.0) / n).abs())
    };
    n.sqrt() * sample.iter().enumerate().map(distance).fold(0.0, f64::max)
}

/// Kolmogorov–Smirnov at a false-alarm rate of 10⁻⁶ each (Q(2.69) = 2 exp(−2·2.69²)); the seed is fixed.
#[test]
fn samples_have_their_distribution() {
    const CRITICAL: f64 = 2.69;
    for law in &CONTINUOUS {
        let right = kolmogorov_smirnov(law, 1.0);
        assert!(right < CRITICAL, "{}: a distance of {right}", law.name);
        let wrong = kolmogorov_smirnov(law, 1.02);
        assert!(wrong > CRITICAL, "canary: {} with a scale wrong by 2 % passes with {wrong}", law.name);
    }
}

/// How often a million words give a positive number, |z| < 4.9: a false-alarm rate of 10⁻⁶ each.
#[test]
fn two_values_have_their_probabilities() {
    let z = |positive: &dyn Fn(u32) -> bool, p: f64| {
        let count = words().into_iter().filter(|word| positive(*word)).count() as f64;
        ((count - 1e6 * p) / (1e6 * p * (1.0 - p)).sqrt()).abs()
    };
    let right = z(&|word| rademacher(word) > 0.0, 0.5);
    assert!(right < 4.9, "rademacher: z = {right}");
    for p in [1e-4, 0.2, 0.5, 0.9] {
        let law = TwoPoint::new(p);
        let right = z(&|word| law.number(word) > 0.0, p);
        assert!(right < 4.9, "two-point, {p}: z = {right}");
        let (wrong, p) = (TwoPoint::new(p + 6.0 * (p * (1.0 - p) / 1e6).sqrt() + 4.9e-3), p);
        let wrong = z(&|word| wrong.number(word) > 0.0, p);
        assert!(wrong > 4.9, "canary: a probability wrong by 0.5 % of all passes for {p} with z = {wrong}");
    }
}

/// Mean and variance of the very probabilities that words give; third and fourth moments of the p asked for.
#[test]
fn two_points_have_their_moments() {
    for p in [TwoPoint::LEAST, 1e-6, 0.013, 0.2, 0.5, 0.75, 0.9999, 1.0 - TwoPoint::LEAST] {
        let law = TwoPoint::new(p);
        assert_eq!(f64::from(law.number(law.rare_words - 1)), f64::from(law.rare as f32), "{p}");
        assert_eq!(f64::from(law.number(law.rare_words)), f64::from(law.common as f32), "{p}");
        assert_eq!(law.rare > 0.0, p <= 0.5, "{p}: the positive value has probability p");
        assert_eq!(law.rare_words as f32 as u32, law.rare_words, "{p}: records hold the number of words");
        let q = f64::from(law.rare_words) / 4_294_967_296.0;
        let moment = |n| q * law.rare.powi(n) + (1.0 - q) * law.common.powi(n);
        assert!(moment(1).abs() < 1e-12, "{p}: mean {}", moment(1));
        assert!((moment(2) - 1.0).abs() < 1e-12, "{p}: variance {}", moment(2));
        let skewness = (1.0 - 2.0 * p) / (p * (1.0 - p)).sqrt();
        let kurtosis = 1.0 / (p * (1.0 - p)) - 3.0;
        // One word more or less is a share of 2⁻³²/q, and f32 holds 24 bits of their number.
        let close = 1e-7 + 1.5 * TwoPoint::LEAST / q * f64::from(u8::from(law.rare_words > 1));
        assert!((moment(3) - skewness).abs() < close * (1.0 + skewness.abs()), "{p}: third moment {}", moment(3));
        assert!((moment(4) - kurtosis).abs() < close * (1.0 + kurtosis), "{p}: fourth moment {}", moment(4));
    }
}
