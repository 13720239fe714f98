//! 名册: reading households and owners from a table as a committee keeps it.
//!
//! Pure: a sheet of texts goes in, typed rows and problems come out, each with the row's number as the
//! person sees it in the file. Whether a household is on the roll already is not known here.

use serde::{Deserialize, Serialize};

use crate::named::named_enum;
use crate::owners::Area;

mod address;
mod heading;
mod plain;
mod row;
mod sheet;

pub use address::{EntranceKey, PLACE_MAX, Place, UnitWord, name_key, room_key};
pub use heading::{Columns, HEADING_ROWS, heading};
pub use plain::plain;
pub use sheet::{Entry, Reading, read};

named_enum! {
    /// What a file is about.
    RollKind {
        /// 住户: households.
        Households = "households",
        /// 业主: units with their owners and areas.
        Owners = "owners",
    }
}

named_enum! {
    /// A column that is understood.
    Field {
        /// 小院
        Courtyard = "courtyard",
        /// 楼号
        Building = "building",
        /// 单元 or 门
        Unit = "unit",
        /// 房号
        Room = "room",
        /// All of them in one column.
        Address = "address",
        /// 业主
        Owners = "owners",
        /// 建筑面积
        Area = "area",
        /// 电话
        Phone = "phone",
        /// 代表人
        Representative = "representative",
    }
}

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetRow {
    /// Its number as the person sees it in the file, from 1.
    pub number: u32,
    /// Its cells, from the first column.
    pub cells: Vec<String>,
}

impl SheetRow {
    /// The text of a column, made plain; empty where there is none.
    #[must_use]
    pub fn cell(&self, column: usize) -> String {
        self.cells.get(column).map(|text| plain(text)).unwrap_or_default()
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Why a sheet can't be read as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoHeading {
    /// None of the first rows names a place.
    Missing,
    /// A column is missing that this kind of file needs.
    Lacks(Field),
}

/// What is wrong with a row, and so how it is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// The address can't be understood.
    AddressUnclear,
    /// Building and entrance are missing.
    NoEntrance,
    /// The room is missing.
    NoRoom,
    /// Room, entrance or courtyard is too long to be one.
    PlaceTooLong,
    /// The courtyard is missing, and there are several.
    NoCourtyard,
    /// No owner.
    NoOwner,
    /// A name is too long to be one.
    NameTooLong,
    /// Several names with a space between them.
    NamesRunTogether,
    /// No area.
    NoArea,
    /// The area isn't a number.
    AreaNotNumber,
    /// The area has more than two decimals.
    AreaTooFine,
    /// The area is zero or too large.
    AreaRange,
    /// The telephone number isn't one.
    PhoneUnclear,
    /// As many telephone numbers as owners, or one.
    PhoneCount,
    /// Whoever is named to vote isn't among the owners.
    RepresentativeNotOwner,
    /// The courtyard or entrance of that name is closed.
    PlaceEnded,
    /// The same unit stands in an earlier row that writes its address otherwise.
    SameUnit,
    /// The same unit stands in an earlier row, with another area.
    OtherArea,
    /// The same unit stands in an earlier row, with somebody else named to vote.
    OtherRepresentative,
}

/// A problem of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The row's number in the file.
    pub row: u32,
    /// The column that it is about.
    pub field: Field,
    /// The column's heading as it stands in the file; empty where the file has no such column.
    pub heading: String,
    /// What is wrong.
    pub mend: Mend,
    /// The earlier row that it disagrees with.
    pub other_row: Option<u32>,
}

/// An owner of a unit, as the row has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedOwner {
    /// Name.
    pub name: String,
    /// Telephone number: digits, with a leading `+` where there was one.
    pub phone: Option<String>,
}

/// What an owners' file says of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owned {
    /// Its area.
    pub area: Area,
    /// Its owners, each once.
    pub owners: Vec<NamedOwner>,
    /// Who votes: the name of one of `owners`.
    pub representative: Option<String>,
}
