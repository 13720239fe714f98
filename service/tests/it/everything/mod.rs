//! Somebody who did everything that leaves a trace.
#![allow(unreachable_pub, reason = "part of the test that includes it")]

use domain::ballot::BallotKind;
use domain::ids::CommunityId;
use domain::place::Scope;
use domain::proposal::Step;
use domain::role::{Actor, Role};
use domain::settings::CommunitySettings;
use entities::{
    ceremony, community, consent, cosign, council_session, elector, join_request, mail, mention,
    merge_no, owner, passkey, person, photo, place_follow, post_edit, proposal, proposal_merge,
    proposal_version, reaction, recovery_code, removal, report, reset, review, slip, summary_fair,
    totp, unit, unit_owner, version_contest,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, Set,
};
use service::Hall;
use service::account::email_set;
use service::ballot::{BallotForm, ballot_cast, ballot_open, earliest_day};
use service::consent::{consent_give, consent_withdraw};
use service::cosign::cosign_add;
use service::draft::draft_keep;
use service::matter::{self, By, Said};
use service::opinion::{StatementForm, statement_write};
use service::own::{OwnNames, names_set};
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::seal::Column;
use service::session::session_open;
use service::setup::role_grant;
use service::summary::{SummaryForm, summary_pin};
use service::testing::{TestDb, World};

pub const NAME: &str = "probe-name";
pub const NICKNAME: &str = "测试枣花";
pub const EMAIL: &str = "probe@trace.example";
pub const PHONE: &str = "13900001234";
pub const REAL_NAME: &str = "测试真名";
const AGENT: &str = "probe-browser";
const WORDS: &str = "probe-words";

/// Each text, and in how many columns it stands at least before the account is closed.
pub const TRACES: &[(&str, usize)] =
    &[(NAME, 1), (NICKNAME, 1), (EMAIL, 3), (PHONE, 1), (REAL_NAME, 1), (AGENT, 1), (WORDS, 3)];

