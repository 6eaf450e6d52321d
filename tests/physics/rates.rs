//! How fast walkers go over barriers and leave domains.

use crate::agreement::{measure, parse, worst_z, z};
use kramers::engine::cpu::CpuEngine;

fn well(temperature: f64, time_step: f64, walkers: u64, steps: u64, points: u64) -> String {
    format!(
        r#"
seed = 18
landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
dynamics = {{ kind = "langevin", temperature = {temperature}, time_step = {time_step} }}
ensemble = {{ walkers = {walkers}, steps = {steps}, start = [-1.0] }}
measure = {{ every = {steps}, time_series = {{ points = {points} }} }}
"#
    )
}

/// P(x > 0) of the double well at T = 0.1, Δt = 0.1 after 100 and 300 steps from −1, from the exact
/// transition kernel of an independent program. |z| < 4: false-alarm rate 1.3·10⁻⁴ for a fresh seed.
#[test]
fn well_populations_of_the_double_well() {
    let mut engine = CpuEngine::new().expect("threads");
    for (steps, exact) in [(100, 0.13426534), (300, 0.31776135)] {
        let found = &measure(&mut engine, &well(0.1, 0.1, 1_000_000, steps, 1))["well_occupation[right]"];
        assert!(z(found, exact) < 4.0, "{found:?} after {steps} steps, exact {exact}");
        let error = found.std_error.expect("many blocks");
        assert!(error < 6e-4, "a standard error of {error} shows little");
        assert!(z(found, exact + 5e-3) > 4.0, "canary: a value off by 0.005 passes");
    }
}

/// −ln of the chain's second eigenvalue per unit time at Δt = 0.1, from the exact transition kernel of
/// an independent program.
#[test]
fn relaxation_rate_of_the_double_well() {
    let mut engine = CpuEngine::new().expect("threads");
    for (temperature, steps, exact) in [(0.05, 12_000, 2.87587259e-3), (0.1, 1_200, 3.48295498e-2)] {
        let found = &measure(&mut engine, &well(temperature, 0.1, 262_144, steps, 60))["relaxation_rate"];
        assert!(z(found, exact) < 4.0, "{found:?} at T = {temperature}, exact {exact}");
        let error = found.std_error.expect("many blocks");
        assert!(error < 0.01 * exact, "a standard error of {error} shows little");
        assert!(z(found, 1.05 * exact) > 4.0, "canary: a rate wrong by 5 % passes");
    }
}

fn passage(landscape: &str, rest: &str, start: &str, condition: &str, after: &str) -> String {
    format!(
        r#"
seed = 66
landscape = {{ {landscape} }}
dynamics = {{ {rest} }}
ensemble = {{ walkers = 16384, {start} }}
measure = {{ first_passage = {{ {condition}, after = "{after}" }} }}
"#
    )
}

/// Escape rates against the exact transition kernel, under every `after` and every condition.
#[test]
fn escape_rates_agree_with_the_exact_kernel() {
    const WELL: &str = r#"kind = "double-well", barrier = 0.25, separation = 1.0"#;
    const OSCILLATOR: &str = r#"kind = "quadratic", hessian = [1.0], floor = 3.0"#;
    const HOT: &str = r#"kind = "langevin", temperature = 0.15, time_step = 0.05"#;
    const FROM_LEFT: &str = "burn_in = 400, steps = 2000, start = [-1.0]";
    const FROM_CENTRE: &str = "burn_in = 200, steps = 2000, start = [0.0]";
    let cases = [
        (WELL, FROM_LEFT, "axis = 0, above = 0.0", "restart"),
        (WELL, FROM_LEFT, "axis = 0, above = 1.0", "restart"),
        (WELL, FROM_LEFT, "axis = 0, above = 1.0", "absorb"),
        (WELL, FROM_LEFT, "axis = 0, below = -1.5", "continue"),
        (WELL, FROM_LEFT, "loss_above = 0.26", "absorb"),
        (OSCILLATOR, FROM_CENTRE, "axis = 0, above = 1.0", "restart"),
        (OSCILLATOR, FROM_CENTRE, "loss_above = 3.5", "restart"),
        (OSCILLATOR, FROM_CENTRE, "radius_above = 1.0", "continue"),
    ];
    let mut engine = CpuEngine::new().expect("threads");
    for (landscape, run, condition, after) in cases {
        let text = passage(landscape, HOT, run, condition, after);
        let (checked, worst, which) = worst_z(&measure(&mut engine, &text), &text);
        assert!(checked >= 2, "{condition}, {after}: only {checked} exact predictions");
        assert!(worst < 4.0, "{condition}, {after}: z = {worst:.2}, {which}");
        let hotter = text.replace("temperature = 0.15", "temperature = 0.16");
        let (_, worst, _) = worst_z(&measure(&mut engine, &hotter), &text);
        assert!(worst > 4.0, "canary: {condition}, {after}: a temperature wrong by 7 % passes with z = {worst:.2}");
    }
}

