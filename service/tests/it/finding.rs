//! Following places and categories, and what is new since the last visit, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so and ends")]

use std::collections::BTreeSet;

use domain::category::Category;
use domain::ids::{CourtyardId, EntranceId, PersonId, PostId};
use domain::time::{HOUR_MS, MINUTE_MS};
use entities::mail;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use service::account::email_set;
use service::desk::{AcceptForm, AnswerForm, matter_accept, matter_answer};
use service::follow::{follow_start, follow_stop};
use service::mail::{About, Because, mail_lease};
use service::matter;
use service::notice::{follow_stop as link_stop, notices_expand};
use service::people::SignedIn;
use service::place_follow::{
    Followed, place_follow_start, place_follow_stop, place_follows, place_link, place_link_stop,
};
use service::post::{PostForm, post_hide, post_write};
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::session::{VISIT_GAP_MS, session_find, session_open};
use service::testing::{PASSWORD, TestDb, World, databases, sqlite};
use service::views::news::{NewsKind, POSTS_MAX, news};
use service::views::proposal_list::{Cursor, ListFilter, Place, StateGroup, list_statement};
use service::{Error, Hall};

const HOST: &str = "hall.example";

/// A matter in a courtyard, or in one of its entrances.
async fn raise(
    db: &TestDb,
    by: &SignedIn,
    category: &str,
    courtyard: CourtyardId,
    entrance: Option<EntranceId>,
) -> i64 {
    db.clock.advance_ms(HOUR_MS);
    let own = by.actor.home.is_some_and(|home| home.courtyard == courtyard);
    let form = ProposalForm {
        title: "门口的灯坏了三天".to_owned(),
        situation: "晚上接孩子看不清路，摔过一位老人。".to_owned(),
        suggestion: "请把灯修好，再加一盏感应的。".to_owned(),
        category: category.to_owned(),
        courtyard_id: courtyard.to_string(),
        entrance_id: entrance.map(|id| id.to_string()).unwrap_or_default(),
        scope: if own { "courtyard" } else { "community" }.to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&db.hall, &by.actor, &form).await.unwrap()
}

async fn say(db: &TestDb, who: &SignedIn, number: i64) -> PostId {
    db.clock.advance_ms(HOUR_MS);
    let form = PostForm {
        stance: "addition".into(),
        body: "我家门口也是这样。".into(),
        ..PostForm::default()
    };
    post_write(&db.hall, &who.actor, number, &form).await.unwrap()
}

async fn with_email(hall: &Hall, person: &SignedIn) {
    let address = format!("{}@example.cn", person.sign_in_name);
    email_set(hall, &person.actor, &address, "zh", PASSWORD).await.unwrap();
}

/// Who has a mail about a matter.
async fn told(db: &TestDb, world: &World, number: i64) -> BTreeSet<PersonId> {
    let hall = &db.hall;
    notices_expand(hall, HOST, 2).await.unwrap();
    let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
    let notices = entities::notice::Entity::find()
        .filter(entities::notice::Column::ProposalId.eq(row.id))
        .all(hall.db.read())
        .await
        .unwrap();
    let ids = notices.iter().map(|notice| notice.id);
    let mails = mail::Entity::find()
        .filter(mail::Column::NoticeId.is_in(ids))
        .all(hall.db.read())
        .await
        .unwrap();
    mails.iter().map(|mail| PersonId(mail.person_id)).collect()
}

