//! What the author of a matter writes.

use domain::category::Category;
use domain::ids::{CourtyardId, EntranceId};
use domain::place::{Scope, ScopeKind};
use domain::role::Actor;
use domain::text::{OnBehalf, Situation, Spot, Suggestion, Title};
use domain::version::Text;
use entities::{courtyard, entrance, plan, proposal};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use serde::{Deserialize, Serialize};

use crate::civil;
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
    /// 代提: whether the neighbour's yes is held on paper; needed where `on_behalf` is filled.
    pub behalf_yes: bool,
    /// The plan's row on which the pin is set; empty without a pin.
    pub plan_id: String,
    /// Ten-thousandths of the plan's width, from its left edge; empty without a pin.
    pub pin_x: String,
    /// Ten-thousandths of the plan's height, from its upper edge; empty without a pin.
    pub pin_y: String,
    /// Anything sends it although the community watches a word in it.
    #[serde(skip)]
    pub anyway: bool,
}

/// A matter as it was checked.
#[derive(Debug)]
pub(crate) struct Written {
    title: Title,
    situation: Situation,
    suggestion: Suggestion,
    category: Category,
    courtyard: CourtyardId,
    entrance: Option<EntranceId>,
    spot: Option<Spot>,
    /// Whom it concerns.
    pub(crate) scope: Scope,
    willing: bool,
    on_behalf: Option<OnBehalf>,
    pin: Option<Pin>,
}

/// A point on a plan of the community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pin {
    plan: i64,
    x: i64,
    y: i64,
}

/// The far edge of a plan, in ten-thousandths of its width or height.
const EDGE: i64 = 10_000;

impl ProposalForm {
    /// What was typed before, to be mended.
    #[must_use]
    pub fn of(row: &proposal::Model) -> Self {
        let row = row.clone();
        let typed = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
        Self {
            title: row.title,
            situation: row.situation,
            suggestion: row.suggestion,
            category: row.category,
            courtyard_id: row.courtyard_id.to_string(),
            entrance_id: typed(row.entrance_id),
            spot: row.spot.unwrap_or_default(),
            scope: row.scope_kind,
            willing: row.willing != 0,
            on_behalf: row.on_behalf.unwrap_or_default(),
            behalf_yes: row.behalf_yes != 0,
            plan_id: typed(row.plan_id),
            pin_x: typed(row.pin_x),
            pin_y: typed(row.pin_y),
            anyway: false,
        }
    }

