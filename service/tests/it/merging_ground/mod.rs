//! A naive model of merging and editing: every count recomputed from the whole history, and what drives the hall and
//! the model alike.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test that can't go on says so and ends")]

mod model;
mod text;

use std::collections::BTreeMap;

use domain::permission::Denied;
use domain::place::Scope;
use domain::settings::{CommunitySettings, Moderation};
use domain::time::DAY_MS;
use entities::{cosign, proposal, proposal_merge};
use model::{Event, History, Rows};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use service::cosign::{cosign_add, cosign_take_back};
use service::merge::{
    merge_agree, merge_ask, merge_decline, merge_due, merge_object, merge_offer, merge_undo,
};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{Plan, TestDb, World};
use service::{Error, Refusal, Result};

/// A reason that is long enough.
pub const WHY: &str = "两件说的是同一件事。";
/// Matters.
pub const MATTERS: usize = 4;
/// Households that act.
pub const HOMES: usize = 8;

/// What is done; numbers beyond the range are taken by their remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Cosign(usize, usize),
    TakeBack(usize, usize),
    /// Another text; whether its author says that it asks something else.
    Edit(usize, bool),
    /// Another circle of neighbours: entrance, courtyard or community.
    Circle(usize, usize),
    /// A household says that the newest correction is none.
    Contest(usize, usize),
    /// It takes that back.
    ContestBack(usize, usize),
    /// The committee finds the newest correction to be none.
    Raise(usize),
    /// A household keeps its co-sign of an older text.
    Keep(usize, usize),
    /// It takes it back.
    Leave(usize, usize),
    /// The author takes the matter back.
    Withdraw(usize),
    Ask(usize, usize),
    Offer(usize, usize),
    Agree(usize),
    Object(usize),
    No(usize, usize),
    Undo(usize),
    /// So many days pass, and the clock does what is due.
    Days(i64),
}

/// A hall, its matters, the households, and the history of all that succeeded.
pub struct Drive {
    pub db: TestDb,
    pub world: World,
    numbers: Vec<i64>,
    ids: Vec<i64>,
    homes: Vec<SignedIn>,
    scopes: Vec<Vec<bool>>,
    /// Whom each matter concerns, by its name.
    circles: Vec<&'static str>,
    history: History,
    /// What merges did to counts: refused or done, of each kind of act.
    pub done: BTreeMap<&'static str, usize>,
}