#[tokio::test]
async fn a_new_matter_is_told_to_those_who_follow_where_it_is_or_what_it_is_about() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let people = &world.neighbours[..5];
        for person in people {
            with_email(hall, person).await;
        }
        let follows = [
            Followed::Community,
            Followed::Courtyard(world.courtyards[0]),
            Followed::Entrance(world.entrances[0]),
            Followed::Category(Category::Parking),
        ];
        for (person, what) in people.iter().zip(follows) {
            place_follow_start(hall, &person.actor, what).await.unwrap();
            // Twice is as good.
            place_follow_start(hall, &person.actor, what).await.unwrap();
            assert_eq!(place_follows(hall, person.actor.person).await.unwrap(), [what]);
        }
        // The last one follows all four, and gets one mail.
        for what in follows {
            place_follow_start(hall, &people[4].actor, what).await.unwrap();
        }
        let ids = |some: &[usize]| -> BTreeSet<PersonId> {
            some.iter().map(|n| people[*n].actor.person).collect()
        };
        let by = &world.resident;
        let [here, there] = world.courtyards;
        let table = [
            ("lighting_roads", here, Some(world.entrances[0]), ids(&[0, 1, 2, 4])),
            ("lighting_roads", here, Some(world.entrances[1]), ids(&[0, 1, 4])),
            ("lighting_roads", here, None, ids(&[0, 1, 4])),
            ("lighting_roads", there, None, ids(&[0, 4])),
            ("parking", there, None, ids(&[0, 3, 4])),
            ("parking", here, Some(world.entrances[0]), ids(&[0, 1, 2, 3, 4])),
        ];
        for (category, courtyard, entrance, expected) in table {
            let number = raise(&db, by, category, courtyard, entrance).await;
            let told = told(&db, &world, number).await;
            assert_eq!(told, expected, "{}: {category} {courtyard} {entrance:?}", db.name);
        }
        // Afterwards nobody hears of it because of a place: only its own followers do.
        let number = raise(&db, by, "parking", here, None).await;
        let first = told(&db, &world, number).await;
        deliberate(&db, &world, number).await;
        assert_eq!(told(&db, &world, number).await, first, "{}", db.name);
        assert_eq!(mails_of(&db, &people[0]).await, 7, "{}: one a matter", db.name);
    }
}

/// The committee takes a matter up early, and puts it to the neighbours.
async fn deliberate(db: &TestDb, world: &World, number: i64) {
    let (hall, head) = (&db.hall, &world.committee_head.actor);
    let early = AcceptForm { reason: "大家都等着，先受理。".to_owned() };
    matter_accept(hall, head, number, &early).await.unwrap();
    let answer =
        AnswerForm { verdict: "deliberate".to_owned(), reason: "请大家商量。".to_owned() };
    matter_answer(hall, head, number, &answer).await.unwrap();
}

async fn mails_of(db: &TestDb, person: &SignedIn) -> usize {
    let rows = mail::Entity::find()
        .filter(mail::Column::PersonId.eq(person.actor.person.0))
        .filter(mail::Column::Kind.eq("notice"))
        .all(db.hall.db.read())
        .await
        .unwrap();
    rows.len()
}