/// Lets the community ask for telephone numbers.
pub async fn ask_phone(hall: &Hall, id: CommunityId) {
    let txn = hall.db.begin().await.unwrap();
    let row = community::Entity::find_by_id(id.0).one(&txn).await.unwrap().unwrap();
    let settings: CommunitySettings = serde_json::from_str(&row.settings).unwrap();
    let settings = CommunitySettings { ask_phone: true, ..settings };
    let mut changed = row.into_active_model();
    changed.settings = Set(serde_json::to_string(&settings).unwrap());
    changed.update(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

/// The resident of a [`World`], under distinctive names, with something in every part of the export.
pub async fn did_everything(db: &TestDb, world: &World) -> Actor {
    let hall = &db.hall;
    let id = world.resident.actor.person;
    ask_phone(hall, world.community).await;
    for role in [Role::CommitteeMember, Role::EntranceLead] {
        let scope = match role {
            Role::EntranceLead => Scope::Entrance(world.entrances[0]),
            _ => Scope::Community(world.community),
        };
        role_grant(hall, id, role, scope, None).await.unwrap();
    }
    let me = World::again(hall, &world.resident).await.actor;
    consent_withdraw(hall, &me).await.unwrap();
    consent_give(hall, &me, domain::consent::VERSION).await.unwrap();
    email_set(hall, &me, EMAIL, "zh", service::testing::PASSWORD).await.unwrap();
    let names = OwnNames {
        nickname: NICKNAME.to_owned(),
        shown_as: "entrance".to_owned(),
        real_name: REAL_NAME.to_owned(),
        phone: PHONE.to_owned(),
    };
    names_set(hall, &me, &names).await.unwrap();
    session_open(hall, id, AGENT, None, true).await.unwrap();
    took_part(hall, world, &me).await;
    let txn = hall.db.begin().await.unwrap();
    ways_in(hall, &txn, id.0).await;
    ties(hall, &txn, world, &me).await;
    txn.commit().await.unwrap();
    me
}

async fn took_part(hall: &Hall, world: &World, me: &Actor) {
    let form = ProposalForm {
        title: "夜里把音量放低".to_owned(),
        situation: "晚上九点以后音乐声还很大，孩子睡不着。".to_owned(),
        suggestion: "晚上八点半以后请把音量放低一半。".to_owned(),
        category: "noise".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        entrance_id: String::new(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    draft_keep(
        hall,
        me,
        None,
        &ProposalForm { title: "没写完的事".to_owned(), ..form.clone() },
        &[],
    )
    .await
    .unwrap();
    let number = proposal_submit(hall, me, &form).await.unwrap();
    cosign_add(hall, me, number).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let mut row = matter::by_number(&txn, world.community, number).await.unwrap();
    for step in [Step::Accept { threshold_met: true }, Step::Deliberate] {
        let done = matter::advance_in_txn(hall, &txn, row, step, By::Clock, Said::default());
        row = done.await.unwrap();
    }
    let held = council_session::ActiveModel {
        proposal_id: Set(row.id),
        held_on: Set("2026-03-01".to_owned()),
        attendees: Set(9),
        minutes: Set("大家都说好。".to_owned()),
        recorded_by: Set(me.person.0),
        at: Set(hall.now().0),
        ..Default::default()
    };
    held.insert(&txn).await.unwrap();
    let said = review::ActiveModel {
        proposal_id: Set(row.id),
        person_id: Set(me.person.0),
        round: Set(0),
        solved: Set(1),
        satisfaction: Set("satisfied".to_owned()),
        words: Set(Some("很好。".to_owned())),
        at: Set(hall.now().0),
        ..Default::default()
    };
    said.insert(&txn).await.unwrap();
    reported_and_removed(hall, &txn, &row, me).await;
    txn.commit().await.unwrap();
    let post = PostForm {
        stance: "for".to_owned(),
        body: "我家也支持。".to_owned(),
        ..PostForm::default()
    };
    let spoken = post_write(hall, me, number, &post).await.unwrap().0;
    let said = StatementForm {
        body: "广场舞可以跳，声音要小。".to_owned(),
        ..StatementForm::default()
    };
    statement_write(hall, me, number, &said).await.unwrap();
    let summary = SummaryForm {
        agreed: "大家都同意把音量放低，时间上还要再商量一下。".to_owned(),
        ..SummaryForm::default()
    };
    let summary = summary_pin(hall, me, number, &summary).await.unwrap().0;
    let txn = hall.db.begin().await.unwrap();
    let matter = matter::by_number(&txn, world.community, number).await.unwrap();
    in_the_talk(hall, &txn, &matter, me, [spoken, summary]).await;
    txn.commit().await.unwrap();
    let form = BallotForm {
        kind: BallotKind::Straw.as_str().to_owned(),
        question: "同意把晚上的音量放低一半吗？".to_owned(),
        closes_on: earliest_day(BallotKind::Straw, hall.now()).to_string(),
    };
    let ballot = ballot_open(hall, me, number, &form).await.unwrap();
    ballot_cast(hall, me, ballot.0, "yes").await.unwrap();
}

/// What is said in a tap to a post and a summary; and what hangs on a matter besides.
async fn in_the_talk(
    hall: &Hall,
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    me: &Actor,
    [post, summary]: [i64; 2],
) {
    let (now, id) = (hall.now().0, me.person.0);
    let kind = reaction::ActiveModel {
        post_id: Set(post),
        person_id: Set(id),
        kind: Set("thanks".to_owned()),
        through_id: Set(None),
        at: Set(now),
    };
    kind.insert(txn).await.unwrap();
    let named = mention::ActiveModel { post_id: Set(post), person_id: Set(id) };
    named.insert(txn).await.unwrap();
    let before = post_edit::ActiveModel {
        post_id: Set(post),
        body: Set("我家支持。".to_owned()),
        stance: Set("for".to_owned()),
        state: Set("past".to_owned()),
        by_id: Set(id),
        at: Set(now),
        ..Default::default()
    };
    before.insert(txn).await.unwrap();
    let fair = summary_fair::ActiveModel {
        summary_id: Set(summary),
        person_id: Set(id),
        side: Set("for".to_owned()),
        fair: Set(1),
        through_id: Set(None),
        at: Set(now),
    };
    fair.insert(txn).await.unwrap();
    let seen = photo::ActiveModel {
        community_id: Set(matter.community_id),
        by_id: Set(id),
        proposal_id: Set(Some(matter.id)),
        place: Set(0),
        alt: Set("一盏不亮的路灯".to_owned()),
        width: Set(4),
        height: Set(3),
        bytes: Set(12),
        large_modern: Set("a".to_owned()),
        large_jpeg: Set("b".to_owned()),
        small_modern: Set("c".to_owned()),
        small_jpeg: Set("d".to_owned()),
        at: Set(now),
        ..Default::default()
    };
    seen.insert(txn).await.unwrap();
    let asked = proposal_merge::ActiveModel {
        community_id: Set(matter.community_id),
        from_id: Set(matter.id),
        into_id: Set(matter.id),
        state: Set("undone".to_owned()),
        reason: Set("说的是一件事".to_owned()),
        asked_by: Set(id),
        asked_at: Set(now),
        object_until: Set(now),
        ..Default::default()
    };
    let merge = asked.insert(txn).await.unwrap().id;
    let no = merge_no::ActiveModel {
        merge_id: Set(merge),
        household_id: Set(me.home.unwrap().household.0),
        person_id: Set(id),
        through_id: Set(None),
        at: Set(now),
    };
    no.insert(txn).await.unwrap();
    let first = proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(matter.id))
        .one(txn)
        .await
        .unwrap();
    let none = version_contest::ActiveModel {
        version_id: Set(first.unwrap().id),
        household_id: Set(me.home.unwrap().household.0),
        person_id: Set(id),
        through_id: Set(None),
        at: Set(now),
    };
    none.insert(txn).await.unwrap();
    let place = place_follow::ActiveModel {
        person_id: Set(id),
        kind: Set("category".to_owned()),
        place: Set("noise".to_owned()),
        token: Set("04".to_owned()),
        created_at: Set(now),
    };
    place.insert(txn).await.unwrap();
}

/// A report of the matter's text, and a text that was taken down with an open appeal.
async fn reported_and_removed(
    hall: &Hall,
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    me: &Actor,
) {
    let now = hall.now().0;
    let filed = report::ActiveModel {
        community_id: Set(matter.community_id),
        proposal_id: Set(matter.id),
        by_id: Set(me.person.0),
        household_id: Set(me.home.unwrap().household.0),
        kind: Set("false".to_owned()),
        words: Set(Some(WORDS.to_owned())),
        at: Set(now),
        due_at: Set(now),
        state: Set("open".to_owned()),
        ..Default::default()
    };
    filed.insert(txn).await.unwrap();
    let gone = removal::ActiveModel {
        community_id: Set(matter.community_id),
        proposal_id: Set(matter.id),
        author_id: Set(me.person.0),
        kind: Set(Some("advert".to_owned())),
        reason: Set("看上去像广告".to_owned()),
        kept: Set(Some(hall.seal.close(Column::RemovalKept, "{}").unwrap())),
        keep_until: Set(now),
        by_id: Set(me.person.0),
        at: Set(now),
        appeal_words: Set(Some(WORDS.to_owned())),
        appealed_at: Set(Some(now)),
        appeal_due_at: Set(Some(now)),
        ..Default::default()
    };
    gone.insert(txn).await.unwrap();
}

/// Factors, links, slips and the name to sign in with.
async fn ways_in(hall: &Hall, txn: &DatabaseTransaction, id: i64) {
    let now = hall.now().0;
    let row = person::Entity::find_by_id(id).one(txn).await.unwrap().unwrap();
    let community_id = row.community_id;
    let household_id = row.household_id.unwrap();
    let mut named = row.into_active_model();
    named.sign_in_name = Set(NAME.to_owned());
    named.update(txn).await.unwrap();
    let app = totp::ActiveModel {
        person_id: Set(id),
        secret: Set(hall.seal.close(Column::TotpSecret, "x").unwrap()),
        created_at: Set(now),
        confirmed_at: Set(Some(now)),
        last_step: Set(0),
    };
    app.insert(txn).await.unwrap();
    let code = recovery_code::ActiveModel {
        person_id: Set(id),
        code_hash: Set("00".to_owned()),
        used_at: Set(Some(now)),
    };
    code.insert(txn).await.unwrap();
    let key = passkey::ActiveModel {
        person_id: Set(id),
        credential: Set("AA".to_owned()),
        data: Set("{}".to_owned()),
        label: Set(WORDS.to_owned()),
        created_at: Set(now),
        used_at: Set(None),
        ..Default::default()
    };
    key.insert(txn).await.unwrap();
    let begun = ceremony::ActiveModel {
        token_hash: Set("01".to_owned()),
        person_id: Set(id),
        kind: Set("register".to_owned()),
        state: Set(format!("{{\"user\":\"{NAME}\"}}")),
        expires_at: Set(now),
    };
    begun.insert(txn).await.unwrap();
    let link = reset::ActiveModel {
        token_hash: Set("02".to_owned()),
        person_id: Set(id),
        created_at: Set(now),
        expires_at: Set(now),
        used_at: Set(None),
    };
    link.insert(txn).await.unwrap();
    let printed = slip::ActiveModel {
        community_id: Set(community_id),
        household_id: Set(household_id),
        purpose: Set("join".to_owned()),
        code_index: Set("03".to_owned()),
        batch: Set(now),
        created_at: Set(now),
        created_by: Set(id),
        expires_at: Set(now),
        used_at: Set(Some(now)),
        used_by: Set(Some(id)),
        ..Default::default()
    };
    printed.insert(txn).await.unwrap();
}

/// Mails, requests, ownership, and those who help.
async fn ties(hall: &Hall, txn: &DatabaseTransaction, world: &World, me: &Actor) {
    let now = hall.now().0;
    let id = me.person.0;
    for state in ["waiting", "dead"] {
        let letter = mail::ActiveModel {
            notice_id: Set(None),
            person_id: Set(id),
            address: Set(EMAIL.to_owned()),
            message_id: Set(format!("<{state}>")),
            state: Set(state.to_owned()),
            attempts: Set(1),
            next_at: Set(now),
            leased_until: Set(0),
            last_error: Set(Some(format!("550 <{EMAIL}>: no such mailbox"))),
            created_at: Set(now),
            kind: Set("reset".to_owned()),
            data: Set(Some(hall.seal.close(Column::MailData, EMAIL).unwrap())),
            ..Default::default()
        };
        letter.insert(txn).await.unwrap();
    }
    for (asks, decides) in [(id, None), (world.no_household.actor.person.0, Some(id))] {
        let asked = join_request::ActiveModel {
            community_id: Set(world.community.0),
            person_id: Set(asks),
            entrance_id: Set(world.entrances[0].0),
            room: Set(decides.map_or(WORDS, |_| "").to_owned()),
            words: Set(decides.is_none().then(|| WORDS.to_owned())),
            state: Set(if decides.is_some() { "admitted" } else { "waiting" }.to_owned()),
            way: Set(decides.map(|_| "vouch".to_owned())),
            created_at: Set(now),
            decided_by: Set(decides),
            decided_at: Set(decides.map(|_| now)),
            ..Default::default()
        };
        asked.insert(txn).await.unwrap();
    }
    let owns = owner::ActiveModel {
        community_id: Set(world.community.0),
        name: Set(hall.seal.close(Column::OwnerName, "测试业主").unwrap()),
        name_index: Set("04".to_owned()),
        person_id: Set(Some(id)),
        created_at: Set(now),
        ..Default::default()
    };
    let owns = owns.insert(txn).await.unwrap();
    let home = unit::ActiveModel {
        entrance_id: Set(world.entrances[0].0),
        room: Set("101".to_owned()),
        area: Set(8_050),
        ..Default::default()
    };
    let home = home.insert(txn).await.unwrap();
    let both = unit_owner::ActiveModel { unit_id: Set(home.id), owner_id: Set(owns.id) };
    both.insert(txn).await.unwrap();
    let helped = world.no_household.actor.person.0;
    for (person, helper) in [(helped, id), (id, world.entrance_lead.actor.person.0)] {
        person::Entity::update_many()
            .col_expr(person::Column::HelperId, Expr::value(helper))
            .filter(person::Column::Id.eq(person))
            .exec(txn)
            .await
            .unwrap();
    }
}

/// The co-signs and the places on electorates that a person has left.
pub async fn counted(hall: &Hall, me: &Actor) -> (u64, u64) {
    let id = me.person.0;
    let cosigns = cosign::Entity::find().filter(cosign::Column::PersonId.eq(id));
    let electors = elector::Entity::find().filter(elector::Column::PersonId.eq(id));
    let open = consent::Entity::find()
        .filter(consent::Column::PersonId.eq(id))
        .filter(consent::Column::WithdrawnAt.is_null());
    assert_eq!(open.count(hall.db.read()).await.unwrap(), 0);
    assert_eq!(proposal::Entity::find().count(hall.db.read()).await.unwrap(), 1);
    let cosigns = cosigns.count(hall.db.read()).await.unwrap();
    (cosigns, electors.count(hall.db.read()).await.unwrap())
}
