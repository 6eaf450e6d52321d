//! Landscapes that are written as formulas: their derivatives here by hand.

use super::Rule;

const COUPLED_WELLS: &str = r#"{ kind = "formula", loss = "0.25*(x^2 - 1)^2 + 0.5*k*(y - x)^2 + c", variables = ["x", "y"], parameters = { k = 0.8, c = 0.3 } }"#;

fn coupled_wells([x, y]: [f64; 2]) -> (f64, [f64; 2]) {
    let level = 0.25 * (x * x - 1.0).powi(2) + 0.4 * (y - x).powi(2) + 0.3;
    (level, [x * (x * x - 1.0) - 0.8 * (y - x), 0.8 * (y - x)])
}

/// Every function of formulas, quotients, and powers that are whole, half and neither.
const FUNCTIONS: &str = r#"{ kind = "formula", loss = "h*(1 - cos(3*x)) + log(1 + y^2)/p + exp(-x*y) + sqrt(1 + x^2) + (2 + y^2)^p + tanh(x - y) + abs(y)/2 + sin(x)*x^3/9", variables = ["x", "y"], parameters = { h = 0.4, p = 1.3 } }"#;

fn slope_of_functions([x, y]: [f64; 2]) -> [f64; 2] {
    let bell = 1.0 - (x - y).tanh().powi(2);
    let along = 1.2 * (3.0 * x).sin() - y * (-x * y).exp() + x / (1.0 + x * x).sqrt() + bell;
    let across = 2.0 * y / (1.0 + y * y) / 1.3 - x * (-x * y).exp() + 2.6 * y * (2.0 + y * y).powf(0.3) - bell;
    [along + x.cos() * x.powi(3) / 9.0 + x.sin() * x * x / 3.0, across + 0.5 * y.signum()]
}

/// A force that turns, which has no loss.
const TURNING: &str = r#"{ kind = "force", force = ["w*y - x^3/(1 + x^2)", "-w*x - y + sin(x)/2"], variables = ["x", "y"], parameters = { w = 0.7 } }"#;

fn turning([x, y]: [f64; 2]) -> [f64; 2] {
    [0.7 * y - x.powi(3) / (1.0 + x * x), -0.7 * x - y + 0.5 * x.sin()]
}

/// A few rules on them, which use their gradients, their losses, or both.
pub fn rules() -> Vec<Rule> {
    let rule = |name, landscape, tables, memory, update| Rule { name, landscape, tables, memory, update };
    vec![
        rule(
            "sgd, coupled wells",
            COUPLED_WELLS,
            r#"dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 4 }"#,
            0,
            |w, _, z| {
                let (_, g) = coupled_wells(w.x);
                let noise = [(0.5f64 / 4.0).sqrt() * z[0], (2.0f64 / 4.0).sqrt() * z[1]];
                w.x = [w.x[0] - 0.1 * (g[0] + noise[0]), w.x[1] - 0.1 * (g[1] + noise[1])];
            },
        ),
        rule(
            "log-langevin, coupled wells",
            COUPLED_WELLS,
            r#"dynamics = { kind = "log-langevin", temperature = 0.2, time_step = 0.05 }"#,
            0,
            |w, _, z| {
                let (level, g) = coupled_wells(w.x);
                for i in 0..2 {
                    w.x[i] += -0.05 * g[i] / level + (2.0 * 0.2 * 0.05f64).sqrt() * z[i];
                }
            },
        ),
        rule(
            "langevin, every function",
            FUNCTIONS,
            r#"dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.02 }"#,
            0,
            |w, _, z| {
                let g = slope_of_functions(w.x);
                for i in 0..2 {
                    w.x[i] += -0.02 * g[i] + (2.0 * 0.1 * 0.02f64).sqrt() * z[i];
                }
            },
        ),
        rule(
            "langevin, turning force",
            TURNING,
            r#"dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.05 }"#,
            0,
            |w, _, z| {
                let f = turning(w.x);
                for i in 0..2 {
                    w.x[i] += 0.05 * f[i] + (2.0 * 0.1 * 0.05f64).sqrt() * z[i];
                }
            },
        ),
    ]
}
