//! `--check`: whether every exact prediction is met.

use super::output;
use kramers::Experiment;
use kramers::experiment::{ExpectedKind, Precision};
use kramers::results::{Document, Exact, Place, written};

/// Standard errors at which an exact prediction counts as missed.
const MISS: f64 = 5.0;

/// What became of an exact prediction.
enum Outcome {
    Met,
    Missed(String),
    /// There is no value or no error bar.
    Unchecked,
}

/// Whether every exact prediction is met within [`MISS`] standard errors, or, without noise, within
/// [`rounding`], and every exact expectation of the author is among the results with a value; says on
/// stderr what is not, and what could not be checked.
pub(super) fn passes(document: &Document, experiment: &Experiment) -> bool {
    let exact = document.exact();
    let (mut missed, mut unchecked) = (0, 0);
    for e in &exact {
        match outcome(e, experiment) {
            Outcome::Met => {}
            Outcome::Missed(how) => {
                output::error(&format!("{}: {how}", name(e)));
                missed += 1;
            }
            Outcome::Unchecked => unchecked += 1,
        }
    }
    let is_compared = |name: &String| exact.iter().any(|e| e.name == name && is_expected(e));
    let expected = experiment.expect.iter().filter(|(_, e)| e.kind == ExpectedKind::Exact);
    for (name, _) in expected.filter(|(name, _)| !is_compared(name)) {
        output::error(&format!("{name} against expect: it is not among the results"));
        missed += 1;
    }
    let worst = exact.iter().filter_map(|e| e.z).map(f64::abs).fold(0.0, f64::max);
    output::note(&format!(
        "checked {} exact predictions: the largest |z| is {worst:.1}{}",
        exact.len() - unchecked,
        if unchecked > 0 { format!("; {unchecked} have no error bar and were not checked") } else { String::new() },
    ));
    missed == 0
}

fn outcome(e: &Exact<'_>, experiment: &Experiment) -> Outcome {
    // What the author expects of this very experiment must be there; theory is attached to all that is.
    let Some(value) = e.value else {
        return if is_expected(e) { Outcome::Missed("it has no value".to_owned()) } else { Outcome::Unchecked };
    };
    let Some(std_error) = e.std_error else { return Outcome::Unchecked };
    let rounding = rounding(value, e.predicted, experiment.precision);
    // Without noise the error bar is zero, or what rounding leaves of it.
    if MISS * std_error <= rounding {
        return if (value - e.predicted).abs() <= rounding {
            Outcome::Met
        } else {
            Outcome::Missed(format!("{value} without noise, not {}", e.predicted))
        };
    }
    match e.z {
        Some(z) if z.abs() >= MISS => Outcome::Missed(format!("z = {z:.1}")),
        Some(_) => Outcome::Met,
        None => Outcome::Unchecked,
    }
}

/// How far rounding may move an estimate: of the larger value 10⁻⁵ in single precision (a hundred times
/// its epsilon, as errors add up along a run), 10⁻⁹ in double; at least the square of single precision's
/// epsilon, which a value that should be zero keeps of numbers near one that cancel.
fn rounding(value: f64, predicted: f64, precision: Precision) -> f64 {
    let relative = match precision {
        Precision::F32 => 1e-5,
        Precision::F64 => 1e-9,
    };
    (relative * value.abs().max(predicted.abs())).max(f64::from(f32::EPSILON).powi(2))
}

fn is_expected(e: &Exact<'_>) -> bool {
    written(&e.source) == "expect"
}

fn name(e: &Exact<'_>) -> String {
    let place = match e.place {
        Place::Cell(cell) => format!("cell {cell}"),
        Place::Fit(fit) => format!("fit {fit}"),
    };
    format!("{place}: {} against {}", e.name, written(&e.source))
}
