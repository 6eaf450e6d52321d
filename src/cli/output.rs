//! What is said, and where: results on stdout, everything else on stderr.

use std::io::{self, ErrorKind, Write};

/// Writes results to stdout. A reader that has gone away (`| head`) is no error.
pub(super) fn results(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Says something on stderr; where that is closed, nobody listens.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says a warning on stderr.
pub(super) fn warning(text: &str) {
    note(&format!("warning: {text}"));
}

/// Says an error on stderr.
pub(super) fn error(text: &str) {
    note(&format!("error: {text}"));
}
