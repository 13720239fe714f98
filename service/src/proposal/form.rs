//! What the author of a matter writes.

use domain::category::Category;
use domain::ids::{CourtyardId, EntranceId};
use domain::place::{Scope, ScopeKind};
use domain::role::Actor;
use domain::text::{OnBehalf, Situation, Spot, Suggestion, Title};
use entities::{courtyard, entrance, proposal};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use serde::{Deserialize, Serialize};

use crate::error::{Problem, Problems, Result};
use crate::hall::Hall;
use crate::matter::{Said, settings};
use crate::places;

/// A matter as it is typed. Fields of [`crate::Error::Invalid`] carry the names below; courtyard and
/// entrance together are `place`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProposalForm {
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// A [`Category`]'s name.
    pub category: String,
    /// The courtyard's row.
    pub courtyard_id: String,
    /// The entrance's row; empty for the courtyard as a whole.
    pub entrance_id: String,
    /// Where, in words; may stay empty.
    pub spot: String,
    /// A [`ScopeKind`]'s name.
    pub scope: String,
    /// Whether the author is willing to help.
    pub willing: bool,
    /// 代提: for whom; may stay empty.
    pub on_behalf: String,
}

/// A matter as it was checked.
#[derive(Debug)]
pub(super) struct Written {
    title: Title,
    situation: Situation,
    suggestion: Suggestion,
    category: Category,
    courtyard: CourtyardId,
    entrance: Option<EntranceId>,
    spot: Option<Spot>,
    /// Whom it concerns.
    pub(super) scope: Scope,
    willing: bool,
    on_behalf: Option<OnBehalf>,
}

impl ProposalForm {
    /// What was typed before, to be mended.
    #[must_use]
    pub fn of(row: &proposal::Model) -> Self {
        let row = row.clone();
        Self {
            title: row.title,
            situation: row.situation,
            suggestion: row.suggestion,
            category: row.category,
            courtyard_id: row.courtyard_id.to_string(),
            entrance_id: row.entrance_id.map(|id| id.to_string()).unwrap_or_default(),
            spot: row.spot.unwrap_or_default(),
            scope: row.scope_kind,
            willing: row.willing != 0,
            on_behalf: row.on_behalf.unwrap_or_default(),
        }
    }

    /// Checks every field; places must lie in the author's community, and the author's household
    /// in the scope. A category that the community doesn't offer is taken only where it is `kept` from
    /// before.
    pub(super) async fn parse(
        &self,
        hall: &Hall,
        actor: &Actor,
        kept: Option<&str>,
    ) -> Result<Written> {
        let mut problems = Problems::default();
        let settings = settings(hall.db.read(), actor.community).await?;
        let offered =
            |category: &Category| settings.offers(*category) || kept == Some(category.as_str());
        let title = problems.text("title", Title::parse(&self.title));
        let situation = problems.text("situation", Situation::parse(&self.situation));
        let suggestion = problems.text("suggestion", Suggestion::parse(&self.suggestion));
        let category = problems
            .choice("category", &self.category, |name| Category::from_name(name).filter(offered));
        let place = self.place(hall, actor, &mut problems).await?;
        let kind = problems.choice("scope", &self.scope, ScopeKind::from_name);
        let spot = optional(&self.spot, |text| problems.text("spot", Spot::parse(text)));
        let on_behalf =
            optional(&self.on_behalf, |text| problems.text("on_behalf", OnBehalf::parse(text)));
        let scope = match (kind, place) {
            (Some(kind), Some(place)) => scope(kind, place, actor, &mut problems),
            _ => None,
        };
        let written = (|| {
            let (courtyard, entrance) = place?;
            Some(Written {
                title: title?,
                situation: situation?,
                suggestion: suggestion?,
                category: category?,
                courtyard,
                entrance,
                spot: spot?,
                scope: scope?,
                willing: self.willing,
                on_behalf: on_behalf?,
            })
        })();
        problems.values(written)
    }

    /// Courtyard and entrance, looked up.
    async fn place(
        &self,
        hall: &Hall,
        actor: &Actor,
        problems: &mut Problems,
    ) -> Result<Option<(CourtyardId, Option<EntranceId>)>> {
        let parsed = problems.choice("place", &self.courtyard_id, |text| text.parse::<i64>().ok());
        let Some(id) = parsed else { return Ok(None) };
        let courtyard = courtyard::Entity::find_by_id(id).one(hall.db.read()).await?;
        let known = courtyard
            .is_some_and(|row| row.community_id == actor.community.0 && row.ended_at.is_none());
        if !known {
            problems.note("place", Problem::Unknown);
            return Ok(None);
        }
        if self.entrance_id.is_empty() {
            return Ok(Some((CourtyardId(id), None)));
        }
        let entrance = match self.entrance_id.parse::<i64>() {
            Ok(entrance) => entrance::Entity::find_by_id(entrance).one(hall.db.read()).await?,
            Err(_) => None,
        };
        match entrance {
            Some(row) if row.courtyard_id == id && row.ended_at.is_none() => {
                Ok(Some((CourtyardId(id), Some(EntranceId(row.id)))))
            }
            _ => {
                problems.note("place", Problem::Unknown);
                Ok(None)
            }
        }
    }
}

/// `Some(None)` for a field that was left empty, `None` for one that can't be taken.
fn optional<T>(typed: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if typed.trim().is_empty() { Some(None) } else { parse(typed).map(Some) }
}

fn scope(
    kind: ScopeKind,
    (courtyard, entrance): (CourtyardId, Option<EntranceId>),
    actor: &Actor,
    problems: &mut Problems,
) -> Option<Scope> {
    let scope = match (kind, entrance) {
        (ScopeKind::Entrance, Some(entrance)) => Scope::Entrance(entrance),
        (ScopeKind::Entrance, None) => {
            problems.note("place", Problem::NeedsEntrance);
            return None;
        }
        (ScopeKind::Courtyard, _) => Scope::Courtyard(courtyard),
        (ScopeKind::Community, _) => Scope::Community(actor.community),
    };
    if actor.home.is_some_and(|home| scope.contains(&home)) {
        Some(scope)
    } else {
        problems.note("scope", Problem::OutsideScope);
        None
    }
}

impl Written {
    /// Holds the place that was chosen: it isn't merged or ended before the matter lies there.
    pub(super) async fn hold_place_in_txn(&self, txn: &DatabaseTransaction) -> Result<()> {
        places::hold_in_txn(txn, self.courtyard, self.entrance).await
    }

    /// Puts it into a matter's columns.
    pub(super) fn put(&self, row: &mut proposal::ActiveModel) {
        row.title = Set(self.title.to_string());
        row.situation = Set(self.situation.to_string());
        row.suggestion = Set(self.suggestion.to_string());
        row.category = Set(self.category.as_str().to_owned());
        row.courtyard_id = Set(self.courtyard.0);
        row.entrance_id = Set(self.entrance.map(i64::from));
        row.spot = Set(self.spot.as_ref().map(ToString::to_string));
        row.scope_kind = Set(self.scope.kind().as_str().to_owned());
        row.scope_place = Set(self.scope.place());
        row.willing = Set(i64::from(self.willing));
        row.on_behalf = Set(self.on_behalf.as_ref().map(ToString::to_string));
    }

    /// 代提 is said on the timeline.
    pub(super) fn said(&self) -> Said {
        let detail =
            self.on_behalf.as_ref().map(|whom| serde_json::json!({ "on_behalf": whom.as_str() }));
        Said { detail, ..Said::default() }
    }
}
