//! What was removed, folded, declined, merged or never published comes back nowhere: every address that is read
//! is asked, by everybody, and so are forms that come back, the mails, the stream of numbers, the files of
//! photos and of opinions, and the exports.
//!
//! New addresses come in by themselves, as the sources of the pages name them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;
use std::io::Read as _;
use std::time::Duration;

use crate::common::routes::routed;
use crate::common::{TestApp, picture};
use axum::http::StatusCode;
use domain::ids::{PhotoId, PostId, ProposalId};
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::time::{HOUR_MS, MINUTE_MS};
use service::account::email_set;
use service::civil::{case_view, post_decline, post_release, removal_make, report_file};
use service::cosign::cosign_add;
use service::desk::{CheckForm, matter_check};
use service::draft::draft_keep;
use service::follow::follow_start;
use service::merge::merge_ask;
use service::opinion::{
    AnswerForm, StatementDecision, StatementForm, statement_answer, statement_decide,
    statement_hide, statement_write,
};
use service::people::SignedIn;
use service::photo::{
    PhotoHome, photo_add, photos_loose, photos_loose_to_matter_in_txn, photos_to_post_in_txn,
};
use service::post::{EditForm, PostForm, post_edit as change, post_withdraw, post_write};
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::testing::{self, PASSWORD, Plan, TestDb, World, audit_since};
use service::text::{Edited, TextForm, text_case, text_change, text_let_go, text_own};
use service::views::desk::desk_matter;

/// Taken down: nobody reads it anywhere, but by a recorded look.
const REMOVED: [&str; 14] = [
    "绛珠缥碧题", // title of a matter
    "绛珠缥碧状", // its 现状
    "绛珠缥碧今", // the same, changed since
    "绛珠缥碧注", // and why
    "绛珠缥碧议", // its 建议
    "绛珠缥碧处", // its place
    "绛珠缥碧替", // for whom it was entered
    "绛珠缥碧图", // what is seen on its photo
    "绛珠缥碧言", // a post
    "绛珠缥碧先", // what it said before
    "绛珠缥碧影", // what is seen on its photo
    "绛珠缥碧拒", // a post that was not let through
    "绛珠缥碧撤", // a post that its author took back
    "绛珠缥碧句", // a statement
];
/// Folded or waiting: for its author and those who moderate.
const INSIDE: [&str; 4] = ["绛珠赭石折", "绛珠赭石候", "绛珠赭石改", "绛珠赭石文"];
/// Matters that nobody has let through yet, or that were taken back before: for their author, the committee and
/// oversight.
const UNPUBLISHED: [&str; 2] = ["绛珠石青未看", "绛珠石青收回"];
/// A draft: for its author.
const DRAFT: &str = "绛珠月白草稿";
/// The title of a matter that was merged into another: on its own page, and not among what is found.
const MERGED: &str = "绛珠黛青并入的事";
/// What is searched for: a part of each of the above.
const ASKED: &str = "绛珠";
/// What stays, so that an empty page proves nothing.
const STAYS: &str = "翠微留下的话";

/// Addresses that never end: a stream of numbers of rows.
const STREAMS: [&str; 1] = ["/proposals/{number}/live"];
/// Where something is found by words; a merged matter is found by none of them.
const FINDS: [&str; 3] = ["/search?", "/proposals?", "/proposals/similar?"];

/// Who reads: nobody, a neighbour, the author, the committee, oversight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reads {
    Nobody,
    Neighbour,
    Author,
    Committee,
    Oversight,
}

impl Reads {
    const ALL: [Self; 5] =
        [Self::Nobody, Self::Neighbour, Self::Author, Self::Committee, Self::Oversight];

    fn person(self, world: &World) -> Option<&SignedIn> {
        match self {
            Self::Nobody => None,
            Self::Neighbour => Some(&world.neighbours[0]),
            Self::Author => Some(&world.resident),
            Self::Committee => Some(&world.committee_head),
            Self::Oversight => Some(&world.oversight),
        }
    }

