//! Derivatives against finite differences, and random expressions against their text.

use super::{formula, surface};
use proptest::prelude::*;

/// Random expressions of x and y that are smooth and of moderate size where |x|, |y| ≤ 1.
pub fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("y".to_owned()),
        (-30_i32..30).prop_map(|n| format!("({:?})", f64::from(n) / 8.0)),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} - {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}*{b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}/(1 + ({b})^2)")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (inner.clone(), 0..4).prop_map(|(a, n)| format!("({a})^{n}")),
            (inner.clone(), -3..0).prop_map(|(a, n)| format!("(2 + ({a})^2)^{n}")),
            inner.clone().prop_map(|a| format!("(1 + abs({a}))^1.5")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(1 + ({a})^2)^sin({b})")),
            inner.clone().prop_map(|a| format!("exp(tanh({a}))")),
            inner.clone().prop_map(|a| format!("log(1 + ({a})^2)")),
            inner.clone().prop_map(|a| format!("sqrt(1 + ({a})^2)")),
            inner.clone().prop_map(|a| format!("sin({a})")),
            inner.clone().prop_map(|a| format!("cos({a})")),
            inner.prop_map(|a| format!("tanh({a})")),
        ]
    })
}

/// Coordinates where central differences are good: not too near to a kink of |u| by chance.
fn point() -> impl Strategy<Value = [f64; 2]> {
    [-1.0..1.0, -1.0..1.0]
}

/// Central differences with steps h and h/2, and how far they may be from the derivative: three times
/// their difference, for the h² left out, and rounding. None across a kink, where they differ by more.
fn difference(f: impl Fn(f64) -> f64, size: f64) -> Option<(f64, f64)> {
    let h = 1e-4;
    let central = |h: f64| (f(h) - f(-h)) / (2.0 * h);
    let (coarse, fine) = (central(h), central(h / 2.0));
    let rounding = 1e-11 * (1.0 + size.abs()) / h;
    let error = (coarse - fine).abs();
    (error <= 1e-3 * (1.0 + coarse.abs())).then_some((fine, 3.0 * error + rounding))
}

fn moved([x, y]: [f64; 2], axis: usize, by: f64) -> [f64; 2] {
    if axis == 0 { [x + by, y] } else { [x, y + by] }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn derivatives_are_limits_of_differences(text in expressions(), at in point()) {
        let surface = surface(&text);
        let (gradient, hessian) = (surface.gradient(&at), surface.hessian(&at));
        let size = surface.loss(&at);
        prop_assume!(size.abs() < 1e6);
        for i in 0..2 {
            if let Some((slope, error)) = difference(|h| surface.loss(&moved(at, i, h)), size) {
                prop_assert!((gradient[i] - slope).abs() <= error, "∂{i} is {} for {slope}: {text}", gradient[i]);
            }
            for j in 0..2 {
                let along = |h| surface.gradient(&moved(at, j, h))[i];
                if let Some((slope, error)) = difference(along, gradient[i]) {
                    let found = hessian[2 * i + j];
                    prop_assert!((found - slope).abs() <= error, "∂{i}∂{j} is {found} for {slope}: {text}");
                }
            }
        }
    }

    #[test]
    fn text_reads_back_as_the_same_function(text in expressions(), at in point()) {
        let written = formula(&text, &["x", "y"], &[]).text().unwrap_or_default();
        let (first, again) = (surface(&text).loss(&at), surface(&written).loss(&at));
        let close = (first - again).abs() <= 1e-9 * (1.0 + first.abs());
        prop_assert!(close || !first.is_finite(), "{first} for {text}, {again} for {written}");
    }
}

/// A gradient wrong by a thousandth would be seen.
#[test]
fn differences_tell_a_wrong_gradient() {
    let surface = surface("exp(x)*y^2 + sin(x*y)");
    let at = [0.3, 0.7];
    let (slope, error) = difference(|h| surface.loss(&moved(at, 0, h)), surface.loss(&at)).expect("smooth");
    assert!((1.001 * surface.gradient(&at)[0] - slope).abs() > error, "{error}");
}

#[test]
fn a_modulus_has_no_slope_at_its_kink() {
    let surface = surface("abs(x) + 2*abs(y)");
    assert_eq!(surface.gradient(&[0.0, -0.1]), [0.0, -2.0]);
    assert_eq!(surface.hessian(&[0.0, -0.1]), [0.0; 4]);
}
