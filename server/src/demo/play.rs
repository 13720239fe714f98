//! Carries out the story, moment by moment over all matters.

use std::collections::{HashMap, HashSet};

use domain::ids::{BallotNumber, PersonId, PostId, SummaryId};
use domain::place::{Scope, ScopeKind};
use domain::role::Actor;
use domain::talk::Reaction;
use domain::time::Timestamp;
use service::ballot::BallotForm;
use service::clock::ManualClock;
use service::desk::{
    AnswerForm, CheckForm, FollowUpForm, ProgressForm, ReferForm, SessionForm, SuspendForm,
};
use service::opinion::{AnswerForm as Answer, StatementForm};
use service::post::PostForm;
use service::proposal::ProposalForm;
use service::review::ReviewForm;
use service::summary::SummaryForm;
use service::text::TextForm;
use service::{Error, Hall, Result};

use super::places::Cast;
use super::story::{Act, Matter, Story};

/// A decision by consensus is recorded by the committee's head, with these words.
const DECIDER: &str = "sun";
const CONSENSUS: &str = "议事会商量一致，照纪要办。";

/// Milliseconds between neighbours who come one after another.
const A_LITTLE_LATER: i64 = 90_000;

/// What is known of a matter while its story runs.
struct Told {
    number: i64,
    scope: Scope,
    cosigners: Vec<PersonId>,
    voters: HashSet<PersonId>,
    reviewers: HashSet<PersonId>,
    ballot: Option<BallotNumber>,
    posts: HashMap<String, i64>,
    summary: Option<SummaryId>,
}

/// Carries out the stories of all communities as of `now`, moment by moment.
///
/// # Errors
/// As the use cases; [`Error::Broken`] when the story names what isn't there.
pub(super) async fn all(
    hall: &Hall,
    clock: &ManualClock,
    stories: &[(&Cast, &Story)],
    now: Timestamp,
) -> Result<()> {
    let mut moments = Vec::new();
    let mut players = Vec::new();
    for (at_hand, (cast, story)) in stories.iter().enumerate() {
        for matter in &story.matter {
            for moment in &matter.steps {
                let at = moment.at(now).ok_or_else(|| lost(&matter.key, &moment.t))?;
                moments.push((at, at_hand, matter, &moment.act));
            }
        }
        players.push(Player { hall, clock, cast, told: HashMap::new(), actors: HashMap::new() });
    }
    moments.sort_by_key(|(at, ..)| *at);
    for (at, at_hand, matter, act) in moments {
        let Some(player) = players.get_mut(at_hand) else { continue };
        player.come_to(at).await?;
        player.act(matter, act).await.map_err(|error| {
            Error::Broken(format!("the story of {} at {at}: {act:?}: {error}", matter.key))
        })?;
    }
    Ok(())
}

struct Player<'a> {
    hall: &'a Hall,
    clock: &'a ManualClock,
    cast: &'a Cast,
    told: HashMap<&'a str, Told>,
    actors: HashMap<PersonId, Actor>,
}

impl<'a> Player<'a> {
    /// Moves the clock, letting what is due by time alone happen at the end of each day on the way.
    async fn come_to(&self, at: Timestamp) -> Result<()> {
        let mut today = self.hall.now().local_date();
        while today < at.local_date() {
            self.clock.set(Timestamp::end_of(today).plus_ms(1));
            service::jobs::run_due(self.hall).await?;
            today = self.hall.now().local_date();
        }
        if at > self.hall.now() {
            self.clock.set(at);
        }
        Ok(())
    }

