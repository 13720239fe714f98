//! A matter's row with what is read along with it: the names of its places, its pin, and how who looks stands
//! to it.

use domain::ids::CommunityId;
use domain::permission::Target;
use domain::place::ScopeKind;
use domain::role::Actor;
use entities::proposal;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::PlaceNames;
use crate::error::{Error, Result};
use crate::matter::{scope_of, target_of};
use crate::plans::{PinView, PlanView};

/// What was found.
pub(super) struct Found {
    /// The row.
    pub(super) row: proposal::Model,
    /// Where it is.
    pub(super) place: PlaceNames,
    /// Name of the 楼门 or 小院 that it concerns; none for the whole community.
    pub(super) scope_name: Option<String>,
    /// Its pin.
    pub(super) pin: Option<PinView>,
    /// How who looks stands to it, for the permission table.
    pub(super) target: Target,
    /// Whether who looks follows it.
    pub(super) follows: bool,
    /// Whether there are statements of opinion.
    pub(super) opinions: bool,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    matter: proposal::Model,
    courtyard_name: Option<String>,
    entrance_name: Option<String>,
    scope_courtyard: Option<String>,
    scope_entrance: Option<String>,
    plan_name: Option<String>,
    plan_courtyard: Option<i64>,
    plan_width: Option<i64>,
    plan_height: Option<i64>,
    plan_large: Option<String>,
    plan_small: Option<String>,
    cosigner: i64,
    follows: i64,
    opinions: i64,
}

/// `$1` the community, `$2` the number, `$3` the household of who looks and `$4` their row, or 0.
const FIND: &str = "SELECT proposal.*, courtyard.name AS courtyard_name, entrance.name AS entrance_name, \
      around.name AS scope_courtyard, within.name AS scope_entrance, \
      plan.name AS plan_name, plan.courtyard_id AS plan_courtyard, plan.width AS plan_width, \
      plan.height AS plan_height, plan.large_jpeg AS plan_large, plan.small_jpeg AS plan_small, \
      CASE WHEN EXISTS (SELECT 1 FROM cosign k \
          WHERE k.proposal_id = proposal.id AND k.household_id = $3) \
        THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS cosigner, \
      CASE WHEN EXISTS (SELECT 1 FROM follow w \
          WHERE w.proposal_id = proposal.id AND w.person_id = $4 AND w.stopped_at IS NULL) \
        THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS follows, \
      CASE WHEN EXISTS (SELECT 1 FROM statement s \
          WHERE s.proposal_id = proposal.id AND s.state = 'shown') \
        THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS opinions \
    FROM proposal \
    LEFT JOIN courtyard ON courtyard.id = proposal.courtyard_id \
    LEFT JOIN entrance ON entrance.id = proposal.entrance_id \
    LEFT JOIN entrance within ON within.id = \
      CASE WHEN proposal.scope_kind = 'entrance' THEN proposal.scope_place END \
    LEFT JOIN courtyard around ON around.id = CASE proposal.scope_kind \
      WHEN 'courtyard' THEN proposal.scope_place WHEN 'entrance' THEN within.courtyard_id END \
    LEFT JOIN plan ON plan.id = proposal.plan_id \
    WHERE proposal.community_id = $1 AND proposal.number = $2";

/// A matter by its public number, whoever may read it. One statement.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub(super) async fn found(
    db: &impl ConnectionTrait,
    community: CommunityId,
    actor: Option<&Actor>,
    number: i64,
) -> Result<Found> {
    let home = actor.and_then(|actor| actor.home);
    let values = [
        community.0.into(),
        number.into(),
        home.map_or(0, |home| home.household.0).into(),
        actor.map_or(0, |actor| actor.person.0).into(),
    ];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), FIND, values);
    let row = Row::find_by_statement(statement).one(db).await?.ok_or(Error::NotFound)?;
    let target = target_of(&row.matter, actor, row.cosigner != 0)?;
    let scope_name = match scope_of(&row.matter)?.kind() {
        ScopeKind::Entrance => row
            .scope_courtyard
            .as_ref()
            .zip(row.scope_entrance.as_ref())
            .map(|(courtyard, entrance)| format!("{courtyard}{entrance}")),
        ScopeKind::Courtyard => row.scope_courtyard.clone(),
        ScopeKind::Community => None,
    };
    Ok(Found {
        pin: row.pin(),
        place: PlaceNames {
            courtyard: row.courtyard_name.unwrap_or_default(),
            entrance: row.entrance_name,
            spot: row.matter.spot.clone(),
        },
        scope_name,
        target,
        follows: row.follows != 0,
        opinions: row.opinions != 0,
        row: row.matter,
    })
}

impl Row {
    /// Its pin, with its plan, ended or not.
    fn pin(&self) -> Option<PinView> {
        let part = |n: i64| u32::try_from(n).unwrap_or(0);
        Some(PinView {
            plan: PlanView {
                id: self.matter.plan_id?,
                name: self.plan_name.clone()?,
                courtyard_id: self.plan_courtyard,
                width: part(self.plan_width?),
                height: part(self.plan_height?),
                large_jpeg: self.plan_large.clone()?,
                small_jpeg: self.plan_small.clone()?,
            },
            x: part(self.matter.pin_x?),
            y: part(self.matter.pin_y?),
        })
    }
}
