//! What of each table is a person's own, and what is not.
//!
//! Every column that refers to a person is named here once: a test reads the database's catalogue and
//! fails when a new one is not.

use crate::seal::Column;

/// A part of the export: rows of one table.
#[derive(Debug)]
pub struct Part {
    /// The table, and the part's name in `data.json`; a second part of a table has a name of its own.
    pub name: &'static str,
    /// Columns, by `table.column`, that make a row this person's.
    pub by: &'static [&'static str],
    /// The rows; `$1` is the person.
    pub(super) sql: &'static str,
    /// Columns that are sealed.
    pub(super) sealed: &'static [(&'static str, Column)],
}

const fn part(name: &'static str, by: &'static [&'static str], sql: &'static str) -> Part {
    Part { name, by, sql, sealed: &[] }
}

/// The parts, in the order in which they are shown.
pub const PARTS: &[Part] = &[
    Part {
        name: "person",
        by: &["person.id"],
        sql: "SELECT p.id, p.sign_in_name, p.nickname, p.shown_as, p.real_name, p.phone, p.email, \
                p.language, p.created_at, p.came_by, p.adult_at, p.consent_version, p.seen_at, p.visit_at, \
                c.name AS community, \
                CASE WHEN p.password_hash IS NULL THEN 'no' ELSE 'yes' END AS has_password, \
                helper.nickname AS helper \
              FROM person p JOIN community c ON c.id = p.community_id \
                LEFT JOIN person helper ON helper.id = p.helper_id WHERE p.id = $1",
        sealed: &[("real_name", Column::RealName), ("phone", Column::Phone)],
    },
    part(
        "household",
        &["household.representative_id"],
        "SELECT y.name AS courtyard, e.name AS entrance, h.room, \
           CASE WHEN h.representative_id = p.id THEN 'yes' ELSE 'no' END AS represented_by_me \
         FROM person p JOIN household h ON h.id = p.household_id JOIN entrance e ON e.id = h.entrance_id \
           JOIN courtyard y ON y.id = e.courtyard_id WHERE p.id = $1",
    ),
    part(
        "role_grant",
        &["role_grant.person_id"],
        "SELECT role, scope_kind, granted_at, until FROM role_grant WHERE person_id = $1 ORDER BY id",
    ),
    part(
        "consent",
        &["consent.person_id"],
        "SELECT version, given_at, withdrawn_at, \
           CASE WHEN through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM consent WHERE person_id = $1 ORDER BY id",
    ),
    part(
        "session",
        &["session.person_id"],
        "SELECT agent, created_at, seen_at, expires_at, factor_at FROM session \
         WHERE person_id = $1 ORDER BY created_at",
    ),
    part(
        "totp",
        &["totp.person_id"],
        "SELECT created_at, confirmed_at FROM totp WHERE person_id = $1",
    ),
    part(
        "passkey",
        &["passkey.person_id"],
        "SELECT label, created_at, used_at FROM passkey WHERE person_id = $1 ORDER BY id",
    ),
    part(
        "recovery_code",
        &["recovery_code.person_id"],
        "SELECT used_at FROM recovery_code WHERE person_id = $1 ORDER BY used_at",
    ),
    part(
        "reset",
        &["reset.person_id"],
        "SELECT created_at, expires_at, used_at FROM reset WHERE person_id = $1 ORDER BY created_at",
    ),
    part(
        "proposal",
        &["proposal.author_id"],
        "SELECT p.number, p.title, p.situation, p.suggestion, p.category, y.name AS courtyard, \
           e.name AS entrance, p.spot, p.scope_kind, p.willing, p.on_behalf, p.state, p.created_at, \
           p.published_at, p.updated_at, \
           CASE WHEN p.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM proposal p JOIN courtyard y ON y.id = p.courtyard_id \
           LEFT JOIN entrance e ON e.id = p.entrance_id WHERE p.author_id = $1 ORDER BY p.id",
    ),
    part(
        "draft",
        &["draft.person_id"],
        "SELECT title, form, created_at, updated_at, \
           CASE WHEN through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM draft WHERE person_id = $1 ORDER BY id",
    ),
    part(
        "step",
        &["step.actor_id"],
        "SELECT p.number, p.title, s.kind, s.at, s.actor_role, s.reason FROM step s \
           JOIN proposal p ON p.id = s.proposal_id WHERE s.actor_id = $1 ORDER BY s.id",
    ),
    part(
        "post",
        &["post.author_id"],
        "SELECT p.number, p.title, t.stance, t.body, t.state, t.at, t.edited_at, t.author_role, \
           t.hidden_at, t.hidden_reason, CASE WHEN t.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM post t JOIN proposal p ON p.id = t.proposal_id WHERE t.author_id = $1 ORDER BY t.id",
    ),
    part(
        "post_edit",
        &["post_edit.by_id"],
        "SELECT p.number, p.title, e.stance, e.body, e.state, e.at, \
           CASE WHEN e.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper FROM post_edit e \
           JOIN post t ON t.id = e.post_id JOIN proposal p ON p.id = t.proposal_id \
         WHERE e.by_id = $1 ORDER BY e.id",
    ),
    part(
        "reaction",
        &["reaction.person_id"],
        "SELECT p.number, p.title, r.kind, r.at, \
           CASE WHEN r.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper FROM reaction r \
           JOIN post t ON t.id = r.post_id JOIN proposal p ON p.id = t.proposal_id \
         WHERE r.person_id = $1 ORDER BY r.at, t.id",
    ),
    part(
        "mention",
        &["mention.person_id"],
        "SELECT p.number, p.title, t.at FROM mention m JOIN post t ON t.id = m.post_id \
           JOIN proposal p ON p.id = t.proposal_id WHERE m.person_id = $1 ORDER BY t.id",
    ),
    Part {
        name: "statement",
        by: &["statement.author_id"],
        sql: "SELECT p.number, p.title, s.number AS statement, s.body, s.kept, s.state, s.at, s.hidden_at, \
                s.hidden_reason, CASE WHEN s.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
              FROM statement s JOIN proposal p ON p.id = s.proposal_id WHERE s.author_id = $1 ORDER BY s.id",
        sealed: &[("kept", Column::StatementKept)],
    },
    part(
        "statement_vote",
        &["statement_vote.person_id"],
        "SELECT p.number, p.title, s.number AS statement, s.body, v.choice AS said, v.at, \
           CASE WHEN v.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM statement_vote v JOIN statement s ON s.id = v.statement_id \
           JOIN proposal p ON p.id = s.proposal_id WHERE v.person_id = $1 ORDER BY v.statement_id",
    ),
    part(
        "photo",
        &["photo.by_id"],
        "SELECT p.number, p.title, f.alt, f.at, f.hidden_at, '/photos/' || f.large_jpeg AS file, \
           CASE WHEN f.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM photo f LEFT JOIN proposal p ON p.id = f.proposal_id WHERE f.by_id = $1 ORDER BY f.id",
    ),
    part(
        "summary",
        &["summary.by_id"],
        "SELECT p.number, p.title, s.for_points, s.against_points, s.agreed, s.open_points, s.at \
         FROM summary s JOIN proposal p ON p.id = s.proposal_id WHERE s.by_id = $1 ORDER BY s.id",
    ),
    part(
        "report",
        &["report.by_id"],
        "SELECT p.number, p.title, r.kind, r.words, r.at, r.due_at, r.state, r.decided_at, r.answer, \
           CASE WHEN r.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM report r JOIN proposal p ON p.id = r.proposal_id WHERE r.by_id = $1 ORDER BY r.id",
    ),
    Part {
        name: "removal",
        by: &["removal.author_id"],
        sql: "SELECT p.number, p.title, r.kind, r.reason, r.at, r.kept, r.keep_until, r.appeal_words, \
                r.appealed_at, r.decided_at, r.decision, r.decision_reason \
              FROM removal r JOIN proposal p ON p.id = r.proposal_id WHERE r.author_id = $1 ORDER BY r.id",
        sealed: &[("kept", Column::RemovalKept)],
    },
    part(
        "cosign",
        &["cosign.person_id"],
        "SELECT p.number, p.title, c.at, \
           CASE WHEN c.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper FROM cosign c \
           JOIN proposal p ON p.id = c.proposal_id WHERE c.person_id = $1 ORDER BY c.at",
    ),
    part(
        "proposal_version",
        &["proposal_version.by_id"],
        "SELECT p.number, v.title, v.situation, v.suggestion, v.note, v.kind, v.state, v.at, \
           v.decision_reason, CASE WHEN v.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper \
         FROM proposal_version v JOIN proposal p ON p.id = v.proposal_id WHERE v.by_id = $1 ORDER BY v.id",
    ),
    part(
        "version_contest",
        &["version_contest.person_id"],
        "SELECT p.number, p.title, v.number AS version, x.at, \
           CASE WHEN x.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper FROM version_contest x \
           JOIN proposal_version v ON v.id = x.version_id JOIN proposal p ON p.id = v.proposal_id \
         WHERE x.person_id = $1 ORDER BY x.at",
    ),
    part(
        "summary_fair",
        &["summary_fair.person_id"],
        "SELECT p.number, p.title, f.side, f.fair, f.at, \
           CASE WHEN f.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper FROM summary_fair f \
           JOIN summary s ON s.id = f.summary_id JOIN proposal p ON p.id = s.proposal_id \
         WHERE f.person_id = $1 ORDER BY f.at",
    ),
    part(
        "proposal_merge",
        &["proposal_merge.asked_by", "proposal_merge.undone_by"],
        "SELECT a.number, b.number AS into_number, m.state, \
           CASE WHEN m.asked_by = $1 THEN m.reason END AS my_reason, m.asked_at, m.done_at, \
           CASE WHEN m.undone_by = $1 THEN m.undo_reason END AS my_undo_reason, m.undone_at \
         FROM proposal_merge m JOIN proposal a ON a.id = m.from_id JOIN proposal b ON b.id = m.into_id \
         WHERE m.asked_by = $1 OR m.undone_by = $1 ORDER BY m.id",
    ),
    part(
        "merge_no",
        &["merge_no.person_id"],
        "SELECT a.number, b.number AS into_number, n.at, \
           CASE WHEN n.through_id IS NULL THEN 'no' ELSE 'yes' END AS by_helper FROM merge_no n \
           JOIN proposal_merge m ON m.id = n.merge_id JOIN proposal a ON a.id = m.from_id \
           JOIN proposal b ON b.id = m.into_id WHERE n.person_id = $1 ORDER BY n.at",
    ),
    part(
        "elector",
        &["elector.person_id", "elector.caster_id"],
        "SELECT b.number, b.question, b.opens_at, b.closes_at, e.cast_by, \
           CASE WHEN e.caster_id = $1 THEN 'yes' ELSE 'no' END AS my_vote FROM elector e \
           JOIN ballot b ON b.id = e.ballot_id WHERE e.person_id = $1 OR e.caster_id = $1 \
             OR (e.person_id IS NULL AND e.household_id = (SELECT household_id FROM person \
               WHERE id = $1)) ORDER BY b.id",
    ),
    part(
        "review",
        &["review.person_id"],
        "SELECT p.number, p.title, r.round, r.solved, r.satisfaction, r.words, r.at FROM review r \
           JOIN proposal p ON p.id = r.proposal_id WHERE r.person_id = $1 ORDER BY r.id",
    ),
    part(
        "follow",
        &["follow.person_id"],
        "SELECT p.number, p.title, f.created_at, f.stopped_at FROM follow f \
           JOIN proposal p ON p.id = f.proposal_id WHERE f.person_id = $1 ORDER BY f.created_at",
    ),
    part(
        "place_follow",
        &["place_follow.person_id"],
        "SELECT f.kind, CASE f.kind WHEN 'entrance' THEN \
             (SELECT y.name || ' ' || e.name FROM entrance e JOIN courtyard y ON y.id = e.courtyard_id \
              WHERE CAST(e.id AS TEXT) = f.place) \
           WHEN 'courtyard' THEN (SELECT name FROM courtyard WHERE CAST(id AS TEXT) = f.place) \
           WHEN 'community' THEN (SELECT name FROM community WHERE CAST(id AS TEXT) = f.place) \
           ELSE f.place END AS place, f.created_at \
         FROM place_follow f WHERE f.person_id = $1 ORDER BY f.created_at, f.kind, f.place",
    ),
    part(
        "mail",
        &["mail.person_id"],
        "SELECT m.kind, p.number, p.title, m.address, m.state, m.attempts, m.last_error, m.created_at, \
           m.sent_at FROM mail m LEFT JOIN notice n ON n.id = m.notice_id \
           LEFT JOIN proposal p ON p.id = n.proposal_id WHERE m.person_id = $1 ORDER BY m.id",
    ),
    part(
        "join_request",
        &["join_request.person_id"],
        "SELECT e.name AS entrance, j.room, j.words, j.state, j.way, j.created_at, j.decided_at, \
           j.reason, j.contested_at, j.contest_reason FROM join_request j \
           JOIN entrance e ON e.id = j.entrance_id WHERE j.person_id = $1 ORDER BY j.id",
    ),
    part(
        "vouch",
        &["join_request.decided_by"],
        "SELECT e.name AS entrance, j.way, j.state, j.decided_at FROM join_request j \
           JOIN entrance e ON e.id = j.entrance_id WHERE j.decided_by = $1 ORDER BY j.id",
    ),
    part(
        "slip",
        &["slip.used_by", "slip.person_id"],
        "SELECT purpose, created_at, expires_at, used_at, ended_at FROM slip \
         WHERE used_by = $1 OR person_id = $1 ORDER BY id",
    ),
    part(
        "helped",
        &["person.helper_id"],
        "SELECT nickname FROM person WHERE helper_id = $1 ORDER BY id",
    ),
    Part {
        name: "owner",
        by: &["owner.person_id"],
        sql: "SELECT o.name, o.phone, e.name AS entrance, u.room, u.area, o.created_at FROM owner o \
                LEFT JOIN unit_owner uo ON uo.owner_id = o.id LEFT JOIN unit u ON u.id = uo.unit_id \
                LEFT JOIN entrance e ON e.id = u.entrance_id WHERE o.person_id = $1 ORDER BY o.id, u.id",
        sealed: &[("name", Column::OwnerName), ("phone", Column::OwnerPhone)],
    },
    part(
        "council_session",
        &["council_session.recorded_by"],
        "SELECT p.number, p.title, s.held_on, s.attendees, s.minutes, s.at FROM council_session s \
           JOIN proposal p ON p.id = s.proposal_id WHERE s.recorded_by = $1 ORDER BY s.id",
    ),
    part(
        "ballot",
        &["ballot.opened_by"],
        "SELECT number, kind, question, opens_at, closes_at, state FROM ballot \
         WHERE opened_by = $1 ORDER BY id",
    ),
    part(
        "audit",
        &[],
        "SELECT at, action, CASE WHEN actor = 'person:' || CAST($1 AS BIGINT) THEN 'me' \
           WHEN actor LIKE 'person:' || CAST($1 AS BIGINT) || ' through %' THEN 'my helper' \
           ELSE 'others' END AS actor FROM audit \
         WHERE actor = 'person:' || CAST($1 AS BIGINT) \
           OR actor LIKE 'person:' || CAST($1 AS BIGINT) || ' through %' \
           OR subject = 'person:' || CAST($1 AS BIGINT) ORDER BY seq",
    ),
];

/// Columns that refer to a person and are left out, by `table.column`, with why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("ceremony.person_id", "a step of some minutes on the way to a passkey, without content"),
    ("kept_record.person_id", "there is one only once the account is closed, and nobody can ask"),
    ("proposal_version.through_id", "the text of whom they helped"),
    ("proposal_version.raised_by", "an act in office about somebody else's matter"),
    ("proposal_version.decided_by", "an act in office about somebody else's text"),
    ("version_contest.through_id", "the answer of whom they helped"),
    ("summary_fair.through_id", "the answer of whom they helped"),
    ("merge_no.through_id", "the answer of whom they helped"),
    ("consent.through_id", "the consent of whom they helped"),
    ("proposal.through_id", "the matter of whom they helped"),
    ("draft.through_id", "the draft of whom they helped"),
    ("post.through_id", "the post of whom they helped"),
    ("photo.through_id", "the photo of whom they helped"),
    ("plan.by_id", "an act in office about places"),
    ("post_edit.through_id", "the post of whom they helped"),
    ("reaction.through_id", "the kind word of whom they helped"),
    ("statement.through_id", "the statement of whom they helped"),
    ("statement_vote.through_id", "the answer of whom they helped"),
    ("cosign.through_id", "the co-sign of whom they helped"),
    ("report.through_id", "the report of whom they helped"),
    ("report.decided_by", "an act in office about somebody else's report"),
    ("mention_name.person_id", "names of theirs in others' posts, which `mention` lists"),
    ("removal.by_id", "an act in office about somebody else's words"),
    ("removal.decided_by", "an act in office about somebody else's appeal"),
    ("step.through_id", "the step of whom they helped"),
    ("session.acting_for", "the session of their helper"),
    ("notice.actor_id", "the announcement of a step that is in the export"),
    ("follow_up.done_by", "an act in office about somebody else's review"),
    ("slip.created_by", "an act in office about somebody else's household"),
    ("join_request.contested_by", "an act in office about somebody else's admission"),
    ("role_grant.granted_by", "an act in office about somebody else's role"),
    ("role_grant.ended_by", "an act in office about somebody else's role"),
    ("place_change.by_id", "an act in office about places"),
    ("roll_import.created_by", "an act in office about the roll"),
    ("roll_import.undone_by", "an act in office about the roll"),
    ("unit.representative_id", "names a row of `owner`, which is in the export"),
];
