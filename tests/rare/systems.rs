//! Passages of many systems, rare enough to be looked for and common enough to be waited for.

/// Both methods.
pub const METHODS: [&str; 2] = ["forward-flux-sampling", "adaptive-multilevel-splitting"];

/// Walkers that pass about 4·10⁻⁴ times in a unit of time.
pub struct System {
    pub name: &'static str,
    landscape: &'static str,
    /// Noise and dynamics, and what else the file has.
    rule: &'static str,
    start: &'static str,
    passage: &'static str,
    /// Keys of `rare`, but for the method.
    along: &'static str,
    /// What is in the rule, and what it is replaced by to pass more often.
    hotter: [&'static str; 2],
}

const WELL: &str = r#"kind = "double-well", barrier = 0.25, separation = 1.0"#;

const LANGEVIN: &str = r#"dynamics = { kind = "langevin", temperature = 0.04, time_step = 0.1 }"#;

const BY_A_TENTH: [&str; 2] = ["temperature = 0.04", "temperature = 0.044"];

pub const SYSTEMS: [System; 13] = [
    System {
        name: "levels that are given",
        landscape: WELL,
        rule: LANGEVIN,
        start: "-1.0",
        passage: "above = 1.0",
        along: "basin = -0.85, levels = [-0.7, -0.5, -0.3, 0.0, 0.5]",
        hotter: BY_A_TENTH,
    },
    System {
        name: "downwards, in f64",
        landscape: WELL,
        rule: r#"dynamics = { kind = "langevin", temperature = 0.04, time_step = 0.1 }
precision = "f64""#,
        start: "1.0",
        passage: "below = -1.0",
        along: "basin = 0.85",
        hotter: BY_A_TENTH,
    },
    System {
        name: "sgd, steps up or down",
        landscape: WELL,
        rule: r#"noise = { kind = "gaussian", covariance = 0.85, distribution = "rademacher" }
dynamics = { kind = "sgd", learning_rate = 0.1 }"#,
        start: "-1.0",
        passage: "above = 1.0",
        along: "basin = -0.85",
        hotter: ["covariance = 0.85", "covariance = 0.95"],
    },
    System {
        name: "sgd, exponential noise",
        landscape: WELL,
        rule: r#"noise = { kind = "gaussian", covariance = 0.5, distribution = "exponential" }
dynamics = { kind = "sgd", learning_rate = 0.1 }"#,
        start: "1.0",
        passage: "below = -1.0",
        along: "basin = 0.85",
        hotter: ["covariance = 0.5", "covariance = 0.57"],
    },
    System {
        name: "momentum",
        landscape: WELL,
        rule: r#"noise = { kind = "gaussian", covariance = 0.1 }
dynamics = { kind = "momentum", learning_rate = 0.1, momentum_steps = 10 }"#,
        start: "-1.0",
        passage: "above = 1.0",
        along: "basin = -0.75",
        hotter: ["covariance = 0.1", "covariance = 0.115"],
    },
    System {
        name: "underdamped",
        landscape: WELL,
        rule: r#"dynamics = { kind = "underdamped", temperature = 0.04, friction = 0.5, time_step = 0.2 }"#,
        start: "-1.0",
        passage: "above = 1.0",
        along: "basin = -0.7",
        hotter: ["temperature = 0.04", "temperature = 0.047"],
    },
    System {
        name: "a curved valley, along a formula",
        landscape: r#"kind = "formula", loss = "(x^2 - 1)^2/4 + (y - x^2/2)^2", variables = ["x", "y"]"#,
        rule: LANGEVIN,
        start: "-1.0, 0.5",
        passage: "axis = 0, above = 1.0",
        along: r#"basin = -0.95, of = "x - y^2/2""#,
        hotter: BY_A_TENTH,
    },
    System {
        name: "an oblique valley, along another axis than the passage",
        landscape: r#"kind = "formula", loss = "(x^2 - 1)^2/4 + (y - x/2)^2", variables = ["x", "y"]"#,
        rule: LANGEVIN,
        start: "-1.0, -0.5",
        passage: "axis = 1, above = 0.5",
        along: "basin = -0.85, axis = 0",
        hotter: BY_A_TENTH,
    },
    System {
        name: "over a saddle, along the loss",
        landscape: r#"kind = "double-well", barrier = 0.25, separation = 1.0, floor = 1.0"#,
        rule: LANGEVIN,
        start: "-1.0",
        passage: "above = 0.0",
        along: r#"basin = 1.06, of = "loss""#,
        hotter: ["temperature = 0.04", "temperature = 0.048"],
    },
    System {
        name: "a loss that is seldom so high",
        landscape: r#"kind = "quadratic", hessian = [1.0, 2.0], floor = 3.0"#,
        rule: r#"dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }"#,
        start: "0.0, 0.0",
        passage: "loss_above = 4.1",
        along: "basin = 3.2",
        hotter: ["temperature = 0.1", "temperature = 0.12"],
    },
    System {
        name: "a place that is seldom so far",
        landscape: r#"kind = "quadratic", hessian = [[1.0, 0.2], [0.2, 1.0]]"#,
        rule: r#"dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }"#,
        start: "0.0, 0.0",
        passage: "radius_above = 1.5",
        along: "basin = 0.6",
        hotter: ["temperature = 0.1", "temperature = 0.115"],
    },
    System {
        name: "passages of walkers in the basin too",
        landscape: r#"kind = "quadratic", hessian = [1.0, 1.0]"#,
        rule: r#"dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }"#,
        start: "0.0, 0.0",
        passage: "axis = 1, above = 1.2",
        along: "basin = 0.2, axis = 0",
        hotter: ["temperature = 0.1", "temperature = 0.13"],
    },
    System {
        name: "batches of a regression",
        landscape: r#"kind = "least-squares", synthetic = { samples = 100, features = 2, label_noise = 1.0 }"#,
        rule: r#"noise = { kind = "minibatch", sampling = "without-replacement" }
dynamics = { kind = "sgd", learning_rate = 0.2, batch_size = 4 }"#,
        start: "0.0, 0.0",
        passage: "loss_above = 0.65",
        along: "basin = 0.53",
        hotter: ["learning_rate = 0.2", "learning_rate = 0.23"],
    },
];

impl System {
    /// The methods that take its keys.
    pub fn methods(&self) -> &'static [&'static str] {
        if self.along.contains("levels") { &METHODS[..1] } else { &METHODS }
    }

