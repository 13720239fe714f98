//! Where a household or unit is, from one column or several: `3-2-101`, `3号楼2单元101室`,
//! `北柳小区3号楼2门101`.

use serde::{Deserialize, Serialize};

use super::plain::{is_numeral, numeral, plain, tight};

/// Characters of a courtyard's, an entrance's or a room's name.
pub const PLACE_MAX: usize = 30;

/// What the community calls an entrance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitWord {
    /// 单元
    Unit,
    /// 门
    Door,
}

/// An entrance without the way it is written: `3号楼2单元`, `三栋二门` and `3-2` are one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct EntranceKey {
    /// 楼, where there is one.
    pub building: Option<String>,
    /// 单元 or 门, where there is one.
    pub unit: Option<String>,
}

/// Where a household or unit is, as the row says it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// 小院 as it is written; none where the row doesn't say.
    pub courtyard: Option<String>,
    /// 楼门; empty where the row doesn't say.
    pub entrance: EntranceKey,
    /// What the row calls the entrance.
    pub word: Option<UnitWord>,
    /// The room, as it is written.
    pub room: Option<String>,
}

impl EntranceKey {
    /// Of an entrance's name; a name without numbers is kept whole.
    #[must_use]
    pub fn of_name(name: &str) -> (Self, Option<UnitWord>) {
        let whole = || Self { building: None, unit: Some(tight(name).to_uppercase()) };
        match Place::default().read(name) {
            Some(Place { courtyard: None, entrance, word, room: None })
                if entrance != Self::default() =>
            {
                (entrance, word)
            }
            _ => (whole(), None),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.building.is_none() && self.unit.is_none()
    }

    /// Its name as a community writes it: `3号楼2单元`, `1门`.
    #[must_use]
    pub fn name(&self, word: UnitWord) -> String {
        // A name of its own (`东门`, `配套楼`) is kept.
        let own = |text: &str| !text.chars().all(|c| c.is_ascii_alphanumeric());
        let building = self.building.as_deref().map_or_else(String::new, |building| {
            if own(building) { building.to_owned() } else { format!("{building}号楼") }
        });
        let unit = self.unit.as_deref().map_or_else(String::new, |unit| match word {
            _ if own(unit) => unit.to_owned(),
            UnitWord::Unit => format!("{unit}单元"),
            UnitWord::Door => format!("{unit}门"),
        });
        format!("{building}{unit}")
    }
}

/// What follows a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Courtyard,
    Building,
    Unit(UnitWord),
    Floor,
    Room,
    Number,
}

/// The longest first, so that `号院` isn't read as `号`.
const MARKS: [(&str, Mark); 17] = [
    ("号院", Mark::Courtyard),
    ("号楼", Mark::Building),
    ("号栋", Mark::Building),
    ("号幢", Mark::Building),
    ("单元", Mark::Unit(UnitWord::Unit)),
    ("楼门", Mark::Unit(UnitWord::Door)),
    ("号门", Mark::Unit(UnitWord::Door)),
    ("院", Mark::Courtyard),
    ("楼", Mark::Building),
    ("栋", Mark::Building),
    ("幢", Mark::Building),
    ("座", Mark::Building),
    ("门", Mark::Unit(UnitWord::Door)),
    ("层", Mark::Floor),
    ("室", Mark::Room),
    ("房", Mark::Room),
    ("户", Mark::Room),
];

/// Sides of a landing that are part of a room's number.
const SIDES: &str = "东西南北中甲乙丙丁左右";

impl Place {
    /// Reads a text into what is not known yet; `None` when it can't be understood.
    #[must_use]
    pub fn read(mut self, text: &str) -> Option<Self> {
        let text: Vec<char> = tight(text).chars().collect();
        let mut head = String::new();
        let mut loose: Vec<String> = Vec::new();
        let mut begun = false;
        let mut at = 0;
        while let Some(&c) = text.get(at) {
            if matches!(c, '-' | '/' | '#' | ',' | '、' | '_' | '.' | '(' | ')') {
                at += 1;
                continue;
            }
            let Some((raw, value, end)) = number(&text, at) else {
                if !begun {
                    head.push(c);
                } else if SIDES.contains(c) && !loose.is_empty() {
                    loose.last_mut()?.push(c);
                } else if !matches!(c, '室' | '房' | '户' | '号') {
                    return None;
                }
                at += 1;
                continue;
            };
            let (mark, next) = mark(&text, end);
            at = next;
            let whole = || text[end - raw.chars().count()..next].iter().collect::<String>();
            match mark {
                Some(Mark::Courtyard) if !begun => head.push_str(&whole()),
                Some(Mark::Building) if self.entrance.building.is_none() => {
                    self.entrance.building = Some(value);
                    begun = true;
                }
                // `5楼` after the building is a floor.
                Some(Mark::Building | Mark::Floor) if begun => {}
                Some(Mark::Unit(word)) if self.entrance.unit.is_none() => {
                    self.entrance.unit = Some(value);
                    self.word = Some(word);
                    begun = true;
                }
                Some(Mark::Number) if next < text.len() && !begun => {
                    // `12号3号楼…`: the number of a street; `3号2单元…`: a building.
                    if head.is_empty() && self.entrance.building.is_none() {
                        self.entrance.building = Some(value);
                        begun = true;
                    } else {
                        head.push_str(&whole());
                    }
                }
                Some(Mark::Room | Mark::Number) => {
                    loose.push(raw);
                    begun = true;
                }
                None if ends(&text, next) => {
                    loose.push(raw);
                    begun = true;
                }
                None if !begun => head.push_str(&raw),
                _ => return None,
            }
        }
        self.take_loose(loose)?;
        if self.courtyard.is_none() && !head.is_empty() {
            self.courtyard = Some(head);
        }
        Some(self)
    }