    /// Checks every field, and covers what no text should give away; places must lie in the author's community, and the author's household
    /// in the scope. A category that the community doesn't offer is taken only where it is `kept` from
    /// before.
    pub(crate) async fn parse(
        &self,
        hall: &Hall,
        actor: &Actor,
        kept: Option<&str>,
    ) -> Result<Written> {
        let mut problems = Problems::default();
        let settings = settings(hall.db.read(), actor.community).await?;
        let offered =
            |category: &Category| settings.offers(*category) || kept == Some(category.as_str());
        let covered = |text: &str| civil::covered(&settings, text);
        let title = problems.text("title", Title::parse(&covered(&self.title)));
        let situation = problems.text("situation", Situation::parse(&covered(&self.situation)));
        let suggestion = problems.text("suggestion", Suggestion::parse(&covered(&self.suggestion)));
        let category = problems
            .choice("category", &self.category, |name| Category::from_name(name).filter(offered));
        let place = self.place(hall, actor, &mut problems).await?;
        let kind = problems.choice("scope", &self.scope, ScopeKind::from_name);
        let spot = optional(&self.spot, |text| problems.text("spot", Spot::parse(&covered(text))));
        let on_behalf = optional(&self.on_behalf, |text| {
            problems.text("on_behalf", OnBehalf::parse(&covered(text)))
        });
        if matches!(on_behalf, Some(Some(_))) && !self.behalf_yes {
            problems.note("behalf_yes", Problem::BehalfYes);
        }
        let pin =
            self.pin(hall, actor, place.map(|(courtyard, _)| courtyard), &mut problems).await?;
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
                pin: pin?,
            })
        })();
        let written = problems.values(written)?;
        // The last question: everything else is right by now.
        let texts = [
            ("title", self.title.as_str()),
            ("situation", self.situation.as_str()),
            ("suggestion", self.suggestion.as_str()),
            ("spot", self.spot.as_str()),
            ("on_behalf", self.on_behalf.as_str()),
        ];
        civil::check_words(&settings, &texts, self.anyway)?;
        Ok(written)
    }

    /// Checks and covers as [`parse`](Self::parse) does, and gives what a household would sign.
    pub(crate) async fn parse_text(
        &self,
        hall: &Hall,
        actor: &Actor,
        kept: Option<&str>,
    ) -> Result<Text> {
        let written = self.parse(hall, actor, kept).await?;
        Ok(Text {
            title: written.title.to_string(),
            situation: written.situation.to_string(),
            suggestion: written.suggestion.to_string(),
            category: written.category.as_str().to_owned(),
            courtyard: written.courtyard,
            entrance: written.entrance,
            spot: written.spot.as_ref().map(ToString::to_string),
            scope: written.scope,
        })
    }

    /// The pin, where one is set: on a plan of this community, of the whole of it or of the chosen
    /// courtyard. One set on another courtyard's plan goes with that courtyard.
    async fn pin(
        &self,
        hall: &Hall,
        actor: &Actor,
        courtyard: Option<CourtyardId>,
        problems: &mut Problems,
    ) -> Result<Option<Option<Pin>>> {
        let typed = [&self.plan_id, &self.pin_x, &self.pin_y].map(|text| text.trim());
        // A plan without a point on it is a plan that was only looked at.
        if typed[1].is_empty() && typed[2].is_empty() {
            return Ok(Some(None));
        }
        let [Ok(plan), Ok(x), Ok(y)] = typed.map(str::parse::<i64>) else {
            problems.note("pin", Problem::Unknown);
            return Ok(None);
        };
        // One that another took the place of meanwhile still shows its pins.
        let known = plan::Entity::find_by_id(plan).one(hall.db.read()).await?;
        let known = known.filter(|row| row.community_id == actor.community.0);
        let on_it = [x, y].iter().all(|at| (0..=EDGE).contains(at));
        let Some(known) = known.filter(|_| on_it) else {
            problems.note("pin", Problem::Unknown);
            return Ok(None);
        };
        let elsewhere = known.courtyard_id.is_some()
            && courtyard.is_some_and(|chosen| known.courtyard_id != Some(chosen.0));
        Ok(Some((!elsewhere).then_some(Pin { plan, x, y })))
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
    pub(crate) async fn hold_place_in_txn(&self, txn: &DatabaseTransaction) -> Result<()> {
        places::hold_in_txn(txn, self.courtyard, self.entrance).await
    }

    /// Puts it into a matter's columns.
    pub(crate) fn put(&self, row: &mut proposal::ActiveModel) {
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
        row.behalf_yes = Set(i64::from(self.on_behalf.is_some()));
        row.plan_id = Set(self.pin.map(|pin| pin.plan));
        row.pin_x = Set(self.pin.map(|pin| pin.x));
        row.pin_y = Set(self.pin.map(|pin| pin.y));
    }

    /// Whether it asks the same as the matter's text does now, to the letter.
    pub(crate) fn reads_as(&self, row: &proposal::Model) -> bool {
        row.title == self.title.as_str()
            && row.situation == self.situation.as_str()
            && row.suggestion == self.suggestion.as_str()
            && row.category == self.category.as_str()
            && row.courtyard_id == self.courtyard.0
            && row.entrance_id == self.entrance.map(i64::from)
            && row.spot.as_deref() == self.spot.as_ref().map(Spot::as_str)
            && row.scope_kind == self.scope.kind().as_str()
            && row.scope_place == self.scope.place()
    }

    /// 代提 is said on the timeline.
    pub(super) fn said(&self) -> Said {
        let detail =
            self.on_behalf.as_ref().map(|whom| serde_json::json!({ "on_behalf": whom.as_str() }));
        Said { detail, ..Said::default() }
    }
}