impl Drive {
    /// Four matters by the resident: for the community, twice for the first courtyard, for its first entrance;
    /// and eight households of three entrances. No threshold is reached and co-signing goes on.
    pub async fn new(db: TestDb) -> Self {
        let settings = CommunitySettings {
            moderation: Moderation::After,
            threshold_entrance: 90,
            threshold_courtyard: 90,
            threshold_community: 90,
            cosign_days: 2_000,
            ..CommunitySettings::default()
        };
        let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
        let yard = Scope::Courtyard(world.courtyards[0]);
        let all = [
            ("community", Scope::Community(world.community)),
            ("courtyard", yard),
            ("courtyard", yard),
            ("entrance", Scope::Entrance(world.entrances[0])),
        ];
        let reps = |n: usize, take: usize| {
            let door = Scope::Entrance(world.entrances[n]);
            world.representatives(door).into_iter().take(take).cloned().collect::<Vec<_>>()
        };
        let homes: Vec<_> = [reps(0, 4), reps(1, 2), reps(2, 2)].concat();
        let (mut numbers, mut ids, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
        for (kind, scope) in all {
            let form = ProposalForm {
                title: "小院长椅换带靠背的".to_owned(),
                situation: "槐树下的四把长椅没有靠背，老人坐下以后起不来。".to_owned(),
                suggestion: "换成带靠背和扶手的木条椅，先换两把。".to_owned(),
                category: "ageing".to_owned(),
                courtyard_id: world.courtyards[0].to_string(),
                entrance_id: world.entrances[0].to_string(),
                scope: kind.to_owned(),
                ..ProposalForm::default()
            };
            let number =
                proposal_submit(&db.hall, &world.resident.actor, &form).await.expect("sent");
            let row = service::matter::by_number(db.hall.db.read(), world.community, number).await;
            numbers.push(number);
            ids.push(row.expect("a matter").id);
            let inside = |home: &SignedIn| scope.contains(&home.actor.home.expect("a home"));
            scopes.push(homes.iter().map(inside).collect());
        }
        let circles = all.iter().map(|(kind, _)| *kind).collect();
        let history = History::default();
        Self { db, world, numbers, ids, homes, scopes, circles, history, done: BTreeMap::new() }
    }

    /// Does one thing in the hall, says whether the model expects it to succeed, and compares all counts.
    pub async fn act(&mut self, op: Op) {
        self.play(op).await;
        self.compare(op).await;
    }

    async fn play(&mut self, op: Op) {
        let hall = self.db.hall.clone();
        let (author, head) = (&self.world.resident.actor, &self.world.committee_head.actor);
        let what = format!("{}: {op:?}", self.db.name);
        match op {
            Op::Cosign(matter, home) => {
                let (matter, home) = (matter % MATTERS, home % HOMES);
                let own = self.history.rows(matter, &self.scopes).get(&home).copied();
                let asks = self.history.now(matter).1;
                let stands = own.is_some_and(|(version, own)| own && version >= asks);
                let open = self.history.goes_on(matter) && self.scopes[matter][home];
                let done = cosign_add(&hall, &self.homes[home].actor, self.numbers[matter]).await;
                if self.said(&what, "cosign", open && !stands, done) {
                    self.history.0.push(Event::Own { matter, home });
                }
            }
            Op::TakeBack(matter, home) => {
                let (matter, home) = (matter % MATTERS, home % HOMES);
                let there = self.history.rows(matter, &self.scopes).contains_key(&home);
                let open = self.history.goes_on(matter) && self.scopes[matter][home];
                let actor = &self.homes[home].actor;
                let done = cosign_take_back(&hall, actor, self.numbers[matter]).await;
                if self.said(&what, "take back", open && there, done) {
                    self.history.0.push(Event::Back { matter, home });
                }
            }
            Op::Ask(from, into) | Op::Offer(from, into) => {
                let (from, into) = (from % MATTERS, into % MATTERS);
                let can = from != into
                    && self.history.goes_on(into)
                    && !self.history.withdrawn(from)
                    && self.history.live(from).is_none();
                let (number, other) = (self.numbers[from], self.numbers[into].to_string());
                let offer = matches!(op, Op::Offer(..));
                let done = if offer {
                    merge_offer(&hall, author, number, &other, WHY).await
                } else {
                    merge_ask(&hall, head, number, &other, WHY).await.map(|_| ())
                };
                if self.said(&what, if offer { "offer" } else { "ask" }, can, done) {
                    let merge = self.last_merge().await;
                    self.history.0.push(Event::Asked { merge, from, into });
                    if offer {
                        self.history.0.push(Event::Done { merge });
                    }
                }
            }
            Op::Agree(from) => {
                let from = from % MATTERS;
                let asked = self.history.live(from).filter(|one| one.done.is_none());
                let goes = asked.is_some_and(|one| self.history.goes(&one));
                let done = merge_agree(&hall, author, self.numbers[from]).await;
                if let Ok(merged) = &done {
                    assert_eq!(*merged, goes, "{what}");
                }
                if self.said(&what, "agree", asked.is_some(), done) {
                    let merge = asked.expect("asked").id;
                    let event = if goes { Event::Done { merge } } else { Event::Over { merge } };
                    self.history.0.push(event);
                }
            }
            Op::Object(from) => {
                let from = from % MATTERS;
                let asked = self.history.live(from).filter(|one| one.done.is_none());
                let done = merge_object(&hall, author, self.numbers[from], WHY).await;
                if self.said(&what, "object", asked.is_some(), done) {
                    self.history.0.push(Event::Over { merge: asked.expect("asked").id });
                }
            }
            Op::No(from, home) => {
                let (from, home) = (from % MATTERS, home % HOMES);
                let live = self.history.live(from);
                let behind = self.history.rows(from, &self.scopes).contains_key(&home);
                let mut can = behind && live.is_some_and(|one| !self.history.said_no(one.id, home));
                if let Some(one) = live.filter(|one| one.done.is_some()) {
                    can &= self.in_time(one.id).await;
                }
                let actor = &self.homes[home].actor;
                let done = merge_decline(&hall, actor, self.numbers[from]).await;
                if self.said(&what, "no", can, done) {
                    let merge = live.expect("live").id;
                    self.history.0.push(Event::No { merge, home });
                }
            }
            Op::Undo(from) => {
                let from = from % MATTERS;
                let live = self.history.live(from);
                let mut can = live.is_some();
                if let Some(one) = live.filter(|one| one.done.is_some()) {
                    can = !self.history.merged(one.into) && self.in_time(one.id).await;
                }
                let done = merge_undo(&hall, head, self.numbers[from], WHY).await;
                if self.said(&what, "undo", can, done) {
                    self.history.0.push(Event::Over { merge: live.expect("live").id });
                }
            }
            Op::Days(days) => {
                self.db.clock.advance_ms(days * DAY_MS);
                self.clock().await;
            }
            Op::Edit(..)
            | Op::Circle(..)
            | Op::Contest(..)
            | Op::ContestBack(..)
            | Op::Raise(_)
            | Op::Keep(..)
            | Op::Leave(..)
            | Op::Withdraw(_) => self.play_text(op).await,
        }
    }

    /// The clock does the merges whose days are over, in the order of their last days.
    async fn clock(&mut self) {
        let due: Vec<i64> = proposal_merge::Entity::find()
            .select_only()
            .column(proposal_merge::Column::Id)
            .filter(proposal_merge::Column::State.eq("asked"))
            .filter(proposal_merge::Column::ObjectUntil.lt(self.db.hall.now().0))
            .order_by_asc(proposal_merge::Column::ObjectUntil)
            .order_by_asc(proposal_merge::Column::Id)
            .into_tuple()
            .all(self.db.hall.db.read())
            .await
            .expect("merges");
        let moved = merge_due(&self.db.hall).await.expect("the clock");
        assert_eq!(moved, due.len(), "{}", self.db.name);
        for merge in due {
            let one = self.history.merges().into_iter().find(|one| one.id == merge).expect("one");
            let event =
                if self.history.goes(&one) { Event::Done { merge } } else { Event::Over { merge } };
            *self.done.entry("clock").or_default() += 1;
            self.history.0.push(event);
        }
    }

    /// Whether an act succeeded, which has to be as the model expects; refusals say why.
    fn said<T: std::fmt::Debug>(
        &mut self,
        what: &str,
        kind: &'static str,
        expected: bool,
        done: Result<T>,
    ) -> bool {
        assert_eq!(done.is_ok(), expected, "{what}: {done:?}\n{:#?}", self.history.0);
        match done {
            Ok(_) => {
                *self.done.entry(kind).or_default() += 1;
                true
            }
            Err(
                Error::Refused(
                    Refusal::Merge(_)
                    | Refusal::AlreadyCosigned
                    | Refusal::NotCosigned
                    | Refusal::CosigningOver
                    | Refusal::Text(_)
                    | Refusal::Transition(_),
                )
                | Error::Invalid(_)
                | Error::Denied(Denied::OutOfScope | Denied::NotYours),
            ) => false,
            Err(other) => panic!("{what}: {other:?}"),
        }
    }

    async fn in_time(&self, merge: i64) -> bool {
        let row = proposal_merge::Entity::find_by_id(merge).one(self.db.hall.db.read()).await;
        let until = row.expect("read").expect("a merge").undo_until.expect("it is done");
        self.db.hall.now().0 <= until
    }

    async fn last_merge(&self) -> i64 {
        let last = proposal_merge::Entity::find().order_by_desc(proposal_merge::Column::Id);
        last.one(self.db.hall.db.read()).await.expect("read").expect("a merge").id
    }

    /// The counts that matters keep, and the households behind them.
    pub async fn counts(&self) -> Vec<(i64, Vec<(i64, i64, i64)>)> {
        let mut all = Vec::new();
        for id in &self.ids {
            let db = self.db.hall.db.read();
            let row = proposal::Entity::find_by_id(*id).one(db).await.expect("read");
            let rows: Vec<(i64, i64, i64)> = cosign::Entity::find()
                .select_only()
                .column(cosign::Column::HouseholdId)
                .column(cosign::Column::PersonId)
                .column(cosign::Column::Version)
                .filter(cosign::Column::ProposalId.eq(*id))
                .order_by_asc(cosign::Column::HouseholdId)
                .into_tuple()
                .all(db)
                .await
                .expect("read");
            all.push((row.expect("a matter").cosigns, rows));
        }
        all
    }

    async fn compare(&self, op: Op) {
        let rows = cosign::Entity::find()
            .filter(cosign::Column::ProposalId.is_in(self.ids.iter().copied()))
            .all(self.db.hall.db.read())
            .await
            .expect("co-signs");
        let matters = proposal::Entity::find()
            .filter(proposal::Column::Id.is_in(self.ids.iter().copied()))
            .order_by_asc(proposal::Column::Id)
            .all(self.db.hall.db.read())
            .await
            .expect("matters");
        for (matter, row) in matters.iter().enumerate() {
            let what =
                format!("{}: matter {matter} after {op:?}\n{:#?}", self.db.name, self.history.0);
            let here: Rows = rows
                .iter()
                .filter(|one| one.proposal_id == row.id)
                .map(|one| {
                    let lives = |home: &SignedIn| {
                        home.actor.home.expect("a home").household.0 == one.household_id
                    };
                    let home = self.homes.iter().position(lives).expect("one of the eight");
                    assert_eq!(self.homes[home].actor.person.0, one.person_id, "{what}");
                    (home, (one.version, one.merge_id.is_none()))
                })
                .collect();
            assert_eq!(here, self.history.rows(matter, &self.scopes), "{what}");
            let counted = self.history.counted(matter, &self.scopes);
            assert_eq!(row.cosigns, i64::try_from(counted.len()).expect("few"), "{what}");
            assert_eq!(row.state == "merged", self.history.merged(matter), "{what}");
            assert_eq!(row.state == "withdrawn", self.history.withdrawn(matter), "{what}");
            let texts = (row.text_version, row.asks_version);
            assert_eq!(texts, self.history.now(matter), "{what}");
        }
    }
}
