//! A workbook's sheet, read cell by cell after the package was weighed.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, Reader as _, Xlsx};
use domain::roll::SheetRow;
use zip::ZipArchive;

use super::read::{COLUMNS_MAX, Rows, SheetProblem};

/// Bytes of the whole package when it is unpacked.
const UNPACKED_MAX: u64 = 200 << 20;
/// Unpacked bytes for a packed one: sheets of a roll stay below 60.
const RATIO_MAX: u64 = 250;
/// A part this small may be packed as tightly as it likes.
const SMALL: u64 = 1 << 20;
/// Parts of a package.
const PARTS_MAX: usize = 2_000;
/// Sheets that are looked at.
const SHEETS_MAX: usize = 20;
/// Bytes of the shortest shared text, `<si/>`: a part names no more of them than fit in it.
const TEXT_MIN: u64 = 5;
/// No character of XML, but in ISO-2022-JP it could stand within a name and leave it what it is.
const ESCAPE: u8 = 0x1B;
/// Merged cells that are looked at.
const MERGED_MAX: usize = 60_000;

/// The first sheet that `fits`, or else the first that says something.
pub(super) fn sheet(
    bytes: &[u8],
    fits: impl Fn(&[SheetRow]) -> bool,
) -> Result<Vec<SheetRow>, SheetProblem> {
    weigh(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| SheetProblem::NotASheet)?;
    let mut first = None;
    for name in book.sheet_names().into_iter().take(SHEETS_MAX) {
        // A sheet of charts has no cells.
        let Some(rows) = rows(&mut book, &name)? else { continue };
        if fits(&rows) {
            return Ok(rows);
        }
        if first.is_none() && !rows.is_empty() {
            first = Some(rows);
        }
    }
    first.ok_or(SheetProblem::Empty)
}

/// Refuses a package that would unpack to more than any roll: by what its directory declares, and by
/// counting, since a directory can lie. So can the list of shared texts say that it has more than fit in
/// it, and room for so many would be made at once.
fn weigh(bytes: &[u8]) -> Result<(), SheetProblem> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| SheetProblem::NotASheet)?;
    if package.len() > PARTS_MAX {
        return Err(SheetProblem::Bomb);
    }
    let too_tight =
        |unpacked: u64, packed: u64| unpacked > SMALL && unpacked / packed.max(1) > RATIO_MAX;
    let mut declared = 0_u64;
    for at in 0..package.len() {
        let part = package.by_index_raw(at).map_err(|_| SheetProblem::NotASheet)?;
        declared = declared.saturating_add(part.size());
        if declared > UNPACKED_MAX || too_tight(part.size(), part.compressed_size()) {
            return Err(SheetProblem::Bomb);
        }
    }
    let mut counted = 0_u64;
    let mut buffer = vec![0; 64 << 10];
    for at in 0..package.len() {
        let mut part = package.by_index(at).map_err(|_| SheetProblem::NotASheet)?;
        let packed = part.compressed_size();
        let mut of_part = 0_u64;
        let name = part.name().map_err(|_| SheetProblem::NotASheet)?.to_ascii_lowercase();
        let mut promised = name.ends_with("sharedstrings.xml").then(Promised::default);
        loop {
            let read = part.read(&mut buffer).map_err(|_| SheetProblem::NotASheet)?;
            if read == 0 {
                break;
            }
            of_part += read as u64;
            counted += read as u64;
            if counted > UNPACKED_MAX || too_tight(of_part, packed) {
                return Err(SheetProblem::Bomb);
            }
            if let Some(promised) = &mut promised {
                promised.read(&buffer[..read]);
            }
        }
        if promised.is_some_and(|promised| promised.most > of_part / TEXT_MIN) {
            return Err(SheetProblem::Bomb);
        }
    }
    Ok(())
}

/// The most texts that a part says it has, wherever `uniqueCount` stands in it. It is read byte by byte,
/// so that no part need be held as a whole.
#[derive(Debug, Default)]
struct Promised {
    most: u64,
    /// Bytes of the name that have been read.
    name: usize,
    /// The number behind the name, once its digits have begun.
    digits: Option<u64>,
}

impl Promised {
    const NAME: &[u8] = b"uniqueCount";

    fn read(&mut self, bytes: &[u8]) {
        // Zeros are those of UTF-16.
        for byte in bytes.iter().copied().filter(|byte| *byte != 0) {
            if byte == ESCAPE {
                self.most = u64::MAX;
            }
            if self.name < Self::NAME.len() {
                self.name = match byte {
                    _ if byte == Self::NAME[self.name] => self.name + 1,
                    b'u' => 1,
                    _ => 0,
                };
                continue;
            }
            match byte {
                b'0'..=b'9' => {
                    let number = self.digits.unwrap_or(0).saturating_mul(10);
                    let number = number.saturating_add(u64::from(byte - b'0'));
                    self.digits = Some(number);
                    self.most = self.most.max(number);
                }
                // What may stand between the name and its number.
                b'=' | b'"' | b'\'' | b'+' if self.digits.is_none() => {}
                _ if byte.is_ascii_whitespace() && self.digits.is_none() => {}
                _ => {
                    let name = usize::from(byte == b'u');
                    *self = Self { most: self.most, name, digits: None };
                }
            }
        }
    }
}

fn rows(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Option<Vec<SheetRow>>, SheetProblem> {
    let mut rows = Rows::default();
    {
        let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(None) };
        while let Some(cell) = cells.next_cell().map_err(|_| SheetProblem::NotASheet)? {
            let (row, column) = cell.get_position();
            rows.put(row.saturating_add(1), column as usize, &text(cell.get_value()))?;
        }
    }
    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    for area in merged.into_iter().take(MERGED_MAX) {
        let column = area.start.1 as usize;
        // One that runs across is a title; one that runs down says the same for each of its rows.
        if area.start.1 == area.end.1 && column < COLUMNS_MAX {
            let row = |row: u32| row.saturating_add(1);
            rows.fill_down(column, row(area.start.0), row(area.end.0))?;
        }
    }
    Ok(Some(rows.done()))
}

/// A cell as it is seen.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(whole) => whole.to_string(),
        // Six decimals hide what a sum leaves behind (`89.57000000000001`) and no third decimal.
        DataRef::Float(number) => {
            let text = format!("{number:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(date) => date.as_f64().to_string(),
    }
}
