//! Every address of the app, asked by everybody: a table, and a check that no address is missing
//! from it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::common::routes::routed;
use crate::common::{Answer, TestApp};
use axum::http::{Method, StatusCode};
use domain::ballot::BallotKind;
use domain::ids::PhotoId;
use domain::place::Scope;
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::route::Route;
use service::account::email_set;
use service::ballot::{ballot_close_due, closing_time, earliest_day};
use service::civil::removal_make;
use service::cosign::cosign_add;
use service::desk::follow_ups_open;
use service::draft::{draft_drop, draft_keep, draft_list};
use service::follow::follow_start;
use service::join_request::{CounterDecision, JoinForm, join_ask_again, join_counter};
use service::mail::AccountNews;
use service::matter::{self, By, Said};
use service::opinion::{StatementForm, statement_write};
use service::owners::{ShowHeads, owners_look};
use service::people::SignedIn;
use service::photo::{PhotoHome, photo_add, photos_loose};
use service::plans::{PlanForm, plan_draw};
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::review::{ReviewForm, review_give};
use service::roll::{RollUpload, roll_check, roll_confirm};
use service::slip::{ForWhom, SlipOrder, slip_make, slip_print};
use service::testing::{self, TestDb, World};
use service::text::{TextForm, text_change, text_own};

/// What the `{number}`, `{id}` or `{token}` of an address stands for. Each row gets its own; the
/// resident is the author, and matters concern the first courtyard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// Somebody without a slip, who waits for the resident's household, or its entrance's lead, or the desk.
    Asking,
    /// Somebody whom the desk admitted.
    Admission,
    /// Nothing: the address has no place to fill.
    Nothing,
    /// A matter that waits for the first check: not public.
    Submitted,
    /// A matter that was sent back to its author.
    Returned,
    /// A matter that neighbours co-sign.
    Cosigning,
    /// A matter that is asked to be merged into another; the resident and the council member co-signed it.
    Merging,
    /// A matter with a small correction after the same two co-signed it: `{id}` is its version.
    Corrected,
    /// A matter that asks something else since the same two co-signed it: `{id}` is its version.
    Changed,
    /// A matter that is being talked over, with a post.
    Talked,
    /// The same, when the head took the post down: `{id}` is the removal's row.
    Removed,
    /// A photo of the resident that belongs to nothing yet: `{token}` is its file.
    Picture,
    /// A plan of the community.
    Drawing,
    /// A draft of the resident.
    Writing,
    /// A matter with a statement that neighbours answer: `{id}` is its number.
    Stated,
    /// A matter that was not adopted.
    NotAdopted,
    /// A matter that is done; the resident reviewed it and was dissatisfied.
    Done,
    /// A matter with an open ballot of the first courtyard; `{number}` of `/ballots` is the ballot's.
    Balloting,
    /// The same when the ballot is closed.
    Voted,
    /// A file of owners that was checked and waits to be confirmed.
    RollFile,
    /// A unit with two owners.
    OwnedUnit,
    /// A mail that could not be delivered, and the token in it.
    DeadMail,
    /// A way back in by mail, of the resident.
    ResetLink,
    /// A resident of the first courtyard who asks nothing here.
    Neighbour,
    /// A slip of a household in which nobody lives: `{token}` is its code, `{id}` its batch or its row.
    Slip,
    /// The role of the entrance lead.
    LeadsRole,
    /// The first courtyard.
    Yard,
    /// Its first entrance.
    Door,
}

use About::{
    Admission, Asking, Balloting, Changed, Corrected, Cosigning, DeadMail, Done, Door, Drawing,
    LeadsRole, Merging, Neighbour, NotAdopted, Nothing, OwnedUnit, Picture, Removed, ResetLink,
    Returned, RollFile, Slip, Stated, Submitted, Talked, Voted, Writing, Yard,
};

