//! Records and kernels of rules and noises, against what their equations say.

use super::*;
use crate::experiment::{
    Adam, Dynamics, LogLangevin, LossHessian, Momentum, Noise, PerCoordinate, Random, Setup, Underdamped,
};
use nalgebra::DMatrix;

const RATE: PerCoordinate = PerCoordinate::One(0.1);

/// A setup of one walker at the origin of two dimensions.
fn setup(landscape: &str, noise: &str, dynamics: &str) -> Setup {
    let noise = if noise.is_empty() { String::new() } else { format!("noise = {{ {noise} }}") };
    let text = format!(
        "landscape = {{ {landscape} }}\n{noise}\ndynamics = {{ {dynamics} }}
         ensemble = {{ walkers = 1, steps = 10, start = [0.0, 0.0] }}"
    );
    let experiment = Experiment::parse("test", "test.toml", &text, &[]).unwrap_or_else(|e| panic!("{e}"));
    experiment.cells[0].setup.clone()
}

fn kernel(setup: &Setup) -> Kernel {
    Kernel::new(setup, Random::default(), None)
}

const FULL: &str = r#"kind = "quadratic", hessian = [[2.0, 0.5], [0.5, 1.0]], minimum = [1.0, 2.0], floor = 3.0"#;
const SGD: &str = r#"kind = "sgd", learning_rate = 0.1, batch_size = 4"#;
const DRIVEN: &str = r#"kind = "langevin", learning_rate = 0.3, batch_size = 2, time_step = 0.05"#;

fn close(found: &[f64], expected: &[f64]) {
    let near = found.len() == expected.len()
        && found.iter().zip(expected).all(|(f, e)| (f - e).abs() <= 1e-14 * e.abs().max(1e-3));
    assert!(near, "{found:?}, not {expected:?}");
}

/// F Fᵀ of the rows of F.
fn square(rows: &[f64]) -> DMatrix<f64> {
    let factor = DMatrix::from_row_slice(2, 2, rows);
    &factor * factor.transpose()
}

