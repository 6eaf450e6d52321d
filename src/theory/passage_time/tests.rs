//! Against numbers by independent programs in f64, and limits.

use super::*;
use crate::experiment::DoubleWell;
use crate::theory::Source;
use crate::theory::predict::predict;
use crate::theory::predict::tests::{setup, value};

fn double_well() -> Profile {
    Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] })
}

/// (x² − 1)²/4 from −1 to 1 and to 0; expected numbers by an independent program in f64.
#[test]
fn passage_between_wells_and_to_the_saddle() {
    let table = [
        (0.025, 102108.365, 51050.7025),
        (0.03, 19485.8180, 9739.57099),
        (0.04, 2483.02545, 1238.40120),
        (0.05, 729.670692, 361.903760),
        (0.0625, 277.054579, 135.782977),
        (0.08, 120.005742, 57.4783036),
        (0.1, 66.2686264, 30.8213025),
        (0.125, 41.0342803, 18.4261585),
        (0.15, 29.5459814, 12.8678935),
        (0.2, 19.0938970, 7.93402154),
        (0.25, 14.2777366, 5.74343707),
    ];
    for (t, to_minimum, to_saddle) in table {
        for (target, expected) in [(1.0, to_minimum), (0.0, to_saddle)] {
            let up = mean_first_passage_time(&double_well(), t, -1.0, target).expect("confined");
            assert!((up / expected - 1.0f64).abs() < 6e-9, "T = {t} to {target}: {up} against {expected}");
            let down = mean_first_passage_time(&double_well(), t, 1.0, -target).expect("confined");
            assert!((down / up - 1.0).abs() < 1e-13, "mirror image {down} of {up}");
        }
    }
}

/// A walker that slides down a harmonic well takes ln(x₀/x₁)/h as T → 0.
#[test]
fn descent_without_noise() {
    let profile = Profile::Quadratic { curvature: 2.0, minimum: 0.0 };
    let time = mean_first_passage_time(&profile, 1e-3, 3.0, 1.0).expect("confined");
    assert!((time - 0.5 * 3f64.ln()).abs() < 1e-3, "{time}");
    assert_eq!(mean_first_passage_time(&profile, 0.1, 1e12, 1.0), None, "too steep to resolve");
    let saddle = Profile::Quadratic { curvature: -1.0, minimum: 0.0 };
    assert_eq!(mean_first_passage_time(&saddle, 0.1, 0.0, 1.0), None);
}

/// Styblinski and Tang's function in one dimension, L = (x⁴ − 16x² + 5x)/2, is a tilted double well.
#[test]
fn passage_between_wells_of_unequal_depth() {
    // (x⁴ − 16x²)/2 = 32((x/√8)² − 1)² − 32.
    let well = DoubleWell { barrier: 32.0, separation: 8f64.sqrt(), tilt: 2.5, floor: 0.0, transverse: vec![] };
    let [global, _, local] = well.critical_points();
    let profile = Profile::DoubleWell(well);
    for (t, to_global, to_local) in
        [(3.0, 1370.492, 138989.8), (4.0, 170.8596, 5308.135), (5.0, 49.48422, 754.0069), (8.0, 7.958670, 41.50711)]
    {
        let down = mean_first_passage_time(&profile, t, local, global).expect("confined");
        let up = mean_first_passage_time(&profile, t, global, local).expect("confined");
        assert!((down / to_global - 1.0f64).abs() < 5e-7, "T = {t}: {down} against {to_global}");
        assert!((up / to_local - 1.0f64).abs() < 5e-7, "T = {t}: {up} against {to_local}");
    }
}

/// τ(−1 → 1) of dx = −L' dt + √(2TL) dW, L = L_0 + (x² − 1)²/4; expected rates by an independent program in f64.
#[test]
fn passage_under_noise_that_grows_with_the_loss() {
    let table = [
        (0.1, 0.5, 2.95435e-3),
        (0.1, 0.25, 1.53043e-4),
        (0.1, 0.1, 4.42412e-7),
        (0.2, 0.5, 2.14240e-2),
        (0.2, 0.25, 4.74022e-3),
        (0.2, 0.1, 2.34264e-4),
        (0.2, 0.05, 1.23409e-5),
        (0.2, 0.02, 1.44256e-7),
        (0.4, 0.25, 2.69168e-2),
        (0.4, 0.1, 5.41129e-3),
        (0.4, 0.05, 1.12396e-3),
        (0.4, 0.02, 1.01473e-4),
    ];
    let well = double_well();
    let drift = |x: f64| -well.slope(x);
    for (t, floor, rate) in table {
        let diffusion = |x: f64| t * (floor + well.value(x));
        let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
        let far = FarSide::Open(-1.0);
        let time = walk.mean_passage_time(-1.0, 1.0, far).expect("confined");
        assert!((time * rate - 1.0f64).abs() < 5e-6, "T = {t}, L_0 = {floor}: 1/{time} against {rate}");
        let back = walk.mean_passage_time(1.0, -1.0, FarSide::Open(1.0)).expect("confined");
        assert!((back / time - 1.0).abs() < 1e-13, "mirror image {back} of {time}");
    }
}