    /// Numbers without a word: building, entrance and room in this order, as far as they aren't known.
    fn take_loose(&mut self, loose: Vec<String>) -> Option<()> {
        let mut loose = loose.into_iter().rev();
        let Some(room) = loose.next() else { return Some(()) };
        if self.room.is_none() {
            self.room = Some(room);
        }
        let mut before: Vec<String> = loose.collect();
        before.reverse();
        let building = &mut self.entrance.building;
        let unit = &mut self.entrance.unit;
        let part = |text: &str| Some(component(text));
        match (before.as_slice(), building.is_some(), unit.is_some()) {
            ([], ..) => {}
            ([first], false, _) => *building = part(first),
            ([first], true, false) => *unit = part(first),
            ([first, second], false, false) => {
                *building = part(first);
                *unit = part(second);
            }
            // The columns beside it have said the same already.
            ([first], true, true) if part(first) == *unit => {}
            ([first, second], true, _)
                if part(first) == *building && (unit.is_none() || part(second) == *unit) =>
            {
                *unit = part(second);
            }
            _ => return None,
        }
        Some(())
    }

    /// Takes the text of a column that says 楼 alone.
    #[must_use]
    pub fn with_building(mut self, cell: &str) -> Self {
        let said = component(cell);
        if !said.is_empty() {
            self.entrance.building = Some(said);
        }
        self
    }

    /// Takes the text of a column that says 单元 or 门, or the whole entrance.
    #[must_use]
    pub fn with_unit(mut self, cell: &str) -> Self {
        let text = tight(cell);
        if text.is_empty() {
            return self;
        }
        let (whole, word) = EntranceKey::of_name(&text);
        if whole.building.is_some() {
            self.entrance.building = self.entrance.building.or(whole.building);
            self.entrance.unit = whole.unit.or(self.entrance.unit);
        } else {
            self.entrance.unit = Some(component(&text));
        }
        self.word = word.or(self.word);
        self
    }
}

/// A building's or entrance's own part: `3号楼`, `三栋`, `03` and `3#` are `3`.
fn component(cell: &str) -> String {
    let text = tight(cell).to_uppercase();
    let mut end = text.as_str();
    for mark in [
        "号楼", "楼号", "号栋", "号幢", "单元", "楼门", "号门", "门洞", "楼", "栋", "幢", "座",
        "门", "号", "#",
    ] {
        if let Some(rest) = end.strip_suffix(mark).filter(|rest| !rest.is_empty()) {
            end = rest;
            break;
        }
    }
    let ours = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric());
    if let Some(value) = numeral(end) {
        value.to_string()
    } else if ours(end) {
        without_zeros(end).to_owned()
    } else {
        text
    }
}

fn without_zeros(text: &str) -> &str {
    let kept = text.trim_start_matches('0');
    if kept.starts_with(|c: char| c.is_ascii_digit()) { kept } else { text }
}

/// The number at a place: as it is written, its value, and where it ends.
fn number(text: &[char], at: usize) -> Option<(String, String, usize)> {
    let run = |holds: fn(char) -> bool| {
        let len = text[at..].iter().take_while(|c| holds(**c)).count();
        (len > 0).then(|| (text[at..at + len].iter().collect::<String>(), at + len))
    };
    if let Some((raw, end)) = run(|c| c.is_ascii_alphanumeric()) {
        let raw = raw.to_uppercase();
        let value = without_zeros(&raw).to_owned();
        return Some((raw, value, end));
    }
    let (raw, end) = run(is_numeral)?;
    let value = numeral(&raw).map_or_else(|| raw.clone(), |value| value.to_string());
    Some((raw, value, end))
}

