//! Edits, contests and answers, in the hall and in the model.

use domain::place::Scope;
use domain::version::VersionKind;
use entities::rate_limit;
use sea_orm::EntityTrait;
use service::proposal::proposal_withdraw;
use service::text::{
    Edited, TextForm, correction_contest, correction_contest_back, correction_raise, cosign_keep,
    cosign_leave, text_change, text_own,
};

use super::model::Event;
use super::{Drive, HOMES, MATTERS, Op, WHY};

/// Circles by their names.
const CIRCLES: [&str; 3] = ["entrance", "courtyard", "community"];

impl Drive {
    pub(super) async fn play_text(&mut self, op: Op) {
        let hall = self.db.hall.clone();
        let what = format!("{}: {op:?}", self.db.name);
        match op {
            Op::Edit(matter, asks) => self.edit(&what, matter % MATTERS, asks, None).await,
            Op::Circle(matter, circle) => {
                let circle = CIRCLES[circle % CIRCLES.len()];
                self.edit(&what, matter % MATTERS, false, Some(circle)).await;
            }
            Op::Contest(matter, home) => {
                let (matter, home) = (matter % MATTERS, home % HOMES);
                let correction = self.history.correction(matter);
                let version = correction.unwrap_or(1);
                let before = self.behind(matter, version);
                let said = self.history.contests(matter, version);
                let can = self.history.goes_on(matter)
                    && correction.is_some()
                    && before.contains(&home)
                    && !said.contains(&home);
                let (actor, number) = (&self.homes[home].actor, self.numbers[matter]);
                let done = correction_contest(&hall, actor, number, version).await;
                let came = done.as_ref().ok().copied();
                if self.said(&what, "contest", can, done) {
                    self.history.0.push(Event::Contest { matter, version, home });
                    let now = said.iter().filter(|one| before.contains(one)).count() + 1;
                    let came = came.expect("done");
                    assert_eq!(came.households, now as u64, "{what}\n{:#?}", self.history.0);
                    assert_eq!(came.raised, now >= 3, "{what}");
                    if came.raised {
                        self.history.0.push(Event::Raised { matter, version });
                        *self.done.entry("raised by households").or_default() += 1;
                    }
                }
            }
            Op::ContestBack(matter, home) => {
                let (matter, home) = (matter % MATTERS, home % HOMES);
                let correction = self.history.correction(matter);
                let version = correction.unwrap_or(1);
                let said = self.history.contests(matter, version).contains(&home);
                let behind = self.history.rows(matter, &self.scopes).contains_key(&home);
                let can = self.history.goes_on(matter) && correction.is_some() && said && behind;
                let (actor, number) = (&self.homes[home].actor, self.numbers[matter]);
                let done = correction_contest_back(&hall, actor, number, version).await;
                if self.said(&what, "contest back", can, done) {
                    self.history.0.push(Event::ContestBack { matter, version, home });
                }
            }
            Op::Raise(matter) => {
                let matter = matter % MATTERS;
                let correction = self.history.correction(matter);
                let version = correction.unwrap_or(1);
                let head = &self.world.committee_head.actor;
                let done = correction_raise(&hall, head, self.numbers[matter], version, WHY).await;
                let can = self.history.goes_on(matter) && correction.is_some();
                if self.said(&what, "raise", can, done) {
                    self.history.0.push(Event::Raised { matter, version });
                }
            }
            Op::Keep(matter, home) => {
                let (matter, home) = (matter % MATTERS, home % HOMES);
                let can = self.is_asked(matter, home) && self.scopes[matter][home];
                let (actor, number) = (&self.homes[home].actor, self.numbers[matter]);
                let seen = self.history.now(matter).0;
                let done = cosign_keep(&hall, actor, number, seen).await;
                if self.said(&what, "keep", can, done) {
                    self.history.0.push(Event::Own { matter, home });
                }
            }
            Op::Leave(matter, home) => {
                let (matter, home) = (matter % MATTERS, home % HOMES);
                let can = self.is_asked(matter, home);
                let (actor, number) = (&self.homes[home].actor, self.numbers[matter]);
                let done = cosign_leave(&hall, actor, number).await;
                if self.said(&what, "leave", can, done) {
                    self.history.0.push(Event::Back { matter, home });
                }
            }
            Op::Withdraw(matter) => {
                let matter = matter % MATTERS;
                let author = &self.world.resident.actor;
                let done = proposal_withdraw(&hall, author, self.numbers[matter], "").await;
                if self.said(&what, "withdraw", self.history.goes_on(matter), done) {
                    self.history.0.push(Event::Withdrawn { matter });
                }
            }
            other => unreachable!("{other:?} is no act on a text"),
        }
    }

    /// Households whose co-sign counts and stands behind a text from before that version.
    fn behind(&self, matter: usize, version: i64) -> Vec<usize> {
        let asks = self.history.now(matter).1;
        let rows = self.history.rows(matter, &self.scopes).into_iter();
        rows.filter(|(_, (at, _))| (asks..version).contains(at)).map(|(home, _)| home).collect()
    }

    /// Whether a household stands behind an older text, and can say what becomes of that.
    fn is_asked(&self, matter: usize, home: usize) -> bool {
        let asks = self.history.now(matter).1;
        let row = self.history.rows(matter, &self.scopes).get(&home).copied();
        self.history.goes_on(matter) && row.is_some_and(|(version, _)| version < asks)
    }

    /// Another text, and another circle where one is given.
    async fn edit(&mut self, what: &str, matter: usize, asks: bool, circle: Option<&'static str>) {
        let hall = self.db.hall.clone();
        let author = &self.world.resident.actor;
        let txn = hall.db.begin().await.expect("a transaction");
        // How often is another test's.
        rate_limit::Entity::delete_many().exec(&txn).await.expect("no limit");
        txn.commit().await.expect("a commit");
        let number = self.numbers[matter];
        let next = self.history.now(matter).0 + 1;
        let done = match text_own(&hall, author, number).await {
            Ok(own) => {
                let form = TextForm {
                    suggestion: format!("换成带靠背和扶手的木条椅，先换{next}把。"),
                    said: if asks { "change" } else { "correction" }.to_owned(),
                    note: WHY.to_owned(),
                    scope: circle.map_or(own.form.scope, str::to_owned),
                    ..own.form
                };
                text_change(&hall, author, number, &form).await
            }
            Err(refused) => Err(refused),
        };
        let came = done.as_ref().ok().copied();
        if !self.said(what, "edit", self.history.goes_on(matter), done) {
            return;
        }
        let elsewhere = circle.filter(|circle| *circle != self.circles[matter]);
        let kind = match self.history.rows(matter, &self.scopes).is_empty() {
            true => VersionKind::Free,
            false if asks || elsewhere.is_some() => VersionKind::Change,
            false => VersionKind::Correction,
        };
        assert_eq!(came, Some(Edited::Shown { version: next, kind }), "{what}");
        *self.done.entry(kind.as_str()).or_default() += 1;
        self.history.0.push(Event::Text { matter, kind });
        if let Some(circle) = elsewhere {
            self.circles[matter] = circle;
            let scope = match circle {
                "entrance" => Scope::Entrance(self.world.entrances[0]),
                "courtyard" => Scope::Courtyard(self.world.courtyards[0]),
                _ => Scope::Community(self.world.community),
            };
            let home = |at: usize| self.homes[at].actor.home.expect("a home");
            self.scopes[matter] = (0..HOMES).map(|at| scope.contains(&home(at))).collect();
            *self.done.entry("circle").or_default() += 1;
        }
    }
}
