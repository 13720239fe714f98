//! QR codes (ISO/IEC 18004) as the path of a drawing.

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{Error, Result};

/// A QR code for an SVG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Width and height in modules, with the quiet zone of 4 on each side.
    pub size: usize,
    /// Dark modules as runs from left to right, to be filled: `M4 4h7v1h-7z…`.
    pub path: String,
}

/// Modules around the code that stay light, as the standard asks.
const QUIET: usize = 4;

/// The code of a text, with error correction M: 15 % of it may be unreadable.
///
/// # Errors
/// [`Error::Broken`] for a text that is too long: more than 2,331 bytes.
pub fn qr(text: &str) -> Result<Qr> {
    use std::fmt::Write as _;
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Error::Broken(format!("a QR code: {error}")))?;
    let colors = code.to_colors();
    let mut path = String::new();
    for (row, line) in (QUIET..).zip(colors.chunks(code.width())) {
        let mut at = QUIET;
        for run in line.chunk_by(|a, b| a == b) {
            let len = run.len();
            if run.first() == Some(&Color::Dark) {
                // Writing to a String never fails.
                let _ = write!(path, "M{at} {row}h{len}v1h-{len}z");
            }
            at += len;
        }
    }
    Ok(Qr { size: code.width() + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that a path paints.
    fn painted(code: &Qr) -> Vec<Vec<bool>> {
        let mut modules = vec![vec![false; code.size]; code.size];
        for run in code.path.split('M').skip(1) {
            let (at, rest) = run.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let len: usize = rest.split('v').next().unwrap().parse().unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            modules[y][x..x + len].fill(true);
        }
        modules
    }

    #[test]
    fn the_path_paints_the_very_modules() {
        let text = "https://hall.example/c/huaianli/join/ACDEF-HJKMN-PQRTU";
        let code = qr(text).unwrap();
        let expected = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        assert_eq!(code.size, expected.width() + 8);
        let modules = painted(&code);
        for (y, line) in modules.iter().enumerate() {
            for (x, dark) in line.iter().enumerate() {
                let inside = |at: usize| (QUIET..code.size - QUIET).contains(&at);
                let right =
                    inside(x) && inside(y) && expected[(x - QUIET, y - QUIET)] == Color::Dark;
                assert_eq!(*dark, right, "{x} {y}");
            }
        }
        assert_ne!(qr("https://hall.example/join/ACDEF-HJKMN-PQRTW").unwrap().path, code.path);
        assert!(qr(&"a".repeat(3_000)).is_err());
    }
}