    /// What such a reader must not find in a text.
    fn markers(self) -> Vec<&'static str> {
        let author = self == Self::Author;
        let inside = author || self == Self::Committee;
        let mut all = REMOVED.to_vec();
        if !inside {
            all.extend(INSIDE);
        }
        if !inside && self != Self::Oversight {
            all.extend(UNPUBLISHED);
        }
        if !author {
            all.push(DRAFT);
        }
        all
    }

    /// What of that a text gives away.
    fn found(self, text: &str) -> Vec<&'static str> {
        self.markers().into_iter().filter(|marker| text.contains(*marker)).collect()
    }
}

struct Ground {
    app: TestApp,
    /// The matter whose text is gone, the one with the posts, the one that was merged; then those of
    /// [`UNPUBLISHED`].
    matters: [i64; 5],
    posts: Vec<i64>,
    /// Names of the files of photos that are gone.
    files: Vec<String>,
    /// The same of photos of posts that are folded or wait.
    inside: Vec<String>,
    /// Mails that lay ready when things were taken down.
    waiting: usize,
}

impl Ground {
    async fn new(db: TestDb) -> Self {
        let settings = CommunitySettings {
            moderation: Moderation::Before,
            talk_moderation: TalkModeration::Before,
            turn_posts: 1_000,
            opinion_voices: 3,
            ..CommunitySettings::default()
        };
        let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
        let app = TestApp::with_world(db, world);
        let mut ground = Self {
            app,
            matters: [0; 5],
            posts: Vec::new(),
            files: Vec::new(),
            inside: Vec::new(),
            waiting: 0,
        };
        ground.look_in().await;
        ground.listen().await;
        ground.matters().await;
        ground.talk().await;
        let hall = &ground.app.db.hall;
        ground.waiting = service::notice::notices_expand(hall, "example.org", 500).await.unwrap();
        ground.take_down().await;
        ground
    }

    /// Everybody was here before: what comes afterwards is news to them.
    async fn look_in(&self) {
        // What is seen is noted to the minute, so the page is looked at twice.
        for pause_ms in [MINUTE_MS, 2 * HOUR_MS] {
            for reads in Reads::ALL {
                let page = self.app.get("/").as_maybe(reads.person(&self.app.world)).await;
                assert_eq!(page.status, StatusCode::OK);
            }
            self.app.db.clock.advance_ms(pause_ms);
        }
    }

    /// Everybody is told of everything by mail.
    async fn listen(&self) {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        for (n, person) in [&world.resident, &world.neighbours[0]].into_iter().enumerate() {
            let address = format!("reader{n}@example.org");
            email_set(hall, &person.actor, &address, "zh", PASSWORD).await.unwrap();
        }
    }

    async fn raise(&self, title: &str, text: [&str; 4]) -> i64 {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let [situation, suggestion, spot, on_behalf] = text;
        let form = ProposalForm {
            title: title.to_owned(),
            situation: situation.to_owned(),
            suggestion: suggestion.to_owned(),
            category: "culture_children".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            spot: spot.to_owned(),
            on_behalf: on_behalf.to_owned(),
            behalf_yes: !on_behalf.is_empty(),
            ..ProposalForm::default()
        };
        proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
    }

    async fn publish(&self, number: i64) {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let read = desk_matter(hall, Some(&world.committee_member.actor), number).await.unwrap();
        let form = CheckForm {
            seen: read.text_version.to_string(),
            act: "publish".to_owned(),
            reason: "写得清楚，请大家来议。".to_owned(),
            ..CheckForm::default()
        };
        matter_check(hall, &world.committee_member.actor, number, &form).await.unwrap();
        follow_start(hall, &world.neighbours[0].actor, number).await.unwrap();
    }

    /// Changes a matter's text by its author's hand; gives the edit, which waits.
    async fn change_text(&self, number: i64, change: impl FnOnce(&mut TextForm)) -> i64 {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let author = &world.resident.actor;
        let mut form = text_own(hall, author, number).await.unwrap().form;
        change(&mut form);
        let done = text_change(hall, author, number, &form).await.unwrap();
        assert_eq!(done, Edited::Waiting);
        text_case(hall, &world.committee_head.actor, number).await.unwrap().id
    }

