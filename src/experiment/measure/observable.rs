//! What is binned besides coordinates: the loss, or a formula of the state.

use crate::experiment::Landscape;
use crate::experiment::error::Fault;
use crate::formula;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A function of the state: `"loss"`, or a formula of the coordinates, such as `"x^2 + y^2"`. These have the names of
/// the landscape's variables, whose parameters the formula may use too; where the landscape gives no names, they are
/// x0, x1, …, and a single one is x as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Observable {
    /// L(θ).
    Loss,
    /// A formula.
    Formula(String),
}

const LOSS: &str = "loss";

impl From<String> for Observable {
    fn from(text: String) -> Self {
        if text == LOSS { Self::Loss } else { Self::Formula(text) }
    }
}

impl From<Observable> for String {
    fn from(observable: Observable) -> Self {
        match observable {
            Observable::Loss => LOSS.to_owned(),
            Observable::Formula(text) => text,
        }
    }
}

impl Observable {
    /// The formula as it reads on this landscape, if it is one; `key` is where it stands.
    pub(in crate::experiment) fn read(
        &self,
        landscape: &Landscape,
        key: &str,
    ) -> Result<Option<formula::Observable>, Fault> {
        let Self::Formula(text) = self else { return Ok(None) };
        let (coordinates, parameters) = match landscape {
            Landscape::Formula(l) => (named(&l.variables), Some(&l.parameters)),
            Landscape::Force(l) => (named(&l.variables), Some(&l.parameters)),
            _ => (numbered(landscape.dimension()), None),
        };
        let (names, values): (Vec<String>, Vec<f64>) =
            parameters.into_iter().flatten().map(|(name, value)| (name.clone(), *value)).unzip();
        let formula = formula::Observable::read(text, &coordinates, &names, &values);
        formula.map(Some).map_err(|error| Fault::in_formula(key, &error))
    }
}

fn named(variables: &[String]) -> Vec<(String, usize)> {
    variables.iter().cloned().zip(0..).collect()
}

fn numbered(dimension: usize) -> Vec<(String, usize)> {
    let numbered = (0..dimension).map(|i| (format!("x{i}"), i));
    let alone = (dimension == 1).then(|| ("x".to_owned(), 0));
    alone.into_iter().chain(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Histogram;
    use crate::experiment::Experiment;

    const WELL: &str = r#"kind = "double-well", barrier = 1.0, separation = 1.0"#;
    const NAMED: &str = r#"kind = "formula", loss = "k*(u^2 + v^2)", variables = ["u", "v"], parameters = { k = 2.0 }"#;
    const FORCE: &str = r#"kind = "force", force = ["-u", "-v"], variables = ["u", "v"]"#;

    fn read(landscape: &str, of: &str) -> Result<Experiment, String> {
        let start = if landscape == WELL { "[0.0]" } else { "[0.0, 0.0]" };
        let text = format!(
            r#"
            landscape = {{ {landscape} }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.1 }}
            ensemble = {{ walkers = 64, steps = 10, start = {start} }}
            measure = {{ histogram = {{ of = {of}, range = [0, 1] }} }}
            "#
        );
        Experiment::parse("test", "test.toml", &text, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn formulas_use_the_names_of_the_landscape() {
        for (landscape, of, uniforms) in [
            (WELL, "x0^2", vec![]),
            (WELL, "x*x0", vec![]),
            (NAMED, "k*u - v", vec![2.0]),
            (FORCE, "abs(u)*v", vec![]),
            (NAMED, "loss", vec![]),
        ] {
            let experiment = read(landscape, &format!("\"{of}\"")).expect("an experiment");
            let histogram = &experiment.cells[0].setup.measure.histogram[0];
            assert_eq!(histogram.formula().map_or_else(Vec::new, |formula| formula.routine().1), uniforms, "{of}");
            assert_eq!(matches!(histogram, Histogram::Observable(h) if h.of == super::Observable::Loss), of == "loss");
            let again = Experiment::parse("test", "test.toml", &experiment.to_toml(), &[]).expect("as written back");
            assert_eq!(again.cells, experiment.cells, "{of}");
        }
    }

    #[test]
    fn what_is_no_formula_is_pointed_at() {
        for (landscape, of, expected) in [
            (
                NAMED,
                r#""u + x0""#,
                "measure.histogram.of = \"u + x0\": at character 5: knows no `x0`; there are u, v, k",
            ),
            (NAMED, r#""u + x0""#, "\n    u + x0\n        ^"),
            (WELL, r#""lost""#, "there are x, x0, pi, e; functions are"),
            (WELL, r#""x^""#, "at character 3"),
            (WELL, r#""""#, "is empty"),
            (FORCE, r#""loss""#, "is of the loss, which a force does not have"),
            (WELL, "3", "measure.histogram"),
        ] {
            let message = read(landscape, of).expect_err("to be refused");
            assert!(message.contains(expected), "{of}: not \"{expected}\": {message}");
        }
    }
}
