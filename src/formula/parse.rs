//! From text to a graph: precedence climbing, with the graph built as the text is read.
//!
//! ```text
//! sum     = product { (+ | −) product }
//! product = signed { (* | /) signed }
//! signed  = − signed | power
//! power   = operand [ ^ signed ]            so that −x^2 is −(x^2) and 2^3^2 is 2^(3^2)
//! operand = number | name | {name} | function ( sum ) | ( sum )
//! ```

use super::token::{Token, Tokens};
use super::{Dependence, FormulaError, Function, Graph, Id, Node};
use crate::spelling::nearest;

/// What the names of a formula stand for.
pub trait Names {
    /// The leaf that the name stands for; none if it is unknown.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn find(&self, name: &str) -> Result<Option<Node>, String>;
    /// All that there are.
    fn known(&self) -> Vec<String>;
    /// Shorter forms of them, where there are any.
    fn short(&self) -> Vec<String> {
        Vec::new()
    }
    /// Values of the parameters, where the expression is for these alone.
    fn parameters(&self) -> &[f64] {
        &[]
    }
}

/// Longest formula, in bytes.
const LONGEST: usize = 1 << 16;

/// Deepest nesting of parentheses, powers and signs: far from the end of any thread's stack.
const DEEPEST: usize = 128;

/// Constants that every formula knows, unless a name of its own hides them.
pub const CONSTANTS: [(&str, f64); 2] = [("pi", std::f64::consts::PI), ("e", std::f64::consts::E)];

/// Adds the expression in `text` to the graph.
///
/// # Errors
/// Where the text is no expression, uses a name that there is not, or divides by zero.
pub fn parse(text: &str, names: &dyn Names, graph: &mut Graph) -> Result<Id, FormulaError> {
    if text.len() > LONGEST {
        let message = format!("is {} bytes long; a formula may have {LONGEST}", text.len());
        return Err(FormulaError { formula: "…".to_owned(), at: 0, message });
    }
    let mut parser = Parser { tokens: Tokens::new(text), token: Token::End, at: 0, names, graph, depth: 0 };
    parser.whole().map_err(|(at, message)| FormulaError { formula: text.to_owned(), at, message })
}

/// The byte of a fault, and what is wrong there.
type Fault = (usize, String);

struct Parser<'p> {
    tokens: Tokens<'p>,
    /// The word that is looked at, and where it begins.
    token: Token,
    at: usize,
    names: &'p dyn Names,
    graph: &'p mut Graph,
    depth: usize,
}

