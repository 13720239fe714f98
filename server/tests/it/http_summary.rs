//! The chair's summary by address, on both databases and without a script: its form, its earlier versions, and
//! what the two sides say to it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::TestApp;
use axum::http::StatusCode;
use service::people::SignedIn;
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::summary::{SummaryForm, summary_pin};

/// Closes a text area and begins a script.
const EVIL: &str = "</textarea><script>alert(1)</script>";

async fn raised(app: &TestApp) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改掉，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &app.world.resident.actor, &form).await.unwrap()
}

async fn said(app: &TestApp, who: &SignedIn, number: i64, stance: &str) {
    let form =
        PostForm {
            stance: stance.to_owned(), body: "我这样看".to_owned(), ..PostForm::default()
        };
    post_write(&app.db.hall, &who.actor, number, &form).await.unwrap();
}

/// The value of the hidden field of that name in a page's form to `action`.
fn hidden(page: &str, action: &str, name: &str) -> String {
    let form = page.split(&format!("action=\"{action}\"")).nth(1).expect("the form");
    let form = form.split("</form>").next().unwrap();
    let field = form.split(&format!("name=\"{name}\"")).nth(1).expect("the field");
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

const FOUR: [(&str, &str); 4] = [
    ("agreed", "先量地"),
    ("for_points", "孩子有地方玩\n大人看得见"),
    ("against_points", "车位不够"),
    ("open_points", "量完再议"),
];

#[tokio::test]
async fn its_form_keeps_what_was_typed() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (matter, chair) = (format!("/proposals/{number}"), &app.world.council_member);
        let pin = format!("{matter}/summary");
        // The form is there for the chair and the committee alone.
        let form = format!("action=\"{pin}\"");
        for (who, writes) in [
            (None, false),
            (Some(&app.world.resident), false),
            (Some(&app.world.oversight), false),
            (Some(chair), true),
            (Some(&app.world.committee_member), true),
        ] {
            let page = app.get(&*matter).as_maybe(who).await.text();
            assert_eq!(page.contains(&form), writes, "{}", app.name);
        }
        // Nothing, or too much: beside the field, and in all four fields what was typed.
        let nothing = app.post_form(&*pin, &[("agreed", " ")]).as_(chair).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(nothing.text().contains("href=\"#agreed\""), "{}", app.name);
        let long = "长".repeat(501);
        let fields =
            [FOUR[0], FOUR[1], ("against_points", &*long), ("open_points", EVIL), ("seen", "")];
        let back = app.post_form(&*pin, &fields).as_(chair).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let page = back.text();
        for part in
            ["先量地</textarea>", "大人看得见</textarea>", "href=\"#against_points\"", "&lt;script"]
        {
            assert!(page.contains(part), "{}: {part} is missing in {page}", app.name);
        }
        assert!(!page.contains("<script>alert"), "{}", app.name);

        let sent = app.post_form(&*pin, &FOUR).as_(chair).await;
        assert_eq!(sent.location(), format!("{matter}#talk"), "{}", app.name);
        let page = app.get(&*matter).await.text();
        for part in
            ["大家都同意的", "赞成的理由", "反对的理由", "还没谈拢的", "大人看得见", "量完再议"]
        {
            assert!(page.contains(part), "{}: {part} is missing in {page}", app.name);
        }
        assert!(!page.contains("<script"), "{}: reading needs none", app.name);
        // The next one starts from it.
        let page = app.get(&*matter).as_(chair).await.text();
        assert!(page.contains("车位不够</textarea>"), "{}: {page}", app.name);
        assert_eq!(hidden(&page, &pin, "seen"), "1", "{}", app.name);
    }
}