/// T = 0.02 and L_0 = 0.1: κ is of order 10⁻²⁸. ψ = ln L/T in closed form, and a fine even grid.
#[test]
fn rates_of_hardly_any_passages_keep_their_digits() {
    let (t, floor) = (0.02, 0.1);
    let well = double_well();
    let loss = |x: f64| floor + well.value(x);
    let (drift, diffusion) = (|x: f64| -well.slope(x), |x: f64| t * loss(x));
    let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
    let time = walk.mean_passage_time(-1.0, 1.0, FarSide::Open(-1.0)).expect("confined");
    // Trapezoidal rule.
    let (low, cells) = (-2.0, 60_000);
    let h = (1.0 - low) / f64::from(cells);
    let (mut mass, mut direct) = (0.0, 0.0);
    let density = |x: f64| loss(x).powf(-1.0 / t - 1.0) / t;
    for k in 0..cells {
        let (a, b) = (low + h * f64::from(k), low + h * f64::from(k + 1));
        let before = loss(a).powf(1.0 / t) * mass;
        mass += 0.5 * h * (density(a) + density(b));
        if b > -1.0 + 0.5 * h {
            direct += 0.5 * h * (before + loss(b).powf(1.0 / t) * mass);
        }
    }
    assert!(time > 1e26 && (time / direct - 1.0).abs() < 1e-6, "{time} against {direct}");
}

/// |θ| under dθ = −θ dt + √(2ηL) dW, L = ½(1 + |θ|²), η = 0.1, in one and two dimensions: from 0 until L is c times
/// its least; expected times by an independent program in f64.
#[test]
fn passage_of_a_radius() {
    let eta = 0.1;
    let table = [
        (1.2, [4.0761, 1.6613]),
        (1.5, [35.635, 10.593]),
        (1.8, [204.46, 47.386]),
        (2.1, [930.68, 179.92]),
        (2.5, [5337.9, 866.67]),
        (3.0, [33980.0, 4714.2]),
        (4.0, [6.5025e5, 72750.0]),
    ];
    for (c, times) in table {
        for (others, expected) in times.into_iter().enumerate() {
            let diffusion = |r: f64| 0.5 * eta * (1.0 + r * r);
            let drift = |r: f64| -r + others as f64 * diffusion(r) / r;
            let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
            let radius = f64::sqrt(c - 1.0);
            let time = walk.mean_passage_time(1e-7, radius, FarSide::Reflecting(1e-7)).expect("confined");
            assert!((time / expected - 1.0).abs() < 3.5e-5, "c = {c}: {time} against {expected}");
        }
    }
}

#[test]
fn a_well_too_cold_for_the_panels_is_given_up_soon() {
    assert_eq!(mean_first_passage_time(&double_well(), 1e-13, -0.5, 1.0), None);
}

/// Out of a ball in two dimensions, as a prediction of the setups that go to this diffusion.
#[test]
fn passages_out_of_a_ball_are_predicted() {
    for dynamics in [
        "kind = \"sgd\", learning_rate = 0.1",
        "kind = \"langevin\", learning_rate = 0.1, time_step = 0.01",
        "kind = \"log-langevin\", learning_rate = 0.1, time_step = 0.01",
    ] {
        let text = format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0, 1.0], minimum = [2.0, 1.0], floor = 0.5 }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ {dynamics} }}
            ensemble = {{ walkers = 1000, start = [2.0, 1.0], steps = 1000 }}
            measure = {{ first_passage = {{ loss_above = 0.9 }} }}
            "#
        );
        let time = |text: &str| {
            let all = predict(&setup(text));
            value(&all, "mean_first_passage_time", Source::MeanFirstPassageIntegral)
        };
        assert!((time(&text) / 47.386 - 1.0).abs() < 3.5e-5, "{dynamics}: {}", time(&text));
        // In one dimension, where L = ½(1 + r²) at the edge too.
        let line = text.replace("[1.0, 1.0]", "[1.0]").replace("[2.0, 1.0]", "[2.0]");
        assert!((time(&line) / 204.46 - 1.0).abs() < 3.5e-5, "{dynamics}: {}", time(&line));
        let oval = text.replace("[1.0, 1.0]", "[1.0, 2.0]");
        assert!(!predict(&setup(&oval)).contains_key("escape_rate"), "no radius moves by itself");
    }
    // Ornstein and Uhlenbeck's, T = 0.1, from 0 until |x| = 1; expected time by an independent program in f64.
    let thermal = r#"
        landscape = { kind = "quadratic", hessian = [1.0] }
        dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01 }
        ensemble = { walkers = 1000, start = [0.0], steps = 1000 }
        measure = { first_passage = { radius_above = 1.0 } }
    "#;
    let time = value(&predict(&setup(thermal)), "mean_first_passage_time", Source::MeanFirstPassageIntegral);
    assert!((time / 66.228204 - 1.0).abs() < 1e-8, "{time}");
}
