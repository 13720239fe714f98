//! The head of one community's committee reaches into another by number: every address of the app, with
//! the other's numbers, under both communities' addresses.
//!
//! Row 1 of every table is the victim's, and the attacker's community holds no row 1.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;

use crate::common::routes::routed;
use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::ballot::BallotKind;
use domain::ids::PersonId;
use domain::place::Scope;
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::role::Role;
use domain::route::Route;
use service::ballot::{BallotForm, ballot_open, earliest_day};
use service::civil::{appeal_file, removal_make, report_file};
use service::cosign::cosign_add;
use service::draft::draft_keep;
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::review::{ReviewForm, review_give};
use service::setup::{NewPerson, person_admit, role_grant};
use service::testing::{self, TestDb, World, audit_since, first_rows};

/// What the attacker's own addresses begin with; the victim's lie at the root.
const OWN: &str = "/c/huaianli";
/// A number that nothing has.
const NOTHING: i64 = 9_999;
/// Matters of the victim: waiting for the first check, being co-signed, with an open ballot, done.
const MATTERS: i64 = 4;

/// What no page of the attacker's community may hold.
const VICTIMS: [&str; 3] = ["枣树湾", "老槐树", "暗号沙池建议"];

/// Fields by which forms name places, people and rows.
const FIELDS: [&str; 28] = [
    "ballot",
    "batch",
    "code",
    "community",
    "community_id",
    "courtyard",
    "courtyard_id",
    "entrance",
    "entrance_id",
    "helper",
    "helper_id",
    "household",
    "household_id",
    "id",
    "import",
    "into",
    "owner",
    "parent",
    "person",
    "person_id",
    "place_id",
    "post",
    "representative",
    "request",
    "room",
    "scope_place",
    "slip",
    "unit",
];

struct Ground {
    app: TestApp,
    attacker: SignedIn,
    /// Somebody who lives with the attacker.
    neighbour: PersonId,
}