#[tokio::test]
async fn who_was_slower_sees_both_and_sends_again() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (matter, chair) = (format!("/proposals/{number}"), &app.world.council_member);
        let (pin, member) = (format!("{matter}/summary"), &app.world.committee_member);
        let first = app.post_form(&*pin, &FOUR).as_(chair).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", app.name);
        let mine = [("agreed", "我写的另一份"), ("seen", "")];
        let back = app.post_form(&*pin, &mine).as_(member).await;
        assert_eq!(back.status, StatusCode::CONFLICT, "{}", app.name);
        let page = back.text();
        for part in ["我写的另一份</textarea>", "刚才有人先换了小结", "大人看得见"]
        {
            assert!(page.contains(part), "{}: {part} is missing in {page}", app.name);
        }
        let seen = hidden(&page, &pin, "seen");
        // A mistake in between doesn't make an older form a newer one.
        let long = "长".repeat(501);
        let back = app.post_form(&*pin, &[("agreed", &*long), ("seen", "")]).as_(member).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert_eq!(hidden(&back.text(), &pin, "seen"), "", "{}", app.name);
        let sent = app.post_form(&*pin, &[mine[0], ("seen", &*seen)]).as_(member).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", app.name);

        let history = format!("{matter}/summaries");
        assert!(app.get(&*matter).await.text().contains(&format!("href=\"{history}\"")));
        for who in [None, Some(&app.world.resident), Some(&app.world.no_household)] {
            let page = app.get(&*history).as_maybe(who).await;
            assert_eq!(page.status, StatusCode::OK, "{}", app.name);
            let page = page.text();
            let (new, old) = (page.find("我写的另一份"), page.find("大人看得见"));
            assert!(new.is_some() && new < old, "{}: {page}", app.name);
        }
        let empty = raised(&app).await;
        let page = app.get(format!("/proposals/{empty}/summaries")).await.text();
        assert!(page.contains("还没有人写过小结"), "{}: {page}", app.name);
        for absent in ["/proposals/999/summaries", "/proposals/x/summaries"] {
            assert_eq!(app.get(absent).await.status, StatusCode::NOT_FOUND, "{}", app.name);
        }
        let far = app.get(&*history).as_(&app.world.stranger).await;
        assert_eq!(far.status, StatusCode::OK, "{}: public for everybody", app.name);
    }
}

