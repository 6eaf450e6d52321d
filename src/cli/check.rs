//! `--check`: whether every exact prediction is met.

use super::output;
use kramers::Experiment;
use kramers::experiment::ExpectedKind;
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

/// Whether every exact prediction is met within [`MISS`] standard errors, or what rounding leaves of a run
/// without noise, and every exact expectation of the author is among the results with a value; says on
/// stderr what is not, and what could not be checked.
pub(super) fn passes(document: &Document, experiment: &Experiment) -> bool {
    let exact = document.exact();
    let (mut missed, mut unchecked) = (0, 0);
    for e in &exact {
        match outcome(e) {
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

fn outcome(e: &Exact<'_>) -> Outcome {
    // What the author expects of this very experiment must be there; theory is attached to all that is.
    if e.value.is_none() && is_expected(e) {
        return Outcome::Missed("it has no value".to_owned());
    }
    match e.z {
        Some(z) if z.abs() >= MISS => Outcome::Missed(format!("z = {z:.1}")),
        Some(_) => Outcome::Met,
        None => Outcome::Unchecked,
    }
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