/// Mean first-passage time of the discrete oscillator (h = 1, T = 0.1) from 0 out of (−1, 1), from an
/// independent program's Nyström solution.
#[test]
fn first_passage_time_of_the_oscillator() {
    let mut engine = CpuEngine::new().expect("threads");
    for (time_step, steps, exact) in [(0.1, 20_000, 107.28991), (0.02, 90_000, 87.495294)] {
        let rule = format!(r#"kind = "langevin", temperature = 0.1, time_step = {time_step}"#);
        let run = format!("steps = {steps}, start = [0.0]");
        let text = passage(r#"kind = "quadratic", hessian = [1.0]"#, &rule, &run, "radius_above = 1.0", "absorb");
        let found = &measure(&mut engine, &text)["mean_first_passage_time"];
        assert!(z(found, exact) < 4.0, "{found:?} at Δt = {time_step}, exact {exact}");
        assert!(z(found, 66.228204) > 4.0, "canary: the diffusion's value passes at Δt = {time_step}");
    }
}

/// A double well whose noise grows with the loss, T = 0.2 in ln L, floor 1/4: as an equation in the time t, and in
/// the time τ with dτ = L dt, where states and passages count by t.
fn noise_by_loss(equation: &str, time_step: f64) -> String {
    format!(
        r#"
seed = 5
landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, floor = 0.25 }}
noise = {{ kind = "loss-hessian" }}
dynamics = {{ kind = "{equation}", learning_rate = 0.1, time_step = {time_step} }}
ensemble = {{ walkers = 20_000, steps = 20_000, burn_in = 2000, start = [-1.0] }}
measure = {{ every = 20, first_passage = {{ above = 1.0 }} }}
"#
    )
}

/// 1/τ from −1 to 1 is 4.74022·10⁻³ for the diffusion, by quadrature (an independent program); steps of 0.004 at the
/// minimum add less than 1 %, allowed for. Averages over states in t agree between the two. |z| < 4 for four numbers: a
/// false alarm of 3·10⁻⁴ for a fresh seed.
#[test]
fn rates_and_averages_in_a_changed_time() {
    let mut engine = CpuEngine::new().expect("threads");
    let plain = measure(&mut engine, &noise_by_loss("langevin", 0.004));
    let changed = measure(&mut engine, &noise_by_loss("log-langevin", 0.001));
    for found in [&plain, &changed] {
        let rate = &found["escape_rate"];
        let (value, error) = (rate.value.expect("passages"), rate.std_error.expect("many blocks"));
        let off = |exact: f64| (value - exact).abs() - 0.01 * exact;
        assert!(off(4.74022e-3) < 4.0 * error, "{rate:?}");
        assert!(off(4.74022e-3 * 1.1) > 4.0 * error, "canary: a rate off by 10 % passes: {rate:?}");
    }
    for name in ["loss", "covariance[0,0]"] {
        let (a, b) = (&plain[name], &changed[name]);
        let (value, error) = (a.value.expect("a value"), a.std_error.expect("an error"));
        let error = error.hypot(b.std_error.expect("an error"));
        assert!((value - b.value.expect("a value")).abs() < 4.0 * error + 0.005 * value, "{name}: {a:?} and {b:?}");
    }
}

/// Slopes d ln κ/d ln c of SGD at η = 0.1 out of a double well whose noise grows with the loss, T = 0.2, c = 1 +
/// 1/(4 L_0): rates −1 → 1 at the finite step for L_0 = 1/2, 1/4 and 1/10 are 2.1720394·10⁻², 4.8087451·10⁻³ and
/// 2.2811118·10⁻⁴ by an independent program's Nyström solution. They tend to −5.5. |z| < 4 for two numbers: a false alarm
/// of 1.3·10⁻⁴ for a fresh seed.
#[test]
fn slopes_of_a_power_law() {
    let text = r#"
        seed = 3
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        noise = { kind = "loss-hessian" }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 16384, steps = 8000, burn_in = 500, start = [-1.0] }
        measure = { every = 8000, first_passage = { above = 1.0 } }
        sweep = { "landscape.floor" = [0.5, 0.25, 0.1] }
    "#;
    let mut engine = CpuEngine::new().expect("threads");
    let document = kramers::run(&parse(text), &mut engine, &|_| {}).expect("runs").document;
    let [fit] = &document.fits[..] else { panic!("{:?}", document.fits) };
    assert_eq!((fit.name.as_str(), fit.over.as_str()), ("power_law_exponent", "landscape.floor"));
    let rates = [2.1720394e-2, 4.8087451e-3, 2.2811118e-4_f64];
    let slope = |k: usize, ratio: f64| (rates[k + 1] / rates[k]).ln() / ratio.ln();
    let exact = [slope(0, 2.0 / 1.5), slope(1, 3.5 / 2.0)];
    for (local, (exact, other)) in fit.local_slopes.iter().zip([(exact[0], -5.5), (exact[1], exact[0])]) {
        let (value, error) = (local.value.expect("a slope"), local.std_error.expect("an error"));
        assert!((value - exact).abs() < 4.0 * error, "{local:?}, exact {exact}");
        assert!((value - other).abs() > 4.0 * error, "canary: {local:?} passes for {other}");
    }
    let (value, error) = (fit.value.expect("a slope"), fit.std_error.expect("an error"));
    assert!(fit.local_slopes.len() == 2 && (-5.5..-5.24).contains(&value) && error < 0.05, "{fit:?}");
}
