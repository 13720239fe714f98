//! From an uploaded file to a sheet of texts: CSV in the encodings that spreadsheets write, and XLSX.
//!
//! A file is a stranger's: everything is bounded before it is read further.

use domain::roll::{Field, NoHeading, RollKind, SheetRow, heading};
use encoding_rs::{Encoding, GB18030, UTF_8};

use super::xlsx;

/// Bytes of a file.
pub const FILE_MAX: usize = 10 << 20;
/// Rows that say something.
pub const ROWS_MAX: usize = 60_000;
/// Columns.
pub const COLUMNS_MAX: usize = 64;
/// Characters of a cell.
pub const CELL_MAX: usize = 500;
/// Rows that merged cells may cover: each cell is merged once, so more of them overlap.
const COVERED_MAX: usize = ROWS_MAX * COLUMNS_MAX;
/// Bytes of all cells together: short texts that a file names again and again add up.
const TEXT_MAX: usize = 64 << 20;

/// Why a file can't be read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetProblem {
    /// Nothing was chosen, or nothing stands in it.
    Empty,
    /// More than [`FILE_MAX`].
    TooLarge,
    /// More than [`ROWS_MAX`].
    TooManyRows,
    /// More than [`COLUMNS_MAX`].
    TooManyColumns,
    /// A cell of this row has more than [`CELL_MAX`].
    LongCell(u32),
    /// Unpacked it would be far larger than any roll.
    Bomb,
    /// An old `.xls`, or a workbook with a password.
    OldExcel,
    /// Neither CSV nor XLSX.
    NotASheet,
    /// No row says which column is what.
    NoHeading,
    /// A column is missing.
    Lacks(Field),
}

impl From<NoHeading> for SheetProblem {
    fn from(no: NoHeading) -> Self {
        match no {
            NoHeading::Missing => Self::NoHeading,
            NoHeading::Lacks(field) => Self::Lacks(field),
        }
    }
}

/// Reads a file's sheet: of a workbook the first one that has a heading for this kind. It takes its
/// time: call it off the async threads.
///
/// # Errors
/// [`SheetProblem`] when it can't be read as a whole.
pub fn sheet(kind: RollKind, bytes: &[u8]) -> Result<Vec<SheetRow>, SheetProblem> {
    if bytes.is_empty() {
        return Err(SheetProblem::Empty);
    }
    if bytes.len() > FILE_MAX {
        return Err(SheetProblem::TooLarge);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(SheetProblem::OldExcel);
    }
    let rows = if bytes.starts_with(b"PK") {
        xlsx::sheet(bytes, |rows| heading(kind, rows).is_ok())?
    } else {
        csv_rows(&text(bytes)?)?
    };
    if rows.is_empty() { Err(SheetProblem::Empty) } else { Ok(rows) }
}

/// The text of a file: by its mark (UTF-8, UTF-16), else UTF-8 where it is that, else GB18030.
fn text(bytes: &[u8]) -> Result<String, SheetProblem> {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, len)) => (encoding, &bytes[len..]),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, bytes),
        None => (GB18030, bytes),
    };
    let (text, wrong) = encoding.decode_without_bom_handling(body);
    if wrong || text.contains('\0') {
        return Err(SheetProblem::NotASheet);
    }
    Ok(text.into_owned())
}

/// Of `,`, `;` and tab, the one that the first lines use most.
fn delimiter(text: &str) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let mut lines = 0;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                lines += 1;
                if lines == 30 {
                    break;
                }
            }
            _ if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(mark, _)| *mark == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // The first of equals: a file of one column has no delimiter at all.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

fn csv_rows(text: &str) -> Result<Vec<SheetRow>, SheetProblem> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Rows::default();
    let bytes = text.as_bytes();
    let (mut seen, mut line) = (0, 1);
    // A line end within quotes makes no new row for who sees the file as a table.
    let mut within = 0;
    for record in reader.records() {
        let record = record.map_err(|_| SheetProblem::NotASheet)?;
        // The reader notes where it began to look, which is before the line ends that it passes over.
        let begun =
            record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(seen);
        let begun = begun.clamp(seen, bytes.len());
        let ends = bytes[begun..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += line_ends(&bytes[seen..begun + ends]);
        seen = begun + ends;
        let number = u32::try_from(line.saturating_sub(within)).unwrap_or(u32::MAX);
        for (column, cell) in record.iter().enumerate() {
            within += line_ends(cell.as_bytes());
            rows.put(number, column, cell)?;
        }
    }
    Ok(rows.done())
}

/// Line ends of every machine: CR LF, LF or CR.
fn line_ends(bytes: &[u8]) -> usize {
    let ends = |(at, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes.iter().enumerate().filter(|it| ends(*it)).count()
}

/// Rows under construction, within the limits. Cells come row by row.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<SheetRow>,
    bytes: usize,
    /// Rows that merged cells covered so far.
    covered: usize,
}

