//! Against an independent program, and the time-continuous density where it is known.

use super::super::predict::predict;
use super::super::predict::tests::{setup, value};
use super::*;

const COUPLED: &str = r#"
    landscape = { kind = "formula", loss = "(x^2 - 1)^2/4 + (y - x)^2/2", variables = ["x", "y"] }
    dynamics = { kind = "langevin", temperature = [0.05, 0.2], time_step = 0.1 }
    ensemble = { walkers = 600, start = [1.0, 1.0], burn_in = 20000, steps = 1000 }
    measure = { current = {}, fluctuation_dissipation = { centre = [0.4, -0.2] } }
"#;

/// By tensor products of Chebyshev nodes in an independent program.
#[test]
fn coupled_wells_of_two_temperatures() {
    for (temperatures, squares, rotation) in [
        ("[0.05, 0.2]", [0.88498307, 1.1362324], -0.0097535),
        ("[0.2, 0.05]", [0.79364631, 0.78633828], 0.0108374),
        ("[0.1, 0.1]", [0.85858210, 0.95802518], 0.0),
    ] {
        let all = predict(&setup(&COUPLED.replace("[0.05, 0.2]", temperatures)));
        let exact = |name: &str| value(&all, name, SOURCE);
        for (i, expected) in squares.into_iter().enumerate() {
            let found = exact(&format!("covariance[{i},{i}]"));
            assert!((found - expected).abs() < 5e-6, "{found} against {expected}");
        }
        let found = exact("rotation");
        // At equal temperatures it is the step's alone.
        let tolerance = if rotation == 0.0 { 1e-5 } else { 1e-6 };
        assert!((found - rotation).abs() < tolerance, "{found} against {rotation}");
        assert!((exact("fdr1_ratio") - 1.0).abs() < 1e-6, "{}", exact("fdr1_ratio"));
        let entropy = exact("entropy_production");
        assert!(if rotation == 0.0 { entropy < 0.01 } else { entropy > 0.5 }, "{entropy} at {temperatures}");
    }
}

/// Φ = (x² − 1)²/4 + y²/2 with the current j = λ e^Φ J, J = e^(−(x² + y²)²/4) (−y, x), at T = 1 (Chaudhari & Soatto, ICLR
/// 2018, example 19): ⟨x dy − y dx⟩/dt = 2πλ/Z with Z = 7.6234684447, entropy .6813816 λ², and the flux
/// λ√π/(2Z) through the half-axis, as the step goes to zero.
#[test]
fn a_current_around_a_saddle() {
    let at = |step: f64| {
        let all = predict(&setup(&format!(
            r#"
            landscape = {{ kind = "force", variables = ["x", "y"], parameters = {{ lambda = 1.5 }}, force = [
                "x - x^3 - lambda*y*exp((x^2 - 1)^2/4 + y^2/2 - (x^2 + y^2)^2/4)",
                "-y + lambda*x*exp((x^2 - 1)^2/4 + y^2/2 - (x^2 + y^2)^2/4)"] }}
            dynamics = {{ kind = "langevin", temperature = 1.0, time_step = {step} }}
            ensemble = {{ walkers = 600, start = [1.0, 0.0], burn_in = 10000, steps = 1000 }}
            measure = {{ current = {{}} }}
            "#
        )));
        let flux = value(&all, "flux", Source::FokkerPlanck);
        assert!((flux / (1.5 * 0.1162498319) - 1.0).abs() < 1e-3, "{flux}");
        ["circulation", "entropy_production", "covariance[0,0]"].map(|name| value(&all, name, SOURCE))
    };
    let limits = [1.5 * 0.8241898491, 0.6813816 * 2.25, 1.0417972965];
    let [wide, narrow] = [0.01, 0.005].map(at);
    for ((wide, narrow), limit) in wide.into_iter().zip(narrow).zip(limits) {
        assert!(((2.0 * narrow - wide) / limit - 1.0).abs() < 1e-3, "{wide}, {narrow} to {limit}");
    }
}