    /// Walkers whose passages are waited for.
    pub fn waited_for(&self, ensemble: &str) -> String {
        let Self { landscape, rule, start, passage, .. } = self;
        format!(
            "seed = 7\n{rule}\nlandscape = {{ {landscape} }}\nensemble = {{ {ensemble}, start = [{start}] }}\n\
             measure.first_passage = {{ {passage} }}\n"
        )
    }

    /// Walkers whose passages are looked for.
    pub fn looked_for(&self, method: &str) -> String {
        let walkers = self.waited_for("walkers = 512, burn_in = 200, steps = 300");
        format!("{walkers}rare = {{ method = \"{method}\", {} }}\n", self.along)
    }

    /// Walkers of `text` that pass more often.
    pub fn hotter(&self, text: &str) -> String {
        let [right, wrong] = self.hotter;
        assert!(text.contains(right), "{}: no {right} in {text}", self.name);
        text.replace(right, wrong)
    }
}

/// Escapes from a double well as the chain makes them, whose rate the transition kernel has.
pub fn escapes(temperature: f64, walkers: u32, method: &str) -> String {
    format!(
        r#"
seed = 3
landscape = {{ {WELL} }}
dynamics = {{ kind = "langevin", temperature = {temperature}, time_step = 0.05 }}
ensemble = {{ walkers = {walkers}, burn_in = 200, steps = 500, start = [-1.0] }}
measure.first_passage = {{ above = 1.0 }}
rare = {{ method = "{method}", basin = -0.9 }}
"#
    )
}
