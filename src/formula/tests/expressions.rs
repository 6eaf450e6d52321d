//! What expressions mean, and what becomes of them.

use super::super::{Graph, Names, Node, Number, number, unfit_name};
use super::{formula, surface};

/// Expression, and its value at x = 0.5, y = −1.5, by the arithmetic of Rust.
#[test]
fn expressions_mean_what_they_say() {
    let (x, y) = (0.5_f64, -1.5_f64);
    let cases = [
        ("-x^2", -(x * x)),
        ("(-x)^2", x * x),
        ("2^3^2", 512.0),
        ("2^-1", 0.5),
        ("-2^2", -4.0),
        ("x - y - 1", x - y - 1.0),
        ("x - (y - 1)", x - (y - 1.0)),
        ("8/4/2", 1.0),
        ("8/(4/2)", 4.0),
        ("x/y*2", x / y * 2.0),
        ("2*-x", -2.0 * x),
        ("1_000 + 1e-3 + .5 + 2.", 1002.501),
        ("pi*e", std::f64::consts::PI * std::f64::consts::E),
        ("e^x", x.exp()),
        ("x^1.5", x.powf(1.5)),
        ("x^-0.5", x.powf(-0.5)),
        ("x^y", x.powf(y)),
        ("x^pi", x.powf(std::f64::consts::PI)),
        ("3^y", 3_f64.powf(y)),
        ("(x*y)^-3", (x * y).powi(-3)),
        ("y^-2*y^3", y),
        ("exp(log(x)) + log(exp(y))", x + y),
        ("sqrt(x)*tanh(y) + abs(y)*sin(x) + cos({y})", x.sqrt() * y.tanh() + 1.5 * x.sin() + y.cos()),
        ("(x - y)/(x - y) + 3*(x + 1) - 2*(x + 1)", 2.0 + x),
        ("x - x", 0.0),
        ("0*x + 1*y + 0", y),
    ];
    for (text, expected) in cases {
        let found = surface(text).loss(&[x, y]);
        assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1.0), "{text} = {found}, not {expected}");
    }
}

/// Equal subexpressions are one node, and what the walkers of a cell share is a node of its own.
#[test]
fn expressions_are_simplified() {
    let cases = [
        ("x*y + y*x", "2.0 * (x * y)"),
        ("x + 1 + k + 2", "3.0 + k + x"),
        ("x/k/3", "0.3333333333333333 * k^(-1) * x"),
        ("(x/k)^2", "k^(-2) * x^2"),
        ("(x/k)^4", "(k^(-1) * x)^4"),
        ("x*x*x", "x^3"),
        ("(2*x)*(3*y)", "6.0 * (x * y)"),
        ("x^2/x", "x"),
        ("x*0 + k", "k"),
        ("-(-x)", "x"),
    ];
    for (text, expected) in cases {
        assert_eq!(formula(text, &["x", "y"], &["k"]).text().as_deref(), Some(expected), "{text}");
    }
}

/// What the double well asks of each walker: one square, and four operations more.
#[test]
fn the_gradient_of_the_double_well_is_short() {
    let well = formula("h*((x/a)^2 - 1)^2", &["x"], &["h", "a"]);
    let text = well.graph().text(well.gradient()[0], &["x".to_owned()], &["h".to_owned(), "a".to_owned()]);
    assert_eq!(text, "4.0 * (h * a^(-2)) * (x * ((-1.0) + a^(-2) * x^2))");
}

#[test]
fn names_must_be_fit() {
    for name in ["x", "x_1", "θ", "_"] {
        assert_eq!(unfit_name(name), None);
    }
    for (name, part) in
        [("", "is not a name"), ("2x", "is not"), ("a.b", "is not"), ("exp", "is taken"), ("e", "is taken")]
    {
        assert!(unfit_name(name).is_some_and(|message| message.contains(part)), "{name}");
    }
}

struct Numbers;

impl Names for Numbers {
    fn find(&self, name: &str) -> Result<Option<Node>, String> {
        match name {
            "dynamics.temperature" => Ok(Some(Node::Constant(Number::new(0.5)))),
            "step" => Err("`step` could be two things".to_owned()),
            _ => Ok(None),
        }
    }

    fn known(&self) -> Vec<String> {
        vec!["dynamics.temperature".to_owned(), "step".to_owned()]
    }
}

#[test]
fn numbers_of_dotted_names() {
    assert_eq!(number("3*{dynamics.temperature}^2/4", &Numbers), Ok(0.1875));
    assert_eq!(number("2*{ dynamics.temperature }", &Numbers), Ok(1.0));
    let error = |text| number(text, &Numbers).expect_err(text);
    assert_eq!((error("1 + step").at, error("1 + step").message.as_str()), (4, "`step` could be two things"));
    assert!(error("{dynamics.temperatur}").message.contains("did you mean `dynamics.temperature`?"));
}

/// Constants without a finite value stay operations, whatever is made of them.
#[test]
fn infinite_constants_are_not_folded() {
    let mut graph = Graph::default();
    let (zero, one) = (graph.constant(0.0), graph.constant(1.0));
    let infinite = graph.divide(one, zero);
    assert_eq!(graph.number(infinite), None);
    let undefined = graph.divide(zero, zero);
    assert_eq!(graph.number(undefined), None);
}
