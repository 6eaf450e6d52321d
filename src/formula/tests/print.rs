//! An expression as text that reads back as the same function.

use crate::formula::{Formula, Graph, Id, Node};

/// How tightly an operation binds.
const SUM: u8 = 0;
const PRODUCT: u8 = 1;
const POWER: u8 = 2;
const OPERAND: u8 = 3;

/// What is still to be written.
enum Piece {
    Text(&'static str),
    Exponent(i32),
    /// A node, in parentheses unless it binds at least so tightly.
    Node(Id, u8),
}

impl Formula {
    /// The loss as text that reads back as the same function.
    pub fn text(&self) -> Option<String> {
        self.loss().map(|loss| self.graph().text(loss, &self.variables, &self.parameters))
    }
}

impl Graph {
    /// The expression, with the names of variables and parameters. Subexpressions that occur more than
    /// once are written so often: for formulas as users write them, not for their derivatives.
    pub fn text(&self, id: Id, variables: &[String], parameters: &[String]) -> String {
        let mut text = String::new();
        let mut pieces = vec![Piece::Node(id, SUM)];
        while let Some(piece) = pieces.pop() {
            let (id, binding) = match piece {
                Piece::Text(piece) => {
                    text.push_str(piece);
                    continue;
                }
                Piece::Exponent(n) => {
                    text.push_str(&if n < 0 { format!("^({n})") } else { format!("^{n}") });
                    continue;
                }
                Piece::Node(id, binding) => (id, binding),
            };
            // Pieces are taken from the end.
            let (binds, rest) = match self.node(id) {
                Node::Constant(number) => {
                    text.push_str(&literal(number.value()));
                    continue;
                }
                Node::Parameter(k) => {
                    text.push_str(&parameters[k as usize]);
                    continue;
                }
                Node::Variable(i) => {
                    text.push_str(&variables[i as usize]);
                    continue;
                }
                Node::Add(a, b) => (SUM, vec![Piece::Node(b, PRODUCT), Piece::Text(" + "), Piece::Node(a, SUM)]),
                Node::Multiply(a, b) => {
                    (PRODUCT, vec![Piece::Node(b, POWER), Piece::Text(" * "), Piece::Node(a, PRODUCT)])
                }
                Node::Power(a, n) => (POWER, vec![Piece::Exponent(n), Piece::Node(a, OPERAND)]),
                Node::Apply(function, a) => {
                    text.push_str(function.name());
                    (OPERAND, vec![Piece::Text(")"), Piece::Node(a, SUM), Piece::Text("(")])
                }
            };
            if binds < binding {
                text.push('(');
                pieces.push(Piece::Text(")"));
            }
            pieces.extend(rest);
        }
        text
    }
}

/// The shortest text of the number; negative ones in parentheses.
fn literal(value: f64) -> String {
    if value < 0.0 { format!("({value:?})") } else { format!("{value:?}") }
}
