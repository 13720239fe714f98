//! Ballots by address, on both databases: from opening to a result that recounts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::ballot::{BallotKind, Receipt};
use domain::place::Scope;
use domain::proposal::Step;
use domain::result_file::ResultFile;
use service::ballot::{ballot_close_due, closing_time, earliest_day};
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};

/// The number of a matter of the first entrance that is being talked over.
async fn matter(app: &TestApp) -> i64 {
    let (hall, author) = (&app.db.hall, &app.world.resident);
    let home = author.actor.home.unwrap();
    let form = ProposalForm {
        title: "楼道里别再堆东西".to_owned(),
        situation: "楼道里堆着旧家具，晚上走路会绊倒。".to_owned(),
        suggestion: "大家一起清一次，以后不再往楼道放。".to_owned(),
        category: "corridor".to_owned(),
        courtyard_id: home.courtyard.to_string(),
        entrance_id: home.entrance.to_string(),
        scope: "entrance".to_owned(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(hall, &author.actor, &form).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let mut row = matter::by_number(&txn, app.world.community, number).await.unwrap();
    for step in [Step::Accept { threshold_met: true }, Step::Deliberate] {
        row = matter::advance_in_txn(hall, &txn, row, step, By::Clock, Said::default())
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();
    number
}

const QUESTION: &str = "同意把楼道清空吗？";

async fn open(app: &TestApp, matter: i64) -> Answer {
    let day = earliest_day(BallotKind::ResidentsByHousehold, app.db.hall.now()).to_string();
    let form = [("kind", "households"), ("question", QUESTION), ("closes_on", &day)];
    app.post_form(format!("/desk/{matter}/ballot"), &form).as_(&app.world.committee_head).await
}

async fn vote(app: &TestApp, voter: &SignedIn, choice: &str) -> Answer {
    app.post_form("/ballots/1/votes", &[("choice", choice)]).as_(voter).await
}

/// Votes of the first entrance's six households.
fn voters(app: &TestApp) -> Vec<&SignedIn> {
    app.world.representatives(Scope::Entrance(app.world.entrances[0]))
}

async fn close(app: &TestApp) {
    let opened = app.db.hall.now();
    app.db.clock.set(closing_time(earliest_day(BallotKind::ResidentsByHousehold, opened)));
    assert_eq!(ballot_close_due(&app.db.hall).await.unwrap(), 1, "{}", app.name);
}

/// The text of the element with that id, as far as it holds no further element.
fn text_of(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).expect("the element");
    let (_, rest) = rest.split_once('>').expect("its start");
    rest.split('<').next().expect("its text").trim().to_owned()
}

#[tokio::test]
async fn from_the_desk_to_a_recounted_result() {
    for app in TestApp::each().await {
        let number = matter(&app).await;
        let opened = open(&app, number).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}: {}", app.name, opened.text());
        assert_eq!(opened.location(), "/ballots/1", "{}", app.name);

        let page = app.get("/ballots/1").as_(&app.world.resident).await.text();
        for part in [QUESTION, "共 6 户", "至少 4 户", "action=\"/ballots/1/votes\"", "第二十六条"]
        {
            assert!(page.contains(part), "{}: {part} in {page}", app.name);
        }
        let nobody = app.get("/ballots/1").await.text();
        assert!(
            nobody.contains("/sign-in") && !nobody.contains("/ballots/1/votes"),
            "{}",
            app.name
        );

        let committee = app.get("/ballots/1").as_(&app.world.committee_head).await.text();
        let list = app.get("/ballots").as_(&app.world.committee_head).await.text();
        let mut receipts = Vec::new();
        for (voter, choice) in voters(&app).into_iter().zip(["yes", "yes", "yes", "no", "abstain"])
        {
            let cast = vote(&app, voter, choice).await;
            assert_eq!(cast.status, StatusCode::OK, "{}: {}", app.name, cast.text());
            assert_eq!(cast.header("cache-control"), "no-store", "{}", app.name);
            let page = cast.text();
            let receipt: Receipt = text_of(&page, "receipt").parse().unwrap();
            assert_eq!(text_of(&page, "tracker"), receipt.tracker.to_string(), "{}", app.name);
            receipts.push(receipt);
        }
        // Five of six have voted, and to nobody does a page say another letter than before.
        let after = app.get("/ballots/1").as_(&app.world.committee_head).await.text();
        assert_eq!(after, committee, "{}", app.name);
        assert_eq!(app.get("/ballots/1").await.text(), nobody, "{}", app.name);
        let list_after = app.get("/ballots").as_(&app.world.committee_head).await.text();
        assert_eq!(list_after, list, "{}", app.name);
        let early = app.get("/ballots/1/result.json").as_(&app.world.committee_head).await;
        assert_eq!(early.status, StatusCode::NOT_FOUND, "{}", app.name);
        let mine = app.get("/ballots/1").as_(&app.world.resident).await.text();
        assert!(mine.contains("这一票已经投好了"), "{}", app.name);
        assert!(!mine.contains(&receipts[0].tracker.to_string()), "{}: shown once", app.name);
        let early = format!("/ballots/1?tracker={}", receipts[0].tracker);
        let early = app.get(early).await.text();
        assert!(!early.contains("这张票写的是"), "{}: not while it is open", app.name);

        close(&app).await;
        let page = app.get("/ballots/1").await.text();
        for part in ["通过了", "5 户参加，3 户赞成", "5 / 6 户", "/ballots/1/result.json", "83.33%"]
        {
            assert!(page.contains(part), "{}: {part} in {page}", app.name);
        }
        let file = app.get("/ballots/1/result.json").await;
        assert_eq!(file.status, StatusCode::OK, "{}", app.name);
        assert_eq!(file.header("content-type"), "application/json", "{}", app.name);
        assert!(file.header("cache-control").contains("immutable"), "{}", app.name);
        let result = ResultFile::read(&file.text()).unwrap();
        result.verify(Some(&app.db.hall.key.verifying_key())).unwrap();
        assert_eq!(result.to_json().unwrap(), file.text(), "{}", app.name);
        assert!(page.contains(&result.root.to_string()), "{}", app.name);
        assert!(page.contains(&result.audit_head.to_string()), "{}", app.name);

        for (receipt, word) in receipts.iter().zip(["赞成", "赞成", "赞成", "反对", "弃权"])
        {
            result.check_receipt(receipt).unwrap();
            let typed = receipt.tracker.to_string().to_uppercase().replace('-', "");
            let found = app.get(format!("/ballots/1?tracker={typed}")).await;
            assert!(found.text().contains(&format!("这张票写的是“{word}”")), "{}", app.name);
            assert_eq!(found.header("cache-control"), "no-store", "{}", app.name);
        }
        for (typed, said) in [("0123", "32 个数字"), (&"ab".repeat(16), "没有这个查票号")]
        {
            let page = app.get(format!("/ballots/1?tracker={typed}")).await.text();
            assert!(page.contains(said), "{}: {typed}", app.name);
        }
        let english = app.get("/ballots/1").cookie("lang", "en").await.text();
        assert!(english.contains("Passed") && !english.contains('{'), "{}: {english}", app.name);
        let list = app.get("/ballots").await.text();
        assert!(list.contains("tag-pine\">通过"), "{}: {list}", app.name);
    }
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    for app in TestApp::each().await {
        let number = matter(&app).await;
        let desk = format!("/desk/{number}/ballot");
        let world = &app.world;
        for (person, status) in [
            (None, StatusCode::UNAUTHORIZED),
            (Some(&world.resident), StatusCode::FORBIDDEN),
            (Some(&world.oversight), StatusCode::FORBIDDEN),
            (Some(&world.committee_head), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            for address in [desk.clone(), format!("{desk}/cancel")] {
                let answer = app.post_form(address.as_str(), &[]).as_maybe(person).await;
                assert_eq!(answer.status, status, "{}: {address}", app.name);
            }
        }
        let typed = [("kind", "raffle"), ("question", "清吗"), ("closes_on", "明天")];
        let again = app.post_form(desk.as_str(), &typed).as_(&world.committee_head).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let page = again.text();
        for part in
            ["value=\"清吗\"", "href=\"#kind\"", "href=\"#question\"", "href=\"#closes_on\""]
        {
            assert!(page.contains(part), "{}: {part} in {page}", app.name);
        }
        let nowhere = app.post_form("/desk/99/ballot", &[]).as_(&world.committee_head).await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND, "{}", app.name);

        assert_eq!(open(&app, number).await.status, StatusCode::SEE_OTHER, "{}", app.name);
        assert_eq!(open(&app, number).await.status, StatusCode::CONFLICT, "{}", app.name);

        let votes = "/ballots/1/votes";
        let neighbour = world.neighbours.last().unwrap();
        for (person, choice, status) in [
            (None, "yes", StatusCode::UNAUTHORIZED),
            (Some(&world.second_adult), "yes", StatusCode::FORBIDDEN),
            (Some(neighbour), "yes", StatusCode::FORBIDDEN),
            (Some(&world.committee_head), "yes", StatusCode::FORBIDDEN),
            (Some(&world.resident), "", StatusCode::UNPROCESSABLE_ENTITY),
            (Some(&world.resident), "perhaps", StatusCode::UNPROCESSABLE_ENTITY),
            (Some(&world.resident), "no", StatusCode::OK),
            (Some(&world.resident), "no", StatusCode::CONFLICT),
            (Some(&world.second_adult), "yes", StatusCode::FORBIDDEN),
        ] {
            let answer = app.post_form(votes, &[("choice", choice)]).as_maybe(person).await;
            assert_eq!(answer.status, status, "{}: {choice:?}", app.name);
            let page = answer.text();
            let told_again = status == StatusCode::UNPROCESSABLE_ENTITY;
            assert_eq!(page.contains("id=\"choice-e\""), told_again, "{}: {page}", app.name);
        }
        for address in ["/ballots/2", "/ballots/x", "/ballots/2/result.json", "/ballots/1/votes/"] {
            assert_eq!(app.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
        }
        let missing = app.post_form("/ballots/2/votes", &[("choice", "yes")]);
        assert_eq!(missing.as_(&world.resident).await.status, StatusCode::NOT_FOUND);

        close(&app).await;
        let late = vote(&app, voters(&app)[1], "yes").await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", app.name);
        let page = app.get("/ballots/1").await.text();
        for part in ["人数不够，无效", "要 4 户参加，来了 1 户", "回到议事厅再商量"]
        {
            assert!(page.contains(part), "{}: {part} in {page}", app.name);
        }
    }
}

#[tokio::test]
async fn a_cancelled_ballot_says_why() {
    for app in TestApp::each().await {
        let number = matter(&app).await;
        open(&app, number).await;
        vote(&app, &app.world.resident, "yes").await;
        let head = &app.world.committee_head;
        let cancel = format!("/desk/{number}/ballot/cancel");
        let short = app.post_form(cancel.as_str(), &[("reason", "错了")]).as_(head).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(short.text().contains("错了"), "{}: what was typed stays", app.name);
        let reason = "问题写得不清楚，<重新>商量。";
        let done = app.post_form(cancel.as_str(), &[("reason", reason)]).as_(head).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", app.name);
        assert_eq!(done.location(), format!("/desk/{number}"), "{}", app.name);
        let page = app.get("/ballots/1").await.text();
        assert!(page.contains("这次投票取消了"), "{}: {page}", app.name);
        assert!(page.contains("&lt;重新&gt;商量"), "{}: {page}", app.name);
        let file = app.get("/ballots/1/result.json").await;
        assert_eq!(file.status, StatusCode::NOT_FOUND, "{}", app.name);
        let vote = vote(&app, voters(&app)[1], "yes").await;
        assert_eq!(vote.status, StatusCode::CONFLICT, "{}", app.name);
        let list = app.get("/ballots").await.text();
        assert!(list.contains("已取消"), "{}: {list}", app.name);
    }
}

#[tokio::test]
async fn the_list_says_what_waits_for_me() {
    for app in TestApp::each().await {
        let empty = app.get("/ballots").await;
        assert_eq!(empty.status, StatusCode::OK, "{}", app.name);
        assert!(empty.text().contains("现在没有要投的票"), "{}", app.name);
        let number = matter(&app).await;
        open(&app, number).await;
        for (person, waits) in [
            (None, false),
            (Some(&app.world.resident), true),
            (Some(&app.world.second_adult), false),
            (Some(&app.world.committee_head), false),
        ] {
            let list = app.get("/ballots").as_maybe(person).await.text();
            assert_eq!(list.contains("等您投票"), waits, "{}: {list}", app.name);
            assert!(list.contains("href=\"/ballots/1\""), "{}: {list}", app.name);
        }
        vote(&app, &app.world.resident, "abstain").await;
        let list = app.get("/ballots").as_(&app.world.resident).await.text();
        assert!(list.contains("您投过了") && !list.contains("等您投票"), "{}: {list}", app.name);
        assert_eq!(app.get("/ballots?before=nonsense").await.status, StatusCode::OK);
        let older = app.get("/ballots?before=1").await.text();
        assert!(older.contains("还没有投完的票"), "{}: {older}", app.name);
    }
}
