//! Which courtyard and entrance a row means: one that is there, however it is written, or a new one
//! named as the community names its others.

use std::collections::HashMap;

use domain::roll::{EntranceKey, Field, Mend, PLACE_MAX, Place, UnitWord, name_key};
use domain::text::count;

use super::ground::{CourtyardNow, EntranceNow, Ground};

/// A place that is there, by its row, or one that is added, by its place among the new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum At {
    Known(i64),
    New(usize),
}

/// Courtyards and entrances that rows were found to mean.
#[derive(Debug)]
pub(super) struct Sites {
    courtyards: Vec<CourtyardNow>,
    entrances: Vec<EntranceNow>,
    community: String,
    /// For rows that don't say.
    default: Option<i64>,
    word: Option<UnitWord>,
    /// Names of the courtyards to be added.
    pub(super) new_courtyards: Vec<String>,
    /// Courtyard and name of the entrances to be added.
    pub(super) new_entrances: Vec<(At, String)>,
    names: HashMap<Option<String>, Result<At, Mend>>,
    keys: HashMap<(At, EntranceKey), Result<At, Mend>>,
}

impl Sites {
    /// The places of a community; `default` is the courtyard of rows that don't say.
    pub(super) fn new(ground: &mut Ground, default: Option<i64>) -> Self {
        let entrances = std::mem::take(&mut ground.entrances);
        let word = usual_word(entrances.iter());
        Self {
            courtyards: std::mem::take(&mut ground.courtyards),
            community: std::mem::take(&mut ground.community),
            entrances,
            default,
            word,
            new_courtyards: Vec::new(),
            new_entrances: Vec::new(),
            names: HashMap::new(),
            keys: HashMap::new(),
        }
    }

    /// The entrance of a row.
    pub(super) fn entrance(&mut self, place: &Place) -> Result<At, (Field, Mend)> {
        let courtyard = self.courtyard(place.courtyard.as_deref());
        let courtyard = courtyard.map_err(|mend| (Field::Courtyard, mend))?;
        let key = (courtyard, place.entrance.clone());
        let known = self.keys.get(&key).copied();
        let at = known.unwrap_or_else(|| self.find_entrance(courtyard, place));
        self.keys.insert(key, at);
        at.map_err(|mend| (Field::Unit, mend))
    }

    /// Courtyard and entrance as they are shown.
    pub(super) fn shown(&self, entrance: At) -> String {
        match entrance {
            At::Known(id) => {
                let found = self.entrances.iter().find(|entrance| entrance.id == id);
                found.map_or_else(String::new, |entrance| {
                    format!(
                        "{} {}",
                        self.courtyard_name(At::Known(entrance.courtyard)),
                        entrance.name
                    )
                })
            }
            At::New(at) => {
                self.new_entrances.get(at).map_or_else(String::new, |(courtyard, name)| {
                    format!("{} {name}", self.courtyard_name(*courtyard))
                })
            }
        }
    }

    /// A courtyard's name.
    pub(super) fn courtyard_name(&self, courtyard: At) -> &str {
        match courtyard {
            At::Known(id) => {
                self.courtyards.iter().find(|row| row.id == id).map_or("", |row| &row.name)
            }
            At::New(at) => self.new_courtyards.get(at).map_or("", String::as_str),
        }
    }

    fn courtyard(&mut self, said: Option<&str>) -> Result<At, Mend> {
        let key = said.map(name_key).filter(|key| *key != self.community);
        if let Some(known) = self.names.get(&key) {
            return *known;
        }
        let found = self.find_courtyard(key.as_deref(), said);
        self.names.insert(key, found);
        found
    }

    fn find_courtyard(&mut self, key: Option<&str>, said: Option<&str>) -> Result<At, Mend> {
        let Some(key) = key else {
            let mut live = self.courtyards.iter().filter(|row| !row.ended);
            return match (self.default, live.next(), live.next()) {
                (Some(default), ..) => Ok(At::Known(default)),
                (None, Some(only), None) => Ok(At::Known(only.id)),
                _ => Err(Mend::NoCourtyard),
            };
        };
        if let Some(row) = self.courtyards.iter().find(|row| row.key == key) {
            return if row.ended { Err(Mend::PlaceEnded) } else { Ok(At::Known(row.id)) };
        }
        // `枣树湾社区北柳小区`: more than the name, and the name at its end.
        let live = self.courtyards.iter().filter(|row| !row.ended);
        let within = live.filter(|row| !row.key.is_empty() && key.ends_with(&row.key));
        if let Some(row) = within.max_by_key(|row| row.key.len()) {
            return Ok(At::Known(row.id));
        }
        self.new_courtyards.push(said.unwrap_or_default().to_owned());
        Ok(At::New(self.new_courtyards.len() - 1))
    }

    fn find_entrance(&mut self, courtyard: At, place: &Place) -> Result<At, Mend> {
        let key = &place.entrance;
        let here: Vec<&EntranceNow> = match courtyard {
            At::Known(id) => self.entrances.iter().filter(|row| row.courtyard == id).collect(),
            At::New(_) => Vec::new(),
        };
        let mut live = here.iter().filter(|row| !row.ended);
        if key.is_empty() {
            return match (live.next(), live.next()) {
                (Some(only), None) => Ok(At::Known(only.id)),
                _ => Err(Mend::NoEntrance),
            };
        }
        let same = |other: &EntranceKey| {
            // `3-101` may mean the third building or the third entrance: where there is only one of
            // them, it is that.
            let one = |key: &EntranceKey| match (&key.building, &key.unit) {
                (Some(one), None) | (None, Some(one)) => Some(one.clone()),
                _ => None,
            };
            place.word.is_none() && one(other).is_some() && one(other) == one(key)
        };
        if let Some(row) = here.iter().find(|row| !row.ended && row.key == *key) {
            return Ok(At::Known(row.id));
        }
        if let Some(row) = live.find(|row| same(&row.key)) {
            return Ok(At::Known(row.id));
        }
        let word = usual_word(here.iter().copied()).or(self.word).or(place.word);
        let name = key.name(word.unwrap_or(UnitWord::Unit));
        if here.iter().any(|row| row.ended && (row.name == name || row.key == *key)) {
            return Err(Mend::PlaceEnded);
        }
        if count(&name) > PLACE_MAX {
            return Err(Mend::PlaceTooLong);
        }
        // Two keys can come to one name, such as `3号楼东门` from a building and from a name.
        let twin = self.new_entrances.iter().position(|new| *new == (courtyard, name.clone()));
        let at = twin.unwrap_or_else(|| {
            self.new_entrances.push((courtyard, name));
            self.new_entrances.len() - 1
        });
        Ok(At::New(at))
    }
}

/// 单元 or 门: the word that most of the entrances have.
fn usual_word<'a>(entrances: impl Iterator<Item = &'a EntranceNow>) -> Option<UnitWord> {
    let mut counts = [(UnitWord::Unit, 0), (UnitWord::Door, 0)];
    for entrance in entrances.filter(|entrance| !entrance.ended) {
        if let Some((_, count)) = counts.iter_mut().find(|(word, _)| Some(*word) == entrance.word) {
            *count += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (most.1 > 0).then_some(most.0)
}