impl Parser<'_> {
    fn advance(&mut self) -> Result<(), Fault> {
        (self.token, self.at) = self.tokens.next()?;
        Ok(())
    }

    fn whole(&mut self) -> Result<Id, Fault> {
        self.advance()?;
        if self.token == Token::End {
            return self.fail("the formula is empty");
        }
        let sum = self.sum()?;
        match &self.token {
            Token::End => Ok(sum),
            Token::Symbol(')') => self.fail("this parenthesis was not opened"),
            Token::Symbol(',') => self.fail("no function here takes a second argument"),
            _ => self.fail("an operator (+ - * / ^) is missing before this"),
        }
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, Fault> {
        Err((self.at, message.into()))
    }

    /// The symbol that is looked at, if it is one of `symbols`, which is then passed; and where it was.
    fn pass(&mut self, symbols: &[char]) -> Result<Option<(char, usize)>, Fault> {
        match self.token {
            Token::Symbol(symbol) if symbols.contains(&symbol) => {
                let at = self.at;
                self.advance()?;
                Ok(Some((symbol, at)))
            }
            _ => Ok(None),
        }
    }

    /// The node, unless it is an operation on constants that has no finite value.
    fn finite(&self, node: Id, at: usize) -> Result<Id, Fault> {
        if self.graph.dependence(node) == Dependence::Nothing && self.graph.number(node).is_none() {
            return Err((at, "this has no finite value".to_owned()));
        }
        Ok(node)
    }

    fn sum(&mut self) -> Result<Id, Fault> {
        let mut sum = self.product()?;
        while let Some((sign, at)) = self.pass(&['+', '-'])? {
            let term = self.product()?;
            sum = if sign == '+' { self.graph.add(sum, term) } else { self.graph.subtract(sum, term) };
            sum = self.finite(sum, at)?;
        }
        Ok(sum)
    }

    fn product(&mut self) -> Result<Id, Fault> {
        let mut product = self.signed()?;
        while let Some((sign, at)) = self.pass(&['*', '/'])? {
            let factor = self.signed()?;
            if sign == '/' && self.graph.number(factor) == Some(0.0) {
                return Err((at, "this has no finite value: its divisor is 0".to_owned()));
            }
            product =
                if sign == '*' { self.graph.multiply(product, factor) } else { self.graph.divide(product, factor) };
            product = self.finite(product, at)?;
        }
        Ok(product)
    }

    /// All recursion goes through here.
    fn signed(&mut self) -> Result<Id, Fault> {
        if self.depth == DEEPEST {
            return self.fail(format!("is nested deeper than {DEEPEST} parentheses, powers and signs"));
        }
        self.depth += 1;
        let node = match self.pass(&['-'])? {
            Some(_) => {
                let operand = self.signed()?;
                self.graph.negate(operand)
            }
            None => self.power()?,
        };
        self.depth -= 1;
        Ok(node)
    }

    fn power(&mut self) -> Result<Id, Fault> {
        let base = self.operand()?;
        let Some((_, at)) = self.pass(&['^'])? else { return Ok(base) };
        let exponent = self.signed()?;
        let exponent = self.exponent(exponent);
        let power = self.graph.raise(base, exponent);
        self.finite(power, at)
    }

    /// The exponent, as a number where its parameters make it a whole one or a half: only such powers take a base that
    /// is not positive.
    fn exponent(&mut self, id: Id) -> Id {
        let parameters = self.names.parameters();
        if self.graph.dependence(id) != Dependence::Parameters || parameters.is_empty() {
            return id;
        }
        let value = self.graph.values_of_parameters(parameters)[id.index()];
        if (2.0 * value).fract() == 0.0 { self.graph.constant(value) } else { id }
    }

    fn operand(&mut self) -> Result<Id, Fault> {
        let at = self.at;
        match self.token.clone() {
            Token::Number(value) => {
                self.advance()?;
                Ok(self.graph.constant(value))
            }
            Token::Name(name) => {
                self.advance()?;
                match (Function::named(&name), &self.token) {
                    (Some(function), Token::Symbol('(')) => self.call(function, at),
                    (Some(_), _) => self.fail(format!("`{name}` is a function and needs its argument: {name}(…)")),
                    (None, Token::Symbol('(')) => Err((at, self.no_function(&name))),
                    (None, _) => self.name(&name, at),
                }
            }
            Token::Symbol('(') => {
                self.advance()?;
                let sum = self.sum()?;
                self.close(at)?;
                Ok(sum)
            }
            Token::Symbol(')') => self.fail("a number, a name or a function is missing before `)`"),
            Token::Symbol(symbol) => self.fail(format!("a number, a name or a function is missing before `{symbol}`")),
            Token::End => self.fail("the formula ends where a number, a name or a function is missing"),
        }
    }

    /// The argument of a function, in parentheses.
    fn call(&mut self, function: Function, at: usize) -> Result<Id, Fault> {
        let opened = self.at;
        self.advance()?;
        if self.token == Token::Symbol(')') {
            return self.fail(format!("`{}` needs its argument", function.name()));
        }
        let argument = self.sum()?;
        if self.token == Token::Symbol(',') {
            return self.fail(format!("`{}` takes one argument", function.name()));
        }
        self.close(opened)?;
        let value = self.graph.apply(function, argument);
        self.finite(value, at)
    }

    /// Passes the parenthesis that closes the one at `opened`.
    fn close(&mut self, opened: usize) -> Result<(), Fault> {
        match self.token {
            Token::Symbol(')') => self.advance(),
            Token::End => Err((opened, "this parenthesis is not closed".to_owned())),
            _ => self.fail("an operator (+ - * / ^) or `)` is missing before this"),
        }
    }

    fn name(&mut self, name: &str, at: usize) -> Result<Id, Fault> {
        if let Some(leaf) = self.names.find(name).map_err(|message| (at, message))? {
            return Ok(self.graph.insert(leaf));
        }
        match CONSTANTS.iter().find(|(constant, _)| *constant == name) {
            Some((_, value)) => Ok(self.graph.constant(*value)),
            None => Err((at, self.unknown(name))),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let mut known = self.names.known();
        known.extend(CONSTANTS.map(|(constant, _)| constant.to_owned()));
        let functions = Function::WRITTEN.map(Function::name);
        let short = self.names.short();
        let near = nearest(name, known.iter().chain(&short).map(String::as_str).chain(functions));
        let guess = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        format!("knows no `{name}`{guess}; there are {}; functions are {}", known.join(", "), functions.join(", "))
    }

    fn no_function(&self, name: &str) -> String {
        let functions = Function::WRITTEN.map(Function::name);
        let near = nearest(name, functions).map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        format!("`{name}` is not a function{near}; functions are {}, and a product needs its *", functions.join(", "))
    }
}