    async fn matters(&mut self) {
        let gone = [
            "小区里没有玩的地方，绛珠缥碧状，天天如此。",
            "请把车位改一改，绛珠缥碧议，大家方便。",
            "绛珠缥碧处",
            "绛珠缥碧替",
        ];
        let stays = ["门口的灯坏了好几天，没有人来修。", "请物业这周把门口的灯修好。", "", ""];
        self.matters = [
            self.raise("绛珠缥碧题目的事", gone).await,
            self.raise("门口的灯该修了", stays).await,
            self.raise(MERGED, stays).await,
            self.raise("绛珠石青未看的事", stays).await,
            self.raise("绛珠石青收回的事", stays).await,
        ];
        for number in &self.matters[..3] {
            self.publish(*number).await;
        }
        let changed = self.change_text(self.matters[0], |form| {
            form.situation = "小区里没有玩的地方，绛珠缥碧今，天天如此。".to_owned();
            form.note = "写得更清楚，绛珠缥碧注。".to_owned();
        });
        let changed = changed.await;
        let head = &self.app.world.committee_head.actor;
        text_let_go(&self.app.db.hall, head, self.matters[0], changed).await.unwrap();
        let waits = self.change_text(self.matters[1], |form| {
            form.suggestion = "请物业这周把门口的灯修好，绛珠赭石文。".to_owned();
        });
        waits.await;
        let (hall, resident) = (&self.app.db.hall, &self.app.world.resident.actor);
        proposal_withdraw(hall, resident, self.matters[4], "").await.unwrap();
        let form = ProposalForm { title: DRAFT.to_owned(), ..ProposalForm::default() };
        draft_keep(hall, resident, None, &form, &[]).await.unwrap();
        let files = self.photo(Some(self.matters[0]), None, "绛珠缥碧图").await;
        self.files.extend(files);
    }

    /// A photo of a matter or a post, by the names of its files.
    async fn photo(&self, matter: Option<i64>, post: Option<i64>, alt: &str) -> [String; 4] {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let shade = u8::try_from(self.files.len() + self.inside.len()).unwrap() + 7;
        let actor = &world.resident.actor;
        let PhotoId(id) =
            photo_add(hall, actor, picture::png(shade), alt, PhotoHome::Loose).await.unwrap();
        let view = photos_loose(hall, actor, &[PhotoId(id)]).await.unwrap().remove(0);
        let mut row = None;
        if let Some(number) = matter {
            let found = service::matter::by_number(hall.db.read(), world.community, number).await;
            row = Some(ProposalId(found.unwrap().id));
        }
        let txn = hall.db.begin().await.unwrap();
        let ids = [PhotoId(id)];
        let taken = match (row, post) {
            (Some(row), _) => photos_loose_to_matter_in_txn(&txn, actor, &ids, row).await,
            (None, Some(post)) => photos_to_post_in_txn(&txn, actor, &ids, PostId(post)).await,
            (None, None) => Ok(0),
        };
        assert_eq!(taken.unwrap(), 1);
        txn.commit().await.unwrap();
        let file = format!("/photos/{}", view.small_jpeg);
        let seen = self.app.get(&*file).as_(&world.resident).await;
        assert_eq!(seen.status, StatusCode::OK, "{file} is seen before");
        [view.large_modern, view.large_jpeg, view.small_modern, view.small_jpeg]
    }

    async fn say(&mut self, who: &SignedIn, form: PostForm) -> i64 {
        let form = PostForm { stance: "against".to_owned(), ..form };
        let id = post_write(&self.app.db.hall, &who.actor, self.matters[1], &form).await.unwrap();
        self.posts.push(id.0);
        id.0
    }

    /// Lets a post, or the change of one, be shown.
    async fn release(&self, id: i64) {
        let head = &self.app.world.committee_head.actor;
        let (hall, matter, id) = (&self.app.db.hall, self.matters[1], PostId(id));
        let seen = case_view(hall, head, matter, Some(id)).await.unwrap().seen;
        post_release(hall, head, matter, id, &seen).await.unwrap();
    }