#[tokio::test]
async fn who_stopped_gets_none_and_what_waits_is_not_sent() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let (one, two, three) = (&world.neighbours[0], &world.neighbours[1], &world.neighbours[2]);
        let here = world.courtyards[0];
        let what = Followed::Courtyard(here);
        for person in [one, two, three] {
            with_email(hall, person).await;
            place_follow_start(hall, &person.actor, what).await.unwrap();
        }
        place_follow_stop(hall, &one.actor, what).await.unwrap();
        place_follow_stop(hall, &one.actor, what).await.unwrap();
        let number = raise(&db, &world.resident, "parking", here, None).await;
        let expected = BTreeSet::from([two.actor.person, three.actor.person]);
        assert_eq!(told(&db, &world, number).await, expected, "{}", db.name);

        // What the mail says of why it came, and the link that it ends with.
        db.clock.advance_ms(MINUTE_MS);
        let letters = mail_lease(hall, 20, 5 * MINUTE_MS).await.unwrap();
        let mut tokens = Vec::new();
        for letter in &letters {
            let About::Step(news) = &letter.about else { continue };
            assert_eq!(news.because, Because::FollowsPlace, "{}", db.name);
            tokens.push((letter.address.clone(), news.token.clone()));
        }
        assert_eq!(tokens.len(), 2, "{}", db.name);
        let token_of = |name: &str| {
            tokens.iter().find(|(address, _)| address.starts_with(name)).unwrap().1.clone()
        };
        let token = token_of(&two.sign_in_name);
        let link = place_link(hall, &token).await.unwrap();
        assert_eq!((link.person, link.what), (two.actor.person, what), "{}", db.name);
        assert_eq!(link.name, "北柳小区", "{}", db.name);
        // Looking changed nothing; stopping does, and once.
        assert_eq!(place_follows(hall, two.actor.person).await.unwrap(), [what], "{}", db.name);
        place_link_stop(hall, &token).await.unwrap();
        assert_eq!(place_follows(hall, two.actor.person).await.unwrap(), [], "{}", db.name);
        for token in [token.as_str(), "", "00", "no\0thing"] {
            assert!(matches!(place_link(hall, token).await, Err(Error::NotFound)), "{token}");
            assert!(matches!(place_link_stop(hall, token).await, Err(Error::NotFound)), "{token}");
        }
        // Two's mail was leased before; when its lease is over it isn't sent any more, and three's is.
        db.clock.advance_ms(HOUR_MS);
        let again = mail_lease(hall, 20, 5 * MINUTE_MS).await.unwrap();
        let notices: Vec<_> = again
            .iter()
            .filter(|letter| matches!(letter.about, About::Step(_)))
            .map(|letter| letter.address.as_str())
            .collect();
        assert_eq!(notices, [format!("{}@example.cn", three.sign_in_name)], "{}", db.name);

        // Who stopped a matter's own mails hears of it by no place.
        let number = raise(&db, &world.resident, "parking", here, None).await;
        follow_start(hall, &three.actor, number).await.unwrap();
        follow_stop(hall, &three.actor, number).await.unwrap();
        assert_eq!(told(&db, &world, number).await, BTreeSet::new(), "{}", db.name);
        assert!(matches!(link_stop(hall, "00").await, Err(Error::NotFound)));
    }
}

#[tokio::test]
async fn only_places_of_ones_own_community_that_are_there() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let stranger = &world.stranger.actor;
        let there = [
            Followed::Courtyard(world.courtyards[0]),
            Followed::Entrance(world.entrances[0]),
            Followed::Courtyard(CourtyardId(9_999)),
            Followed::Entrance(EntranceId(9_999)),
        ];
        for what in there {
            let refused = place_follow_start(hall, stranger, what).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{}: {what}", db.name);
        }
        assert_eq!(place_follows(hall, stranger.person).await.unwrap(), [], "{}", db.name);
        // A category and the whole community are one's own community's.
        with_email(hall, &world.stranger).await;
        for what in [Followed::Community, Followed::Category(Category::Parking)] {
            place_follow_start(hall, stranger, what).await.unwrap();
        }
        let number = raise(&db, &world.resident, "parking", world.courtyards[0], None).await;
        assert_eq!(told(&db, &world, number).await, BTreeSet::new(), "{}", db.name);
    }
}

/// What is new to somebody whose last visit ended now, when `then` has happened.
async fn new_to(db: &TestDb, world: &World, who: &SignedIn) -> Vec<(i64, NewsKind)> {
    let found = news(&db.hall, world.community, who).await.unwrap();
    found.into_iter().map(|news| (news.row.number, news.what)).collect()
}

fn since_now(db: &TestDb, who: &SignedIn) -> SignedIn {
    SignedIn { visit_at: Some(db.hall.now()), ..who.clone() }
}

