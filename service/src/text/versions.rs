//! The versions of a matter's text, for everybody who may read the matter.

use std::collections::BTreeMap;

use domain::category::Category;
use domain::ids::CommunityId;
use domain::role::Actor;
use domain::time::Timestamp;
use domain::version::{Part, Text, VersionKind};
use entities::{proposal, proposal_version};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use sea_orm::{QueryOrder, Statement};

use super::differ::{Places, ScopeName, TextChange, category, changes};
use super::{kind_of, text_at};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter;
use crate::people::shown_name;
use crate::proposal::EDIT;
use crate::views::matter::{PlaceNames, Speaker, readable};

/// The versions of a matter's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextVersions {
    /// The matter's public number.
    pub number: i64,
    /// Its title as it stands.
    pub title: String,
    /// The number of the text that stands now.
    pub version: i64,
    /// Since which version the same is asked.
    pub asks: i64,
    /// All, the newest first.
    pub versions: Vec<VersionLine>,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// 1, 2, 3 …
    pub number: i64,
    /// What it is to the one before it.
    pub kind: VersionKind,
    /// Who wrote it.
    pub who: Speaker,
    /// When it came.
    pub at: Timestamp,
    /// What was changed and why.
    pub note: Option<String>,
    /// Households behind the text before it, when it came.
    pub cosigns: i64,
    /// Households that say of a correction that it is none.
    pub contests: i64,
    /// A correction that counts as a change since then.
    pub raised: Option<Raised>,
    /// The parts in which it differs from the one before it; none for the first.
    pub changed: Vec<Part>,
}

/// A correction was found to alter what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// When.
    pub at: Timestamp,
    /// By the committee; else by households.
    pub by_committee: bool,
    /// Why, as the committee says.
    pub reason: Option<String>,
}

/// A text, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeText {
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// Category.
    pub category: Category,
    /// Where it is.
    pub place: PlaceNames,
    /// Whom it concerns.
    pub scope: ScopeName,
}

/// One version against another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextVersion {
    /// The matter's public number.
    pub matter: i64,
    /// Its title as it stands.
    pub title_now: String,
    /// The version.
    pub line: VersionLine,
    /// Its text.
    pub text: WholeText,
    /// The version that it is held against; none for the first.
    pub against: Option<i64>,
    /// What differs from that one.
    pub changes: Vec<TextChange>,
    /// The one after it.
    pub next: Option<i64>,
    /// The one that stands now.
    pub last: i64,
}

/// The versions of a matter's text that were shown. Four statements.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter, not for this person, or its text was taken down.
pub async fn text_versions(
    hall: &Hall,
    community: CommunityId,
    actor: Option<&Actor>,
    number: i64,
) -> Result<TextVersions> {
    let found = Found::of(hall, community, actor, number).await?;
    let mut versions = found.lines()?;
    versions.reverse();
    let row = found.row;
    Ok(TextVersions {
        number,
        title: row.title,
        version: row.text_version,
        asks: row.asks_version,
        versions,
    })
}

/// Version `version` of a matter's text, whole, and what differs from version `against`, or from the one before it.
/// Six statements at most.
///
/// # Errors
/// As [`text_versions`]; [`Error::NotFound`] for a version that there is not, and for one to be held against that
/// doesn't come before it.
pub async fn text_version(
    hall: &Hall,
    community: CommunityId,
    actor: Option<&Actor>,
    number: i64,
    version: i64,
    against: Option<i64>,
) -> Result<TextVersion> {
    let found = Found::of(hall, community, actor, number).await?;
    let position = |wanted: i64| found.versions.iter().position(|it| it.number == wanted);
    let at = position(version).ok_or(Error::NotFound)?;
    let old = match against {
        Some(wanted) => Some(position(wanted).filter(|old| *old < at).ok_or(Error::NotFound)?),
        None => at.checked_sub(1),
    };
    let text = &found.texts[at];
    let before = old.map(|old| &found.texts[old]);
    let wanted: Vec<&Text> = [Some(text), before].into_iter().flatten().collect();
    let places = Places::of(hall.db.read(), &wanted).await?;
    let differs = match before {
        Some(before) => changes(before, text, &places)?,
        None => Vec::new(),
    };
    let line = found.lines()?.swap_remove(at);
    Ok(TextVersion {
        matter: number,
        title_now: found.row.title.clone(),
        line,
        text: WholeText {
            title: text.title.clone(),
            situation: text.situation.clone(),
            suggestion: text.suggestion.clone(),
            category: category(text)?,
            place: places.names(text),
            scope: places.scope(text),
        },
        against: old.map(|old| found.versions[old].number),
        changes: differs,
        next: found.versions.get(at + 1).map(|next| next.number),
        last: found.row.text_version,
    })
}

