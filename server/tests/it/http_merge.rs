//! Merging by address, on both databases: the committee asks with what it would do said before, the proposer
//! answers, households stay away, and it is undone; forms that can't be taken come back with what was typed.
#![allow(clippy::unwrap_used, reason = "a test that can't have its ground says so and ends")]

use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::place::Scope;
use service::cosign::cosign_add;
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};

const WHY: &str = "两件说的是同一盏灯，并到一起办。";

/// A matter of the first courtyard that neighbours co-sign.
async fn raise(app: &TestApp, author: &SignedIn, title: &str) -> i64 {
    let form = ProposalForm {
        title: title.to_owned(),
        situation: "东口晚上漆黑，拐角有个井盖，前天有人崴了脚。".to_owned(),
        suggestion: "东口墙上加一盏感应灯，夜里十点以后调暗。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &author.actor, &form).await.unwrap()
}

struct Ground {
    from: i64,
    into: i64,
    people: Vec<SignedIn>,
}

/// Two matters; four households behind the first, of which one is behind the second too.
async fn ground(app: &TestApp) -> Ground {
    let (world, hall) = (&app.world, &app.db.hall);
    let from = raise(app, &world.council_member, "东口加一盏感应灯").await;
    let into = raise(app, &world.resident, "小院门口加一盏灯").await;
    let scope = Scope::Courtyard(world.courtyards[0]);
    let people: Vec<_> = world.representatives(scope).into_iter().cloned().collect();
    for person in &people[..4] {
        cosign_add(hall, &person.actor, from).await.unwrap();
    }
    cosign_add(hall, &people[3].actor, into).await.unwrap();
    Ground { from, into, people }
}

async fn cosigns(app: &TestApp, number: i64) -> i64 {
    let db = app.db.hall.db.read();
    service::matter::by_number(db, app.world.community, number).await.unwrap().cosigns
}

fn has(answer: &Answer, what: &str, name: &str) {
    let text = answer.text();
    assert!(text.contains(what), "{name}: no {what} in {text}");
}

#[tokio::test]
async fn asked_agreed_kept_away_and_undone() {
    for app in TestApp::each().await {
        let name = app.name;
        let Ground { from, into, people } = ground(&app).await;
        let (head, author) = (&app.world.committee_head, &app.world.council_member);
        let (ours, theirs) = (format!("/proposals/{from}"), format!("/proposals/{into}"));
        let ask = format!("/desk/{from}/merge");

        // From the desk: the number, then what would happen, then the reason.
        let desk = app.get(format!("/desk/{from}")).as_(head).await;
        has(&desk, &format!("action=\"{ask}\""), name);
        let page = app.get(&ask).as_(head).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        let page = app.get(format!("{ask}?into=999")).as_(head).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&page, "value=\"999\"", name);
        let page = app.get(format!("{ask}?into={into}")).as_(head).await;
        assert_eq!(page.status, StatusCode::OK, "{name}");
        has(&page, "有 3 户会跟过去", name);
        has(&page, "1 户在那里已经算上了", name);
        let number = into.to_string();
        let empty = [("into", number.as_str()), ("reason", "")];
        let page = app.post_form(&ask, &empty).as_(head).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&page, "id=\"reason-e\"", name);
        let wrong = [("into", "999"), ("reason", WHY)];
        let page = app.post_form(&ask, &wrong).as_(head).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&page, "id=\"into-e\"", name);
        has(&page, WHY, name);
        let good = [("into", number.as_str()), ("reason", WHY)];
        let done = app.post_form(&ask, &good).as_(head).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{name}: {}", done.text());
        let twice = app.post_form(&ask, &good).as_(head).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "{name}");
        has(&twice, WHY, name);

        // Everyone sees it; the proposer and a household what they can do.
        let page = app.get(&ours).await;
        has(&page, &format!("提议并到第 {into} 号"), name);
        assert!(!page.text().contains("/merge/decline"), "{name}");
        let page = app.get(&theirs).await;
        has(&page, &format!("提议把第 {from} 号并进来"), name);
        let page = app.get(&ours).as_(author).await;
        has(&page, &format!("action=\"{ours}/merge/agree\""), name);
        has(&page, &format!("action=\"{ours}/merge/object\""), name);
        let page = app.get(&ours).as_(&people[0]).await;
        has(&page, &format!("action=\"{ours}/merge/decline\""), name);
        let done = app.post(format!("{ours}/merge/decline")).as_(&people[0]).await;
        assert_eq!(done.location(), ours, "{name}");
        let page = app.get(&ours).as_(&people[0]).await;
        has(&page, "您家不跟过去", name);

        // An objection without its reason comes back; reading its address leads to the matter.
        let object = format!("{ours}/merge/object");
        let page = app.post_form(&object, &[("reason", "短")]).as_(author).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        has(&page, "短", name);
        assert_eq!(app.get(&object).as_(author).await.location(), ours, "{name}");

        let done = app.post(format!("{ours}/merge/agree")).as_(author).await;
        assert_eq!(done.location(), ours, "{name}");
        assert_eq!(cosigns(&app, into).await, 3, "{name}: without the household that said no");
        let page = app.get(&ours).await;
        has(&page, &format!("已并入第 {into} 号：小院门口加一盏灯"), name);
        has(&page, &format!("href=\"{theirs}\""), name);
        let page = app.get(&theirs).await;
        has(&page, "id=\"merged-in\"", name);
        has(&page, "东口加一盏感应灯", name);
        // One that came along sees how, and can make it their own.
        let page = app.get(&theirs).as_(&people[1]).await;
        has(&page, &format!("您家附议了第 {from} 号"), name);
        let done = app.post(format!("{theirs}/cosign")).as_(&people[1]).await;
        assert_eq!(done.location(), theirs, "{name}");

        // Undone, with a reason.
        let undo = format!("{ours}/merge/undo");
        let desk = app.get(format!("/desk/{from}")).as_(head).await;
        has(&desk, &format!("href=\"{undo}\""), name);
        assert_eq!(app.get(&undo).as_(head).await.status, StatusCode::OK, "{name}");
        let page = app.post_form(&undo, &[("reason", "")]).as_(head).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let done = app.post_form(&undo, &[("reason", WHY)]).as_(author).await;
        assert_eq!(done.location(), ours, "{name}");
        assert_eq!(
            cosigns(&app, into).await,
            2,
            "{name}: its own, and the one that became its own"
        );
        assert_eq!(cosigns(&app, from).await, 4, "{name}");
        let page = app.get(&ours).await;
        has(&page, "撤销合并", name);
        has(&app.get(&theirs).await, &format!("第 {from} 号又分出去了"), name);
    }
}

