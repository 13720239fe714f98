//! Undelivered mail.

use domain::role::Actor;
use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement};

use super::desk_permit;
use crate::error::Result;
use crate::hall::Hall;
use crate::people::{ShownName, shown_name};

/// Mails on a page.
const PAGE: usize = 30;

/// A page of undelivered mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadMails {
    /// The latest first.
    pub rows: Vec<DeadMail>,
    /// The cursor of the next page.
    pub next: Option<i64>,
}

/// A mail that nobody took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadMail {
    /// Row.
    pub id: i64,
    /// The name that others see.
    pub name: ShownName,
    /// Where it should go, with the middle of its name left out.
    pub address: String,
    /// The matter's public number.
    pub number: i64,
    /// The matter's title.
    pub title: String,
    /// Tries.
    pub attempts: i64,
    /// What the other side said.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    nickname: String,
    shown_as: String,
    entrance: Option<String>,
    address: String,
    number: i64,
    title: String,
    attempts: i64,
    last_error: Option<String>,
    created_at: i64,
}

/// Undelivered mails of the community, those before the cursor `before`. One statement.
///
/// # Errors
/// [`crate::Error::NotFound`] for those who may not see the desk.
pub async fn dead_mails(
    hall: &Hall,
    actor: Option<&Actor>,
    before: Option<i64>,
) -> Result<DeadMails> {
    let actor = desk_permit(actor)?;
    let sql = format!(
        "SELECT m.id, q.nickname, q.shown_as, e.name AS entrance, m.address, p.number, p.title, m.attempts, m.last_error, \
           m.created_at \
         FROM mail m JOIN notice n ON n.id = m.notice_id JOIN proposal p ON p.id = n.proposal_id \
           JOIN person q ON q.id = m.person_id \
           LEFT JOIN household h ON h.id = q.household_id LEFT JOIN entrance e ON e.id = h.entrance_id \
         WHERE m.state = 'dead' AND p.community_id = $1 AND m.id < $2 \
         ORDER BY m.id DESC LIMIT {}",
        PAGE + 1,
    );
    let values = vec![actor.community.0.into(), before.unwrap_or(i64::MAX).into()];
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql, values);
    let mut rows = Row::find_by_statement(statement).all(hall.db.read()).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let rows = rows
        .into_iter()
        .map(|row| DeadMail {
            id: row.id,
            name: shown_name(row.nickname, &row.shown_as, row.entrance.as_deref()),
            address: masked(&row.address),
            number: row.number,
            title: row.title,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: Timestamp(row.created_at),
        })
        .collect();
    Ok(DeadMails { rows, next })
}

/// `li…@example.org`: enough to ask its owner, too little to write down.
fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => {
            let start: String = name.chars().take(2).collect();
            format!("{start}…@{host}")
        }
        None => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_recognised_by_its_owner_alone() {
        for (address, shown) in [
            ("liming@example.org", "li…@example.org"),
            ("l@example.org", "l…@example.org"),
            ("nothing", "…"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }
}