    async fn talk(&mut self) {
        let world = self.app.world.clone();
        let (resident, neighbour) = (&world.resident, &world.neighbours[0]);
        let body = |body: &str| PostForm { body: body.to_owned(), ..PostForm::default() };
        let stays = self.say(neighbour, body(STAYS)).await;
        self.release(stays).await;
        // 1: changed, quoted, answered, with a photo and somebody named: it will be taken down.
        let gone = self.say(resident, body("绛珠缥碧先 @邻居1")).await;
        self.release(gone).await;
        let form = EditForm {
            stance: "against".to_owned(),
            body: "绛珠缥碧言 @邻居1 [看](https://example.org/绛珠缥碧言)".to_owned(),
            ..EditForm::default()
        };
        let number = self.matters[1];
        change(&self.app.db.hall, &resident.actor, number, PostId(gone), &form).await.unwrap();
        self.release(gone).await;
        let files = self.photo(None, Some(gone), "绛珠缥碧影").await;
        self.files.extend(files);
        let quote = PostForm { quote: gone.to_string(), ..body("我引用了上面的话") };
        let quotes = self.say(neighbour, quote).await;
        self.release(quotes).await;
        let reply = PostForm { parent: gone.to_string(), ..body("我回应了上面的话") };
        let replies = self.say(neighbour, reply).await;
        self.release(replies).await;
        // 4 to 8: folded, waiting, not let through, taken back, with a change that waits.
        for text in ["绛珠赭石折", "绛珠赭石候", "绛珠缥碧拒", "绛珠缥碧撤", "说得好好的"]
        {
            self.say(resident, body(text)).await;
        }
        for (at, alt) in [(4, "绛珠赭石折"), (5, "绛珠赭石候")] {
            let files = self.photo(None, Some(self.posts[at]), alt).await;
            self.inside.extend(files);
        }
        for id in [self.posts[4], self.posts[7], self.posts[8]] {
            self.release(id).await;
        }
        let form = EditForm {
            stance: "against".to_owned(),
            body: "绛珠赭石改".to_owned(),
            ..EditForm::default()
        };
        let last = PostId(self.posts[8]);
        change(&self.app.db.hall, &resident.actor, number, last, &form).await.unwrap();
    }

    async fn take_down(&self) {
        let (hall, world) = (&self.app.db.hall, &self.app.world);
        let [text, talk, merged, ..] = self.matters;
        let (resident, member) = (&world.resident.actor, &world.committee_member.actor);
        for (number, body) in (1..).zip(["绛珠缥碧句子", STAYS, "绛珠赭石候着的句子"])
        {
            let said = StatementForm { body: body.to_owned(), ..StatementForm::default() };
            statement_write(hall, resident, talk, &said).await.unwrap();
            if number < 3 {
                let shown = StatementDecision::Show;
                statement_decide(hall, member, talk, number, shown).await.unwrap();
            }
        }
        for neighbour in &world.neighbours[..4] {
            for number in [1, 2] {
                let form = AnswerForm { choice: "agree".to_owned() };
                statement_answer(hall, &neighbour.actor, talk, number, &form).await.unwrap();
            }
        }

        removal_make(hall, member, text, None, "advert", "看上去像广告").await.unwrap();
        let gone = Some(PostId(self.posts[1]));
        removal_make(hall, member, talk, gone, "attack", "话说得太难听").await.unwrap();
        for neighbour in &world.neighbours[..3] {
            let folded = Some(PostId(self.posts[4]));
            report_file(hall, &neighbour.actor, talk, folded, "attack", "").await.unwrap();
        }
        let declined = PostId(self.posts[6]);
        let seen = case_view(hall, member, talk, Some(declined)).await.unwrap().seen;
        post_decline(hall, member, talk, declined, &seen, "attack", "请换个说法").await.unwrap();
        post_withdraw(hall, resident, talk, PostId(self.posts[7])).await.unwrap();
        statement_hide(hall, member, talk, 1, "这一句伤人").await.unwrap();
        cosign_add(hall, &world.neighbours[0].actor, merged).await.unwrap();
        let into = talk.to_string();
        merge_ask(hall, member, merged, &into, "两件说的是同一件事。").await.unwrap();
        service::merge::merge_agree(hall, resident, merged).await.unwrap();
    }

