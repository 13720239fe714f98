//! This server's communities by 街道, with sums over their public matters: never over people, and in the
//! order in which they were founded, which ranks nobody.

use domain::ids::CommunityId;
use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement};
use time::{Date, Month};

use crate::community::prefix;
use crate::error::{Error, Result};
use crate::hall::Hall;

/// Sums over public matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatterSums {
    /// Being co-signed, talked over or voted on.
    pub talking: i64,
    /// Decided on and being done, or on hold.
    pub doing: i64,
    /// Done this year.
    pub done: i64,
    /// The committee's turn, and late.
    pub overdue: i64,
}

impl MatterSums {
    fn with(self, other: Self) -> Self {
        Self {
            talking: self.talking + other.talking,
            doing: self.doing + other.doing,
            done: self.done + other.done,
            overdue: self.overdue + other.overdue,
        }
    }
}

/// A 街道 with its communities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subdistrict {
    /// District.
    pub district: String,
    /// 街道.
    pub name: String,
    /// Its communities, the one that was founded first comes first.
    pub communities: Vec<ListedCommunity>,
    /// Over all of them.
    pub sums: MatterSums,
}

/// A community of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCommunity {
    /// Row.
    pub id: CommunityId,
    /// 社区.
    pub name: String,
    /// Its short name in addresses.
    pub slug: String,
    /// What its addresses begin with.
    pub prefix: String,
    /// Over its matters.
    pub sums: MatterSums,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    slug: Option<String>,
    first_id: i64,
    name: String,
    subdistrict: String,
    district: String,
    talking: i64,
    doing: i64,
    done: i64,
    overdue: i64,
}

/// All communities, by 街道, in one statement.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn communities(hall: &Hall) -> Result<Vec<Subdistrict>> {
    let now = hall.now();
    let start = Date::from_calendar_date(now.local_date().year(), Month::January, 1)
        .map_err(|error| Error::Broken(error.to_string()))?;
    // A verdict lives in the state's data, whose text is written by the code alone. What waits for the
    // first check isn't public, and so in no sum.
    let sql = "WITH stands AS (SELECT p.community_id, p.state, p.due_at, \
             CASE WHEN p.state IN ('in_progress', 'suspended') \
               OR (p.state = 'decided' AND p.state_data NOT LIKE '%\"not_adopted\"%') \
               THEN 1 ELSE 0 END AS doing \
             FROM community c JOIN proposal p ON p.community_id = c.id AND p.state IN ('cosigning', \
               'accepted', 'deliberating', 'balloting', 'in_progress', 'suspended', 'decided')), \
           live AS (SELECT community_id, \
             COUNT(*) FILTER (WHERE state IN \
               ('cosigning', 'accepted', 'deliberating', 'balloting')) AS talking, \
             COUNT(*) FILTER (WHERE doing = 1) AS doing, \
             COUNT(*) FILTER (WHERE due_at < $1 \
               AND (doing = 1 OR state IN ('accepted', 'deliberating'))) AS overdue \
             FROM stands GROUP BY community_id), \
           gone AS (SELECT +p.community_id AS community_id, COUNT(DISTINCT p.id) AS done \
             FROM step s JOIN proposal p ON p.id = s.proposal_id \
             WHERE s.kind = 'complete' AND s.at >= $2 \
               AND p.state IN ('completed', 'reviewed', 'archived') GROUP BY +p.community_id) \
         SELECT c.id, c.slug, c.name, c.subdistrict, c.district, \
           (SELECT MIN(id) FROM community) AS first_id, COALESCE(live.talking, 0) AS talking, \
           COALESCE(live.doing, 0) AS doing, COALESCE(gone.done, 0) AS done, \
           COALESCE(live.overdue, 0) AS overdue \
         FROM community c LEFT JOIN live ON live.community_id = c.id \
         LEFT JOIN gone ON gone.community_id = c.id ORDER BY c.id";
    let values = [now.0.into(), Timestamp::start_of(start).0.into()];
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(hall.db.read()).await?;
    let mut found: Vec<Subdistrict> = Vec::new();
    for row in rows {
        let (slug, prefix) = prefix(row.id, row.slug, row.first_id);
        let sums = MatterSums {
            talking: row.talking,
            doing: row.doing,
            done: row.done,
            overdue: row.overdue,
        };
        let community =
            ListedCommunity { id: CommunityId(row.id), name: row.name, slug, prefix, sums };
        let same =
            |it: &&mut Subdistrict| it.district == row.district && it.name == row.subdistrict;
        match found.iter_mut().find(same) {
            Some(subdistrict) => {
                subdistrict.sums = subdistrict.sums.with(sums);
                subdistrict.communities.push(community);
            }
            None => found.push(Subdistrict {
                district: row.district,
                name: row.subdistrict,
                communities: vec![community],
                sums,
            }),
        }
    }
    Ok(found)
}
