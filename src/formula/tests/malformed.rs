//! Formulas that cannot be read: the character, and what is said of it.

use super::{Formula, formula, names};

fn fault(text: &str) -> (usize, String) {
    let error = Formula::of_loss(text, &names(&["x", "y"]), &names(&["height", "k"]), &[]).expect_err(text);
    (error.character(), error.message)
}

/// Formula, character of the fault from 1, and a part of the message.
const MALFORMED: [(&str, usize, &str); 30] = [
    ("", 1, "is empty"),
    ("  ", 3, "is empty"),
    ("(x + y", 1, "is not closed"),
    ("2*(x + exp(y)", 3, "is not closed"),
    ("x + y)", 6, "was not opened"),
    ("x + * y", 5, "is missing before `*`"),
    ("x +", 4, "ends where"),
    ("+x", 1, "is missing before `+`"),
    ("heigth*x", 1, "did you mean `height`?; there are"),
    ("x + q", 5, "knows no `q`; there are x, y, height, k, pi, e; functions are exp, log"),
    ("sni(x)", 1, "did you mean `sin`?"),
    ("x(y)", 1, "`x` is not a function"),
    ("exp()", 5, "needs its argument"),
    ("exp", 4, "needs its argument"),
    ("sin(x, y)", 6, "takes one argument"),
    ("x, y", 2, "second argument"),
    ("x $ y", 3, "`$` means nothing"),
    ("x = 2", 3, "`=` means nothing"),
    ("1.2.3*x", 1, "is not a number"),
    ("1e*x", 1, "is not a number"),
    ("1__0*x", 1, "is not a number"),
    ("2x", 1, "a product needs its *"),
    ("1e999*x", 1, "too large"),
    ("x y", 3, "an operator"),
    ("x + 1/0", 6, "no finite value"),
    ("x/0 + y^2", 2, "its divisor is 0"),
    ("y*(x + 1)/(y - y)", 10, "its divisor is 0"),
    ("x/k/-0.0", 4, "its divisor is 0"),
    ("y + x*0^-1", 8, "no finite value"),
    ("x + {y", 5, "is not closed"),
];

#[test]
fn faults_point_at_the_character() {
    for (text, character, part) in MALFORMED {
        let (found, message) = fault(text);
        assert!(message.contains(part), "{text}: {message}");
        assert_eq!(found, character, "{text}: {message}");
    }
}

#[test]
fn the_caret_stands_under_the_character() {
    let error = Formula::of_loss("θ²", &names(&["θ"]), &[], &[]).expect_err("a character that no name has");
    assert_eq!(error.rendering(), "θ²\n ^", "{error}");
    let error = Formula::of_loss("x +\n  θ*/x", &names(&["x", "θ"]), &[], &[]).expect_err("two operators");
    assert_eq!(error.rendering(), "  θ*/x\n    ^", "{error}");
    assert_eq!(error.at, 9, "bytes, of which θ has two");
}

/// What would be deep recursion is an error, or no recursion at all.
#[test]
fn deep_formulas_do_not_overflow() {
    let thread = std::thread::Builder::new().stack_size(1 << 18).spawn(|| {
        for deep in ["(", "-", "exp(", "x^", "2^-", "(x+"] {
            let (_, message) = fault(&deep.repeat(10_000));
            assert!(message.contains("nested deeper"), "{deep}: {message}");
        }
        let long = formula(&format!("x{}", "*x+1".repeat(10_000)), &["x"], &[]);
        assert!(long.text().is_some_and(|text| !text.is_empty()));
        let (_, message) = fault(&"x+".repeat(100_000));
        assert!(message.contains("is 200000 bytes long"), "{message}");
    });
    thread.expect("a thread").join().expect("no overflow");
}