#[tokio::test]
async fn each_side_says_whether_it_is_fair() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (matter, world) = (format!("/proposals/{number}"), &app.world);
        let fair = format!("{matter}/summary/fair");
        let (favour, against) = (&world.resident, &world.entrance_lead);
        said(&app, favour, number, "for").await;
        said(&app, against, number, "against").await;
        let form = SummaryForm { agreed: "先量地".to_owned(), ..SummaryForm::default() };
        let id = summary_pin(&app.db.hall, &world.council_member.actor, number, &form).await;
        let id = id.unwrap().to_string();

        // Asked on the first page and under the summary; whoever didn't speak, and nobody, are not.
        let asks = format!("action=\"{fair}\"");
        for (who, asked) in [
            (None, false),
            (Some(favour), true),
            (Some(against), true),
            (Some(&world.neighbours[0]), false),
            (Some(&world.council_member), false),
        ] {
            let page = app.get(&*matter).as_maybe(who).await.text();
            assert_eq!(page.contains(&asks), asked, "{}", app.name);
            let home = app.get("/").as_maybe(who).await.text();
            let waits = home.contains(&format!("href=\"{matter}#summary\""));
            assert_eq!(waits, asked, "{}: {home}", app.name);
        }
        let page = app.get(&*matter).as_(against).await.text();
        assert!(page.contains("您说过反对的话。这份小结对您这边公道吗？"), "{}: {page}", app.name);
        assert!(page.contains("id=\"summary\""), "{}", app.name);
        assert!(!page.contains("name=\"fair\" value=\"back\""), "{}: nothing yet", app.name);

        let say = async |who, summary: &str, fair_: &str| {
            let fields = [("summary", summary), ("fair", fair_)];
            app.post_form(&*fair, &fields).as_maybe(who).await
        };
        let sent = say(Some(against), &id, "no").await;
        assert_eq!(sent.location(), format!("{matter}#summary"), "{}", app.name);
        say(Some(favour), &id, "yes").await;
        // With few, the numbers would say who said what.
        let none = ["赞成一方 1 人说过话，还不到 5 人评过", "反对一方 1 人说过话，还不到 5 人评过"];
        for who in [None, Some(&world.neighbours[0]), Some(against)] {
            let page = app.get(&*matter).as_maybe(who).await.text();
            for line in none {
                assert!(page.contains(line), "{}: {line} is missing in {page}", app.name);
            }
            assert!(!page.contains("人认为"), "{}: {page}", app.name);
        }
        for neighbour in &world.neighbours[1..5] {
            said(&app, neighbour, number, "against").await;
            say(Some(neighbour), &id, "yes").await;
        }
        for who in [None, Some(&world.neighbours[0])] {
            let page = app.get(&*matter).as_maybe(who).await.text();
            for line in [none[0], "反对一方 5 人说过话：4 人认为公道，1 人认为不公道。"]
            {
                assert!(page.contains(line), "{}: {line} is missing in {page}", app.name);
            }
        }
        let page = app.get(&*matter).as_(against).await.text();
        assert!(page.contains("您说过这份小结不公道。"), "{}: {page}", app.name);
        assert!(!page.contains("name=\"fair\" value=\"no\""), "{}", app.name);
        assert!(page.contains("name=\"fair\" value=\"back\""), "{}", app.name);
        let home = app.get("/").as_(against).await.text();
        assert!(!home.contains(&format!("{matter}#summary")), "{}", app.name);
        say(Some(against), &id, "back").await;
        let page = app.get(&*matter).as_(against).await.text();
        assert!(page.contains("反对一方 5 人说过话，还不到 5 人评过"), "{}: {page}", app.name);
        assert!(page.contains("只公布人数，不公布是谁"), "{}: {page}", app.name);
        assert!(page.contains("这份小结对您这边公道吗？"), "{}", app.name);
        say(Some(against), &id, "no").await;

        // Who may not, and what isn't there.
        for (who, status) in [
            (None, StatusCode::UNAUTHORIZED),
            (Some(&world.neighbours[0]), StatusCode::CONFLICT),
            (Some(&world.committee_member), StatusCode::FORBIDDEN),
            (Some(&world.no_household), StatusCode::FORBIDDEN),
            (Some(&world.stranger), StatusCode::NOT_FOUND),
        ] {
            assert_eq!(say(who, &id, "yes").await.status, status, "{}", app.name);
        }
        for (summary, said) in [("", "yes"), ("x", "yes"), (&*id, ""), (&*id, "maybe")] {
            let given = say(Some(against), summary, said).await;
            assert_eq!(given.status, StatusCode::NOT_FOUND, "{}: {summary}/{said}", app.name);
        }
        assert_eq!(app.get(&*fair).as_(against).await.location(), matter, "{}", app.name);

        // A new summary asks anew; the old one keeps what was said to it.
        let form = SummaryForm { agreed: "量过了".to_owned(), seen: id.clone(), ..form };
        summary_pin(&app.db.hall, &world.council_member.actor, number, &form).await.unwrap();
        assert_eq!(say(Some(against), &id, "yes").await.status, StatusCode::CONFLICT);
        let page = app.get(&*matter).as_(favour).await.text();
        assert!(page.contains("您说过赞成的话。这份小结"), "{}: {page}", app.name);
        let page = app.get(format!("{matter}/summaries")).await.text();
        for past in ["反对一方：4 人认为公道，1 人认为不公道。", "赞成一方：不到 5 人评过"]
        {
            assert!(page.contains(past), "{}: {past} is missing in {page}", app.name);
        }
        assert!(!page.contains("老槐树") && !page.contains("赵大姐"), "{}: no names", app.name);

        // When the talk is over nobody is asked.
        proposal_withdraw(&app.db.hall, &world.resident.actor, number, "").await.unwrap();
        let page = app.get(&*matter).as_(favour).await.text();
        assert!(!page.contains(&asks) && page.contains("量过了"), "{}: {page}", app.name);
        let given = app.post_form(&*fair, &[("summary", "2"), ("fair", "yes")]).as_(favour).await;
        assert_eq!(given.status, StatusCode::CONFLICT, "{}", app.name);
    }
}

#[tokio::test]
async fn it_reads_in_english_too() {
    let app = TestApp::sqlite().await;
    let number = raised(&app).await;
    said(&app, &app.world.resident, number, "for").await;
    let form = SummaryForm { agreed: "先量地".to_owned(), ..SummaryForm::default() };
    summary_pin(&app.db.hall, &app.world.council_member.actor, number, &form).await.unwrap();
    let page = app.get(format!("/proposals/{number}")).as_(&app.world.resident);
    let page = page.cookie("lang", "en").await.text();
    assert!(page.contains("Is this summary fair to your side?"), "{page}");
    let home = app.get("/").as_(&app.world.resident).cookie("lang", "en").await.text();
    assert!(home.contains("is it fair to your side?"), "{home}");
}
