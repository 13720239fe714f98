//! Finding the heading row, and which column is what.

use super::plain::tight;
use super::{Field, NoHeading, RollKind, SheetRow};

/// The heading stands among the first so many rows that say something.
pub const HEADING_ROWS: usize = 20;

/// Where each known column stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// The heading's place among the rows; data begin after it.
    pub last: usize,
    /// (what, column, heading as it stands in the file).
    pub known: Vec<(Field, usize, String)>,
}

impl Columns {
    /// The column of a field.
    #[must_use]
    pub fn of(&self, field: Field) -> Option<usize> {
        self.known.iter().find(|(known, ..)| *known == field).map(|(_, column, _)| *column)
    }

    /// A field's heading as it stands in the file; empty where the file has no such column.
    #[must_use]
    pub fn heading_of(&self, field: Field) -> &str {
        self.known.iter().find(|(known, ..)| *known == field).map_or("", |(_, _, text)| text)
    }
}

/// The names of a field's column, the more telling before the others: where two columns answer to a
/// field, the earlier name counts.
const fn names(field: Field) -> &'static [&'static str] {
    match field {
        Field::Courtyard => &[
            "小院",
            "小区",
            "院",
            "院落",
            "小院名称",
            "小区名称",
            "院落名称",
            "所属小院",
            "所属小区",
            "所在小区",
            "所在院落",
            "院名",
            "courtyard",
        ],
        Field::Building => &[
            "楼号",
            "楼",
            "楼栋",
            "楼栋号",
            "楼幢",
            "幢",
            "幢号",
            "栋",
            "栋号",
            "楼座",
            "楼房号",
            "楼牌号",
            "building",
        ],
        Field::Unit => &[
            "单元",
            "单元号",
            "门",
            "楼门",
            "门号",
            "楼门号",
            "单元门",
            "门洞",
            "单元(门)",
            "entrance",
            "unit",
        ],
        Field::Room => &[
            "房号",
            "室",
            "室号",
            "房间号",
            "房屋号",
            "房屋编号",
            "门牌",
            "门牌号",
            "户号",
            "门户号",
            "房间",
            "房",
            "room",
        ],
        Field::Address => &[
            "房屋坐落",
            "地址",
            "坐落",
            "房屋地址",
            "住址",
            "家庭住址",
            "详细地址",
            "居住地址",
            "楼-单元-室",
            "楼-门-室",
            "楼-单元-房号",
            "楼-单元-户",
            "楼单元室",
            "楼门室",
            "楼门号室",
            "楼栋单元房号",
            "address",
        ],
        Field::Owners => &[
            "业主",
            "业主姓名",
            "产权人",
            "产权人姓名",
            "房屋所有权人",
            "所有权人",
            "权利人",
            "权利人姓名",
            "房主",
            "户主",
            "户主姓名",
            "姓名",
            "owner",
            "owners",
        ],
        Field::Area => &[
            "建筑面积",
            "房屋建筑面积",
            "产权面积",
            "登记面积",
            "专有部分面积",
            "房屋面积",
            "面积",
            "area",
        ],
        Field::Phone => &[
            "手机",
            "手机号",
            "手机号码",
            "电话",
            "电话号码",
            "联系电话",
            "联系方式",
            "业主电话",
            "phone",
        ],
        Field::Representative => &[
            "代表人",
            "表决代表",
            "表决代表人",
            "共有人代表",
            "投票代表",
            "投票人",
            "代表",
            "representative",
        ],
    }
}

/// A heading without its mark of duty, what stands in brackets, and its colon.
fn bare(cell: &str) -> String {
    let text = tight(cell).to_lowercase().replace('_', "-");
    let text = text.trim_matches(['*', ':', '：', '※', '.']).to_owned();
    if names(Field::Unit).contains(&text.as_str()) {
        return text;
    }
    let end = text.find(['(', '[', '【', '〔']).unwrap_or(text.len());
    text[..end].trim_matches(['*', ':']).to_owned()
}

/// The field that a heading names, and how telling the name is: less is more.
fn field_of(cell: &str) -> Option<(Field, usize)> {
    let text = bare(cell);
    let of = |field: &Field| {
        let rank = names(*field).iter().position(|name| *name == text)?;
        Some((*field, rank))
    };
    Field::ALL.iter().find_map(of)
}

/// The heading of a sheet: of the first rows, the one that names the most columns, a place among them.
/// A heading of two rows, with 楼, 单元 and 室 under one merged cell, is read as one.
///
/// # Errors
/// [`NoHeading`] when there is none, or a column is missing that the kind needs.
pub fn heading(kind: RollKind, rows: &[SheetRow]) -> Result<Columns, NoHeading> {
    let mut best: Option<(usize, Columns)> = None;
    let full = rows.iter().enumerate().filter(|(_, row)| !row.is_empty());
    for (at, row) in full.take(HEADING_ROWS) {
        let upper = row.cells.iter().any(|cell| field_of(cell).is_some());
        let below = rows.get(at + 1).filter(|below| upper && is_lower(row, below));
        let columns = columns(at, row, below);
        let places = columns.of(Field::Room).or(columns.of(Field::Address)).is_some();
        if places && best.as_ref().is_none_or(|(most, _)| columns.known.len() > *most) {
            best = Some((columns.known.len(), columns));
        }
    }
    let (_, columns) = best.ok_or(NoHeading::Missing)?;
    let needed: &[Field] = match kind {
        RollKind::Households => &[],
        RollKind::Owners => &[Field::Owners, Field::Area],
    };
    match needed.iter().find(|field| columns.of(**field).is_none()) {
        Some(field) => Err(NoHeading::Lacks(*field)),
        None => Ok(columns),
    }
}

/// Whether a row is the lower one of a heading of two: what it says names a column, or stands above it
/// already, as in a cell that is merged over both.
fn is_lower(upper: &SheetRow, lower: &SheetRow) -> bool {
    let said = (0..lower.cells.len()).map(|column| (lower.cell(column), upper.cell(column)));
    let mut said = said.filter(|(text, _)| !text.is_empty()).peekable();
    said.peek().is_some() && said.all(|(text, above)| text == above || field_of(&text).is_some())
}

/// Whether every cell that says something names a column.
pub(super) fn is_heading(row: &SheetRow) -> bool {
    let mut said = row.cells.iter().filter(|cell| !cell.trim().is_empty()).peekable();
    said.peek().is_some() && said.all(|cell| field_of(cell).is_some())
}

fn columns(at: usize, row: &SheetRow, below: Option<&SheetRow>) -> Columns {
    let width = row.cells.len().max(below.map_or(0, |below| below.cells.len()));
    let mut known: Vec<(Field, usize, String, usize)> = Vec::new();
    for column in 0..width {
        let lower = below.map(|below| below.cell(column)).filter(|text| !text.is_empty());
        let text = lower.unwrap_or_else(|| row.cell(column));
        let Some((field, rank)) = field_of(&text) else { continue };
        match known.iter_mut().find(|(other, ..)| *other == field) {
            Some(other) if rank < other.3 => *other = (field, column, text, rank),
            Some(_) => {}
            None => known.push((field, column, text, rank)),
        }
    }
    let known = known.into_iter().map(|(field, column, text, _)| (field, column, text)).collect();
    Columns { last: at + usize::from(below.is_some()), known }
}
