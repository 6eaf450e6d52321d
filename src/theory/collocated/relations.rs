//! Fluctuation–dissipation relations (S. Yaida, ICLR 2019) of one coordinate whose rule remembers a number.

use super::AverageOverStep;
use crate::experiment::{Dynamics, Setup};
use crate::landscape::Profile;
use crate::theory::predict::add;
use crate::theory::{Kind, Predictions, Source};

/// Adds both sides, by averages over (x, v) and (x', v') of the stationary state.
pub fn predict(setup: &Setup, profile: &Profile, mean: &AverageOverStep, all: &mut Predictions) {
    let Some(measured) = &setup.measure.fluctuation_dissipation else { return };
    let Some((_, rate)) = setup.update_rates() else { return };
    let centre = measured.centre()[0];
    let step = |z: [f64; 2], next: [f64; 2]| z[0] - next[0];
    let first = match &setup.dynamics {
        Dynamics::Momentum(rule) => {
            let beta = 1.0 - 1.0 / rule.averaging_steps();
            let left = mean(&|z, next| (z[0] - centre) * (next[1] - beta * z[1]) / rate);
            [left, mean(&|_, next| 0.5 * (1.0 + beta) * next[1] * next[1] / rate)]
        }
        _ => {
            let left = mean(&|z, next| (z[0] - centre) * step(z, next) / rate);
            [left, mean(&|z, next| 0.5 * step(z, next).powi(2) / rate)]
        }
    };
    let second = [
        mean(&|z, next| profile.slope(z[0]) * step(z, next) / rate),
        mean(&|z, next| 0.5 * profile.curvature(z[0]) * step(z, next).powi(2) / rate),
    ];
    let mut exact = |name: &str, value: f64| add(all, name, Source::Collocation, Kind::Exact, value);
    for (order, [left, right]) in [("fdr1", first), ("fdr2", second)] {
        exact(&format!("{order}_left"), left);
        exact(&format!("{order}_right"), right);
        exact(&format!("{order}_ratio"), left / right);
    }
    if let Some(minimum) = setup.landscape.minimum_below(&setup.ensemble.start.first_point()) {
        let least = setup.landscape.loss(&minimum);
        let above = mean(&|z, _| setup.landscape.loss(&[z[0]]) - least);
        exact("nqm1_left", above);
        exact("nqm1_right", 0.5 * first[1]);
        exact("nqm1_ratio", above / (0.5 * first[1]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::predict::predict;
    use super::super::super::predict::tests::{setup, value};
    use super::*;

    /// The first relation holds in any landscape, about any point; the second nearly. The left well is the deeper one.
    #[test]
    fn first_relation_holds_between_wells() {
        for (dynamics, noise) in [
            (r#"kind = "momentum", learning_rate = 0.025, momentum = 0.75"#, true),
            (r#"kind = "underdamped", temperature = 0.1, friction = 1.0, time_step = 0.2"#, false),
            (r#"kind = "langevin", scheme = "leimkuhler-matthews", temperature = 0.1, time_step = 0.1"#, false),
        ] {
            let noise = if noise { r#"noise = { kind = "gaussian", covariance = 2.0 }"# } else { "" };
            let all = predict(&setup(&format!(
                r#"
                landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, tilt = 0.05 }}
                {noise}
                dynamics = {{ {dynamics} }}
                ensemble = {{ walkers = 600, start = [-1.0], burn_in = 100_000, steps = 1000 }}
                measure = {{ fluctuation_dissipation = {{ centre = [0.4] }} }}
                "#
            )));
            let exact = |name: &str| value(&all, name, Source::Collocation);
            assert!((exact("fdr1_ratio") - 1.0).abs() < 1e-6, "{dynamics}: {}", exact("fdr1_ratio"));
            assert!((exact("fdr2_ratio") - 1.0).abs() < 0.1, "{dynamics}: {}", exact("fdr2_ratio"));
            assert!(exact("nqm1_left") > 0.0 && exact("nqm1_right") > 0.0, "{dynamics}");
        }
    }
}
