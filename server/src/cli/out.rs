//! What a command says.

use std::fmt::Display;
use std::io::Write as _;

/// A line for people or programs, on standard output. A reader that went away is no error.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line for whoever waits, on standard error: the result alone is on standard output.
pub(super) fn tell(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A line about what went wrong, on standard error.
pub(super) fn complain(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "xiaoyuan: {line}");
}
