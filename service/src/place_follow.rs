//! Following a category, an entrance, a courtyard or the whole community by email: for each matter that is
//! published there, one mail. As with a matter it is a private wish, and nothing of it goes into the audit
//! chain.

use std::fmt;

use domain::category::Category;
use domain::ids::{CommunityId, CourtyardId, EntranceId, PersonId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{community, courtyard, entrance, person, place_follow};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};

use crate::error::{Error, Result};
use crate::hall::Hall;

/// That the matter `p` lies in what the row `pf` follows. `pf.place` holds a category's name or a row.
pub(crate) const FOLLOWS: &str = "((pf.kind = 'category' AND pf.place = p.category) \
    OR (pf.kind = 'courtyard' AND pf.place = CAST(p.courtyard_id AS TEXT)) \
    OR (pf.kind = 'entrance' AND pf.place = CAST(p.entrance_id AS TEXT)) \
    OR (pf.kind = 'community' AND pf.place = CAST(p.community_id AS TEXT)))";

/// What somebody follows besides single matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Followed {
    /// All matters of the person's community.
    Community,
    /// Those of a courtyard, in whichever entrance.
    Courtyard(CourtyardId),
    /// Those of an entrance.
    Entrance(EntranceId),
    /// Those of a category.
    Category(Category),
}

impl Followed {
    /// What a name in an address or a form stands for: `community`, `courtyard-3`, `entrance-7`,
    /// `category-parking`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "community" {
            return Some(Self::Community);
        }
        let (kind, place) = name.split_once('-')?;
        Self::from_columns(kind, place)
    }

    fn from_columns(kind: &str, place: &str) -> Option<Self> {
        match kind {
            "community" => Some(Self::Community),
            "courtyard" => place.parse().ok().map(Self::Courtyard),
            "entrance" => place.parse().ok().map(Self::Entrance),
            "category" => Category::from_name(place).map(Self::Category),
            _ => None,
        }
    }

    fn columns(self, community: CommunityId) -> (&'static str, String) {
        match self {
            Self::Community => ("community", community.to_string()),
            Self::Courtyard(id) => ("courtyard", id.to_string()),
            Self::Entrance(id) => ("entrance", id.to_string()),
            Self::Category(category) => ("category", category.as_str().to_owned()),
        }
    }
}

impl fmt::Display for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Community => f.write_str("community"),
            Self::Courtyard(id) => write!(f, "courtyard-{id}"),
            Self::Entrance(id) => write!(f, "entrance-{id}"),
            Self::Category(category) => write!(f, "category-{}", category.as_str()),
        }
    }
}

/// Starts to follow; following already is as good.
///
/// # Errors
/// [`Error::NotFound`] when there is no such place in the actor's community, or it has ended;
/// [`Error::Denied`] without consent.
pub async fn place_follow_start(hall: &Hall, actor: &Actor, what: Followed) -> Result<()> {
    permit(Some(actor), Action::Follow, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    is_there(&txn, actor.community, what).await?;
    let (kind, place) = what.columns(actor.community);
    let row = place_follow::ActiveModel {
        person_id: Set(actor.person.0),
        kind: Set(kind.to_owned()),
        place: Set(place),
        token: Set(hex::encode(hall.dice.bytes16())),
        created_at: Set(hall.now().0),
    };
    place_follow::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok(())
}

/// Stops following; not following is as good.
///
/// # Errors
/// [`Error::Denied`] when nobody is signed in, or without consent.
pub async fn place_follow_stop(hall: &Hall, actor: &Actor, what: Followed) -> Result<()> {
    permit(Some(actor), Action::Follow, &Target::community(actor.community))?;
    let (kind, place) = what.columns(actor.community);
    let txn = hall.db.begin().await?;
    let key = (actor.person.0, kind.to_owned(), place);
    place_follow::Entity::delete_by_id(key).exec(&txn).await?;
    txn.commit().await?;
    Ok(())
}

/// What somebody follows, the widest first.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn place_follows(hall: &Hall, person: PersonId) -> Result<Vec<Followed>> {
    let rows = place_follow::Entity::find()
        .filter(place_follow::Column::PersonId.eq(person.0))
        .order_by_asc(place_follow::Column::CreatedAt)
        .all(hall.db.read())
        .await?;
    let mut follows: Vec<Followed> =
        rows.iter().filter_map(|row| Followed::from_columns(&row.kind, &row.place)).collect();
    follows.sort_unstable();
    Ok(follows)
}