/// Method, address, what it is about, and what happens to, in this order: nobody, a stranger of
/// another community, a resident (the author), a council member, an entrance lead, a committee
/// member, the oversight board.
///
/// `o`: it is done or shown, or comes back with what to mend (200, 303, 409, 422). `s`: sign in first
/// (401, or 303 to `/sign-in`). `x`: not for this person (403). `-`: as if it weren't there (404).
const TABLE: &[(&str, &str, About, &str)] = &[
    ("GET", "/", Nothing, "ooooooo"),
    ("GET", "/proposals", Nothing, "ooooooo"),
    ("GET", "/proposals/{number}", Cosigning, "ooooooo"),
    ("GET", "/proposals/{number}", Submitted, "--o--oo"),
    ("GET", "/proposals/new", Nothing, "s-ooooo"),
    ("POST", "/proposals/new", Nothing, "s-ooooo"),
    ("GET", "/proposals/behalf-paper", Nothing, "s-ooooo"),
    ("GET", "/proposals/{number}/behalf", Cosigning, "s-ooooo"),
    ("POST", "/drafts", Nothing, "s-ooooo"),
    ("GET", "/me/drafts", Nothing, "s-ooooo"),
    ("POST", "/me/drafts/{id}/drop", Writing, "s-o----"),
    ("GET", "/proposals/{number}/edit", Returned, "s-o--xx"),
    ("POST", "/proposals/{number}/edit", Returned, "s-o--xx"),
    ("POST", "/proposals/{number}/withdraw", Cosigning, "s-oxxxx"),
    ("POST", "/proposals/{number}/contest", NotAdopted, "s-oxxxx"),
    ("POST", "/proposals/{number}/cosign", Cosigning, "s-oooxx"),
    ("POST", "/proposals/{number}/cosign/take-back", Cosigning, "s-oooxx"),
    ("GET", "/proposals/{number}/merge", Cosigning, "s-oxxxx"),
    ("POST", "/proposals/{number}/merge", Cosigning, "s-oxxxx"),
    ("POST", "/proposals/{number}/merge/decline", Merging, "s-ooxxx"),
    ("GET", "/proposals/{number}/merge/object", Merging, "ooooooo"),
    ("POST", "/proposals/{number}/merge/object", Merging, "s-oxxxx"),
    ("GET", "/proposals/{number}/merge/undo", Merging, "s-oxxox"),
    ("POST", "/proposals/{number}/merge/undo", Merging, "s-oxxox"),
    ("POST", "/proposals/{number}/merge/agree", Merging, "s-oxxxx"),
    ("GET", "/proposals/{number}/text", Corrected, "s-oxxxx"),
    ("POST", "/proposals/{number}/text", Corrected, "s-oxxxx"),
    ("POST", "/proposals/{number}/text/drop", Corrected, "s-oxxxx"),
    ("POST", "/proposals/{number}/text/keep", Changed, "s-ooxxx"),
    ("POST", "/proposals/{number}/text/leave", Changed, "s-ooxxx"),
    ("GET", "/proposals/{number}/versions", Changed, "ooooooo"),
    ("GET", "/proposals/{number}/versions", Submitted, "--o--oo"),
    ("GET", "/proposals/{number}/versions/{id}", Changed, "ooooooo"),
    ("POST", "/proposals/{number}/versions/{id}/contest", Corrected, "s-ooxxx"),
    ("POST", "/proposals/{number}/versions/{id}/contest/back", Corrected, "s-ooxxx"),
    ("GET", "/proposals/{number}/versions/{id}/raise", Corrected, "-----ox"),
    ("POST", "/proposals/{number}/versions/{id}/raise", Corrected, "-----ox"),
    ("GET", "/desk/texts/{number}", Corrected, "-----ox"),
    ("POST", "/desk/texts/{number}", Corrected, "-----ox"),
    ("GET", "/desk/{number}/merge", Cosigning, "-----ox"),
    ("POST", "/desk/{number}/merge", Cosigning, "-----ox"),
    ("GET", "/proposals/{number}/posts", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/posts", Talked, "s-oooox"),
    ("GET", "/proposals/{number}/posts/{id}", Talked, "ooooooo"),
    ("GET", "/proposals/{number}/posts/{id}/thanks", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/posts/{id}/thanks", Talked, "s-ooooo"),
    ("GET", "/proposals/{number}/posts/{id}/reason", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/posts/{id}/reason", Talked, "s-ooooo"),
    // Only who wrote it may change it or take it back.
    ("GET", "/proposals/{number}/posts/{id}/edit", Talked, "s-o---x"),
    ("POST", "/proposals/{number}/posts/{id}/edit", Talked, "s-o---x"),
    ("GET", "/proposals/{number}/posts/{id}/withdraw", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/posts/{id}/withdraw", Talked, "s-o---x"),
    ("GET", "/proposals/{number}/posts/{id}/hide", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/posts/{id}/hide", Talked, "s-xxxox"),
    ("GET", "/proposals/{number}/live", Talked, "ooooooo"),
    ("GET", "/search", Nothing, "ooooooo"),
    ("GET", "/proposals/similar", Nothing, "s-ooooo"),
    ("GET", "/follow", Nothing, "s-ooooo"),
    ("POST", "/follow/places", Nothing, "s------"),
    ("GET", "/proposals/{number}/report", Talked, "s-ooooo"),
    ("POST", "/proposals/{number}/report", Talked, "s-ooooo"),
    ("GET", "/proposals/{number}/posts/{id}/report", Talked, "s-ooooo"),
    ("POST", "/proposals/{number}/posts/{id}/report", Talked, "s-ooooo"),
    ("GET", "/me/reports", Nothing, "s-ooooo"),
    ("GET", "/me/removed", Nothing, "s-ooooo"),
    ("GET", "/me/removed/{id}/appeal", Removed, "s-ooooo"),
    ("POST", "/me/removed/{id}/appeal", Removed, "s-o----"),
    ("GET", "/desk/reports", Nothing, "-----oo"),
    ("GET", "/desk/reports/{number}", Talked, "-----ox"),
    ("POST", "/desk/reports/{number}", Talked, "-----ox"),
    ("GET", "/desk/reports/{number}/{id}", Talked, "-----ox"),
    ("POST", "/desk/reports/{number}/{id}", Talked, "-----ox"),
    ("GET", "/desk/removed", Nothing, "-----oo"),
    ("GET", "/desk/removed/{id}/look", Removed, "-----oo"),
    ("POST", "/desk/removed/{id}/look", Removed, "-----oo"),
    ("GET", "/desk/appeals/{id}", Removed, "-----oo"),
    ("POST", "/desk/appeals/{id}", Removed, "-----ox"),
    ("GET", "/proposals/{number}/summary", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/summary", Talked, "s-xoxox"),
    ("GET", "/proposals/{number}/summaries", Talked, "ooooooo"),
    ("GET", "/proposals/{number}/summary/fair", Talked, "ooooooo"),
    ("POST", "/proposals/{number}/summary/fair", Talked, "s------"),
    ("GET", "/proposals/{number}/opinions", Stated, "ooooooo"),
    ("GET", "/proposals/{number}/opinions/statements", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/statements", Stated, "s-oooxx"),
    ("GET", "/proposals/{number}/opinions/statements/{id}/answers", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/statements/{id}/answers", Stated, "s-oooxx"),
    ("GET", "/proposals/{number}/opinions/statements/{id}/show", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/statements/{id}/show", Stated, "s-xxxox"),
    ("GET", "/proposals/{number}/opinions/statements/{id}/decline", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/statements/{id}/decline", Stated, "s-xxxox"),
    ("GET", "/proposals/{number}/opinions/statements/{id}/hide", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/statements/{id}/hide", Stated, "s-xxxox"),
    ("GET", "/proposals/{number}/opinions/removed", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/removed", Stated, "s-xxxxo"),
    ("GET", "/proposals/{number}/opinions/file", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/file", Stated, "s-xxxoo"),
    ("GET", "/proposals/{number}/opinions/read", Stated, "ooooooo"),
    ("POST", "/proposals/{number}/opinions/read", Stated, "s-xxxoo"),
    ("GET", "/proposals/{number}/reviews", Done, "ooooooo"),
    ("POST", "/proposals/{number}/reviews", Done, "s-oxoxx"),
    ("GET", "/proposals/{number}/follow", Cosigning, "ooooooo"),
    ("POST", "/proposals/{number}/follow", Cosigning, "s-ooooo"),
    ("GET", "/proposals/{number}/unfollow", Cosigning, "ooooooo"),
    ("POST", "/proposals/{number}/unfollow", Cosigning, "s-ooooo"),
    ("GET", "/follow/{token}", DeadMail, "ooooooo"),
    ("POST", "/follow/{token}", DeadMail, "ooooooo"),
    ("GET", "/ballots", Nothing, "ooooooo"),
    ("GET", "/ballots/{number}", Balloting, "ooooooo"),
    ("POST", "/ballots/{number}/votes", Balloting, "s-oooxx"),
    ("GET", "/ballots/{number}/result.json", Balloting, "-------"),
    ("GET", "/ballots/{number}/result.json", Voted, "ooooooo"),
    ("GET", "/sign-in", Nothing, "ooooooo"),
    ("POST", "/sign-in", Nothing, "ooooooo"),
    ("POST", "/sign-in/demo", Nothing, "-------"),
    ("POST", "/sign-out", Nothing, "ooooooo"),
    ("POST", "/sign-out/everywhere", Nothing, "s-ooooo"),
    ("GET", "/second-factor", Nothing, "soooooo"),
    ("POST", "/second-factor", Nothing, "soooooo"),
    ("POST", "/second-factor/go-on", Nothing, "soooooo"),
    ("POST", "/second-factor/demo", Nothing, "-------"),
    // This site has no name, so there are no passkeys; nobody here has a factor to remove.
    ("POST", "/second-factor/passkey", Nothing, "-------"),
    ("GET", "/me/security", Nothing, "s-ooooo"),
    ("POST", "/me/security/totp", Nothing, "s-ooooo"),
    ("POST", "/me/security/totp/confirm", Nothing, "s-ooooo"),
    ("POST", "/me/security/totp/remove", Nothing, "s------"),
    ("POST", "/me/security/recovery", Nothing, "s------"),
    ("POST", "/me/security/passkeys/begin", Nothing, "s------"),
    ("POST", "/me/security/passkeys/finish", Nothing, "s------"),
    ("POST", "/me/security/passkeys/{id}/remove", Nothing, "s------"),
    ("POST", "/me/devices/{handle}/sign-out", Nothing, "s------"),
    ("GET", "/me", Nothing, "s-ooooo"),
    ("POST", "/me/email", Nothing, "s-ooooo"),
    ("GET", "/me/name", Nothing, "s-ooooo"),
    ("POST", "/me/name", Nothing, "s-ooooo"),
    ("POST", "/me/password", Nothing, "s-ooooo"),
    ("GET", "/me/data", Nothing, "s-ooooo"),
    ("POST", "/me/export", Nothing, "s-ooooo"),
    ("GET", "/me/close", Nothing, "s-ooooo"),
    ("POST", "/me/close", Nothing, "s-ooooo"),
    ("GET", "/privacy", Nothing, "ooooooo"),
    ("POST", "/me/consent/withdraw", Nothing, "s-ooooo"),
    ("POST", "/me/consent/give", Nothing, "s-ooooo"),
    ("GET", "/reset", Nothing, "ooooooo"),
    ("POST", "/reset", Nothing, "ooooooo"),
    ("GET", "/reset/{token}", ResetLink, "ooooooo"),
    ("POST", "/reset/{token}", ResetLink, "ooooooo"),
    ("POST", "/prefs/size", Nothing, "ooooooo"),
    ("POST", "/prefs/lang", Nothing, "ooooooo"),
    ("POST", "/prefs/theme", Nothing, "ooooooo"),
    ("GET", "/desk", Nothing, "-----oo"),
    ("GET", "/desk/{number}", Cosigning, "-----oo"),
    ("GET", "/join", Nothing, "ooooooo"),
    ("POST", "/join", Nothing, "ooooooo"),
    ("GET", "/join/{token}", Slip, "ooooooo"),
    ("POST", "/join/{token}", Slip, "ooooooo"),
    ("GET", "/join/ask", Nothing, "o-ooooo"),
    ("POST", "/join/ask", Nothing, "o-ooooo"),
    ("GET", "/me/household", Nothing, "s-ooooo"),
    ("POST", "/me/household/requests/{id}/admit", Asking, "s-o----"),
    ("POST", "/me/household/requests/{id}/decline", Asking, "s-o----"),
    ("POST", "/me/household/withdraw", Nothing, "s-ooooo"),
    ("POST", "/me/household/representative", Nothing, "s-ooooo"),
    ("GET", "/me/vouches", Nothing, "s---o--"),
    ("POST", "/me/vouches/{id}/look", Asking, "s---o--"),
    ("POST", "/me/vouches/{id}/admit", Asking, "s---o--"),
    ("POST", "/me/vouches/{id}/decline", Asking, "s---o--"),
    ("GET", "/me/helping", Nothing, "s-ooooo"),
    ("POST", "/act-for/{id}", Neighbour, "s------"),
    ("POST", "/act-for/stop", Nothing, "s-ooooo"),
    ("GET", "/desk/members", Nothing, "-----oo"),
    ("POST", "/desk/members/{id}/look", Asking, "-----ox"),
    ("POST", "/desk/members/{id}/admit", Asking, "-----ox"),
    ("POST", "/desk/members/{id}/decline", Asking, "-----ox"),
    ("POST", "/desk/members/{id}/contest", Admission, "-----ox"),
    ("GET", "/desk/counter", Nothing, "-----ox"),
    ("POST", "/desk/counter", Nothing, "-----ox"),
    ("GET", "/desk/slips", Nothing, "-----oo"),
    ("POST", "/desk/slips", Nothing, "-----ox"),
    ("POST", "/desk/slips/{id}/print", Slip, "-----ox"),
    ("POST", "/desk/slips/{id}/end", Slip, "-----ox"),
    ("POST", "/desk/people/{id}/reset-slip", Neighbour, "-----ox"),
    ("POST", "/photos", Nothing, "s-ooooo"),
    ("GET", "/photos/{token}", Picture, "--o----"),
    ("POST", "/photos/{id}/alt", Picture, "s-o----"),
    ("POST", "/photos/{id}/remove", Picture, "s-o----"),
    ("GET", "/desk/plans", Nothing, "-----ox"),
    ("POST", "/desk/plans", Nothing, "-----ox"),
    ("POST", "/desk/plans/{id}/end", Drawing, "-----ox"),
    ("GET", "/desk/roll", Nothing, "-----ox"),
    ("POST", "/desk/roll", Nothing, "-----ox"),
    ("GET", "/desk/roll/template.csv", Nothing, "-----ox"),
    ("GET", "/desk/roll/imports/{id}", RollFile, "-----ox"),
    ("POST", "/desk/roll/imports/{id}/look", RollFile, "-----ox"),
    ("POST", "/desk/roll/imports/{id}/report.csv", RollFile, "-----ox"),
    ("POST", "/desk/roll/imports/{id}/confirm", RollFile, "-----ox"),
    ("POST", "/desk/roll/imports/{id}/undo", RollFile, "-----ox"),
    ("POST", "/desk/roll/imports/{id}/drop", RollFile, "-----ox"),
    ("GET", "/desk/owners", Nothing, "-----ox"),
    ("POST", "/desk/owners/look", Nothing, "-----ox"),
    ("POST", "/desk/owners/units/{id}/representative", OwnedUnit, "-----ox"),
    ("GET", "/desk/mail", Nothing, "-----oo"),
    ("POST", "/desk/mail/{id}/resend", DeadMail, "-----ox"),
    ("GET", "/desk/follow-ups/{id}", Done, "-----oo"),
    ("POST", "/desk/follow-ups/{id}", Done, "-----ox"),
    ("GET", "/desk/{number}/check", Submitted, "-----oo"),
    ("POST", "/desk/{number}/check", Submitted, "-----ox"),
    ("GET", "/desk/{number}/accept", Cosigning, "-----oo"),
    ("POST", "/desk/{number}/accept", Cosigning, "-----ox"),
    ("GET", "/desk/{number}/answer", Talked, "-----oo"),
    ("POST", "/desk/{number}/answer", Talked, "-----ox"),
    ("GET", "/desk/{number}/session", Talked, "-----oo"),
    ("POST", "/desk/{number}/session", Talked, "-----ox"),
    ("POST", "/desk/{number}/ballot", Talked, "s-xxxox"),
    ("POST", "/desk/{number}/ballot/cancel", Balloting, "s-xxxox"),
    ("GET", "/desk/{number}/refer", Talked, "-----oo"),
    ("POST", "/desk/{number}/refer", Talked, "-----ox"),
    ("GET", "/desk/{number}/progress", Talked, "-----oo"),
    ("POST", "/desk/{number}/progress", Talked, "-----ox"),
    ("GET", "/desk/{number}/suspend", Talked, "-----oo"),
    ("POST", "/desk/{number}/suspend", Talked, "-----ox"),
    ("GET", "/desk/{number}/resume", Talked, "-----oo"),
    ("POST", "/desk/{number}/resume", Talked, "-----ox"),
    ("GET", "/desk/{number}/complete", Talked, "-----oo"),
    ("POST", "/desk/{number}/complete", Talked, "-----ox"),
    ("GET", "/desk/{number}/archive", Done, "-----oo"),
    ("POST", "/desk/{number}/archive", Done, "-----ox"),
    ("GET", "/desk/people", Nothing, "-----oo"),
    ("GET", "/desk/people/{id}", Neighbour, "-----oo"),
    ("POST", "/desk/people/{id}/look", Neighbour, "-----ox"),
    ("POST", "/desk/people/{id}/details", Neighbour, "-----ox"),
    ("POST", "/desk/people/{id}/helper", Neighbour, "-----ox"),
    ("POST", "/desk/people/{id}/factor-reset", Neighbour, "-----xx"),
    ("GET", "/desk/places", Nothing, "-----oo"),
    ("POST", "/desk/places", Nothing, "-----ox"),
    ("GET", "/desk/places/courtyards/{id}", Yard, "-----oo"),
    ("GET", "/desk/places/courtyards/{id}/entrances", Yard, "-----oo"),
    ("POST", "/desk/places/courtyards/{id}/entrances", Yard, "-----ox"),
    ("GET", "/desk/places/courtyards/{id}/rename", Yard, "-----oo"),
    ("POST", "/desk/places/courtyards/{id}/rename", Yard, "-----ox"),
    ("GET", "/desk/places/courtyards/{id}/end", Yard, "-----oo"),
    ("POST", "/desk/places/courtyards/{id}/end", Yard, "-----ox"),
    ("GET", "/desk/places/entrances/{id}", Door, "-----oo"),
    ("GET", "/desk/places/entrances/{id}/rename", Door, "-----oo"),
    ("POST", "/desk/places/entrances/{id}/rename", Door, "-----ox"),
    ("GET", "/desk/places/entrances/{id}/merge", Door, "-----oo"),
    ("POST", "/desk/places/entrances/{id}/merge", Door, "-----ox"),
    ("GET", "/desk/places/entrances/{id}/households", Door, "-----oo"),
    ("POST", "/desk/places/entrances/{id}/households", Door, "-----ox"),
    ("GET", "/desk/places/entrances/{id}/end", Door, "-----oo"),
    ("POST", "/desk/places/entrances/{id}/end", Door, "-----ox"),
    ("GET", "/desk/places/entrances/{id}/look", Door, "-----oo"),
    ("POST", "/desk/places/entrances/{id}/look", Door, "-----ox"),
    ("GET", "/desk/places/entrances/{id}/split", Door, "-----oo"),
    ("POST", "/desk/places/entrances/{id}/split", Door, "-----ox"),
    ("GET", "/desk/places/entrances/{id}/move-out", Door, "-----oo"),
    // An empty form names no household.
    ("POST", "/desk/places/entrances/{id}/move-out", Door, "------x"),
    ("GET", "/desk/roles", Nothing, "-----oo"),
    ("POST", "/desk/roles/give", Nothing, "-----xx"),
    ("POST", "/desk/roles/{id}/end", LeadsRole, "s-xxoxx"),
    ("GET", "/desk/audit", Nothing, "-----oo"),
    ("GET", "/communities", Nothing, "ooooooo"),
    ("GET", "/desk/settings", Nothing, "-----xx"),
    ("POST", "/desk/settings", Nothing, "-----xx"),
    ("GET", "/offices", Nothing, "ooooooo"),
    // After everything else: whoever left their household has none.
    ("POST", "/me/household/leave", Nothing, "s-ooooo"),
];

/// Columns of the table, in the order in which they ask: those whose act may change what the row is
/// about come last.
const ASKED: [usize; 7] = [0, 1, 3, 4, 6, 5, 2];

struct Ground {
    app: TestApp,
    raised: u32,
}

impl Ground {
    async fn new(db: TestDb) -> Self {
        let world = World::with_first_check(&db.hall).await;
        Self { app: TestApp::with_world(db, world), raised: 0 }
    }

    fn people(&self) -> [Option<&SignedIn>; 7] {
        let world = &self.app.world;
        [
            None,
            Some(&world.stranger),
            Some(&world.resident),
            Some(&world.council_member),
            Some(&world.entrance_lead),
            Some(&world.committee_member),
            Some(&world.oversight),
        ]
    }

    /// One person sends so many a day.
    fn sends(&mut self) {
        self.raised += 1;
        if self.raised.is_multiple_of(9) {
            self.app.db.advance_days(1);
        }
    }

    /// A matter of the first courtyard that waits for the first check.
    async fn raise(&mut self) -> i64 {
        self.sends();
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let form = ProposalForm {
            title: "北门台阶加扶手".to_owned(),
            situation: "北门六级台阶没有扶手，雪天全靠扶墙。".to_owned(),
            suggestion: "台阶两边各装一道不锈钢扶手，高低两层。".to_owned(),
            category: "ageing".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
    }

    async fn step(&self, number: i64, step: Step) {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let txn = hall.db.begin().await.unwrap();
        let row = matter::by_number(&txn, world.community, number).await.unwrap();
        let by = By::Person(&world.committee_head.actor);
        matter::advance_in_txn(hall, &txn, row, step, by, Said::reason("测试里走一步"))
            .await
            .unwrap();
        txn.commit().await.unwrap();
    }

    async fn steps(&self, number: i64, steps: impl IntoIterator<Item = Step>) {
        for step in steps {
            self.step(number, step).await;
        }
    }

    /// The address with its places filled by something new that it is about.
    async fn address(&mut self, template: &str, about: About) -> String {
        if about == Nothing {
            return template.to_owned();
        }
        let number = self.raise().await;
        let until = self.app.db.hall.now().plus_days(30);
        let publish = Step::Publish { needed: 10, until };
        let accept = Step::Accept { threshold_met: true };
        let decide = |verdict| Step::Decide { verdict, by: DecidedBy::Committee };
        let (hall, world) = (self.app.db.hall.clone(), self.app.world.clone());
        let mut filled = number;
        let mut id = 0;
        let mut token = String::new();
        match about {
            Nothing | Submitted => {}
            Asking | Admission => {
                let new = service::setup::NewPerson {
                    community: world.community,
                    household: None,
                    sign_in_name: format!("asks{number}"),
                    nickname: "新邻居".to_owned(),
                    email: None,
                    password_hash: None,
                    consented: true,
                };
                let person = service::setup::person_admit(&hall, new).await.unwrap();
                let asks = service::people::load(hall.db.read(), person, hall.now()).await.unwrap();
                let mut form = JoinForm {
                    entrance: world.entrances[0].to_string(),
                    room: "101".to_owned(),
                    ..JoinForm::default()
                };
                form.account.adult = true;
                let made = join_ask_again(&hall, &asks.actor, &form).await.unwrap();
                id = made.0;
                if about == Admission {
                    let decision = CounterDecision {
                        reason: "看过房本了".to_owned(),
                        ..CounterDecision::default()
                    };
                    let head = &world.committee_head.actor;
                    join_counter(&hall, head, made, &decision).await.unwrap();
                }
            }
            Picture => {
                let (actor, bytes) = (&world.resident.actor, crate::common::picture::png(3));
                id = photo_add(&hall, actor, bytes, "", PhotoHome::Loose).await.unwrap().0;
                let photos = photos_loose(&hall, actor, &[PhotoId(id)]).await.unwrap();
                token.clone_from(&photos[0].small_jpeg);
            }
            Writing => {
                let actor = &world.resident.actor;
                for draft in draft_list(&hall, actor).await.unwrap() {
                    draft_drop(&hall, actor, draft.id).await.unwrap();
                }
                let form = ProposalForm::default();
                id = draft_keep(&hall, actor, None, &form, &[]).await.unwrap().id;
            }
            Drawing => {
                let bytes = crate::common::picture::png(4);
                let form = PlanForm { name: "全图".to_owned(), bytes, ..PlanForm::default() };
                id = plan_draw(&hall, &world.committee_head.actor, form).await.unwrap().0;
            }
            Yard => id = world.courtyards[0].0,
            Door => id = world.entrances[0].0,
            Neighbour => id = world.neighbours[0].actor.person.0,
            Slip => {
                let (head, rooms) = (&world.committee_head.actor, [format!("9{number}")]);
                let homes = service::setup::household_add_many(&hall, world.entrances[0], &rooms);
                let for_whom = ForWhom::Households(homes.await.unwrap());
                let order = SlipOrder { for_whom, only_empty: false, replace: false };
                let made = slip_make(&hall, head, &order).await.unwrap();
                let sheet = slip_print(&hall, head, made.batch).await.unwrap();
                token = sheet.slips[0].code.printed();
                id = if template.ends_with("/print") { made.batch } else { sheet.slips[0].id.0 };
            }
            LeadsRole => {
                let held = service::views::people::roles_held(&hall, world.community).await;
                let lead = world.entrance_lead.actor.person;
                id = held.unwrap().iter().find(|row| row.person == lead).unwrap().id.0;
            }
            Returned => self.step(number, Step::Return).await,
            Cosigning => self.step(number, publish).await,
            Merging => {
                self.step(number, publish.clone()).await;
                let other = self.raise().await;
                self.step(other, publish).await;
                for person in [&world.resident, &world.council_member] {
                    cosign_add(&hall, &person.actor, number).await.unwrap();
                }
                let head = &world.committee_head.actor;
                let (other, why) = (other.to_string(), "两件说的是同一件事。");
                service::merge::merge_ask(&hall, head, number, &other, why).await.unwrap();
            }
            Corrected | Changed => {
                self.step(number, publish).await;
                for person in [&world.resident, &world.council_member] {
                    cosign_add(&hall, &person.actor, number).await.unwrap();
                }
                self.sends();
                let author = &world.resident.actor;
                let filled = text_own(&hall, author, number).await.unwrap().form;
                let said = if about == Changed { "change" } else { "correction" };
                let form = TextForm {
                    suggestion: "台阶两边各装一道木扶手，高低两层。".to_owned(),
                    said: said.to_owned(),
                    note: "物业说木头的冬天不冰手。".to_owned(),
                    ..filled
                };
                text_change(&hall, author, number, &form).await.unwrap();
                id = 2;
            }
            Stated => {
                self.step(number, publish).await;
                let form = StatementForm {
                    body: "扶手要有高低两层。".to_owned(),
                    ..StatementForm::default()
                };
                // One person writes so many a day.
                self.app.db.advance_days(1);
                statement_write(&hall, &world.resident.actor, number, &form).await.unwrap();
                id = 1;
            }
            Talked | Removed => {
                self.steps(number, [publish, accept, Step::Deliberate]).await;
                let form = PostForm {
                    stance: "for".to_owned(),
                    body: "我家也摔过一回。".to_owned(),
                    ..PostForm::default()
                };
                let post = post_write(&hall, &world.resident.actor, number, &form).await.unwrap();
                id = post.0;
                if about == Removed {
                    let head = &world.committee_head.actor;
                    let why = ("off_topic", "跟这件事没关系");
                    let gone = removal_make(&hall, head, number, Some(post), why.0, why.1).await;
                    id = gone.unwrap().0;
                }
            }
            NotAdopted => {
                self.steps(number, [publish, accept, decide(Verdict::NotAdopted)]).await;
            }
            Done => {
                self.step(number, publish).await;
                cosign_add(&hall, &world.entrance_lead.actor, number).await.unwrap();
                let refer = Step::Refer { route: Route::PropertyParty };
                self.steps(number, [accept, decide(Verdict::Adopted), refer, Step::Complete]).await;
                let form = ReviewForm {
                    solved: "no".to_owned(),
                    satisfaction: "dissatisfied".to_owned(),
                    words: "还是晃。".to_owned(),
                };
                review_give(&hall, &world.resident.actor, number, &form).await.unwrap();
                let open = follow_ups_open(&hall, &world.committee_head.actor, number).await;
                id = open.unwrap()[0];
            }
            Balloting | Voted => {
                self.steps(number, [publish, accept, Step::Deliberate]).await;
                let day = earliest_day(BallotKind::ResidentsByHousehold, hall.now());
                let closes = day.to_string();
                let form =
                    [("kind", "households"), ("question", "装扶手吗？"), ("closes_on", &closes)];
                let opened = self.app.post_form(format!("/desk/{number}/ballot"), &form);
                let opened = opened.as_(&world.committee_head).await;
                let place = opened.location().strip_prefix("/ballots/").expect("it opened");
                if template.starts_with("/ballots") {
                    filled = place.parse().unwrap();
                }
                if about == Voted {
                    self.app.db.clock.set(closing_time(day));
                    ballot_close_due(&hall).await.unwrap();
                }
            }
            RollFile | OwnedUnit => {
                let head = &world.committee_head.actor;
                let upload = RollUpload {
                    kind: "owners".to_owned(),
                    bytes: format!("地址,业主,面积\n北柳小区1-1-{number},甲、乙,60\n").into(),
                    ..RollUpload::default()
                };
                let file = roll_check(&hall, head, upload).await.unwrap();
                id = file.0;
                if about == OwnedUnit {
                    let run = roll_confirm(&hall, head, file).await.unwrap().expect("a run");
                    run.ended().await.unwrap();
                    let list = owners_look(&hall, head, ShowHeads::All, 1).await.unwrap();
                    id = list.heads[0].units[0].id.0;
                }
            }
            DeadMail => {
                self.step(number, publish).await;
                let reader = &world.resident.actor;
                email_set(&hall, reader, "resident@example.org", "zh", service::testing::PASSWORD)
                    .await
                    .unwrap();
                follow_start(&hall, reader, number).await.unwrap();
                self.step(number, accept).await;
                service::notice::notices_expand(&hall, "example.org", 500).await.unwrap();
                let letters = service::mail::mail_lease(&hall, 500, 1_000).await.unwrap();
                for letter in &letters {
                    service::mail::mail_failed(&hall, letter, true, "no such box").await.unwrap();
                }
                let letter = letters.last().expect("a letter");
                let service::mail::About::Step(news) = &letter.about else { panic!("{letter:?}") };
                (id, token) = (letter.id.0, news.token.clone());
            }
            ResetLink => {
                email_set(
                    &hall,
                    &world.resident.actor,
                    "resident@example.org",
                    "zh",
                    service::testing::PASSWORD,
                )
                .await
                .unwrap();
                service::reset::reset_ask(&hall, "resident", "192.0.2.9").await.unwrap();
                let letters = service::mail::mail_lease(&hall, 500, 1_000).await.unwrap();
                let mut tokens = letters.iter().filter_map(|letter| match &letter.about {
                    service::mail::About::Account(AccountNews::Reset { token, .. }) => Some(token),
                    _ => None,
                });
                token.clone_from(tokens.next_back().expect("a letter"));
            }
        }
        template
            .replace("{number}", &filled.to_string())
            .replace("{id}", &id.to_string())
            .replace("{token}", &token)
    }

    async fn ask(&self, method: &str, address: &str, person: Option<&SignedIn>) -> Answer {
        let app = &self.app;
        let fields: &[_] = match address {
            "/sign-in/demo" => &[("person", "1")],
            "/me/consent/give" => &[("version", "1")],
            _ => &[],
        };
        let call = if method == "GET" { app.get(address) } else { app.post_form(address, fields) };
        call.as_maybe(person).await
    }
}

/// What an answer comes to, as a letter of the table; `!` for what must never be.
fn letter(answer: &Answer) -> char {
    match answer.status {
        StatusCode::UNAUTHORIZED => 's',
        StatusCode::SEE_OTHER if answer.location().starts_with("/sign-in") => 's',
        StatusCode::FORBIDDEN => 'x',
        StatusCode::NOT_FOUND => '-',
        StatusCode::OK
        | StatusCode::SEE_OTHER
        | StatusCode::CONFLICT
        | StatusCode::UNPROCESSABLE_ENTITY => 'o',
        _ => '!',
    }
}

#[tokio::test]
async fn everybody_asks_every_address() {
    for db in testing::databases().await {
        let mut ground = Ground::new(db).await;
        let mut wrong = String::new();
        for (method, template, about, expected) in TABLE {
            // A new moment, so that everybody is signed in anew: some of these acts sign out.
            ground.app.db.clock.advance_ms(1);
            let address = ground.address(template, *about).await;
            let people = ground.people();
            let mut found = ['?'; 7];
            for column in ASKED {
                let answer = ground.ask(method, &address, people[column]).await;
                found[column] = letter(&answer);
            }
            let found: String = found.into_iter().collect();
            if found != *expected {
                let _ = writeln!(wrong, "{method} {template} {about:?}: {found}, not {expected}");
            }
        }
        assert!(wrong.is_empty(), "{}:\n{wrong}", ground.app.name);
    }
}

#[tokio::test]
async fn an_account_without_a_household_reads_and_no_more() {
    let mut ground = Ground::new(testing::sqlite().await).await;
    for (method, template, about, letter_of_it) in [
        ("GET", "/proposals/{number}", Cosigning, 'o'),
        ("GET", "/proposals/{number}", Submitted, '-'),
        ("POST", "/proposals/new", Nothing, 'x'),
        ("POST", "/proposals/{number}/cosign", Cosigning, 'x'),
        ("POST", "/proposals/{number}/posts", Talked, 'x'),
        ("POST", "/ballots/{number}/votes", Balloting, 'x'),
        ("POST", "/proposals/{number}/follow", Cosigning, 'o'),
    ] {
        ground.app.db.clock.advance_ms(1);
        let address = ground.address(template, about).await;
        let answer = ground.ask(method, &address, Some(&ground.app.world.no_household)).await;
        assert_eq!(letter(&answer), letter_of_it, "{method} {template}: {}", answer.status);
    }
}

#[tokio::test]
async fn no_address_is_missing_from_the_table() {
    let routed = routed();
    let listed: BTreeSet<_> =
        TABLE.iter().map(|(method, path, ..)| ((*path).to_owned(), *method)).collect();
    assert_eq!(
        routed.difference(&listed).collect::<Vec<_>>(),
        Vec::<&_>::new(),
        "not in the table"
    );
    assert_eq!(listed.difference(&routed).collect::<Vec<_>>(), Vec::<&_>::new(), "not in the app");

    // The router knows each of them, and no other method.
    let app = TestApp::sqlite().await;
    for (path, _) in &listed {
        // More addresses than anybody may ask to change in a minute.
        app.db.clock.advance_ms(60_000);
        let path = path.replace("{number}", "1").replace("{id}", "1").replace("{token}", "t");
        let answer =
            app.call(Method::PUT, path.as_str()).header("origin", crate::common::ORIGIN).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.header("allow");
        for method in ["GET", "POST", "DELETE", "PATCH"] {
            let template = listed.iter().any(|(listed, listed_method)| {
                let filled =
                    listed.replace("{number}", "1").replace("{id}", "1").replace("{token}", "t");
                filled == path && *listed_method == method
            });
            let routed = allowed.split(',').any(|one| one.trim() == method);
            assert_eq!(routed, template, "{method} {path}: {allowed}");
        }
    }
}

#[tokio::test]
async fn an_open_ballot_is_for_the_courtyards_households() {
    // The fixture's word for it: without this, the table's ballots could be empty of voters.
    let mut ground = Ground::new(testing::sqlite().await).await;
    let address = ground.address("/ballots/{number}", Balloting).await;
    let world = &ground.app.world;
    let voters = world.representatives(Scope::Courtyard(world.courtyards[0])).len();
    let page = ground.app.get(address).await.text();
    assert!(page.contains(&format!("共 {voters} 户")), "{page}");
}