    async fn act(&mut self, matter: &'a Matter, act: &Act) -> Result<()> {
        if matches!(act, Act::Submit) {
            return self.submit(matter).await;
        }
        let key = matter.key.as_str();
        let number = self.told(key)?.number;
        let hall = self.hall;
        match act {
            Act::Submit => Ok(()),
            Act::Publish { by, reason } => {
                let (db, community) = (hall.db.read(), self.cast.community);
                let read = service::matter::by_number(db, community, number).await?.text_version;
                let form = CheckForm {
                    act: "publish".into(),
                    reason: reason.clone(),
                    seen: read.to_string(),
                    ..CheckForm::default()
                };
                service::desk::matter_check(hall, &self.actor(by).await?, number, &form).await
            }
            Act::NotAccept { by, route, reason } => {
                let form = CheckForm {
                    act: "not_accept".into(),
                    reason: reason.clone(),
                    route: route.clone(),
                    ..CheckForm::default()
                };
                service::desk::matter_check(hall, &self.actor(by).await?, number, &form).await
            }
            Act::Merge { by, into, reason } => {
                let into = self.told(into)?.number.to_string();
                let actor = self.actor(by).await?;
                service::merge::merge_ask(hall, &actor, number, &into, reason).await.map(|_| ())
            }
            Act::MergeAgree => {
                let actor = self.actor(&matter.by).await?;
                service::merge::merge_agree(hall, &actor, number).await.map(|_| ())
            }
            Act::Cosign { n, also } => self.cosign(key, *n, also).await,
            Act::Edit { situation, suggestion, said, note } => {
                let actor = self.actor(&matter.by).await?;
                let form = service::text::text_own(hall, &actor, number).await?.form;
                let form = TextForm {
                    situation: situation.clone().unwrap_or_else(|| form.situation.clone()),
                    suggestion: suggestion.clone().unwrap_or_else(|| form.suggestion.clone()),
                    said: said.clone(),
                    note: note.clone(),
                    ..form
                };
                service::text::text_change(hall, &actor, number, &form).await.map(|_| ())
            }
            Act::Contest { n } => {
                let seen = self.text(number).await?;
                for person in self.signed(key, *n)? {
                    let actor = self.load(person).await?;
                    service::text::correction_contest(hall, &actor, number, seen).await?;
                    self.clock.advance_ms(A_LITTLE_LATER);
                }
                Ok(())
            }
            Act::Keep { n } => {
                let seen = self.text(number).await?;
                for person in self.signed(key, *n)? {
                    let actor = self.load(person).await?;
                    service::text::cosign_keep(hall, &actor, number, seen).await?;
                    self.clock.advance_ms(A_LITTLE_LATER);
                }
                Ok(())
            }
            Act::Post { by, stance, body, id, reply, quote, ask } => {
                let row = |name: Option<&String>| -> Result<String> {
                    let id = name.map(|name| self.post(key, name)).transpose()?;
                    Ok(id.map(|id| id.to_string()).unwrap_or_default())
                };
                let form = PostForm {
                    stance: stance.clone(),
                    body: body.clone(),
                    parent: row(reply.as_ref())?,
                    quote: row(quote.as_ref())?,
                    ask: if *ask { "1".into() } else { String::new() },
                    ..PostForm::default()
                };
                let actor = self.actor(by).await?;
                let made = service::post::post_write(hall, &actor, number, &form).await?;
                if let (Some(id), Some(told)) = (id, self.told.get_mut(key)) {
                    told.posts.insert(id.clone(), made.0);
                }
                Ok(())
            }
            Act::React { by, post, kind } => {
                let post = PostId(self.post(key, post)?);
                let kind = Reaction::from_name(kind).ok_or_else(|| lost(key, kind))?;
                let actor = self.actor(by).await?;
                service::post::post_react(hall, &actor, number, post, kind).await.map(|_| ())
            }
            Act::Statement { by, body } => {
                let form = StatementForm { body: body.clone(), ..StatementForm::default() };
                let actor = self.actor(by).await?;
                service::opinion::statement_write(hall, &actor, number, &form).await.map(|_| ())
            }
            Act::Answers { n, camps } => self.answers(key, *n, camps).await,
            Act::Summary { by, agreed, favour, against, open } => {
                let before = self.told(key)?.summary;
                let form = SummaryForm {
                    agreed: agreed.join("\n"),
                    for_points: favour.join("\n"),
                    against_points: against.join("\n"),
                    open_points: open.join("\n"),
                    seen: before.map(|id| id.to_string()).unwrap_or_default(),
                };
                let actor = self.actor(by).await?;
                let made = service::summary::summary_pin(hall, &actor, number, &form).await?;
                if let Some(told) = self.told.get_mut(key) {
                    told.summary = Some(made);
                }
                Ok(())
            }
            Act::Judge { by, fair } => {
                let summary = self.told(key)?.summary.ok_or_else(|| lost(key, "summary"))?;
                let actor = self.actor(by).await?;
                service::summary::summary_judge(hall, &actor, number, summary, Some(*fair)).await
            }
            Act::Deliberate { by, reason } => self.answer(by, number, "deliberate", reason).await,
            Act::Answer { by, verdict, reason } => self.answer(by, number, verdict, reason).await,
            Act::Session { by, attendees, minutes, verdict } => {
                let by = if verdict.is_some() { DECIDER } else { by.as_str() };
                let form = SessionForm {
                    held_on: iso(hall.now()),
                    attendees: attendees.to_string(),
                    minutes: minutes.clone(),
                    verdict: verdict.clone().unwrap_or_default(),
                    reason: verdict.as_ref().map(|_| CONSENSUS.to_owned()).unwrap_or_default(),
                };
                service::desk::session_record(hall, &self.actor(by).await?, number, &form).await
            }
            Act::Ballot { by, kind, question, days } => {
                let form = BallotForm {
                    kind: kind.clone(),
                    question: question.clone(),
                    closes_on: iso(hall.now().plus_days(*days)),
                };
                let actor = self.actor(by).await?;
                let ballot = service::ballot::ballot_open(hall, &actor, number, &form).await?;
                if let Some(told) = self.told.get_mut(key) {
                    told.ballot = Some(ballot);
                }
                Ok(())
            }
            Act::Votes { yes, no, abstain } => self.votes(key, *yes, *no, *abstain).await,
            Act::Refer { by, route, receiver, ticket, reason } => {
                let form = ReferForm {
                    route: route.clone(),
                    receiver: receiver.clone(),
                    ticket: ticket.clone().unwrap_or_default(),
                    reason: reason.clone(),
                };
                service::desk::work_refer(hall, &self.actor(by).await?, number, &form).await
            }
            Act::Progress { by, reason } => {
                let form = ProgressForm {
                    act: "note".into(),
                    note: reason.clone(),
                    ..ProgressForm::default()
                };
                service::desk::work_progress(hall, &self.actor(by).await?, number, &form).await
            }
            Act::Extend { by, reason } => {
                let form = ProgressForm {
                    act: "extend".into(),
                    reason: reason.clone(),
                    ..ProgressForm::default()
                };
                service::desk::work_progress(hall, &self.actor(by).await?, number, &form).await
            }
            Act::Suspend { by, days, reason } => {
                let form = SuspendForm {
                    review_on: iso(hall.now().plus_days(*days)),
                    reason: reason.clone(),
                };
                service::desk::work_suspend(hall, &self.actor(by).await?, number, &form).await
            }
            Act::Complete { by, reason } => {
                service::desk::work_complete(hall, &self.actor(by).await?, number, reason).await
            }
            Act::Review { by, solved, satisfaction, words } => {
                let person = self.person(by)?;
                self.review(key, person, *solved, satisfaction, words).await
            }
            Act::Reviews { satisfied, fairly, dissatisfied } => {
                self.reviews(key, *satisfied, *fairly, *dissatisfied).await
            }
            Act::FollowUp { by, reason } => {
                let actor = self.actor(by).await?;
                let form = FollowUpForm { note: reason.clone(), ..FollowUpForm::default() };
                for id in service::desk::follow_ups_open(hall, &actor, number).await? {
                    service::desk::follow_up_record(hall, &actor, id, &form).await?;
                }
                Ok(())
            }
        }
    }