/// dz = −A z dt + √(2T) dW with A = [[1, w], [−w, 1]], as a force: z = x + iy goes on by a = 1 − (1 − iw)Δt, so that
/// E[z z̄'] = E|z|² ā^k, V = 2TΔt/(1 − |a|²), and updates turn by wVΔt twice.
#[test]
fn a_linear_force_that_turns() {
    let (w, step, t) = (1.5f64, 0.02f64, 0.1f64);
    let all = predict(&setup(
        r#"
        landscape = { kind = "force", force = ["-x - w*y", "w*x - y"], variables = ["x", "y"], parameters = { w = 1.5 } }
        dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.02 }
        ensemble = { walkers = 1000, burn_in = 2000, steps = 200, start = [0.0, 0.0] }
        measure = { current = {}, correlation = { lags = { to = 40 } }, fluctuation_dissipation = {} }
        "#,
    ));
    let exact = |name: &str| value(&all, name, SOURCE);
    let (re, im) = (1.0 - step, w * step);
    let size = re.hypot(im);
    let v = 2.0 * t * step / (1.0 - size * size);
    assert!((exact("covariance[0,0]") / v - 1.0).abs() < 1e-8 && exact("covariance[0,1]").abs() < 1e-9);
    assert!((exact("rotation") - 2.0 * im * v).abs() < 1e-9, "{}", exact("rotation"));
    let flux = value(&all, "flux", Source::FokkerPlanck);
    assert!((flux * std::f64::consts::TAU / w - 1.0).abs() < 1e-3, "{flux}");
    for k in [1, 7, 40] {
        let (sin, cos) = (im.atan2(re) * f64::from(k)).sin_cos();
        let fall = size.powi(k);
        for (pair, expected) in [("0,0", fall * cos), ("0,1", fall * sin), ("1,0", -fall * sin)] {
            let found = exact(&format!("correlation[{pair},{k}]"));
            assert!((found - expected).abs() < 1e-8, "r_{k} of {pair}: {found} against {expected}");
        }
    }
    assert!(exact("increment_spectrum[0,40]") > 0.0 && (exact("fdr1_ratio") - 1.0).abs() < 1e-8);
    // By the linear rule's own formula.
    let map = nalgebra::DMatrix::from_row_slice(2, 2, &[re, -im, im, re]);
    let identity = nalgebra::DMatrix::identity(2, 2);
    let mut square = nalgebra::DMatrix::zeros(4, 4);
    for (place, block) in
        [((0, 0), identity.clone()), ((2, 2), identity.clone()), ((2, 0), map.clone()), ((0, 2), map.transpose())]
    {
        square.view_mut(place, (2, 2)).copy_from(&(block * v));
    }
    let produced = crate::theory::entropy_production(&map, &(identity * (2.0 * t * step)), &square).expect("regular");
    assert!((exact("entropy_production") - produced / step).abs() < 1e-7, "{}", exact("entropy_production"));
}

/// A loss whose second relation is that of one coordinate twice over, in coordinates turned by 45°.
#[test]
fn relations_of_two_wells_turned() {
    let text = r#"
        landscape = { kind = "formula", variables = ["x", "y"], loss = "((x + y)^2/2 - 1)^2/4 + (x - y)^2/2" }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 600, start = [0.7, 0.7], burn_in = 1_000_000, steps = 1000 }
        measure = { fluctuation_dissipation = { centre = [0.3, 0.0] }, correlation = { lags = [1, 30] } }
    "#;
    let all = predict(&setup(text));
    let exact = |name: &str| value(&all, name, SOURCE);
    // ⟨L'²⟩ along the wells, by an independent program; across V = η/(2·2(1 − η)) where h = 2.
    let across = 0.1 / (2.0 * (2.0 - 0.2));
    let square = 0.1018622568 + 4.0 * across;
    assert!((exact("fdr2_left") / square - 1.0).abs() < 1e-5, "{} against {square}", exact("fdr2_left"));
    let side = 0.0550931128 + 2.0 * across;
    assert!((exact("fdr1_left") / side - 1.0).abs() < 1e-5 && (exact("fdr1_ratio") - 1.0).abs() < 1e-6);
    assert!((exact("fdr2_ratio") - 1.0).abs() < 0.05 && exact("fdr2_ratio") != 1.0);
    assert!((exact("correlation[0,1,30]") - exact("correlation[1,0,30]")).abs() < 1e-6, "both coordinates are alike");
    assert!(exact("correlation[loss,loss,1]") > exact("correlation[loss,loss,30]"));
}
