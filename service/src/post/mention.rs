//! 点名: who is named in a post with @, of those who take part in the talk.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::CommunityId;
use domain::role::Role;
use domain::talk::called;
use domain::time::Timestamp;
use entities::{mention, mention_name, person, post, post_edit, proposal, role_grant};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    Set,
};

use crate::civil::names_cover_in_txn;
use crate::error::Result;
use crate::hall::Hall;

/// Roles whose holders can be called although they have not spoken.
const CALLED: [&str; 3] =
    [Role::CommitteeHead.as_str(), Role::CommitteeMember.as_str(), Role::CouncilMember.as_str()];

/// The signs before a name.
const SIGNS: [&str; 2] = ["@", "＠"];

/// What stands in the place of a name that is gone.
const COVER: &str = "***";

/// Writes whom a post names, in place of whom it named before. A name that several bear in this talk means
/// all of them; one that nobody bears is a word like any other.
pub(super) async fn mentions_in_txn(
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    post: &post::Model,
    now: Timestamp,
) -> Result<()> {
    mention::Entity::delete_many().filter(mention::Column::PostId.eq(post.id)).exec(txn).await?;
    let mut named = names_note_in_txn(txn, matter, post, &post.body, now).await?;
    named.retain(|id| *id != post.author_id);
    if named.is_empty() {
        return Ok(());
    }
    let rows = named
        .into_iter()
        .map(|id| mention::ActiveModel { post_id: Set(post.id), person_id: Set(id) });
    mention::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}

/// Notes by which names a text of a post calls whom, beside those of its earlier texts: a closed account's name
/// is covered in all of them. Gives who is called, each once.
pub(super) async fn names_note_in_txn(
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    post: &post::Model,
    text: &str,
    now: Timestamp,
) -> Result<Vec<i64>> {
    let calls = called(text);
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let bearers = bearers_in_txn(txn, matter, calls.iter().flatten().copied(), now).await?;
    let mut noted = BTreeSet::new();
    for names in &calls {
        // The longest name that somebody bears.
        let Some(name) = names.iter().find(|name| bearers.iter().any(|(_, it)| it == *name)) else {
            continue;
        };
        let whose = bearers.iter().filter(|(_, it)| it == name);
        noted.extend(whose.map(|(id, _)| (*id, (*name).to_owned())));
    }
    if noted.is_empty() {
        return Ok(Vec::new());
    }
    let rows = noted.iter().map(|(id, name)| mention_name::ActiveModel {
        post_id: Set(post.id),
        person_id: Set(*id),
        name: Set(name.clone()),
    });
    mention_name::Entity::insert_many(rows)
        .on_conflict_do_nothing()
        .exec_without_returning(txn)
        .await?;
    let mut named: Vec<i64> = noted.into_iter().map(|(id, _)| id).collect();
    named.dedup();
    Ok(named)
}

/// A post's texts are gone, and nobody is named in it any more.
pub(super) async fn mentions_end_in_txn(txn: &DatabaseTransaction, post: i64) -> Result<()> {
    mention::Entity::delete_many().filter(mention::Column::PostId.eq(post)).exec(txn).await?;
    mention_name::Entity::delete_many()
        .filter(mention_name::Column::PostId.eq(post))
        .exec(txn)
        .await?;
    Ok(())
}

/// Covers the names, also earlier ones, of somebody whose account is closed wherever a post, what it said
/// before, a change of it that waits, or what is kept of it under the seal calls them with @; nobody is named
/// there any more.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub(crate) async fn mentions_forget_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: &person::Model,
) -> Result<()> {
    let own = mention_name::Column::PersonId.eq(person.id);
    let noted = mention_name::Entity::find().filter(own.clone()).all(txn).await?;
    let names: BTreeSet<&str> = noted.iter().map(|row| row.name.as_str()).collect();
    for name in names {
        cover_in_txn(txn, person.id, name).await?;
    }
    let mut of_post: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
    for row in &noted {
        of_post.entry(row.post_id).or_default().extend(covers(&row.name));
    }
    names_cover_in_txn(hall, txn, &of_post).await?;
    mention_name::Entity::delete_many().filter(own).exec(txn).await?;
    mention::Entity::delete_many()
        .filter(mention::Column::PersonId.eq(person.id))
        .exec(txn)
        .await?;
    for post in of_post.keys() {
        crate::search::post_in_txn(txn, *post).await?;
    }
    Ok(())
}

/// What is covered of a name, with what stands in its place.
fn covers(name: &str) -> [(String, String); 2] {
    SIGNS.map(|sign| (format!("{sign}{name}"), format!("{sign}{COVER}")))
}

/// Covers one name in the texts of the posts that call the person by it.
async fn cover_in_txn(txn: &DatabaseTransaction, person: i64, name: &str) -> Result<()> {
    let named = || {
        mention_name::Entity::find()
            .select_only()
            .column(mention_name::Column::PostId)
            .filter(mention_name::Column::PersonId.eq(person))
            .filter(mention_name::Column::Name.eq(name))
            .into_query()
    };
    let covered = |column: Expr| {
        covers(name).into_iter().fold(column, |text, (name, cover)| {
            Func::cust("REPLACE").arg(text).arg(name).arg(cover).into()
        })
    };
    post::Entity::update_many()
        .col_expr(post::Column::Body, covered(Expr::col(post::Column::Body)))
        .filter(post::Column::Id.in_subquery(named()))
        .exec(txn)
        .await?;
    post_edit::Entity::update_many()
        .col_expr(post_edit::Column::Body, covered(Expr::col(post_edit::Column::Body)))
        .filter(post_edit::Column::PostId.in_subquery(named()))
        .exec(txn)
        .await?;
    Ok(())
}

async fn bearers_in_txn(
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    names: impl Iterator<Item = &str>,
    now: Timestamp,
) -> Result<Vec<(i64, String)>> {
    let this = || Expr::col((person::Entity, person::Column::Id));
    let spoke = Query::select()
        .expr(Expr::val(1))
        .from(post::Entity)
        .and_where(Expr::col((post::Entity, post::Column::AuthorId)).eq(this()))
        .and_where(post::Column::ProposalId.eq(matter.id))
        .to_owned();
    let holds = Query::select()
        .expr(Expr::val(1))
        .from(role_grant::Entity)
        .and_where(Expr::col((role_grant::Entity, role_grant::Column::PersonId)).eq(this()))
        .and_where(role_grant::Column::Role.is_in(CALLED))
        .cond_where(
            Condition::any()
                .add(role_grant::Column::Until.is_null())
                .add(role_grant::Column::Until.gt(now.0)),
        )
        .to_owned();
    let found = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::Nickname])
        .filter(person::Column::CommunityId.eq(CommunityId(matter.community_id).0))
        .filter(person::Column::Nickname.is_in(names))
        .filter(
            Condition::any()
                .add(person::Column::Id.eq(matter.author_id))
                .add(Expr::exists(spoke))
                .add(Expr::exists(holds)),
        )
        .into_tuple()
        .all(txn)
        .await?;
    Ok(found)
}