    async fn submit(&mut self, matter: &'a Matter) -> Result<()> {
        let courtyard =
            self.cast.courtyard(&matter.place).ok_or_else(|| lost(&matter.key, &matter.place))?;
        let entrance = match &matter.entrance {
            Some(name) => {
                Some(self.cast.entrance(courtyard, name).ok_or_else(|| lost(&matter.key, name))?)
            }
            None => None,
        };
        let form = ProposalForm {
            title: matter.title.clone(),
            situation: matter.situation.clone(),
            suggestion: matter.suggestion.clone(),
            category: matter.category.clone(),
            courtyard_id: courtyard.to_string(),
            entrance_id: entrance.map(|id| id.to_string()).unwrap_or_default(),
            spot: matter.spot.clone(),
            scope: matter.scope.clone(),
            willing: matter.willing,
            on_behalf: matter.on_behalf.clone().unwrap_or_default(),
            behalf_yes: matter.on_behalf.is_some(),
            ..ProposalForm::default()
        };
        let kind =
            ScopeKind::from_name(&matter.scope).ok_or_else(|| lost(&matter.key, &matter.scope))?;
        let scope = match (kind, entrance) {
            (ScopeKind::Entrance, Some(entrance)) => Scope::Entrance(entrance),
            (ScopeKind::Community, _) => Scope::Community(self.cast.community),
            _ => Scope::Courtyard(courtyard),
        };
        let actor = self.actor(&matter.by).await?;
        let number = service::proposal::proposal_submit(self.hall, &actor, &form).await?;
        self.told.insert(
            matter.key.as_str(),
            Told {
                number,
                scope,
                cosigners: Vec::new(),
                voters: HashSet::new(),
                reviewers: HashSet::new(),
                ballot: None,
                posts: HashMap::new(),
                summary: None,
            },
        );
        Ok(())
    }