impl Rows {
    /// Puts a cell; one that says nothing is left out.
    pub(super) fn put(
        &mut self,
        number: u32,
        column: usize,
        text: &str,
    ) -> Result<(), SheetProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        if column >= COLUMNS_MAX {
            return Err(SheetProblem::TooManyColumns);
        }
        if text.len() > CELL_MAX && text.chars().count() > CELL_MAX {
            return Err(SheetProblem::LongCell(number));
        }
        self.bytes += text.len();
        if self.bytes > TEXT_MAX {
            return Err(SheetProblem::Bomb);
        }
        if self.rows.last().is_none_or(|row| row.number != number) {
            if self.rows.len() == ROWS_MAX {
                return Err(SheetProblem::TooManyRows);
            }
            self.rows.push(SheetRow { number, cells: Vec::new() });
        }
        if let Some(row) = self.rows.last_mut() {
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            text.clone_into(&mut row.cells[column]);
        }
        Ok(())
    }

    /// Fills a column's empty cells between two rows with the text of the first: a merged cell.
    pub(super) fn fill_down(
        &mut self,
        column: usize,
        first: u32,
        last: u32,
    ) -> Result<(), SheetProblem> {
        let begin = self.rows.partition_point(|row| row.number < first);
        let Some(text) = self.rows.get(begin).filter(|row| row.number == first) else {
            return Ok(());
        };
        let Some(text) = text.cells.get(column).filter(|text| !text.is_empty()).cloned() else {
            return Ok(());
        };
        for row in self.rows[begin + 1..].iter_mut().take_while(|row| row.number <= last) {
            self.covered += 1;
            if self.covered > COVERED_MAX {
                return Err(SheetProblem::Bomb);
            }
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            if row.cells[column].is_empty() {
                self.bytes += text.len();
                if self.bytes > TEXT_MAX {
                    return Err(SheetProblem::Bomb);
                }
                row.cells[column].clone_from(&text);
            }
        }
        Ok(())
    }

    /// The rows that say something.
    pub(super) fn done(self) -> Vec<SheetRow> {
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u32, String)>, SheetProblem> {
        let rows = sheet(RollKind::Households, bytes)?;
        Ok(rows.into_iter().map(|row| (row.number, row.cells.join("|"))).collect())
    }

    #[test]
    fn every_encoding_and_delimiter_of_a_spreadsheet() {
        let text = "楼,单元,室\r\n3,2,101\r\n";
        let utf16 = |big: bool| {
            let mark = [0xFEFF_u16];
            let units = mark.into_iter().chain(text.encode_utf16());
            units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        let files: [Vec<u8>; 7] = [
            text.into(),
            format!("\u{FEFF}{text}").into(),
            GB18030.encode(text).0.into_owned(),
            utf16(true),
            utf16(false),
            text.replace(',', ";").into(),
            text.replace(',', "\t").into(),
        ];
        for bytes in files {
            let expected = vec![(1, "楼|单元|室".to_owned()), (2, "3|2|101".to_owned())];
            assert_eq!(read(&bytes), Ok(expected), "{bytes:?}");
        }
    }

    #[test]
    fn rows_are_numbered_as_they_are_seen() {
        let text = "登记表\n\n,,\n楼,\"单元\n(门)\",室\n3,2,101\n\n3,2,102\n";
        let numbers: Vec<_> = read(text.as_bytes()).unwrap().into_iter().map(|row| row.0).collect();
        assert_eq!(numbers, [1, 4, 5, 7]);
    }

    #[test]
    fn merged_cells_that_overlap_are_no_roll() {
        let mut rows = Rows::default();
        let last = u32::try_from(ROWS_MAX).unwrap();
        for number in 1..=last {
            rows.put(number, 0, "3").unwrap();
        }
        // A sheet whose every column is one merged cell is read, and no cell twice.
        for _ in 0..COLUMNS_MAX {
            rows.fill_down(0, 1, last).unwrap();
        }
        let mut again = (0..COLUMNS_MAX).map(|_| rows.fill_down(0, 1, last));
        assert!(again.any(|filled| filled == Err(SheetProblem::Bomb)));
    }

    #[test]
    fn what_is_no_sheet_is_told() {
        let long = format!("地址\n{}", "长".repeat(CELL_MAX + 1));
        let wide = format!("地址{}x\n3-2-101", ",".repeat(COLUMNS_MAX));
        let tall = format!("地址\n{}", "3-2-101\n".repeat(ROWS_MAX));
        for (bytes, problem) in [
            (Vec::new(), SheetProblem::Empty),
            (b"\n\n , ,\n".to_vec(), SheetProblem::Empty),
            (vec![b'a'; FILE_MAX + 1], SheetProblem::TooLarge),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), SheetProblem::OldExcel),
            (b"PK\x03\x04 nothing of the kind".to_vec(), SheetProblem::NotASheet),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), SheetProblem::NotASheet),
            (vec![0xFF; 9], SheetProblem::NotASheet),
            (long.into(), SheetProblem::LongCell(2)),
            (wide.into(), SheetProblem::TooManyColumns),
            (tall.into(), SheetProblem::TooManyRows),
        ] {
            assert_eq!(read(&bytes), Err(problem));
        }
    }
}
