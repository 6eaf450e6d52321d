//! The words of a formula.

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A number.
    Number(f64),
    /// A name, or what stands in braces.
    Name(String),
    /// One of `+ - * / ^ ( ) ,`.
    Symbol(char),
    /// The end of the formula.
    End,
}

/// Reads words from a text.
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    /// The words of `text`.
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next word and the byte at which it begins.
    ///
    /// # Errors
    /// The byte at which there is none, and why.
    pub fn next(&mut self) -> Result<(Token, usize), (usize, String)> {
        let rest = self.text[self.at..].trim_start();
        let start = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok((Token::End, start)) };
        let (token, length) = match first {
            '0'..='9' | '.' => number(rest).map_err(|message| (start, message))?,
            '+' | '-' | '*' | '/' | '^' | '(' | ')' | ',' => (Token::Symbol(first), 1),
            '{' => {
                let end = rest.find('}').ok_or((start, "the brace is not closed".to_owned()))?;
                (Token::Name(rest[1..end].trim().to_owned()), end + 1)
            }
            c if is_of_name(c) => {
                let length = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
                (Token::Name(rest[..length].to_owned()), length)
            }
            c => {
                let message =
                    format!("`{c}` means nothing here; allowed are numbers, names, + - * / ^ and parentheses");
                return Err((start, message));
            }
        };
        self.at = start + length;
        Ok((token, start))
    }
}

/// Whether names may have it; `²` and its like are numeric, and no digits.
pub fn is_of_name(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || c == '_'
}

/// A number, and how many bytes it takes: 2, 0.5, 1e-3, 1_000.
fn number(text: &str) -> Result<(Token, usize), String> {
    let mut before = ' ';
    let ends = |c: char| {
        let sign_of_exponent = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
        before = c;
        !(is_of_name(c) || c == '.' || sign_of_exponent)
    };
    let length = text.find(ends).unwrap_or(text.len());
    let written = &text[..length];
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let between_digits =
        |at: usize| digit(written[..at].chars().next_back()) && digit(written[at + 1..].chars().next());
    let underscores_stand_well = written.match_indices('_').all(|(at, _)| between_digits(at));
    match written.replace('_', "").parse::<f64>() {
        Ok(value) if value.is_finite() && underscores_stand_well => Ok((Token::Number(value), length)),
        Ok(_) if underscores_stand_well => Err(format!("`{written}` is too large a number")),
        _ => Err(format!(
            "`{written}` is not a number; numbers are written 2, 0.5, 1e-3, 1_000, and a product needs its *"
        )),
    }
}