#[tokio::test]
async fn ones_own_is_merged_by_ones_own_form() {
    for app in TestApp::each().await {
        let name = app.name;
        let Ground { from, into, .. } = ground(&app).await;
        let author = &app.world.council_member;
        let (ours, offer) = (format!("/proposals/{from}"), format!("/proposals/{from}/merge"));
        let page = app.get(&ours).as_(author).await;
        has(&page, &format!("href=\"{offer}\""), name);
        // What looks like it can be chosen without knowing its number.
        let page = app.get(&offer).as_(author).await;
        has(&page, &format!("href=\"{offer}?into={into}\""), name);
        let page = app.get(format!("{offer}?into={into}")).as_(author).await;
        has(&page, "有 3 户会跟过去", name);
        let good = [("into", into.to_string()), ("reason", WHY.to_owned())];
        let good: Vec<_> = good.iter().map(|(field, text)| (*field, text.as_str())).collect();
        let done = app.post_form(&offer, &good).as_(author).await;
        assert_eq!(done.location(), ours, "{name}");
        assert_eq!(cosigns(&app, into).await, 4, "{name}");
        let page = app.get(&offer).as_(author).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{name}: it is merged");
    }
}

#[tokio::test]
async fn an_objection_ends_it() {
    for app in TestApp::each().await {
        let name = app.name;
        let Ground { from, into, people } = ground(&app).await;
        let (head, author) = (&app.world.committee_head, &app.world.council_member);
        let ours = format!("/proposals/{from}");
        let form = [("into", into.to_string()), ("reason", WHY.to_owned())];
        let form: Vec<_> = form.iter().map(|(field, text)| (*field, text.as_str())).collect();
        app.post_form(format!("/desk/{from}/merge"), &form).as_(head).await;
        let object = format!("{ours}/merge/object");
        let said = [("reason", "两处不是一个地方，并了说不清。")];
        let page = app.post_form(&object, &said).as_(&people[2]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{name}");
        let done = app.post_form(&object, &said).as_(author).await;
        assert_eq!(done.location(), ours, "{name}");
        let page = app.get(&ours).await;
        has(&page, "提出的人不同意", name);
        has(&page, said[0].1, name);
        let late = app.post(format!("{ours}/merge/agree")).as_(author).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{name}");
        has(&late, "没有要您回话的合并", name);
        assert_eq!(cosigns(&app, into).await, 1, "{name}");
    }
}
