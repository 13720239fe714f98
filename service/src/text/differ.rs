//! The difference of two texts, part by part, as people read it.

use std::collections::BTreeMap;

use domain::category::Category;
use domain::difference::{Segment, difference};
use domain::place::{Scope, ScopeKind};
use domain::version::{Part, Text};
use entities::{courtyard, entrance};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::{Error, Result};
use crate::views::matter::PlaceNames;

/// One part of a text that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextChange {
    /// Which.
    pub part: Part,
    /// How.
    pub what: What,
}

/// How a part of two texts differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Words: title, 现状, 建议, and where in words.
    Words(Vec<Segment>),
    /// The category.
    Category {
        /// Before.
        from: Category,
        /// After.
        to: Category,
    },
    /// 小院 and 楼门, by name.
    Place {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// Whom it concerns.
    Scope {
        /// Before.
        from: ScopeName,
        /// After.
        to: ScopeName,
    },
}

/// Whom a text concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeName {
    /// What kind of circle.
    pub kind: ScopeKind,
    /// Name of the 楼门 or 小院; none for the whole community.
    pub name: Option<String>,
}

/// Names of the places of some texts.
#[derive(Debug, Default)]
pub(super) struct Places {
    courtyards: BTreeMap<i64, String>,
    /// With the courtyard that it lies in.
    entrances: BTreeMap<i64, (i64, String)>,
}

impl Places {
    /// Reads the names. At most two statements.
    pub(super) async fn of(db: &impl ConnectionTrait, texts: &[&Text]) -> Result<Self> {
        let mut entrances: Vec<i64> =
            texts.iter().filter_map(|text| text.entrance.map(i64::from)).collect();
        let mut courtyards: Vec<i64> = texts.iter().map(|text| text.courtyard.0).collect();
        for text in texts {
            match text.scope {
                Scope::Entrance(id) => entrances.push(id.0),
                Scope::Courtyard(id) => courtyards.push(id.0),
                Scope::Community(_) => {}
            }
        }
        let mut places = Self::default();
        if !entrances.is_empty() {
            let found = entrance::Entity::find()
                .filter(entrance::Column::Id.is_in(entrances))
                .all(db)
                .await?;
            for row in found {
                courtyards.push(row.courtyard_id);
                places.entrances.insert(row.id, (row.courtyard_id, row.name));
            }
        }
        let found = courtyard::Entity::find()
            .filter(courtyard::Column::Id.is_in(courtyards))
            .all(db)
            .await?;
        places.courtyards = found.into_iter().map(|row| (row.id, row.name)).collect();
        Ok(places)
    }

    fn courtyard(&self, id: i64) -> String {
        self.courtyards.get(&id).cloned().unwrap_or_default()
    }

    fn entrance(&self, id: i64) -> String {
        let (courtyard, name) = self.entrances.get(&id).cloned().unwrap_or_default();
        format!("{}{name}", self.courtyard(courtyard))
    }

    fn place(&self, text: &Text) -> String {
        match text.entrance {
            Some(id) => self.entrance(id.0),
            None => self.courtyard(text.courtyard.0),
        }
    }

    /// Where a text says that it is.
    pub(super) fn names(&self, text: &Text) -> PlaceNames {
        let entrance = text.entrance.and_then(|id| self.entrances.get(&id.0));
        PlaceNames {
            courtyard: self.courtyard(text.courtyard.0),
            entrance: entrance.map(|(_, name)| name.clone()),
            spot: text.spot.clone(),
        }
    }

    /// Whom a text concerns.
    pub(super) fn scope(&self, text: &Text) -> ScopeName {
        let name = match text.scope {
            Scope::Entrance(id) => Some(self.entrance(id.0)),
            Scope::Courtyard(id) => Some(self.courtyard(id.0)),
            Scope::Community(_) => None,
        };
        ScopeName { kind: text.scope.kind(), name }
    }
}

/// The category of a text.
pub(super) fn category(text: &Text) -> Result<Category> {
    Category::from_name(&text.category).ok_or_else(|| Error::unknown("category", &text.category))
}

/// The parts in which `to` differs from `from`, in the order of [`Part::ALL`].
pub(super) fn changes(from: &Text, to: &Text, places: &Places) -> Result<Vec<TextChange>> {
    let spot = |text: &Text| text.spot.clone().unwrap_or_default();
    let what = |part: Part| -> Result<What> {
        Ok(match part {
            Part::Title => What::Words(difference(&from.title, &to.title)),
            Part::Situation => What::Words(difference(&from.situation, &to.situation)),
            Part::Suggestion => What::Words(difference(&from.suggestion, &to.suggestion)),
            Part::Spot => What::Words(difference(&spot(from), &spot(to))),
            Part::Category => What::Category { from: category(from)?, to: category(to)? },
            Part::Place => What::Place { from: places.place(from), to: places.place(to) },
            Part::Scope => What::Scope { from: places.scope(from), to: places.scope(to) },
        })
    };
    from.changed(to).into_iter().map(|part| Ok(TextChange { part, what: what(part)? })).collect()
}