/// Noise that drives a Langevin equation adds ηC Δt/B to the position in a step, whatever stage runs it.
#[test]
fn driven_equations_add_the_noise_of_their_equation() {
    let unit: f64 = 0.3 * 0.05 / 2.0;
    let alone = setup(FULL, r#"kind = "gaussian", covariance = [2.0, 3.0]"#, DRIVEN);
    assert_eq!((kernel(&alone).dynamics, kernel(&alone).noise), (DynamicsStage::Langevin, NoiseStage::None));
    assert!(!kernel(&alone).stochastic_gradient);
    close(&Record::new(&alone).dynamics, &[0.05, (2.0 * unit).sqrt(), (3.0 * unit).sqrt()]);

    let mixed = setup(FULL, r#"kind = "gaussian", covariance = [[2.0, 1.0], [1.0, 3.0]]"#, DRIVEN);
    assert_eq!((kernel(&mixed).dynamics, kernel(&mixed).noise), (DynamicsStage::Sgd, NoiseStage::GaussianFull));
    assert!(!kernel(&mixed).stochastic_gradient, "a differential equation has no ĝ");
    let record = Record::new(&mixed);
    close(&record.dynamics, &[0.05, 0.05]);
    let moved = square(&record.noise) * (0.05 * 0.05);
    close(moved.as_slice(), &[2.0 * unit, 1.0 * unit, 1.0 * unit, 3.0 * unit]);

    let mut by_loss = mixed;
    by_loss.noise = Some(Noise::LossHessian(LossHessian { distribution: Default::default() }));
    assert_eq!((kernel(&by_loss).dynamics, kernel(&by_loss).noise), (DynamicsStage::Sgd, NoiseStage::LossHessianFull));
    let record = Record::new(&by_loss);
    let moved = square(&record.noise) * (0.05 * 0.05);
    close(moved.as_slice(), &[4.0 * unit, 1.0 * unit, 1.0 * unit, 2.0 * unit]);
    assert_eq!(record.floor, 3.0);
}

#[test]
fn label_noise_has_the_covariance_of_the_features() {
    let samples = r#"kind = "least-squares", synthetic = { samples = 50, features = 2, label_noise = 1.0, seed = 5 }"#;
    let setup = setup(samples, r#"kind = "label", variance = 2.0"#, SGD);
    assert!(kernel(&setup).stochastic_gradient && kernel(&setup).noise == NoiseStage::GaussianFull);
    let moments = setup.landscape.samples().expect("samples").second_moments().features;
    close(square(&Record::new(&setup).noise).as_slice(), (moments * (2.0 / 4.0)).as_slice());
}

#[test]
fn loss_hessian_noise_has_twice_the_hessian() {
    let diagonal = r#"kind = "quadratic", hessian = [2.0, 8.0], floor = 0.5"#;
    let mut setup = setup(diagonal, r#"kind = "gaussian", covariance = 1.0"#, SGD);
    setup.noise = Some(Noise::LossHessian(LossHessian { distribution: Default::default() }));
    assert_eq!(kernel(&setup).noise, NoiseStage::LossHessianDiagonal);
    close(&Record::new(&setup).noise, &[1.0, 2.0]);
    assert_eq!(Record::new(&setup).floor, 0.5);
    setup.dynamics = Dynamics::LogLangevin(LogLangevin {
        temperature: None,
        learning_rate: Some(0.5),
        batch_size: Some(4),
        time_step: 0.25,
        distribution: None,
    });
    assert_eq!(kernel(&setup).dynamics, DynamicsStage::LogLangevin { full: false });
    assert_eq!((kernel(&setup).noise, kernel(&setup).numbers_per_step()), (NoiseStage::None, 2));
    close(&Record::new(&setup).dynamics, &[0.25, 0.125f64.sqrt(), 0.5f64.sqrt()]);
}

#[test]
fn rules_with_memory_have_their_numbers() {
    let mut setup = setup(FULL, r#"kind = "gaussian", covariance = 1.0"#, SGD);
    setup.dynamics = Dynamics::Momentum(Momentum {
        learning_rate: RATE,
        batch_size: 1,
        momentum_steps: Some(10.0),
        momentum: None,
        schedule: Schedule::Power { offset: 1.0, exponent: 2.0 },
    });
    close(&Record::new(&setup).dynamics, &[0.1, 0.1, 0.9]);
    assert!(kernel(&setup).scheduled && kernel(&setup).stochastic_gradient);
    assert_eq!((kernel(&setup).memory(), kernel(&setup).numbers_per_step()), (2, 2));
    assert_eq!((setup.time_per_step(), setup.temperature()), (None, None));
    assert!((setup.time_after(2).expect("one time") - (1.0 + 0.25)).abs() < 1e-15);
    let Dynamics::Momentum(rule) = &mut setup.dynamics else { unreachable!("just set") };
    rule.schedule = Schedule::default();
    // η' = ηN_g is both the time of a step and what noise heats with: T = η's²/2.
    close(&[setup.time_per_step().expect("constant"), setup.temperature().expect("one")], &[1.0, 0.5]);

    setup.dynamics = Dynamics::Adam(Adam {
        learning_rate: RATE,
        batch_size: 1,
        momentum_steps: None,
        momentum: Some(0.75),
        second_moment_steps: 50.0,
        epsilon: 1e-3,
        schedule: Schedule::default(),
    });
    close(&Record::new(&setup).dynamics, &[0.1, 0.1, 4.0, 50.0, 1e-3]);
    assert_eq!((kernel(&setup).memory(), setup.temperature()), (4, None));

    setup.noise = None;
    setup.dynamics = Dynamics::Underdamped(Underdamped {
        temperature: PerCoordinate::Each(vec![1.0, 4.0]),
        friction: 2.0,
        time_step: 0.1,
        scheme: Default::default(),
    });
    let c = (-0.2f64).exp();
    let fresh = (1.0 - c * c).sqrt();
    close(&Record::new(&setup).dynamics, &[0.05, c, fresh, 2.0 * fresh]);
    assert_eq!((kernel(&setup).memory(), kernel(&setup).numbers_per_step()), (2, 2));
}

#[test]
fn batches_carry_their_samples() {
    let terms = r#"kind = "finite-sum", gradients = [[1.0, 2.0], [3.0, 4.0]],
                   hessians = [[[5.0, 6.0], [6.0, 7.0]], [[8.0, 9.0], [9.0, 10.0]]]"#;
    let setup = setup(terms, r#"kind = "minibatch""#, SGD);
    let expected = [1.0, 2.0, 5.0, 6.0, 6.0, 7.0, 3.0, 4.0, 8.0, 9.0, 9.0, 10.0];
    assert_eq!(*samples::samples(&setup).expect("samples"), expected);
    let NoiseStage::Minibatch { terms, batch_size, samples, .. } = kernel(&setup).noise else {
        panic!("{:?}", kernel(&setup).noise)
    };
    assert_eq!((terms, batch_size, samples), (SampleTerms::Quadratic, 4, 2));
    assert!(kernel(&setup).stochastic_gradient && kernel(&setup).numbers_per_step() == 0);
}

/// Cells share a kernel where they share their samples, and only there.
#[test]
fn plans_have_every_set_of_samples_once() {
    let text = r#"
        landscape = { kind = "finite-sum", gradients = [[1.0], [-1.0]], hessians = [[[1.0]], [[2.0]]] }
        noise = { kind = "minibatch" }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 1, steps = 10, start = [0.0] }
        [sweep]
        "landscape.gradients" = [[[1.0], [-1.0]], [[2.0], [-2.0]]]
        "dynamics.learning_rate" = [0.1, 0.2]
    "#;
    let plan = Plan::new(&Experiment::parse("test", "test.toml", text, &[]).unwrap_or_else(|e| panic!("{e}")));
    assert_eq!(
        plan.samples.iter().map(|samples| samples.to_vec()).collect::<Vec<_>>(),
        [vec![1.0, 1.0, -1.0, 2.0], vec![2.0, 1.0, -2.0, 2.0]]
    );
    let of_cells: Vec<_> = (0..4).map(|cell| plan.kernel(cell).samples).collect();
    assert_eq!((plan.kernels.len(), of_cells), (2, vec![Some(0), Some(0), Some(1), Some(1)]));
}

/// Rmsprop with squares of single examples draws the noise of every example, of a batch of one.
#[test]
fn examples_have_noise_of_their_own() {
    let rule = r#"kind = "rmsprop", learning_rate = 0.1, second_moment_steps = 10, batch_size = 4,
                  second_moment = "per-example""#;
    let landscape = r#"kind = "quadratic", hessian = [1.0, 2.0]"#;
    let setup = setup(landscape, r#"kind = "gaussian", covariance = [1.0, 4.0]"#, rule);
    assert_eq!(kernel(&setup).noise, NoiseStage::GaussianExamples { batch_size: 4 });
    assert_eq!((kernel(&setup).numbers_per_step(), kernel(&setup).noise.numbers_of_example(2)), (0, 2));
    close(&Record::new(&setup).noise, &[1.0, 2.0]);
}

#[test]
fn fresh_samples_are_numbers_of_the_steps() {
    let landscape = r#"kind = "least-squares",
        synthetic = { samples = "fresh", features = 2, spectrum = [1.0, 4.0], label_noise = 0.5 }"#;
    let setup = setup(landscape, r#"kind = "minibatch""#, SGD);
    assert_eq!(kernel(&setup).noise, NoiseStage::Fresh { batch_size: 4 });
    assert_eq!((kernel(&setup).numbers_per_step(), kernel(&setup).noise.numbers_of_example(2)), (0, 3));
    close(&Record::new(&setup).noise, &[1.0, 2.0, 0.5]);
    assert_eq!(samples::samples(&setup), None);
}