fn mark(text: &[char], at: usize) -> (Option<Mark>, usize) {
    for (word, mark) in MARKS {
        let len = word.chars().count();
        if text.get(at..at + len).is_some_and(|found| word.chars().eq(found.iter().copied())) {
            return (Some(mark), at + len);
        }
    }
    match text.get(at) {
        Some('号') => (Some(Mark::Number), at + 1),
        _ => (None, at),
    }
}

/// Whether a number without a word ends here.
fn ends(text: &[char], at: usize) -> bool {
    let separator = |c: &char| matches!(c, '-' | '/' | '#' | ',' | '、' | '_' | '.' | '(' | ')');
    text.get(at).is_none_or(|c| separator(c) || SIDES.contains(*c) && at + 1 == text.len())
}

/// A room as it is kept: `101室` is `101`.
pub(super) fn room(cell: &str) -> String {
    let text = plain(cell).to_uppercase();
    let bare = text.strip_suffix(['室', '房', '户', '号']).filter(|bare| !bare.is_empty());
    bare.unwrap_or(&text).trim().to_owned()
}

/// By what two rooms of an entrance are the same: `101`, `１０１室` and `101 ` are one.
#[must_use]
pub fn room_key(name: &str) -> String {
    tight(&room(name))
}

/// By what two courtyards are the same.
#[must_use]
pub fn name_key(name: &str) -> String {
    tight(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let Some(place) = Place::default().read(text) else { return "?".to_owned() };
        let part = |part: Option<String>| part.unwrap_or_else(|| "_".to_owned());
        let (key, courtyard) = (place.entrance, place.courtyard);
        [part(courtyard), part(key.building), part(key.unit), part(place.room)].join("|")
    }

    #[test]
    fn addresses_as_people_write_them() {
        for (text, expected) in [
            ("3-2-101", "_|3|2|101"),
            ("３－２－１０１", "_|3|2|101"),
            ("03-02-0101", "_|3|2|0101"),
            ("3号楼2单元101室", "_|3|2|101"),
            ("三号楼二单元101", "_|3|2|101"),
            ("3栋 2门 101", "_|3|2|101"),
            ("3#2-101", "_|3|2|101"),
            ("北柳小区3号楼2门101", "北柳小区|3|2|101"),
            ("北柳小区 3-2-101", "北柳小区|3|2|101"),
            ("7号院1号楼2门303室", "7号院|1|2|303"),
            ("七号院1-2-303", "七号院|1|2|303"),
            ("柳荫街12号3号楼2单元101", "柳荫街12号|3|2|101"),
            ("柳荫街12号院3号楼2单元5层501号", "柳荫街12号院|3|2|501"),
            ("3号楼2单元5楼501", "_|3|2|501"),
            ("家属院3门201", "家属院|_|3|201"),
            ("3号2单元101", "_|3|2|101"),
            ("A座1203", "_|A|_|1203"),
            ("3-101", "_|3|_|101"),
            ("2单元101东", "_|_|2|101东"),
            ("101", "_|_|_|101"),
            ("3号楼2单元", "_|3|2|_"),
            ("1-2-3-4-5", "?"),
            ("3号楼2单元101室张三家", "?"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn an_entrance_is_known_by_any_of_its_names() {
        let key = |name: &str| EntranceKey::of_name(name).0;
        let same = key("3号楼2单元");
        for name in ["3号楼2门", "三号楼二单元", "3栋2单元", "３号楼２单元", "03号楼02单元"]
        {
            assert_eq!(key(name), same, "{name}");
        }
        assert_ne!(key("3号楼"), same);
        assert_ne!(key("3号楼"), key("3门"));
        assert_eq!(key("1门"), EntranceKey { building: None, unit: Some("1".to_owned()) });
        assert_eq!(key("东门").unit.as_deref(), Some("东门"));
        assert_eq!(same.name(UnitWord::Door), "3号楼2门");
        assert_eq!(key("1门").name(UnitWord::Door), "1门");
        assert_eq!(key("东门").name(UnitWord::Unit), "东门");
        assert_eq!(key("3号楼").name(UnitWord::Unit), "3号楼");
    }

    #[test]
    fn columns_beside_each_other() {
        let place = Place::default().with_building("3号楼").with_unit("二单元");
        assert_eq!(place.entrance, EntranceKey::of_name("3号楼2门").0);
        let whole = Place::default().with_unit("3号楼2门");
        assert_eq!(whole.entrance, EntranceKey::of_name("3号楼2门").0);
        let known = Place::default().with_building("3").read("2-101");
        assert_eq!(known.map(|place| place.entrance), Some(EntranceKey::of_name("3号楼2门").0));
    }
}