    /// Every address that a template stands for.
    fn addresses(&self, template: &str) -> Vec<String> {
        let mut filled = vec![template.to_owned()];
        let numbers: Vec<_> = (1..=self.matters.len()).map(|number| number.to_string()).collect();
        let ids: Vec<_> = (1..=self.posts.len()).map(|id| id.to_string()).collect();
        while let Some((from, to)) = filled[0].find('{').zip(filled[0].find('}')) {
            let values: Vec<_> = match &filled[0][from + 1..to] {
                "number" => numbers.clone(),
                "id" | "post" => ids.clone(),
                _ => self.files.clone(),
            };
            filled = filled
                .iter()
                .flat_map(|address| {
                    let (head, tail) =
                        (&address[..from], &address[address.find('}').unwrap() + 1..]);
                    values.iter().map(move |value| [head, value, tail].concat())
                })
                .collect();
        }
        if template == "/proposals/{number}" {
            filled.extend(self.looks());
        }
        if template.contains('{') {
            return filled;
        }
        let asked =
            percent_encoding::utf8_percent_encode(ASKED, percent_encoding::NON_ALPHANUMERIC);
        let fields = ["q", "text", "title", "words"].map(|field| format!("{field}={asked}"));
        let mut all = vec![template.to_owned(), format!("{template}?{}", fields.join("&"))];
        if ["/search", "/proposals"].contains(&template) {
            for more in
                ["sort=new", "category=culture_children", "state=closed", "mine=1", "place=1"]
            {
                all.push(format!("{template}?{}&{more}", fields[0]));
            }
        }
        all
    }

    /// The ways to look at a matter: its orders and pages, and with a form open in which a post is quoted.
    fn looks(&self) -> Vec<String> {
        let mut all = Vec::new();
        for number in &self.matters {
            let matter = format!("/proposals/{number}");
            all.extend([format!("{matter}?order=balance"), format!("{matter}?before=9999")]);
        }
        let matter = format!("/proposals/{}", self.matters[1]);
        for id in &self.posts {
            all.extend([
                format!("{matter}?quote={id}"),
                format!("{matter}?reply={id}&quote={id}"),
                format!("{matter}?hide={id}"),
                format!("{matter}/posts/{id}?reply={id}&quote={id}"),
            ]);
        }
        all
    }
}

