//! Passages between two steps: a walk that is killed at a threshold by Brownian bridges.

use crate::agreement::{measure, z};
use kramers::engine::cpu::CpuEngine;
use nalgebra::{DMatrix, DVector};

const THRESHOLD: f64 = 1.0;
const TEMPERATURE: f64 = 0.1;

/// Mean first-passage time of x' = x − Δt x + √(2TΔt) ξ from 0 to above 1, in units of time, as half sums over a
/// uniform grid: m(x) = Δt + ∫ p(x → y) (1 − e^(−2(1−x)(1−y)/s²)) m(y) dy below the threshold. Without the bridge
/// (`bridged` false) the factor is 1.
fn exact(time_step: f64, bridged: bool) -> f64 {
    let deviation = (2.0 * TEMPERATURE * time_step).sqrt();
    let spacing = deviation / 6.0;
    let nodes: Vec<f64> = (0..).map(|k| THRESHOLD - (k as f64 + 0.5) * spacing).take_while(|x| *x > -2.2).collect();
    let row = |x: f64| {
        let density = move |y: f64| {
            let u = (y - (1.0 - time_step) * x) / deviation;
            let missed = 1.0 - (-2.0 * (THRESHOLD - x) * (THRESHOLD - y) / (deviation * deviation)).exp();
            (-0.5 * u * u).exp() / ((2.0 * std::f64::consts::PI).sqrt() * deviation)
                * if bridged { missed } else { 1.0 }
        };
        nodes.iter().map(move |y| density(*y) * spacing)
    };
    let n = nodes.len();
    let kernel = DMatrix::from_row_iterator(n, n, nodes.iter().flat_map(|x| row(*x)));
    let ones = DVector::from_element(n, 1.0);
    let steps = (DMatrix::identity(n, n) - kernel).lu().solve(&ones).expect("walkers leave");
    (1.0 + row(0.0).zip(&steps).map(|(p, m)| p * m).sum::<f64>()) * time_step
}

fn experiment(time_step: f64, crossing: &str) -> String {
    let steps = 30.0 / time_step;
    format!(
        r#"
seed = 21
landscape = {{ kind = "quadratic", hessian = [1.0] }}
dynamics = {{ kind = "langevin", temperature = {TEMPERATURE}, time_step = {time_step} }}
ensemble = {{ walkers = 65536, burn_in = {}, steps = {steps}, start = [0.0] }}
measure.first_passage = {{ above = {THRESHOLD}, crossing = "{crossing}" }}
"#,
        5.0 / time_step
    )
}

/// The Ornstein–Uhlenbeck process takes 134.287 to 1, at h = 1 and T = 0.1 (the mean first-passage integral). Looked at
/// once a step it takes 176.824 at Δt = 0.02 (the transition kernel); with bridges what is left is the bias of Euler and
/// Maruyama's law, of the order of Δt: twice the time at Δt = 0.01 less that at 0.02 is nearly the process's.
#[test]
fn bridges_take_the_square_root_of_the_step_away() {
    assert!((exact(0.02, false) / 176.824 - 1.0).abs() < 2e-3, "{}", exact(0.02, false));
    let (coarse, fine) = (exact(0.02, true), exact(0.01, true));
    assert!((coarse / 134.287 - 1.0).abs() < 0.06, "{coarse}");
    assert!(((2.0 * fine - coarse) / 134.287 - 1.0).abs() < 4e-3, "{coarse} and {fine}");
}

/// Walks against the sums. |z| < 4: false-alarm rate 6·10⁻⁵ a fresh seed. Canaries: walks without bridges, and the
/// process's own time.
#[test]
fn walks_pass_between_steps_as_often_as_bridges_do() {
    let mut engine = CpuEngine::new().expect("threads");
    for time_step in [0.05, 0.02] {
        let time = |crossing| measure(&mut CpuEngine::new().expect("threads"), &experiment(time_step, crossing));
        let bridged = &time("bridge")["mean_first_passage_time"];
        assert!(z(bridged, exact(time_step, true)).abs() < 4.0, "{bridged:?}, not {}", exact(time_step, true));
        let discrete = &time("discrete")["mean_first_passage_time"];
        assert!(z(discrete, exact(time_step, true)).abs() > 4.0, "canary: {discrete:?} without bridges");
    }
    let bridged = &measure(&mut engine, &experiment(0.05, "bridge"))["mean_first_passage_time"];
    assert!(z(bridged, 134.287).abs() > 4.0, "canary: {bridged:?} without the bias of the step");
}