    async fn answer(&mut self, by: &str, number: i64, verdict: &str, reason: &str) -> Result<()> {
        let form = AnswerForm { verdict: verdict.to_owned(), reason: reason.to_owned() };
        service::desk::matter_answer(self.hall, &self.actor(by).await?, number, &form).await
    }

    /// The number of the text that stands.
    async fn text(&self, number: i64) -> Result<i64> {
        let db = self.hall.db.read();
        let row = service::matter::by_number(db, self.cast.community, number).await?;
        Ok(row.text_version)
    }

    /// `n` of those who co-signed, less those whom a visitor can be: they find what they are asked.
    fn signed(&self, key: &str, n: usize) -> Result<Vec<PersonId>> {
        let told = self.told(key)?;
        let people = told.cosigners.iter().copied().filter(|who| !self.cast.is_offered(*who));
        let people: Vec<PersonId> = people.take(n).collect();
        if people.len() < n { Err(lost(key, "co-signers")) } else { Ok(people) }
    }

    /// `n` households co-sign, those of `also` first; the threshold ends it by itself.
    async fn cosign(&mut self, key: &str, n: usize, also: &[String]) -> Result<()> {
        let mut people = Vec::new();
        for name in also {
            people.push(self.person(name)?);
        }
        let told = self.told(key)?;
        let others = self.cast.neighbours(told.scope, spread(key));
        people.extend(others.filter(|person| !told.cosigners.contains(person)));
        let number = told.number;
        for person in people.into_iter().take(n) {
            let actor = self.load(person).await?;
            let cosigned = service::cosign::cosign_add(self.hall, &actor, number).await?;
            self.clock.advance_ms(A_LITTLE_LATER);
            if let Some(told) = self.told.get_mut(key) {
                told.cosigners.push(person);
            }
            if cosigned.accepted {
                break;
            }
        }
        Ok(())
    }

    async fn votes(&mut self, key: &str, yes: usize, no: usize, abstain: usize) -> Result<()> {
        let told = self.told(key)?;
        let ballot = told.ballot.ok_or_else(|| lost(key, "ballot"))?;
        let free: Vec<PersonId> = self
            .cast
            .voters(told.scope)
            .filter(|person| !told.voters.contains(person))
            .take(yes + no + abstain)
            .collect();
        if free.len() < yes + no + abstain {
            return Err(lost(key, "voters"));
        }
        let choices = std::iter::repeat_n("yes", yes)
            .chain(std::iter::repeat_n("no", no))
            .chain(std::iter::repeat_n("abstain", abstain));
        for (person, choice) in free.into_iter().zip(choices) {
            let actor = self.load(person).await?;
            service::ballot::ballot_cast(self.hall, &actor, ballot.0, choice).await?;
            if let Some(told) = self.told.get_mut(key) {
                told.voters.insert(person);
            }
        }
        Ok(())
    }