impl Ground {
    async fn new(db: TestDb) -> Self {
        let world = World::with_first_check(&db.hall).await;
        let app = TestApp::with_world(db, world);
        let stranger = &app.world.stranger;
        let own = Scope::Community(stranger.actor.community);
        role_grant(&app.db.hall, stranger.actor.person, Role::CommitteeHead, own, None)
            .await
            .unwrap();
        let attacker = World::again(&app.db.hall, stranger).await;
        let neighbour = NewPerson {
            community: attacker.actor.community,
            household: attacker.actor.home.map(|home| home.household),
            sign_in_name: "neighbour".to_owned(),
            nickname: "同屋的".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        let neighbour = person_admit(&app.db.hall, neighbour).await.unwrap();
        let ground = Self { app, attacker, neighbour };
        ground.matters().await;
        ground.rows().await;
        ground
    }

    async fn steps(&self, number: i64, steps: impl IntoIterator<Item = Step>) {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        for step in steps {
            let txn = hall.db.begin().await.unwrap();
            let row = matter::by_number(&txn, world.community, number).await.unwrap();
            let by = By::Person(&world.committee_head.actor);
            matter::advance_in_txn(hall, &txn, row, step, by, Said::reason("测试里走一步"))
                .await
                .unwrap();
            txn.commit().await.unwrap();
        }
    }

    /// Matters 1 to 4, with post 1, report 1, removal 1 with its appeal, ballot 1, review 1, follow-up 1 and mail 1.
    async fn matters(&self) {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let form = ProposalForm {
            title: "暗号沙池建议".to_owned(),
            situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
            suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
            category: "culture_children".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let resident = &world.resident.actor;
        for number in 1..=MATTERS {
            assert_eq!(proposal_submit(hall, resident, &form).await.unwrap(), number);
        }
        let publish = || Step::Publish { needed: 10, until: hall.now().plus_days(30) };
        let accept = || Step::Accept { threshold_met: true };
        self.steps(2, [publish()]).await;
        service::account::email_set(
            hall,
            resident,
            "resident@example.org",
            "zh",
            service::testing::PASSWORD,
        )
        .await
        .unwrap();
        self.steps(3, [publish(), accept(), Step::Deliberate]).await;
        let post =
            PostForm { stance: "for".to_owned(), body: "好".to_owned(), ..PostForm::default() };
        assert_eq!(post_write(hall, resident, 3, &post).await.unwrap().0, 1);
        let gone = post_write(hall, resident, 3, &post).await.unwrap();
        let neighbour = &world.neighbours[0].actor;
        let filed = report_file(hall, neighbour, 3, Some(gone), "false", "").await.unwrap();
        let (member, why) = (&world.committee_member.actor, "没有这回事");
        let gone = removal_make(hall, member, 3, Some(gone), "false", why).await.unwrap();
        appeal_file(hall, resident, gone, "我说的是真的").await.unwrap();
        assert_eq!((filed.0, gone.0), (1, 1));
        let ballot = BallotForm {
            kind: "households".to_owned(),
            question: "建沙池吗？".to_owned(),
            closes_on: earliest_day(BallotKind::ResidentsByHousehold, hall.now()).to_string(),
        };
        let head = &world.committee_head.actor;
        assert_eq!(ballot_open(hall, head, 3, &ballot).await.unwrap().0, 1);
        self.steps(4, [publish()]).await;
        cosign_add(hall, &world.entrance_lead.actor, 4).await.unwrap();
        let decide = Step::Decide { verdict: Verdict::Adopted, by: DecidedBy::Committee };
        let refer = Step::Refer { route: Route::PropertyParty };
        self.steps(4, [accept(), decide, refer, Step::Complete]).await;
        let review = ReviewForm {
            solved: "no".to_owned(),
            satisfaction: "dissatisfied".to_owned(),
            words: "还是没有。".to_owned(),
        };
        review_give(hall, resident, 4, &review).await.unwrap();
        service::notice::notices_expand(hall, "example.org", 500).await.unwrap();
        for letter in service::mail::mail_lease(hall, 500, 1_000).await.unwrap() {
            service::mail::mail_failed(hall, &letter, true, "no such box").await.unwrap();
        }
    }

    /// Row 1 of the other tables that an address or a form could name.
    async fn rows(&self) {
        let world = &self.app.world;
        assert_eq!(first_rows(&self.app.db.hall, world).await, 1, "row 1 is the victim's");
        let (hall, resident) = (&self.app.db.hall, &world.resident.actor);
        let draft = draft_keep(hall, resident, None, &ProposalForm::default(), &[]).await.unwrap();
        assert_eq!(draft.id, 1, "and so is the first draft");
        assert_eq!(world.resident.actor.person.0, 1, "so is person 1");
        assert_eq!((world.entrances[0].0, world.courtyards[0].0), (1, 1), "and each place 1");
    }

    async fn ask(&self, method: &str, address: &str, person: Option<&SignedIn>) -> Answer {
        let call = if method == "GET" {
            self.app.get(address)
        } else {
            self.app.post_form(address, &FIELDS.map(|field| (field, "1")))
        };
        let answer = call.as_maybe(person).await;
        // A form's own address leads back to the page that it stands on.
        if method == "GET" && answer.status == StatusCode::SEE_OTHER {
            return self.app.get(answer.location()).as_maybe(person).await;
        }
        answer
    }

    /// The chain's last entry.
    async fn seq(&self) -> i64 {
        service::audit::head(self.app.db.hall.db.read()).await.unwrap().seq
    }

    /// A new moment with a new session: the second factor was shown just now, no limit is reached, and
    /// an address that signs out does so for this moment alone.
    async fn moment(&self) -> i64 {
        self.app.db.clock.advance_ms(61_000);
        self.app.token(self.attacker.actor.person).await;
        self.seq().await
    }
}

/// The address with the victim's numbers, and with those of nothing: one for each matter.
fn filled(template: &str) -> Vec<(String, String)> {
    let numbers = if template.starts_with("/ballots") { 1..=1 } else { 1..=MATTERS };
    let numbers = if template.contains("{number}") { numbers } else { 1..=1 };
    let fill = |number: i64, id: i64| {
        let mut address = template.replace("{number}", &number.to_string());
        while let (Some(from), Some(to)) = (address.find('{'), address.find('}')) {
            address.replace_range(from..=to, &id.to_string());
        }
        address
    };
    numbers.map(|number| (fill(number, 1), fill(NOTHING, NOTHING))).collect()
}

fn succeeds(answer: &Answer) -> bool {
    let asks = answer.location().contains("/sign-in");
    answer.status.is_success() || (answer.status.is_redirection() && !asks)
}

/// In the victim's community the attacker is a visitor: they get what everybody gets.
#[tokio::test]
async fn under_the_others_address_one_is_a_visitor() {
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let mut wrong = String::new();
        let mut closed = 0;
        for (template, method) in routed() {
            // Whoever signs in or out does so for themselves.
            if template.starts_with("/sign-") {
                continue;
            }
            for (address, _) in filled(&template) {
                let before = ground.moment().await;
                let answer = ground.ask(method, &address, Some(&ground.attacker)).await;
                let after = ground.seq().await;
                if after != before {
                    let _ = writeln!(wrong, "{method} {address} was recorded");
                }
                if succeeds(&answer) {
                    let everybody = ground.ask(method, &address, None).await;
                    if !succeeds(&everybody) {
                        let _ = writeln!(wrong, "{method} {address}: {}", answer.status);
                    }
                } else {
                    closed += 1;
                }
                if matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
                    let _ = writeln!(wrong, "{method} {address}: {}, not 404", answer.status);
                }
                if template.starts_with("/desk") && answer.status != StatusCode::NOT_FOUND {
                    let _ = writeln!(wrong, "the desk: {method} {address}: {}", answer.status);
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{wrong}", ground.app.name);
        assert!(closed > 60, "{}: {closed} attacks were turned away", ground.app.name);
    }
}

/// In their own community the attacker has every right, and the victim's numbers mean nothing.
#[tokio::test]
async fn under_ones_own_address_the_others_numbers_mean_nothing() {
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let mut wrong = String::new();
        let mut reached = 0;
        for (template, method) in routed().into_iter().filter(|(path, _)| path.contains('{')) {
            for (address, nothing) in filled(&template) {
                let before = ground.moment().await;
                let own = format!("{OWN}{address}");
                let answer = ground.ask(method, &own, Some(&ground.attacker)).await;
                if ground.seq().await != before {
                    let _ = writeln!(wrong, "{method} {own} was recorded");
                }
                let none = format!("{OWN}{nothing}");
                let none = ground.ask(method, &none, Some(&ground.attacker)).await;
                // Some addresses lead to a list of one's own, whatever the number.
                if succeeds(&answer) && answer.body != none.body {
                    let everybody = ground.ask(method, &own, None).await;
                    if !succeeds(&everybody) {
                        let _ = writeln!(wrong, "{method} {own}: {}", answer.status);
                    }
                }
                // Nor may an answer tell that the number is somebody's.
                if none.status != answer.status {
                    let _ = writeln!(
                        wrong,
                        "{method} {own}: {}, but {} for what isn't there",
                        answer.status, none.status
                    );
                }
                let text = String::from_utf8_lossy(&answer.body);
                for word in VICTIMS.iter().filter(|word| text.contains(**word)) {
                    let _ = writeln!(wrong, "{method} {own} tells {word}");
                }
                // The same number is there for those to whom it belongs: the attack aims at something.
                let head = Some(&ground.app.world.committee_head);
                if method == "GET" && succeeds(&ground.ask(method, &address, head).await) {
                    reached += 1;
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{wrong}", ground.app.name);
        assert!(reached > 40, "{}: the victim's own head reaches {reached}", ground.app.name);
    }
}

/// Addresses that name nothing take the victim's numbers as fields.
#[tokio::test]
async fn fields_and_queries_with_the_others_numbers_do_nothing_to_them() {
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let query: Vec<_> = FIELDS.iter().map(|field| format!("{field}=1")).collect();
        let query = query.join("&");
        let mut wrong = String::new();
        for (template, method) in routed().into_iter().filter(|(path, _)| !path.contains('{')) {
            // This one lists the communities to everybody.
            if template == "/communities" {
                continue;
            }
            let before = ground.moment().await;
            let own = if method == "GET" {
                format!("{OWN}{template}?{query}")
            } else {
                format!("{OWN}{template}")
            };
            let answer = ground.ask(method, &own, Some(&ground.attacker)).await;
            let text = String::from_utf8_lossy(&answer.body);
            for word in VICTIMS.iter().filter(|word| text.contains(**word)) {
                let _ = writeln!(wrong, "{method} {own} tells {word}");
            }
            for told in audit_since(&ground.app.db.hall, before).await {
                if told.iter().any(|text| text.ends_with(":1") || text.contains(":1 ")) {
                    let _ = writeln!(wrong, "{method} {own}: {told:?}");
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{wrong}", ground.app.name);
    }
}

/// The same by forms that are whole but for the place or person that they name.
#[tokio::test]
async fn whole_forms_with_the_others_places_and_people_are_refused() {
    const PASSWORD: &str = "枣树下的石桌边上有一盘棋";
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let neighbour = ground.neighbour.to_string();
        let home = ground.attacker.actor.home.expect("a home");
        let (yard, entrance) = (home.courtyard.to_string(), format!("entrance:{}", home.entrance));
        let own_helper = format!("/desk/people/{neighbour}/helper");
        let counter = |place: &'static str| {
            vec![
                ("nickname", "新来的"),
                ("name", "newcomer"),
                ("password", PASSWORD),
                ("adult", "1"),
                ("consent", "1"),
                ("entrance", place),
                ("room", "101"),
            ]
        };
        let role = |person, role, place| vec![("person", person), ("role", role), ("place", place)];
        let matter = |place, scope| {
            vec![
                ("title", "北门台阶加扶手"),
                ("situation", "北门六级台阶没有扶手，雪天全靠扶墙。"),
                ("suggestion", "台阶两边各装一道不锈钢扶手，高低两层。"),
                ("category", "ageing"),
                ("place", place),
                ("scope", scope),
            ]
        };
        let attacks: Vec<(&str, Vec<(&str, &str)>)> = vec![
            ("/desk/counter", counter("1")),
            ("/desk/slips", vec![("place", "entrance:1")]),
            ("/desk/slips", vec![("place", "courtyard:1")]),
            ("/desk/slips", vec![("place", "entrance:1"), ("rooms", "101")]),
            ("/desk/roles/give", role("1", "council_member", &entrance)),
            ("/desk/roles/give", role("1", "council_member", "courtyard:1")),
            ("/desk/roles/give", role(&neighbour, "entrance_lead", "entrance:1")),
            ("/desk/roles/give", role(&neighbour, "committee_member", "community:1")),
            (&own_helper, vec![("helper", "1")]),
            ("/me/household/representative", vec![("person", "1")]),
            ("/proposals/new", matter("1", "courtyard")),
            ("/proposals/new", matter("1-1", "entrance")),
            ("/proposals/new", matter("1", "community")),
        ];
        for (path, fields) in &attacks {
            let before = ground.moment().await;
            let call = ground.app.post_form(format!("{OWN}{path}"), fields);
            let answer = call.as_(&ground.attacker).await;
            let name = ground.app.name;
            assert!(!succeeds(&answer), "{name}: {path} {fields:?}: {}", answer.status);
            assert_eq!(ground.seq().await, before, "{name}: {path} {fields:?} was recorded");
        }
        // Nobody asks one community to be let into a home of another.
        let before = ground.moment().await;
        let fields = [counter("1"), vec![("words", "我住101")]].concat();
        let asked = ground.app.post_form(format!("{OWN}/join/ask"), &fields).await;
        assert!(!succeeds(&asked), "{}: {}", ground.app.name, asked.status);
        assert_eq!(ground.seq().await, before, "{}: a request was recorded", ground.app.name);
        // The same forms with one's own places are taken: it was the place that was refused.
        let taken: [(&str, Vec<(&str, &str)>); 3] = [
            ("/desk/slips", vec![("place", entrance.as_str())]),
            ("/desk/roles/give", role(&neighbour, "entrance_lead", &entrance)),
            ("/proposals/new", matter(&yard, "courtyard")),
        ];
        for (path, fields) in taken {
            ground.moment().await;
            let call = ground.app.post_form(format!("{OWN}{path}"), &fields);
            let answer = call.as_(&ground.attacker).await;
            assert!(succeeds(&answer), "{}: {path}: {}", ground.app.name, answer.status);
        }
    }
}