#[tokio::test]
async fn what_is_new_is_of_ones_courtyard_or_followed_and_by_others() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let [here, there] = world.courtyards;
        let by = &world.council_member;
        let old = raise(&db, by, "parking", here, None).await;
        let far = raise(&db, by, "lighting_roads", there, None).await;
        let quiet = raise(&db, by, "parking", there, None).await;

        // The resident lives in the first courtyard.
        let me = since_now(&db, &world.resident);
        let first_time = SignedIn { visit_at: None, ..me.clone() };
        assert_eq!(new_to(&db, &world, &me).await, [], "{}", db.name);
        say(&db, by, old).await;
        say(&db, by, old).await;
        say(&db, &world.resident, old).await;
        let fresh = raise(&db, by, "parking", here, None).await;
        say(&db, by, far).await;
        let expected = [(fresh, NewsKind::Published), (old, NewsKind::Posts(2))];
        assert_eq!(new_to(&db, &world, &me).await, expected, "{}", db.name);
        assert_eq!(new_to(&db, &world, &first_time).await, [], "{}: a first visit", db.name);

        // What one follows comes along, from wherever it is.
        follow_start(hall, &me.actor, far).await.unwrap();
        let with_far = [(far, NewsKind::Posts(1)), expected[0], expected[1]];
        assert_eq!(new_to(&db, &world, &me).await, with_far, "{}", db.name);
        follow_stop(hall, &me.actor, far).await.unwrap();
        assert_eq!(new_to(&db, &world, &me).await, expected, "{}", db.name);
        for what in [
            Followed::Category(Category::LightingRoads),
            Followed::Courtyard(there),
            Followed::Community,
        ] {
            place_follow_start(hall, &me.actor, what).await.unwrap();
            assert_eq!(new_to(&db, &world, &me).await, with_far, "{}: {what}", db.name);
            place_follow_stop(hall, &me.actor, what).await.unwrap();
        }
        let elsewhere = Followed::Entrance(world.entrances[2]);
        place_follow_start(hall, &me.actor, elsewhere).await.unwrap();
        assert_eq!(new_to(&db, &world, &me).await, expected, "{}", db.name);
        let in_it = raise(&db, by, "dogs", there, Some(world.entrances[2])).await;
        assert_eq!(new_to(&db, &world, &me).await[0], (in_it, NewsKind::Published));
        place_follow_stop(hall, &me.actor, elsewhere).await.unwrap();

        // A step weighs more than posts; what was taken down or back is no news.
        let hidden = say(&db, by, old).await;
        let moderator = &world.committee_member.actor;
        post_hide(hall, moderator, old, hidden, "说了别人的私事，先拿下来。").await.unwrap();
        let told = new_to(&db, &world, &me).await;
        assert!(told.contains(&(old, NewsKind::Posts(2))), "{}: {told:?}", db.name);
        db.clock.advance_ms(HOUR_MS);
        deliberate(&db, &world, old).await;
        let moved = [(old, NewsKind::Moved), (fresh, NewsKind::Published)];
        assert_eq!(new_to(&db, &world, &me).await, moved, "{}", db.name);
        proposal_withdraw(hall, &by.actor, fresh, "").await.unwrap();
        assert_eq!(new_to(&db, &world, &me).await, moved[..1], "{}", db.name);

        // Only what oneself did is no news, and neither is another community's.
        let later = since_now(&db, &world.resident);
        say(&db, &world.resident, old).await;
        assert_eq!(new_to(&db, &world, &later).await, [], "{}", db.name);
        let stranger =
            SignedIn { visit_at: Some(domain::time::Timestamp(0)), ..world.stranger.clone() };
        let home = stranger.actor.community;
        assert_eq!(news(hall, home, &stranger).await.unwrap(), [], "{}", db.name);
        assert!(quiet > 0);
    }
}

#[tokio::test]
async fn many_new_posts_are_not_counted_to_the_end() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db, &world.council_member, "parking", world.courtyards[0], None).await;
        let me = since_now(&db, &world.resident);
        let post = say(&db, &world.council_member, number).await;
        let like = entities::post::Entity::find_by_id(post.0).one(db.hall.db.read()).await.unwrap();
        let like = like.unwrap();
        let txn = db.hall.db.begin().await.unwrap();
        for n in 0..POSTS_MAX + 20 {
            let mut more = sea_orm::IntoActiveModel::into_active_model(like.clone());
            more.id = sea_orm::NotSet;
            more.at = sea_orm::Set(like.at + n);
            sea_orm::ActiveModelTrait::insert(more, &txn).await.unwrap();
        }
        txn.commit().await.unwrap();
        let expected = [(number, NewsKind::Posts(POSTS_MAX + 1))];
        assert_eq!(new_to(&db, &world, &me).await, expected, "{}", db.name);
    }
}