/// What the link at the end of a mail about a place stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLink {
    /// The community.
    pub community: CommunityId,
    /// Who follows.
    pub person: PersonId,
    /// What.
    pub what: Followed,
    /// Its name: that of the community, the courtyard, or courtyard and entrance; a category's is a word
    /// of the pages.
    pub name: String,
}

/// What the link with that secret is about. Changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link, or it was used.
pub async fn place_link(hall: &Hall, token: &str) -> Result<PlaceLink> {
    by_token(hall.db.read(), token).await
}

/// Stops the mails about a place to whoever holds the link (RFC 8058: no sign-in, no question); those that
/// wait are never sent.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link, or it was used.
pub async fn place_link_stop(hall: &Hall, token: &str) -> Result<PlaceLink> {
    let txn = hall.db.begin().await?;
    let link = by_token(&txn, token).await?;
    place_follow::Entity::delete_many()
        .filter(place_follow::Column::Token.eq(token))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(link)
}

async fn by_token(db: &impl ConnectionTrait, token: &str) -> Result<PlaceLink> {
    // Whatever stands in an address comes here, and PostgreSQL takes no NUL in a text.
    if !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::NotFound);
    }
    let row = place_follow::Entity::find()
        .filter(place_follow::Column::Token.eq(token))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let what = Followed::from_columns(&row.kind, &row.place)
        .ok_or_else(|| Error::unknown("place", &row.place))?;
    let who = person::Entity::find_by_id(row.person_id).one(db).await?.ok_or(Error::NotFound)?;
    let community = CommunityId(who.community_id);
    let name = name_of(db, community, what).await?;
    Ok(PlaceLink { community, person: PersonId(row.person_id), what, name })
}

async fn name_of(db: &impl ConnectionTrait, of: CommunityId, what: Followed) -> Result<String> {
    let name = match what {
        Followed::Category(_) => Some(String::new()),
        Followed::Community => {
            community::Entity::find_by_id(of.0).one(db).await?.map(|row| row.name)
        }
        Followed::Courtyard(id) => {
            courtyard::Entity::find_by_id(id.0).one(db).await?.map(|row| row.name)
        }
        Followed::Entrance(id) => match entrance::Entity::find_by_id(id.0).one(db).await? {
            Some(row) => courtyard::Entity::find_by_id(row.courtyard_id)
                .one(db)
                .await?
                .map(|courtyard| format!("{} {}", courtyard.name, row.name)),
            None => None,
        },
    };
    name.ok_or(Error::NotFound)
}

/// Whether what is to be followed is of this community and still there.
async fn is_there(txn: &DatabaseTransaction, of: CommunityId, what: Followed) -> Result<()> {
    let courtyard = match what {
        Followed::Community | Followed::Category(_) => return Ok(()),
        Followed::Courtyard(id) => Some(id.0),
        Followed::Entrance(id) => entrance::Entity::find_by_id(id.0)
            .filter(entrance::Column::EndedAt.is_null())
            .one(txn)
            .await?
            .map(|row| row.courtyard_id),
    };
    let courtyard = courtyard.ok_or(Error::NotFound)?;
    courtyard::Entity::find_by_id(courtyard)
        .filter(courtyard::Column::CommunityId.eq(of.0))
        .filter(courtyard::Column::EndedAt.is_null())
        .one(txn)
        .await?
        .map(|_| ())
        .ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        let all = [
            Followed::Community,
            Followed::Courtyard(CourtyardId(3)),
            Followed::Entrance(EntranceId(7)),
            Followed::Category(Category::ChargingFire),
        ];
        for what in all {
            assert_eq!(Followed::from_name(&what.to_string()), Some(what));
            let (kind, place) = what.columns(CommunityId(1));
            assert_eq!(Followed::from_columns(kind, &place), Some(what));
        }
        for name in ["", "courtyard", "courtyard-x", "category-nothing", "person-1"] {
            assert_eq!(Followed::from_name(name), None, "{name}");
        }
    }
}