    /// People of the camps in turn; every fifth passes a sentence that their camp has an opinion on.
    async fn answers(&mut self, key: &str, n: usize, camps: &[String]) -> Result<()> {
        let told = self.told(key)?;
        let number = told.number;
        let people: Vec<PersonId> =
            self.cast.neighbours(told.scope, spread(key) + 11).take(n).collect();
        for ((at, person), camp) in people.into_iter().enumerate().zip(camps.iter().cycle()) {
            let actor = self.load(person).await?;
            for (statement, says) in (1..).zip(camp.chars()) {
                let strays = at % 5 == 4 && statement % 4 == at as i64 % 4;
                let choice = match says {
                    _ if strays => "pass",
                    '+' => "agree",
                    '-' => "disagree",
                    _ => "pass",
                };
                let form = Answer { choice: choice.to_owned() };
                service::opinion::statement_answer(self.hall, &actor, number, statement, &form)
                    .await?;
            }
            self.clock.advance_ms(A_LITTLE_LATER);
        }
        Ok(())
    }

    async fn reviews(
        &mut self,
        key: &str,
        satisfied: usize,
        fairly: usize,
        dissatisfied: usize,
    ) -> Result<()> {
        let told = self.told(key)?;
        let people: Vec<PersonId> = told
            .cosigners
            .iter()
            .copied()
            .filter(|person| !told.reviewers.contains(person) && !self.cast.is_offered(*person))
            .collect();
        let said = std::iter::repeat_n((true, "satisfied"), satisfied)
            .chain(std::iter::repeat_n((true, "fairly_satisfied"), fairly))
            .chain(std::iter::repeat_n((false, "dissatisfied"), dissatisfied));
        for (person, (solved, satisfaction)) in people.into_iter().zip(said) {
            self.review(key, person, solved, satisfaction, "").await?;
        }
        Ok(())
    }

    async fn review(
        &mut self,
        key: &str,
        person: PersonId,
        solved: bool,
        satisfaction: &str,
        words: &str,
    ) -> Result<()> {
        let form = ReviewForm {
            solved: if solved { "yes" } else { "no" }.to_owned(),
            satisfaction: satisfaction.to_owned(),
            words: words.to_owned(),
        };
        let number = self.told(key)?.number;
        let actor = self.load(person).await?;
        service::review::review_give(self.hall, &actor, number, &form).await?;
        if let Some(told) = self.told.get_mut(key) {
            told.reviewers.insert(person);
        }
        Ok(())
    }

    fn told(&self, key: &str) -> Result<&Told> {
        self.told.get(key).ok_or_else(|| lost(key, "matter"))
    }

    fn post(&self, key: &str, name: &str) -> Result<i64> {
        self.told(key)?.posts.get(name).copied().ok_or_else(|| lost(key, name))
    }

    fn person(&self, key: &str) -> Result<PersonId> {
        self.cast.person(key).ok_or_else(|| lost(key, "person"))
    }

    async fn actor(&mut self, key: &str) -> Result<Actor> {
        let person = self.person(key)?;
        self.load(person).await
    }

    async fn load(&mut self, person: PersonId) -> Result<Actor> {
        if let Some(actor) = self.actors.get(&person) {
            return Ok(actor.clone());
        }
        let found = service::people::load(self.hall.db.read(), person, self.hall.now()).await?;
        // The story's committee shows its second factor each time.
        let actor = Actor { stepped_up: true, ..found.actor };
        self.actors.insert(person, actor.clone());
        Ok(actor)
    }
}

/// Where among the neighbours a matter's supporters start, so that not the same people support all.
fn spread(key: &str) -> usize {
    key.bytes().map(usize::from).sum::<usize>() * 37
}

fn iso(at: Timestamp) -> String {
    app::dates::iso_day(at.local_date())
}

fn lost(matter: &str, what: &str) -> Error {
    Error::Broken(format!("the story of {matter} names what isn't there: {what}"))
}