#[tokio::test]
async fn no_address_gives_it_away() {
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let (app, world) = (&ground.app, &ground.app.world);
        let mut wrong = String::new();
        let (mut shown, mut pages) = (0, 0);
        for (template, _) in routed().into_iter().filter(|(_, method)| *method == "GET") {
            if STREAMS.contains(&&*template) {
                continue;
            }
            for address in ground.addresses(&template) {
                for reads in Reads::ALL {
                    for json in [false, true] {
                        let call = app.get(&*address).as_maybe(reads.person(world));
                        let call = if json { call.json() } else { call };
                        let asked = tokio::time::timeout(Duration::from_secs(20), call).await;
                        let Ok(answer) = asked else {
                            let _ = writeln!(wrong, "{address} doesn't end: a stream?");
                            break;
                        };
                        pages += usize::from(answer.status == StatusCode::OK);
                        let text = String::from_utf8_lossy(&answer.body);
                        shown += usize::from(text.contains(STAYS));
                        let mut found = reads.found(&text);
                        let finds = FINDS.iter().any(|path| address.starts_with(path));
                        if finds && !address.contains("mine=1") && text.contains(MERGED) {
                            found.push(MERGED);
                        }
                        if !found.is_empty() {
                            let _ =
                                writeln!(wrong, "{reads:?}: {address} (JSON: {json}): {found:?}");
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{wrong}", app.name);
        // What is new was among all this.
        let home = app.get("/").as_maybe(Reads::Neighbour.person(world)).await.text();
        assert!(home.contains("id=\"h-news\"") && home.contains("门口的灯该修了"), "{home}");
        assert!(shown > 10 && pages > 200, "{}: {shown} of {pages} pages show the talk", app.name);
    }
}

#[tokio::test]
async fn no_file_mail_or_export_gives_it_away() {
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let (app, world) = (&ground.app, &ground.app.world);
        for file in &ground.files {
            for person in [None, Some(&world.resident), Some(&world.committee_head)] {
                let answer = app.get(format!("/photos/{file}")).as_maybe(person).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {file}", app.name);
            }
        }
        for file in &ground.inside {
            for reads in Reads::ALL {
                let answer = app.get(format!("/photos/{file}")).as_maybe(reads.person(world)).await;
                let may = [Reads::Author, Reads::Committee].contains(&reads);
                let status = if may { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(answer.status, status, "{}: {reads:?}: {file}", app.name);
            }
        }
        // What may be said to anybody: those who follow by mail, and the chain's readers.
        let told = |text: &str| Reads::Nobody.found(text);
        let hall = &app.db.hall;
        service::notice::notices_expand(hall, "example.org", 500).await.unwrap();
        let letters = service::mail::mail_lease(hall, 500, 1_000).await.unwrap();
        let ready = ground.waiting;
        assert!(ready > 3 && letters.len() > ready, "{}: {ready}, {}", app.name, letters.len());
        let mails = format!("{letters:?}");
        assert_eq!(told(&mails), Vec::<&str>::new(), "{}: mails", app.name);
        // What was removed is still its author's own, so their export has it; nobody else's does.
        for reads in [Reads::Neighbour, Reads::Committee, Reads::Oversight] {
            let Some(person) = reads.person(world) else { continue };
            let answer = app.post("/me/export").as_(person).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", app.name);
            let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&answer.body)).unwrap();
            for name in ["index.html", "data.json"] {
                let mut text = String::new();
                zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
                // Their own data alone: a duty gives nobody more of it.
                let found = Reads::Neighbour.found(&text);
                assert_eq!(found, Vec::<&str>::new(), "{}: {reads:?}: {name}", app.name);
            }
        }
        // The stream is a number, of what is shown.
        let stream = format!("/proposals/{}/live", ground.matters[1]);
        let first = app.get(&*stream).await.text();
        let shown = service::matter::by_number(hall.db.read(), world.community, ground.matters[1]);
        let shown = shown.await.unwrap().posts;
        assert_eq!(first.trim(), format!("data: {shown}"), "{}", app.name);
        assert_eq!(shown, 4, "{}: what stays, a quote, a reply, one whose change waits", app.name);
        // Nor does the chain, which everybody of the desk reads and which is never changed.
        let chain = audit_since(hall, 0).await;
        assert!(chain.len() > 30, "{}", app.name);
        assert_eq!(told(&format!("{chain:?}")), Vec::<&str>::new(), "{}: the chain", app.name);
    }
}

#[tokio::test]
async fn no_form_or_file_gives_it_away() {
    for db in testing::databases().await {
        let ground = Ground::new(db).await;
        let (app, world) = (&ground.app, &ground.app.world);
        let talk = format!("/proposals/{}", ground.matters[1]);
        // A form comes back with what was typed, and never with what it points to.
        for reads in [Reads::Neighbour, Reads::Author, Reads::Committee] {
            for id in &ground.posts {
                let id = id.to_string();
                for fields in [
                    [("parent", &*id), ("body", ""), ("stance", "for")],
                    [("quote", &*id), ("body", "再说一句"), ("stance", "")],
                ] {
                    let call = app.post_form(format!("{talk}/posts"), &fields);
                    let back = call.as_maybe(reads.person(world)).await;
                    assert!(!back.status.is_success(), "{}: {fields:?}", app.name);
                    let found = reads.found(&back.text());
                    assert!(found.is_empty(), "{}: {reads:?}: {fields:?}: {found:?}", app.name);
                }
                for act in ["report", "edit", "hide"] {
                    let form = [("kind", ""), ("body", ""), ("reason", "")];
                    let call = app.post_form(format!("{talk}/posts/{id}/{act}"), &form);
                    let back = call.as_maybe(reads.person(world)).await;
                    assert!(!back.status.is_success(), "{}: {act}", app.name);
                    let found = reads.found(&back.text());
                    assert!(found.is_empty(), "{}: {reads:?}: {act} {id}: {found:?}", app.name);
                }
            }
        }
        // The files of opinions hold what is answered now, and nothing that waits or was taken down.
        for file in ["comments.csv", "participants-votes.csv"] {
            let call = app.post_form(format!("{talk}/opinions/file"), &[("file", file)]);
            let answer = call.as_(&world.committee_head).await;
            assert_eq!(answer.status, StatusCode::OK, "{}: {}", app.name, answer.text());
            let text = answer.text();
            assert!(file != "comments.csv" || text.contains(STAYS), "{}: {text}", app.name);
            assert_eq!(Reads::Nobody.found(&text), Vec::<&str>::new(), "{}: {file}", app.name);
        }
    }
}
