//! One row: its place, and what it says of the owners.

use super::address::{PLACE_MAX, Place, room};
use super::heading::Columns;
use super::plain::plain;
use super::{Field, Mend, NamedOwner, Owned, SheetRow};
use crate::owners::{Area, AreaError};
use crate::text::count;

/// Characters of an owner's name: companies have long ones.
const NAME_MAX: usize = 60;
/// Between several names or numbers in a cell.
const BETWEEN: [char; 8] = ['、', ',', '，', '/', ';', '；', '\n', '|'];

/// Where the row's household or unit is.
pub(super) fn place(row: &SheetRow, columns: &Columns) -> Result<Place, (Field, Mend)> {
    let cell = |field| columns.of(field).map(|column| row.cell(column)).unwrap_or_default();
    let courtyard = cell(Field::Courtyard);
    let mut place =
        Place { courtyard: (!courtyard.is_empty()).then_some(courtyard), ..Place::default() }
            .with_building(&cell(Field::Building))
            .with_unit(&cell(Field::Unit));
    let number = cell(Field::Room);
    if !number.is_empty() {
        // `101室` is a room whatever stands in it; `3-2-101` is a whole address.
        let whole = number.contains(['-', '楼', '栋', '元', '门', '/', '#']);
        place = if whole {
            place.read(&number).ok_or((Field::Room, Mend::AddressUnclear))?
        } else {
            Place { room: Some(room(&number)), ..place }
        };
    }
    let address = cell(Field::Address);
    if !address.is_empty() {
        place = place.read(&address).ok_or((Field::Address, Mend::AddressUnclear))?;
    }
    let of_room = if columns.of(Field::Room).is_some() { Field::Room } else { Field::Address };
    let long = |text: &Option<String>| text.as_deref().is_some_and(|text| count(text) > PLACE_MAX);
    if long(&place.room) || long(&place.entrance.building) || long(&place.entrance.unit) {
        return Err((of_room, Mend::PlaceTooLong));
    }
    if long(&place.courtyard) {
        return Err((Field::Courtyard, Mend::PlaceTooLong));
    }
    if place.room.is_none() { Err((of_room, Mend::NoRoom)) } else { Ok(place) }
}

/// What the row says of its owners; every problem at once.
pub(super) fn owned(row: &SheetRow, columns: &Columns) -> Result<Owned, Vec<(Field, Mend)>> {
    let cell = |field| {
        columns.of(field).and_then(|column| row.cells.get(column)).map_or("", String::as_str)
    };
    let mut problems = Vec::new();
    let area = Area::parse(cell(Field::Area)).map_err(|error| {
        let mend = match error {
            AreaError::Empty => Mend::NoArea,
            AreaError::NotANumber => Mend::AreaNotNumber,
            AreaError::TooFine => Mend::AreaTooFine,
            AreaError::OutOfRange => Mend::AreaRange,
        };
        problems.push((Field::Area, mend));
    });
    let names = names(cell(Field::Owners)).map_err(|mend| problems.push((Field::Owners, mend)));
    let phones = phones(cell(Field::Phone)).map_err(|mend| problems.push((Field::Phone, mend)));
    let representative = plain_name(cell(Field::Representative));
    let (Ok(area), Ok(names), Ok(phones)) = (area, names, phones) else { return Err(problems) };
    let named = names.iter().position(|name| *name == representative);
    let mut owners: Vec<_> =
        names.into_iter().map(|name| NamedOwner { name, phone: None }).collect();
    match phones.len() {
        0 => {}
        1 => owners[named.unwrap_or(0)].phone = phones.into_iter().next(),
        n if n == owners.len() => {
            for (owner, phone) in owners.iter_mut().zip(phones) {
                owner.phone = Some(phone);
            }
        }
        _ => return Err(vec![(Field::Phone, Mend::PhoneCount)]),
    }
    let representative = (!representative.is_empty()).then_some(representative);
    Ok(Owned { area, owners, representative })
}

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(BETWEEN).map(str::trim).filter(|part| !part.is_empty())
}

/// Names, each once, in their order.
fn names(cell: &str) -> Result<Vec<String>, Mend> {
    let mut names: Vec<String> = Vec::new();
    for part in parts(cell) {
        let spaced = plain(part);
        let words: Vec<_> = spaced.split(' ').collect();
        let han = |word: &&str| word.chars().all(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        // `张 三` is set apart to line up; `张三 李四` may be two people.
        if words.len() > 1 && words.iter().all(|word| han(word) && count(word) > 1) {
            return Err(Mend::NamesRunTogether);
        }
        let name = plain_name(part);
        if count(&name) > NAME_MAX {
            return Err(Mend::NameTooLong);
        }
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { Err(Mend::NoOwner) } else { Ok(names) }
}

/// A name as it is kept: Chinese ones without spaces, others with single ones.
fn plain_name(text: &str) -> String {
    let name = plain(text);
    let latin = name.chars().any(|c| c.is_ascii_alphabetic());
    if latin { name } else { name.replace(' ', "") }
}

fn phones(cell: &str) -> Result<Vec<String>, Mend> {
    parts(cell).map(|part| phone(part).ok_or(Mend::PhoneUnclear)).collect()
}

/// A telephone number's digits; spaces, dashes and brackets are left out.
fn phone(text: &str) -> Option<String> {
    let text = plain(text);
    let (plus, rest) = text.strip_prefix('+').map_or(("", text.as_str()), |rest| ("+", rest));
    let digits: String = rest.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("{plus}{digits}"))
}
