//! The text that people signed, by address and without scripts: an author edits, households answer, a correction is
//! contested, and an edit waits; forms that can't be taken come back with what was typed.
#![allow(clippy::unwrap_used, reason = "a test that can't have its ground says so and ends")]

use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use service::cosign::cosign_add;
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{self, Plan, TestDb, World};

const TITLE: &str = "北门台阶加一道扶手";
const SITUATION: &str = "北门六级台阶没有扶手，雪天全靠扶墙。";
const SUGGESTION: &str = "台阶一边装一道不锈钢扶手。";
/// What it comes to be: the households are asked something else.
const BOTH_SIDES: &str = "台阶两边各装一道不锈钢扶手，再铺防滑条。";
/// The same with a word mended.
const MENDED: &str = "台阶一边装一道不锈钢的扶手。";
const WHY: &str = "物业说两边一起装，只多花三百块。";

struct Ground {
    app: TestApp,
    number: i64,
    /// The matter's address.
    matter: String,
    /// Where its text is edited.
    text: String,
}

impl Ground {
    /// A matter of the resident, in the first courtyard, which neighbours co-sign.
    async fn new(db: TestDb, talk: TalkModeration) -> Self {
        let settings = CommunitySettings {
            moderation: Moderation::After,
            talk_moderation: talk,
            contest_households: 3,
            ..CommunitySettings::default()
        };
        let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
        let form = ProposalForm {
            title: TITLE.to_owned(),
            situation: SITUATION.to_owned(),
            suggestion: SUGGESTION.to_owned(),
            category: "ageing".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
        let app = TestApp::with_world(db, world);
        let matter = format!("/proposals/{number}");
        Self { app, number, text: format!("{matter}/text"), matter }
    }

    /// The first `n` neighbours of the first courtyard co-sign.
    async fn cosigned(&self, n: usize) {
        for neighbour in &self.app.world.neighbours[..n] {
            cosign_add(&self.app.db.hall, &neighbour.actor, self.number).await.unwrap();
        }
    }

    fn author(&self) -> &SignedIn {
        &self.app.world.resident
    }

    fn neighbour(&self, n: usize) -> &SignedIn {
        &self.app.world.neighbours[n]
    }

    /// The author sends the form; `fields` take the place of what it was filled with.
    async fn send(&self, base: &str, fields: &[(&str, &str)]) -> Answer {
        let place = self.app.world.courtyards[0].to_string();
        let mut all = vec![
            ("base", base),
            ("title", TITLE),
            ("situation", SITUATION),
            ("suggestion", SUGGESTION),
            ("category", "ageing"),
            ("place", &place),
            ("scope", "courtyard"),
            ("do", "send"),
        ];
        all.retain(|(name, _)| fields.iter().all(|(other, _)| other != name));
        all.extend_from_slice(fields);
        self.app.post_form(&self.text, &all).as_(self.author()).await
    }

    async fn edited(&self, base: &str, said: &str, suggestion: &str) {
        let fields = [("suggestion", suggestion), ("said", said), ("note", WHY)];
        let done = self.send(base, &fields).await;
        assert_eq!(done.location(), self.matter, "{}: {}", self.app.name, done.text());
    }

    async fn look(&self, who: Option<&SignedIn>) -> Answer {
        let page = self.app.get(&self.matter).as_maybe(who).await;
        assert_eq!(page.status, StatusCode::OK, "{}", self.app.name);
        page
    }

    async fn cosigns(&self) -> i64 {
        let (db, community) = (self.app.db.hall.db.read(), self.app.world.community);
        service::matter::by_number(db, community, self.number).await.unwrap().cosigns
    }
}

async fn grounds(talk: TalkModeration) -> Vec<Ground> {
    let mut grounds = Vec::new();
    for db in testing::databases().await {
        grounds.push(Ground::new(db, talk).await);
    }
    grounds
}

fn has(answer: &Answer, what: &str, name: &str) {
    let text = answer.text();
    assert!(text.contains(what), "{name}: no {what} in {text}");
}

fn lacks(answer: &Answer, what: &str, name: &str) {
    let text = answer.text();
    assert!(!text.contains(what), "{name}: {what} in {text}");
}

#[tokio::test]
async fn an_author_edits_what_nobody_signed() {
    for ground in grounds(TalkModeration::After).await {
        let (app, name) = (&ground.app, ground.app.name);
        let link = format!("href=\"{}\"", ground.text);
        has(&ground.look(Some(ground.author())).await, &link, name);
        lacks(&ground.look(Some(ground.neighbour(0))).await, &link, name);
        lacks(&ground.look(None).await, "/versions", name);

        // The form is filled with what stands; nobody signed, so nobody is asked which kind it is.
        let page = app.get(&ground.text).as_(ground.author()).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        for what in [TITLE, SITUATION, SUGGESTION, "name=\"base\" value=\"1\""] {
            has(&page, what, name);
        }
        lacks(&page, "name=\"said\"", name);

        // Looking changes nothing; what is gone and what is new is said beside how it looks.
        let look = [("do", "look"), ("suggestion", BOTH_SIDES)];
        let page = ground.send("1", &look).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        for what in [BOTH_SIDES, "id=\"look\"", "<del>", "<ins>", "原来：", "改成："] {
            has(&page, what, name);
        }
        has(&ground.look(None).await, SUGGESTION, name);
        let page = ground.send("1", &[("do", "look")]).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        has(&page, "还没有改", name);

        // What can't be taken comes back.
        let page = ground.send("1", &[("title", "短"), ("suggestion", BOTH_SIDES)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        for what in ["value=\"短\"", BOTH_SIDES, "id=\"title-e\""] {
            has(&page, what, name);
        }
        let page = ground.send("1", &[]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: nothing was changed");

        let done = ground.send("1", &[("suggestion", BOTH_SIDES)]).await;
        assert_eq!(done.location(), ground.matter, "{name}: {}", done.text());
        let page = ground.look(None).await;
        for what in [BOTH_SIDES, "第 2 版", &format!("{}/versions/2", ground.matter)] {
            has(&page, what, name);
        }
    }
}

#[tokio::test]
async fn each_version_can_be_read() {
    for ground in grounds(TalkModeration::After).await {
        let (app, name) = (&ground.app, ground.app.name);
        ground.cosigned(2).await;
        ground.edited("1", "change", BOTH_SIDES).await;
        let versions = format!("{}/versions", ground.matter);
        let people = [None, Some(ground.author()), Some(ground.neighbour(0))];
        for who in people {
            let page = app.get(&versions).as_maybe(who).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
            for what in ["第 1 版", "第 2 版", "改了要做的事", "改的时候有 2 户附议", WHY]
            {
                has(&page, what, name);
            }
            lacks(&page, "邻居1", name);
            // The old text stays whole; the new one is shown against it.
            let page = app.get(format!("{versions}/1")).as_maybe(who).await;
            has(&page, SUGGESTION, name);
            lacks(&page, "<del>", name);
            let page = app.get(format!("{versions}/2")).as_maybe(who).await;
            for what in [BOTH_SIDES, "<del>", "<ins>", "比第 1 版改了什么"] {
                has(&page, what, name);
            }
        }
        let page = app.get(format!("{versions}/2?against=1")).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        for path in ["3", "0", "x", "2?against=7", "2?against=x"] {
            let page = app.get(format!("{versions}/{path}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{name}: {path}");
        }
        // Another community has nothing under these addresses.
        let stranger = &app.world.stranger;
        for path in [&versions, &format!("{versions}/1"), &ground.text] {
            let page = app.get(format!("/c/huaianli{path}")).as_(stranger).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{name}: {path}");
        }
    }
}

#[tokio::test]
async fn what_was_signed_is_changed_with_a_word_to_those_who_signed() {
    for ground in grounds(TalkModeration::After).await {
        let (app, name) = (&ground.app, ground.app.name);
        ground.cosigned(3).await;
        let page = app.get(&ground.text).as_(ground.author()).await;
        for what in ["已经有 3 户附议", "name=\"said\"", "value=\"correction\"", "value=\"change\""]
        {
            has(&page, what, name);
        }
        // Which kind it is and why have to be said; looking needs neither.
        let page = ground.send("1", &[("suggestion", BOTH_SIDES)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        for what in [BOTH_SIDES, "id=\"said-e\"", "href=\"#said\"", "id=\"note-e\""] {
            has(&page, what, name);
        }
        let page = ground.send("1", &[("suggestion", BOTH_SIDES), ("do", "look")]).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        let fields = [("suggestion", BOTH_SIDES), ("said", "change"), ("note", "短")];
        let page = ground.send("1", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&page, "id=\"note-e\"", name);
        has(&page, "value=\"change\" required checked", name);
        ground.edited("1", "change", BOTH_SIDES).await;
        assert_eq!(ground.cosigns().await, 0, "{name}: none counts until its household says so");

        // A household that signed is asked, with what changed; nobody else.
        let keep = format!("action=\"{}/text/keep\"", ground.matter);
        let page = ground.look(Some(ground.neighbour(0))).await;
        for what in [keep.as_str(), "name=\"seen\" value=\"2\"", "/text/leave", WHY, "<ins>"] {
            has(&page, what, name);
        }
        for who in [None, Some(ground.author()), Some(ground.neighbour(3))] {
            lacks(&ground.look(who).await, &keep, name);
        }
        let home = app.get("/").as_(ground.neighbour(0)).await;
        has(&home, "您家还支持吗", name);
        lacks(&app.get("/").as_(ground.neighbour(3)).await, "您家还支持吗", name);

        // A page from before says what is asked no more.
        let keep = format!("{}/text/keep", ground.matter);
        for seen in ["1", ""] {
            let late = app.post_form(&keep, &[("seen", seen)]).as_(ground.neighbour(0)).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{name}: {seen}");
        }
        let done = app.post_form(&keep, &[("seen", "2")]).as_(ground.neighbour(0)).await;
        assert_eq!(done.location(), ground.matter, "{name}: {}", done.text());
        assert_eq!(ground.cosigns().await, 1, "{name}");
        let again = app.post_form(&keep, &[("seen", "2")]).as_(ground.neighbour(0)).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{name}: it is asked no more");
        lacks(&app.get("/").as_(ground.neighbour(0)).await, "您家还支持吗", name);

        let leave = format!("{}/text/leave", ground.matter);
        let done = app.post(&leave).as_(ground.neighbour(1)).await;
        assert_eq!(done.location(), ground.matter, "{name}: {}", done.text());
        lacks(&ground.look(Some(ground.neighbour(1))).await, "/text/keep", name);
        let page = app.post(&leave).as_(ground.neighbour(4)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}: it never signed");
        assert_eq!(ground.cosigns().await, 1, "{name}");
    }
}

#[tokio::test]
async fn two_who_edit_at_the_same_time_lose_nothing() {
    for ground in grounds(TalkModeration::After).await {
        let name = ground.app.name;
        let done = ground.send("1", &[("situation", "北门六级台阶没有扶手，老人怕摔。")]).await;
        assert_eq!(done.location(), ground.matter, "{name}");
        // From another window, filled before that.
        let page = ground.send("1", &[("suggestion", BOTH_SIDES)]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{name}");
        for what in
            [BOTH_SIDES, "role=\"alert\"", "name=\"base\" value=\"2\"", "id=\"look\"", "老人怕摔"]
        {
            has(&page, what, name);
        }
        has(&ground.look(None).await, SUGGESTION, name);
        let done = ground.send("2", &[("suggestion", BOTH_SIDES)]).await;
        assert_eq!(done.location(), ground.matter, "{name}");
        has(&ground.look(None).await, "第 3 版", name);
    }
}

#[tokio::test]
async fn three_households_make_a_correction_a_change() {
    for ground in grounds(TalkModeration::After).await {
        let (app, name) = (&ground.app, ground.app.name);
        ground.cosigned(4).await;
        ground.edited("1", "correction", MENDED).await;
        assert_eq!(ground.cosigns().await, 4, "{name}: a correction asks the same");
        let contest = format!("{}/versions/2/contest", ground.matter);
        let button = format!("action=\"{contest}\"");
        let page = ground.look(Some(ground.neighbour(0))).await;
        for what in [button.as_str(), "第 2 版是小改动", "有 3 户这么说"] {
            has(&page, what, name);
        }
        for who in [None, Some(ground.author()), Some(ground.neighbour(5))] {
            lacks(&ground.look(who).await, &button, name);
        }
        for n in [0, 1] {
            let done = app.post(&contest).as_(ground.neighbour(n)).await;
            assert_eq!(done.location(), ground.matter, "{name}: {}", done.text());
        }
        let twice = app.post(&contest).as_(ground.neighbour(0)).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "{name}");
        has(&ground.look(Some(ground.neighbour(2))).await, "已经有 2 户这么说", name);
        let all = app.get(format!("{}/versions", ground.matter)).await;
        has(&all, "2 户说这不是小改动", name);

        // Taken back while it isn't decided.
        let page = ground.look(Some(ground.neighbour(0))).await;
        has(&page, &format!("action=\"{contest}/back\""), name);
        let done = app.post(format!("{contest}/back")).as_(ground.neighbour(0)).await;
        assert_eq!(done.location(), ground.matter, "{name}");
        let page = ground.look(Some(ground.neighbour(2))).await;
        has(&page, "已经有 1 户这么说", name);
        assert_eq!(ground.cosigns().await, 4, "{name}");

        for n in [0, 2] {
            app.post(&contest).as_(ground.neighbour(n)).await;
        }
        assert_eq!(ground.cosigns().await, 0, "{name}: each household is asked");
        let page = ground.look(Some(ground.neighbour(3))).await;
        has(&page, "/text/keep", name);
        lacks(&page, &button, name);
        let all = app.get(format!("{}/versions", ground.matter)).await;
        has(&all, "改了要做的事", name);
        has(&all, "有 3 户说这不是小改动", name);
        let late = app.post(&contest).as_(ground.neighbour(3)).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{name}");
    }
}

#[tokio::test]
async fn the_committee_takes_a_correction_for_more() {
    for ground in grounds(TalkModeration::After).await {
        let (app, name) = (&ground.app, ground.app.name);
        ground.cosigned(2).await;
        ground.edited("1", "correction", BOTH_SIDES).await;
        let member = &app.world.committee_member;
        let raise = format!("{}/versions/2/raise", ground.matter);
        let link = format!("href=\"{raise}\"");
        has(&ground.look(Some(member)).await, &link, name);
        for who in [None, Some(ground.author()), Some(ground.neighbour(0))] {
            lacks(&ground.look(who).await, &link, name);
        }
        let page = app.get(&raise).as_(member).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        has(&page, "<ins>", name);
        for (who, status) in [
            (ground.neighbour(0), StatusCode::NOT_FOUND),
            (ground.author(), StatusCode::NOT_FOUND),
            (&app.world.oversight, StatusCode::FORBIDDEN),
        ] {
            let page = app.post_form(&raise, &[("reason", WHY)]).as_(who).await;
            assert_eq!(page.status, status, "{name}");
        }
        let page = app.post_form(&raise, &[("reason", "短")]).as_(member).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&page, "短", name);
        has(&page, "id=\"reason-e\"", name);
        let reason = "从一边改成两边，价钱也变了。";
        let done = app.post_form(&raise, &[("reason", reason)]).as_(member).await;
        assert_eq!(done.location(), ground.matter, "{name}: {}", done.text());
        assert_eq!(ground.cosigns().await, 0, "{name}");
        has(&ground.look(None).await, reason, name);
        has(&ground.look(Some(ground.neighbour(1))).await, "/text/keep", name);
        let all = app.get(format!("{}/versions", ground.matter)).await;
        has(&all, reason, name);
        let again = app.post_form(&raise, &[("reason", reason)]).as_(member).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{name}");
    }
}

#[tokio::test]
async fn an_edit_waits_where_the_committee_looks_first() {
    for ground in grounds(TalkModeration::Before).await {
        let (app, name) = (&ground.app, ground.app.name);
        ground.cosigned(1).await;
        ground.edited("1", "change", BOTH_SIDES).await;
        let (member, case) =
            (&app.world.committee_member, format!("/desk/texts/{}", ground.number));
        // Nothing of it shows, but to its author and those who look.
        for who in [None, Some(ground.neighbour(0))] {
            let page = ground.look(who).await;
            has(&page, SUGGESTION, name);
            for what in [BOTH_SIDES, "/versions", "/text/keep", "/desk/texts"] {
                lacks(&page, what, name);
            }
        }
        assert_eq!(ground.cosigns().await, 1, "{name}");
        has(&ground.look(Some(ground.author())).await, "在等居委会看", name);
        has(&ground.look(Some(member)).await, &case, name);
        let page = app.get(&ground.text).as_(ground.author()).await;
        for what in [BOTH_SIDES, WHY, "/text/drop", "value=\"change\" required checked"] {
            has(&page, what, name);
        }
        let desk = app.get("/desk/reports").as_(member).await;
        has(&desk, &format!("href=\"{case}\""), name);
        let seen = app.get("/desk/reports").as_(&app.world.oversight).await;
        has(&seen, "等着换上的改动", name);
        lacks(&seen, &case, name);

        let page = app.get(&case).as_(member).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        for what in ["<del>", "<ins>", WHY] {
            has(&page, what, name);
        }
        let text = page.text();
        let (_, rest) = text.split_once("name=\"edit\" value=\"").unwrap();
        let edit = rest.split_once('"').unwrap().0;
        for fields in [
            &[("act", "decline"), ("edit", edit), ("reason", "短")][..],
            &[("act", "decline"), ("edit", edit)],
        ] {
            let page = app.post_form(&case, fields).as_(member).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {fields:?}");
            has(&page, "id=\"reason-e\"", name);
        }
        let other = app.post_form(&case, &[("act", "let"), ("edit", "0")]).as_(member).await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{name}: another edit than was read");
        let reason = "防滑条的钱谁出，请写清楚。";
        let fields = [("act", "decline"), ("edit", edit), ("reason", reason)];
        let done = app.post_form(&case, &fields).as_(member).await;
        assert_eq!(done.location(), "/desk/reports", "{name}: {}", done.text());
        let page = ground.look(Some(ground.author())).await;
        has(&page, reason, name);
        let page = app.get(&ground.text).as_(ground.author()).await;
        has(&page, reason, name);
        has(&page, BOTH_SIDES, name);
        has(&ground.look(None).await, SUGGESTION, name);

        // Mended and sent again, it is let through.
        ground.edited("1", "change", BOTH_SIDES).await;
        let text = app.get(&case).as_(member).await.text();
        let (_, rest) = text.split_once("name=\"edit\" value=\"").unwrap();
        let edit = rest.split_once('"').unwrap().0;
        let done = app.post_form(&case, &[("act", "let"), ("edit", edit)]).as_(member).await;
        assert_eq!(done.location(), "/desk/reports", "{name}: {}", done.text());
        let page = ground.look(None).await;
        has(&page, BOTH_SIDES, name);
        has(&page, "第 2 版", name);
        has(&ground.look(Some(ground.neighbour(0))).await, "/text/keep", name);
        let gone = app.get(&case).as_(member).await;
        assert_ne!(gone.status, StatusCode::OK, "{name}: nothing waits");

        // One that waits can be dropped.
        ground.edited("2", "correction", MENDED).await;
        let done = app.post(format!("{}/drop", ground.text)).as_(ground.author()).await;
        assert_eq!(done.location(), ground.matter, "{name}: {}", done.text());
        lacks(&app.get("/desk/reports").as_(member).await, &case, name);
        let page = app.get(&ground.text).as_(ground.author()).await;
        lacks(&page, MENDED, name);
    }
}
