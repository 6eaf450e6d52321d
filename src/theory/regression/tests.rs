//! Against numbers by an independent program in f64, and walkers moved one by one.

use super::*;
use crate::theory::TransitionKernel;

fn at(position: f64) -> [Atom; 1] {
    [Atom { position, weight: 1.0 }]
}

/// η = 0.1, h = σ = 1, B = 1: from 0 until L > cL*, in time.
#[test]
fn passage_over_thresholds_of_the_loss() {
    let step = Regression::new(0.1, 1.0, 1.0, 1);
    for (c, expected, digits) in [
        (1.2, 6.4348, 1e-5),
        (1.5, 78.423, 1e-5),
        (1.8, 794.09, 1e-5),
        (2.1, 6088.9, 1e-5),
        (2.5, 47918.0, 3e-5),
        (3.0, 280178.0, 4e-5),
        (4.0, 3.2575e6, 1e-4),
        (6.0, 9.35e7, 6e-4),
    ] {
        let radius = f64::sqrt(c - 1.0);
        let kernel = TransitionKernel::within(&step, &[(-radius, radius)], &at(0.0)).expect("bounded");
        let time: f64 = 0.1 * kernel.mean_passage_steps(&[0.0])[0];
        assert!((time / expected - 1.0f64).abs() < digits, "c = {c}: {time} against {expected}");
    }
}
