//! CSV for spreadsheets (RFC 4180), made harmless: a cell that a spreadsheet would take for a formula
//! begins with an apostrophe. UTF-8 with its mark, since spreadsheets else guess another encoding.

use crate::error::{Error, Result};

/// UTF-8's mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A table's bytes: heading and rows.
///
/// # Errors
/// [`Error::Broken`] never in practice: it is written to memory.
pub fn csv<R, C>(rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>>
where
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let broken = |error: &dyn std::fmt::Display| Error::Broken(format!("CSV: {error}"));
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(MARK.to_vec());
    for row in rows {
        let cells: Vec<String> = row.into_iter().map(|cell| harmless(cell.as_ref())).collect();
        writer.write_record(&cells).map_err(|error| broken(&error))?;
    }
    writer.into_inner().map_err(|error| broken(&error))
}

/// A cell that no spreadsheet takes for a formula (CWE-1236).
#[must_use]
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_stays_a_text() {
        for (cell, written) in [
            ("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")"),
            ("+86 138", "'+86 138"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1+1", "'＝1+1"),
            ("3-2-101", "3-2-101"),
            ("张三", "张三"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }

    #[test]
    fn read_again_it_is_the_same() {
        let rows = [vec!["行", "怎么改"], vec!["3", "请写成 \"3-2-101\"，\n再传一次"]];
        let bytes = csv(rows.clone()).unwrap();
        assert!(bytes.starts_with(MARK));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[3..]);
        let read: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect())
            .collect();
        assert_eq!(read, rows);
    }
}