/// All versions of a matter, the first first.
struct Found {
    row: proposal::Model,
    versions: Vec<proposal_version::Model>,
    texts: Vec<Text>,
    who: BTreeMap<i64, (Speaker, i64)>,
}

impl Found {
    async fn of(
        hall: &Hall,
        community: CommunityId,
        actor: Option<&Actor>,
        number: i64,
    ) -> Result<Self> {
        let db = hall.db.read();
        let row = matter::by_number(db, community, number).await?;
        let target = matter::target(db, &row, actor).await?;
        readable(&row, actor, &target)?;
        if row.hidden_at.is_some() {
            return Err(Error::NotFound);
        }
        let versions = proposal_version::Entity::find()
            .filter(proposal_version::Column::ProposalId.eq(row.id))
            .filter(proposal_version::Column::Number.gt(EDIT))
            .order_by_asc(proposal_version::Column::Number)
            .all(db)
            .await?;
        let texts = versions.iter().map(text_at).collect::<Result<_>>()?;
        let who = speakers(db, &row).await?;
        Ok(Self { row, versions, texts, who })
    }

    fn lines(&self) -> Result<Vec<VersionLine>> {
        let mut before: Option<&Text> = None;
        let mut lines = Vec::with_capacity(self.versions.len());
        for (row, text) in self.versions.iter().zip(&self.texts) {
            let (who, contests) = self.who.get(&row.id).cloned().ok_or(Error::NotFound)?;
            lines.push(VersionLine {
                number: row.number,
                kind: kind_of(row)?,
                who,
                at: Timestamp(row.at),
                note: row.note.clone(),
                cosigns: row.cosigns,
                contests,
                raised: row.raised_at.map(|at| Raised {
                    at: Timestamp(at),
                    by_committee: row.raised_by.is_some(),
                    reason: row.raised_reason.clone(),
                }),
                changed: before.map(|before| before.changed(text)).unwrap_or_default(),
            });
            before = Some(text);
        }
        Ok(lines)
    }
}

#[derive(FromQueryResult)]
struct SpeakerRow {
    id: i64,
    nickname: String,
    shown_as: String,
    entrance: Option<String>,
    courtyard: Option<String>,
    helper: Option<String>,
    contests: i64,
}

/// Who wrote each version of a matter, by its row, and how many households say of it that it is no correction:
/// once that is decided, all who said so.
pub(super) async fn speakers(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
) -> Result<BTreeMap<i64, (Speaker, i64)>> {
    let sql = "SELECT v.id, who.nickname, who.shown_as, e.name AS entrance, y.name AS courtyard, \
          helper.nickname AS helper, \
          (SELECT COUNT(*) FROM version_contest x WHERE x.version_id = v.id \
             AND (v.raised_at IS NOT NULL OR EXISTS (SELECT 1 FROM cosign c \
               WHERE c.proposal_id = v.proposal_id AND c.household_id = x.household_id \
                 AND c.version >= $2 AND c.version < v.number))) AS contests \
        FROM proposal_version v JOIN person who ON who.id = v.by_id \
        LEFT JOIN household h ON h.id = who.household_id \
        LEFT JOIN entrance e ON e.id = h.entrance_id \
        LEFT JOIN courtyard y ON y.id = e.courtyard_id \
        LEFT JOIN person helper ON helper.id = v.through_id \
        WHERE v.proposal_id = $1";
    let values = [row.id.into(), row.asks_version.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = SpeakerRow::find_by_statement(statement).all(db).await?;
    let read = |row: SpeakerRow| {
        let who = Speaker {
            name: shown_name(row.nickname, &row.shown_as, row.entrance.as_deref()),
            role: None,
            courtyard: row.courtyard,
            through: row.helper.map(|name| shown_name(name, "", None)),
        };
        (row.id, (who, row.contests))
    };
    Ok(rows.into_iter().map(read).collect())
}
