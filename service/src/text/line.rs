//! What a matter's page says of its text, to whom it concerns.

use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::time::Timestamp;
use domain::version::{VersionKind, VersionState, may_contest, stands, takes_edits};
use entities::proposal;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

use super::differ::TextChange;
use super::name_of;
use super::since::since;
use crate::error::{Error, Result};
use crate::proposal::EDIT;

/// What a matter's page says of its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextLine {
    /// The number of the text that stands now; 1 where it was never changed.
    pub version: i64,
    /// Since which version the same is asked.
    pub asks: i64,
    /// The household of who looks is asked whether it keeps its co-sign.
    pub asked: Option<Asked>,
    /// Corrections that can be found to be none, for the households behind them and the committee; the oldest
    /// first.
    pub corrections: Vec<OpenCorrection>,
    /// An edit that waits, for its author and those who look first.
    pub waiting: Option<WaitingText>,
    /// An edit that was declined, for its author.
    pub declined: Option<DeclinedText>,
    /// Who looks can edit the text.
    pub may_edit: bool,
}

/// A household's co-sign stands behind an older text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which version it stands behind.
    pub signed: i64,
    /// Whether it can keep it; one that lies outside the scope by now can only take it back.
    pub may_keep: bool,
    /// What the author said to the change that asks something else.
    pub note: Option<String>,
    /// What differs from the text that it stands behind to the one that stands now.
    pub changes: Vec<TextChange>,
}

/// A correction that can still be found to alter what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCorrection {
    /// Its number.
    pub version: i64,
    /// When it came.
    pub at: Timestamp,
    /// What was changed and why.
    pub note: Option<String>,
    /// Households that say so.
    pub households: i64,
    /// Households that decide it.
    pub needed: u32,
    /// The household of who looks has said so.
    pub mine: bool,
    /// It can say so.
    pub may_contest: bool,
    /// Who looks can find so for the committee.
    pub may_raise: bool,
}

/// An edit that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingText {
    /// Row.
    pub id: i64,
    /// What it was sent as.
    pub kind: VersionKind,
    /// Since when.
    pub at: Timestamp,
}

/// An edit that was declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclinedText {
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    settings: String,
    signed: Option<i64>,
    id: Option<i64>,
    number: Option<i64>,
    kind: Option<String>,
    state: Option<String>,
    note: Option<String>,
    at: Option<i64>,
    decided_at: Option<i64>,
    decision_reason: Option<String>,
    households: i64,
    mine: i64,
}

/// `$1` the matter, `$2` the household of who looks or 0. One row at least.
const LINES: &str = "SELECT y.settings, own.version AS signed, v.id, v.number, v.kind, v.state, v.note, \
      v.at, v.decided_at, v.decision_reason, \
      (SELECT COUNT(*) FROM version_contest x JOIN cosign c \
         ON c.proposal_id = p.id AND c.household_id = x.household_id \
       WHERE x.version_id = v.id AND c.version >= p.asks_version AND c.version < v.number) AS households, \
      (SELECT COUNT(*) FROM version_contest x \
       WHERE x.version_id = v.id AND x.household_id = $2) AS mine \
    FROM proposal p JOIN community y ON y.id = p.community_id \
    LEFT JOIN cosign own ON own.proposal_id = p.id AND own.household_id = $2 \
    LEFT JOIN proposal_version v ON v.proposal_id = p.id AND (v.number = 0 \
      OR (v.kind = 'correction' AND v.number > p.asks_version)) \
    WHERE p.id = $1 ORDER BY v.number";

/// What a matter's page says of its text. No statement for whom nothing but its number concerns, else one; for a
/// household that is asked one more, or up to three where the place differs.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn text_line(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    actor: Option<&Actor>,
    target: &Target,
) -> Result<TextLine> {
    let mut line =
        TextLine { version: row.text_version, asks: row.asks_version, ..TextLine::default() };
    let (Some(actor), true) = (actor, takes_edits(name_of(row)?) && row.hidden_at.is_none()) else {
        return Ok(line);
    };
    let can = |action| permit(Some(actor), action, target).is_ok();
    let (author, raises, looks) =
        (can(Action::ProposalOwn), can(Action::TextRaise), can(Action::ReportDecide));
    line.may_edit = author;
    if !(author || raises || looks || target.cosigner && row.text_version > 1) {
        return Ok(line);
    }
    let home = actor.home.map_or(0, |home| home.household.0);
    let values = [row.id.into(), home.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), LINES, values);
    let rows = Row::find_by_statement(statement).all(db).await?;
    let Some(first) = rows.first() else { return Ok(line) };
    let settings: CommunitySettings = serde_json::from_str(&first.settings)?;
    let signed = first.signed;
    if let Some(signed) = signed.filter(|signed| !stands(*signed, row.asks_version)) {
        let (note, changes) = since(db, row, signed).await?;
        line.asked = Some(Asked { signed, may_keep: can(Action::Cosign), note, changes });
    }
    let contests = can(Action::TextContest);
    for found in rows {
        let (Some(id), Some(number), Some(kind), Some(state)) =
            (found.id, found.number, found.kind, found.state)
        else {
            continue;
        };
        let at = Timestamp(found.at.unwrap_or_default());
        if number != EDIT {
            let may = signed.is_some_and(|signed| may_contest(signed, number, row.asks_version));
            // Whoever isn't behind the text from before it has nothing to say to it.
            if may || raises {
                line.corrections.push(OpenCorrection {
                    version: number,
                    at,
                    note: found.note,
                    households: found.households,
                    needed: settings.contest_households,
                    mine: found.mine > 0,
                    may_contest: may && contests && found.mine == 0,
                    may_raise: raises,
                });
            }
            continue;
        }
        match VersionState::from_name(&state) {
            Some(VersionState::Waiting) if author || looks => {
                let kind = VersionKind::from_name(&kind)
                    .ok_or_else(|| Error::unknown("version kind", &kind))?;
                line.waiting = Some(WaitingText { id, kind, at });
            }
            Some(VersionState::Declined) if author => {
                line.declined = Some(DeclinedText {
                    reason: found.decision_reason.unwrap_or_default(),
                    at: Timestamp(found.decided_at.unwrap_or_default()),
                });
            }
            _ => {}
        }
    }
    Ok(line)
}
