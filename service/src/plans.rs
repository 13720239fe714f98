//! Plans: the committee's own drawings of the community or a courtyard, on which a matter's pin is set.

use domain::ids::{CommunityId, PlanId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::text::PlanName;
use entities::{courtyard, plan};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, FieldError, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::photo::Written;
use crate::rate;

/// The most plans that a community has at a time.
pub const PLANS_MAX: usize = 60;

/// A plan to be put up, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanForm {
    /// What it shows.
    pub name: String,
    /// The courtyard's row; empty for the community as a whole.
    pub courtyard_id: String,
    /// The picture's file.
    pub bytes: Vec<u8>,
}

/// A plan as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// Row.
    pub id: i64,
    /// What it shows.
    pub name: String,
    /// The courtyard that it shows; none for the community as a whole.
    pub courtyard_id: Option<i64>,
    /// Pixels of the large size.
    pub width: u32,
    /// Pixels of the large size.
    pub height: u32,
    /// Name of the large file as JPEG, which every browser draws within an SVG; its address is
    /// `/photos/{name}`.
    pub large_jpeg: String,
    /// Name of the small file as JPEG.
    pub small_jpeg: String,
}

/// A pin on a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinView {
    /// The plan, which may have ended since.
    pub plan: PlanView,
    /// Ten-thousandths of the plan's width, from its left edge.
    pub x: u32,
    /// Ten-thousandths of its height, from its upper edge.
    pub y: u32,
}

impl From<plan::Model> for PlanView {
    fn from(row: plan::Model) -> Self {
        let side = |pixels: i64| u32::try_from(pixels).unwrap_or(0);
        Self {
            id: row.id,
            name: row.name,
            courtyard_id: row.courtyard_id,
            width: side(row.width),
            height: side(row.height),
            large_jpeg: row.large_jpeg,
            small_jpeg: row.small_jpeg,
        }
    }
}

/// The plans that a pin can be set on now: of the community first, then by courtyard.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn plans(hall: &Hall, community: CommunityId) -> Result<Vec<PlanView>> {
    let mut rows = plan::Entity::find()
        .filter(plan::Column::CommunityId.eq(community.0))
        .filter(plan::Column::EndedAt.is_null())
        .order_by_asc(plan::Column::Id)
        .all(hall.db.read())
        .await?;
    rows.sort_by_key(|row| (row.courtyard_id, row.id));
    Ok(rows.into_iter().map(PlanView::from).collect())
}

/// Puts up a plan. Another one of the same place stays, until it is ended.
///
/// # Errors
/// [`Error::Invalid`] for the fields `name`, `courtyard_id` and `file`; [`Error::Denied`];
/// [`Error::TooOften`].
pub async fn plan_draw(hall: &Hall, actor: &Actor, form: PlanForm) -> Result<PlanId> {
    permit(Some(actor), Action::PlanDraw, &Target::community(actor.community))?;
    rate::take(hall, rate::PHOTO, &format!("person:{}", actor.person)).await?;
    let mut problems = Problems::default();
    let name = problems.text("name", PlanName::parse(&form.name));
    let courtyard = courtyard(hall, actor, &form.courtyard_id, &mut problems).await?;
    if form.bytes.is_empty() {
        problems.note("file", Problem::Choose);
    }
    if plans(hall, actor.community).await?.len() >= PLANS_MAX {
        problems.note("file", Problem::Lines { max: PLANS_MAX });
    }
    let (name, courtyard) = problems.values(name.zip(courtyard))?;
    let written = Written::write(hall, "file", form.bytes).await?;
    let txn = hall.db.begin().await?;
    if let Some(id) = courtyard {
        // A place that ended meanwhile gets no plan.
        let live = courtyard::Entity::find_by_id(id)
            .filter(courtyard::Column::EndedAt.is_null())
            .lock_shared()
            .one(&txn)
            .await?;
        if live.is_none() {
            let field = FieldError { field: "courtyard_id", problem: Problem::Unknown };
            return Err(Error::Invalid(vec![field]));
        }
    }
    written.refer_in_txn(hall, &txn).await?;
    let sha256 = written.large_jpeg.clone();
    let row = plan::ActiveModel {
        community_id: Set(actor.community.0),
        courtyard_id: Set(courtyard),
        name: Set(name.to_string()),
        width: Set(written.width),
        height: Set(written.height),
        bytes: Set(written.bytes),
        large_modern: Set(written.large_modern),
        large_jpeg: Set(written.large_jpeg),
        small_modern: Set(written.small_modern),
        small_jpeg: Set(written.small_jpeg),
        by_id: Set(actor.person.0),
        at: Set(hall.now().0),
        ..Default::default()
    };
    let row = row.insert(&txn).await?;
    let after = serde_json::json!({ "courtyard": courtyard, "sha256": sha256 });
    let record = Record {
        actor: actor.audit_name(),
        action: "plan_draw".to_owned(),
        subject: format!("plan:{}", row.id),
        after: Some(after.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(PlanId(row.id))
}

/// `Some(None)` for the community as a whole.
async fn courtyard(
    hall: &Hall,
    actor: &Actor,
    typed: &str,
    problems: &mut Problems,
) -> Result<Option<Option<i64>>> {
    if typed.trim().is_empty() {
        return Ok(Some(None));
    }
    let row = match typed.trim().parse::<i64>() {
        Ok(id) => courtyard::Entity::find_by_id(id).one(hall.db.read()).await?,
        Err(_) => None,
    };
    let own = row
        .filter(|row| row.community_id == actor.community.0 && row.ended_at.is_none())
        .map(|row| Some(row.id));
    if own.is_none() {
        problems.note("courtyard_id", Problem::Unknown);
    }
    Ok(own)
}

/// Ends a plan: no new pin is set on it; those that are stay where they are.
///
/// # Errors
/// [`Error::NotFound`] for another community's; [`Refusal::Stale`] when it was ended already.
pub async fn plan_end(hall: &Hall, actor: &Actor, id: PlanId) -> Result<()> {
    permit(Some(actor), Action::PlanDraw, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    let row = plan::Entity::find_by_id(id.0)
        .filter(plan::Column::CommunityId.eq(actor.community.0))
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    if row.ended_at.is_some() {
        return Err(Refusal::Stale.into());
    }
    plan::Entity::update_many()
        .col_expr(plan::Column::EndedAt, Expr::value(hall.now().0))
        .filter(plan::Column::Id.eq(id.0))
        .exec(&txn)
        .await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "plan_end".to_owned(),
        subject: format!("plan:{id}"),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}
