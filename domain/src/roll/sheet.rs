//! A whole sheet: rows and problems, what is repeated, and what is passed over quietly.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::address::Place;
use super::heading::{Columns, heading, is_heading};
use super::plain::tight;
use super::row::{owned, place};
use super::{Field, Mend, NoHeading, Owned, RollKind, RowProblem, SheetRow};

/// A row that can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The row's number in the file.
    pub row: u32,
    /// Where it is.
    pub place: Place,
    /// Of an owners' file, what it says of the unit.
    pub owned: Option<Owned>,
}

/// What a sheet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Where each column stands.
    pub columns: Columns,
    /// One entry a household or unit.
    pub entries: Vec<Entry>,
    /// What can't be taken, by row.
    pub problems: Vec<RowProblem>,
    /// (row, the earlier row that it repeats or adds an owner to).
    pub repeated: Vec<(u32, u32)>,
}

/// First words of rows that sum up or explain.
const NOT_DATA: [&str; 11] =
    ["合计", "总计", "小计", "共计", "总数", "备注", "说明", "注:", "填表", "制表", "total"];

/// Reads a sheet.
///
/// # Errors
/// [`NoHeading`] when no row says which column is what.
pub fn read(kind: RollKind, rows: &[SheetRow]) -> Result<Reading, NoHeading> {
    let columns = heading(kind, rows)?;
    let mut seen: HashMap<Key, usize> = HashMap::new();
    let mut out =
        Reading { columns, entries: Vec::new(), problems: Vec::new(), repeated: Vec::new() };
    for row in rows.iter().skip(out.columns.last + 1) {
        if is_passed_over(row, &out.columns) {
            continue;
        }
        let entry = match entry(kind, row, &out.columns) {
            Ok(entry) => entry,
            Err(found) => {
                out.note(row.number, found, None);
                continue;
            }
        };
        let known = seen.get(&key(&entry.place)).and_then(|at| out.entries.get_mut(*at));
        let Some(known) = known else {
            seen.insert(key(&entry.place), out.entries.len());
            out.entries.push(entry);
            continue;
        };
        let first = known.row;
        match join(known, entry) {
            Ok(()) => out.repeated.push((row.number, first)),
            Err(found) => out.note(row.number, vec![found], Some(first)),
        }
    }
    out.check_representatives();
    Ok(out)
}

impl Reading {
    /// Who votes is one of the owners, whom the unit's rows name together.
    fn check_representatives(&mut self) {
        let (kept, wrong): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| {
                match entry.owned.as_ref().map(|owned| (&owned.representative, &owned.owners)) {
                    Some((Some(named), owners)) => owners.iter().any(|owner| owner.name == *named),
                    _ => true,
                }
            });
        self.entries = kept;
        for entry in wrong {
            let found = vec![(Field::Representative, Mend::RepresentativeNotOwner)];
            self.note(entry.row, found, None);
        }
        self.problems.sort_by_key(|problem| problem.row);
    }

    fn note(&mut self, row: u32, found: Vec<(Field, Mend)>, other_row: Option<u32>) {
        for (field, mend) in found {
            let heading = self.columns.heading_of(field).to_owned();
            self.problems.push(RowProblem { row, field, heading, mend, other_row });
        }
    }
}

type Key = (String, super::EntranceKey, String);

/// By what a row is the same household or unit as another.
fn key(place: &Place) -> Key {
    let tight = |text: &Option<String>| text.as_deref().map(tight).unwrap_or_default();
    (tight(&place.courtyard), place.entrance.clone(), tight(&place.room))
}

fn entry(kind: RollKind, row: &SheetRow, columns: &Columns) -> Result<Entry, Vec<(Field, Mend)>> {
    let place = place(row, columns);
    let owned = match kind {
        RollKind::Households => Ok(None),
        RollKind::Owners => owned(row, columns).map(Some),
    };
    match (place, owned) {
        (Ok(place), Ok(owned)) => Ok(Entry { row: row.number, place, owned }),
        (Err(found), Ok(_)) => Err(vec![found]),
        (Ok(_), Err(found)) => Err(found),
        (Err(first), Err(mut found)) => {
            found.insert(0, first);
            Err(found)
        }
    }
}

/// Whether a row says nothing of a household: empty but for its serial number, a sum, a note, or the
/// heading once more.
fn is_passed_over(row: &SheetRow, columns: &Columns) -> bool {
    let says_nothing = columns.known.iter().all(|(_, column, _)| row.cell(*column).is_empty());
    let first = row.cells.iter().map(|cell| tight(cell)).find(|cell| !cell.is_empty());
    let Some(first) = first.filter(|_| !says_nothing) else { return true };
    let first = first.to_lowercase();
    NOT_DATA.iter().any(|word| first.starts_with(word)) || is_same_heading(row, columns)
}

fn is_same_heading(row: &SheetRow, columns: &Columns) -> bool {
    is_heading(row) || columns.known.iter().all(|(_, column, text)| row.cell(*column) == *text)
}

/// Joins a row to the earlier one of the same place: the same again, or one more owner of the unit.
fn join(known: &mut Entry, again: Entry) -> Result<(), (Field, Mend)> {
    let (Some(known), Some(again)) = (known.owned.as_mut(), again.owned) else { return Ok(()) };
    if known.area != again.area {
        return Err((Field::Area, Mend::OtherArea));
    }
    match (&known.representative, again.representative) {
        (Some(before), Some(named)) if *before != named => {
            return Err((Field::Representative, Mend::OtherRepresentative));
        }
        (None, named @ Some(_)) => known.representative = named,
        _ => {}
    }
    for owner in again.owners {
        match known.owners.iter_mut().find(|known| known.name == owner.name) {
            Some(known) => known.phone = known.phone.take().or(owner.phone),
            None => known.owners.push(owner),
        }
    }
    Ok(())
}

impl Owned {
    /// The names of the owners, with the marks between them that people write.
    #[must_use]
    pub fn names(&self) -> String {
        self.owners.iter().map(|owner| owner.name.as_str()).collect::<Vec<_>>().join("、")
    }
}