#[tokio::test]
async fn a_visit_ends_half_an_hour_after_the_last_page() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let token = session_open(hall, world.resident.actor.person, "test", None, true).await;
        let token = token.unwrap();
        let look = async || session_find(hall, &token).await.unwrap().unwrap().visit_at;
        db.clock.advance_ms(2 * MINUTE_MS);
        assert_eq!(look().await, None, "{}: the first visit", db.name);
        // Going on is the same visit, however long it lasts.
        for _ in 0..5 {
            db.clock.advance_ms(20 * MINUTE_MS);
            assert_eq!(look().await, None, "{}", db.name);
        }
        let left = hall.now();
        db.clock.advance_ms(VISIT_GAP_MS + MINUTE_MS);
        assert_eq!(look().await, Some(left), "{}: what came since is new", db.name);
        db.clock.advance_ms(10 * MINUTE_MS);
        assert_eq!(look().await, Some(left), "{}: all through this visit", db.name);
        // On another device it is the same visit.
        let other = session_open(hall, world.resident.actor.person, "phone", None, true).await;
        let seen = session_find(hall, &other.unwrap()).await.unwrap().unwrap();
        assert_eq!(seen.visit_at, Some(left), "{}", db.name);
    }
}

/// However many matters there are, a page of the list is a walk along an index from where it begins.
#[tokio::test]
async fn lists_walk_their_indexes() {
    let db = sqlite().await;
    let world = World::new(&db.hall).await;
    let place = Place { updated_at: 1_795_500_000_000, id: 7 };
    let mut filters = Vec::new();
    for cursor in [Cursor::Front, Cursor::After(place), Cursor::Before(place)] {
        let all = ListFilter { cursor, ..ListFilter::default() };
        filters.push(all.clone());
        for group in StateGroup::ALL {
            filters.push(ListFilter { group: Some(group), ..all.clone() });
        }
        let courtyard = Some(world.courtyards[0]);
        filters.push(ListFilter { mine: true, ..all.clone() });
        filters.push(ListFilter { mine: true, group: Some(StateGroup::Done), ..all.clone() });
        filters.push(ListFilter { category: Some(Category::Dogs), ..all.clone() });
        filters.push(ListFilter { courtyard, ..all.clone() });
        filters.push(ListFilter { courtyard, group: Some(StateGroup::Closed), ..all.clone() });
        let category = Some(Category::Dogs);
        filters.push(ListFilter { courtyard, category, ..all.clone() });
        filters.push(ListFilter { courtyard, category, group: Some(StateGroup::Talking), ..all });
    }
    for filter in filters {
        for viewer in [None, Some(world.resident.actor.person)] {
            if filter.mine && viewer.is_none() {
                // Nobody raised anything as nobody.
                continue;
            }
            let statement = list_statement(DbBackend::Sqlite, world.community, viewer, &filter);
            let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
            let values = statement.values.clone().unwrap().0;
            let asked = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
            let rows = db.hall.db.read().query_all_raw(asked).await.unwrap();
            let plan: Vec<String> =
                rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
            // Sorting is for the few that the walks over several states gave.
            let sorts = plan.iter().filter(|line| line.contains("FOR ORDER BY")).count();
            let most = usize::from(filter.group.is_some() || filter.mine);
            let wrong = plan
                .iter()
                .any(|line| line.contains("SCAN proposal") || line.contains("MULTI-INDEX OR"));
            assert!(sorts <= most && !wrong, "{filter:?}: {plan:#?}");
        }
    }
}
