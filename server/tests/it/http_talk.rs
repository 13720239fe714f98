//! The talk by address, on both databases and without a script: its orders, a post's own page, kind words,
//! quotes, changes, questions and turns, and forms that come back whole.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::TestApp;
use axum::http::StatusCode;
use domain::ids::PostId;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use service::people::SignedIn;
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::rate;
use service::testing::{self, Plan, World};

async fn stage(change: impl Fn(&mut CommunitySettings)) -> Vec<(TestApp, i64)> {
    let mut apps = Vec::new();
    for db in testing::databases().await {
        let mut settings = CommunitySettings {
            moderation: Moderation::After,
            turn_posts: 1_000,
            ..CommunitySettings::default()
        };
        change(&mut settings);
        let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
        let form = ProposalForm {
            title: "给孩子建个沙池".to_owned(),
            situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
            suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
            category: "culture_children".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
        apps.push((TestApp::with_world(db, world), number));
    }
    apps
}

async fn said(app: &TestApp, who: &SignedIn, number: i64, form: PostForm) -> i64 {
    post_write(&app.db.hall, &who.actor, number, &form).await.unwrap().0
}

fn typed(stance: &str, body: &str) -> PostForm {
    PostForm { stance: stance.to_owned(), body: body.to_owned(), ..PostForm::default() }
}

#[tokio::test]
async fn both_orders_have_their_address_and_pages() {
    for (app, number) in stage(|_| {}).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        for n in 0..60 {
            if n % 20 == 0 {
                app.db.clock.advance_ms(domain::time::HOUR_MS);
            }
            let who = if n % 2 == 0 { &world.resident } else { &world.council_member };
            said(&app, who, number, typed("for", &format!("赞成的话 {n}"))).await;
        }
        app.db.clock.advance_ms(domain::time::HOUR_MS);
        said(&app, &world.entrance_lead, number, typed("against", "只有一条反对")).await;
        let page = app.get(&*matter).await.text();
        assert!(page.contains("href=\"/proposals/1?order=balance#talk\""), "{name}");
        let before = page.split("?before=").nth(1).expect("an earlier page");
        let before = before.split('#').next().unwrap();
        let page = app.get(format!("{matter}?before={before}")).await.text();
        assert!(page.contains("赞成的话 0") && !page.contains("赞成的话 59"), "{name}");

        let page = app.get(format!("{matter}?order=balance")).await.text();
        for part in ["只有一条反对", "赞成的话 0", "id=\"side-against\"", "还没有人说"]
        {
            assert!(page.contains(part), "{name}: {part} is missing in {page}");
        }
        let after = page.split("order=balance&amp;after=").nth(1).expect("a next page");
        let after = after.split('#').next().unwrap();
        let page = app.get(format!("{matter}?order=balance&after={after}")).await.text();
        assert!(page.contains("赞成的话 10<") && !page.contains("赞成的话 9<"), "{name}: {page}");
        assert!(page.contains("回到开头"), "{name}");
        // Whatever stands in the address is a page.
        for odd in ["order=balance&after=x", "order=x", "before=x", "order=balance&after=1"] {
            assert_eq!(app.get(format!("{matter}?{odd}")).await.status, StatusCode::OK, "{name}");
        }
    }
}

#[tokio::test]
async fn a_post_has_its_own_page_with_all_its_replies() {
    for (app, number) in stage(|_| {}).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let id = said(&app, &world.resident, number, typed("question", "谁来换沙子？")).await;
        let mut last = 0;
        for n in 0..5 {
            let reply =
                PostForm { parent: id.to_string(), ..typed("addition", &format!("回应 {n}")) };
            last = said(&app, &world.council_member, number, reply).await;
        }
        let page = app.get(&*matter).await.text();
        assert!(page.contains("还有 2 条回应") && page.contains("回应 2"), "{name}: {page}");
        assert!(!page.contains("回应 3"), "{name}");
        let own = format!("{matter}/posts/{id}");
        assert!(page.contains(&format!("href=\"{own}\"")), "{name}");
        for address in [own.clone(), format!("{matter}/posts/{last}")] {
            let page = app.get(&*address).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
            let page = page.text();
            assert!(page.contains("回应 0") && page.contains("回应 4"), "{name}: {page}");
            assert!(page.contains(&format!("id=\"post-{last}\"")), "{name}");
            assert!(!page.contains("<script"), "{name}: reading needs none");
        }
        for absent in ["/posts/9999", "/posts/x"] {
            assert_eq!(app.get(format!("{matter}{absent}")).await.status, StatusCode::NOT_FOUND);
        }

        // A reply is written there, and comes back there when something is wrong with it.
        let form = app.get(format!("{own}?reply={id}")).as_(&world.entrance_lead).await.text();
        let action = format!("{matter}/posts?on={id}");
        assert!(form.contains(&format!("action=\"{action}\"")), "{name}: {form}");
        let parent = id.to_string();
        let fields = [("stance", "for"), ("body", ""), ("parent", &*parent)];
        let back = app.post_form(&*action, &fields).as_(&world.entrance_lead).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(back.text().contains("回到这件事"), "{name}");
        let fields = [("stance", "for"), ("body", "我来换"), ("parent", &*parent)];
        let sent = app.post_form(&*action, &fields).as_(&world.entrance_lead).await;
        let there = sent.location().to_owned();
        assert!(there.starts_with(&format!("{matter}/posts/")), "{name}: {there}");
        let page = app.get(there.split('#').next().unwrap()).await.text();
        assert!(page.contains("我来换"), "{name}");
    }
}

#[tokio::test]
async fn kind_words_are_small_forms() {
    for (app, number) in stage(|_| {}).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let id = said(&app, &world.resident, number, typed("for", "孩子有地方玩")).await;
        let thanks = format!("{matter}/posts/{id}/thanks");
        let action = format!("action=\"{thanks}\"");
        let page = app.get(&*matter).as_(&world.council_member).await.text();
        assert!(page.contains(&action) && page.contains("aria-pressed=\"false\""), "{name}");
        assert!(!app.get(&*matter).as_(&world.resident).await.text().contains(&action), "{name}");
        assert!(!app.get(&*matter).await.text().contains(&action), "{name}");
        let here = format!("{matter}?order=balance#post-{id}");
        let sent = app.post_form(&*thanks, &[("back", &*here)]).as_(&world.council_member).await;
        assert_eq!(sent.location(), here, "{name}");
        let evil = [("back", "//evil.example")];
        let reason = format!("{matter}/posts/{id}/reason");
        let sent = app.post_form(&*reason, &evil).as_(&world.council_member).await;
        assert_eq!(sent.location(), format!("{matter}/posts/{id}"), "{name}");
        let page = app.get(&*matter).as_(&world.council_member).await.text();
        assert_eq!(page.matches("aria-pressed=\"true\"").count(), 2, "{name}: {page}");
        let page = app.get(&*matter).await.text();
        assert!(page.contains("谢谢<!> <span class=\"num\">1</span>"), "{name}: {page}");
        // Reading the address changes nothing.
        let led = app.get(&*thanks).as_(&world.entrance_lead).await;
        assert_eq!(led.location(), format!("{matter}#post-{id}"), "{name}");
        assert!(
            app.get(&*matter).await.text().contains("谢谢<!> <span class=\"num\">1</span>"),
            "{name}"
        );
        let own = app.post_form(&*thanks, &[]).as_(&world.resident).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "{name}");
    }
}

#[tokio::test]
async fn a_quote_goes_along_and_can_be_dropped() {
    for (app, number) in stage(|_| {}).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let id = said(&app, &world.resident, number, typed("for", "要引用的话")).await;
        let page = app.get(&*matter).as_(&world.council_member).await.text();
        assert!(page.contains(&format!("href=\"{matter}?quote={id}#say-new\"")), "{name}: {page}");
        let page = app.get(format!("{matter}?quote={id}")).as_(&world.council_member).await.text();
        let hidden = format!("name=\"quote\" value=\"{id}\"");
        assert!(page.contains(&hidden) && page.contains("不引用了"), "{name}: {page}");
        let quote = id.to_string();
        let posts = format!("{matter}/posts");
        let fields = [("stance", ""), ("body", "我不这么看"), ("quote", &*quote)];
        let back = app.post_form(&*posts, &fields).as_(&world.council_member).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(back.text().contains(&hidden), "{name}: the quote is kept");
        let fields = [("stance", "against"), ("body", "我不这么看"), ("quote", &*quote)];
        let sent = app.post_form(&*posts, &fields).as_(&world.council_member).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        let page = app.get(&*matter).await.text();
        assert!(page.contains("引用老槐树的话"), "{name}: {page}");
    }
}

#[tokio::test]
async fn a_change_is_made_on_a_page_of_its_own_and_the_old_text_is_there() {
    for (app, number) in stage(|settings| settings.watch_words = vec!["滚".to_owned()]).await {
        let (name, world) = (app.name, &app.world);
        let id = said(&app, &world.resident, number, typed("for", "第一次说")).await;
        let own = format!("/proposals/{number}/posts/{id}");
        let edit = format!("{own}/edit");
        let page = app.get(&*edit).as_(&world.resident).await.text();
        assert!(page.contains("第一次说</textarea>") && page.contains("checked"), "{name}: {page}");
        let back =
            app.post_form(&*edit, &[("stance", "for"), ("body", " ")]).as_(&world.resident).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(back.text().contains("href=\"#body\""), "{name}");
        // A watched word is named, and is sent only by the second button.
        let rude = [("stance", "against"), ("body", "滚远点")];
        let back = app.post_form(&*edit, &rude).as_(&world.resident).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let page = back.text();
        assert!(page.contains("“滚”") && page.contains("name=\"anyway\""), "{name}: {page}");
        let sent = app.post_form(&*edit, &[("stance", "against"), ("body", "第二次说")]);
        let sent = sent.as_(&world.resident).await;
        assert_eq!(sent.location(), format!("{own}#post-{id}"), "{name}");
        let page = app.get(&*own).await.text();
        for part in ["第二次说", "第一次说", "改过", "看原来的", "原来是这样说的"]
        {
            assert!(page.contains(part), "{name}: {part} is missing in {page}");
        }
        let page = app.get(format!("/proposals/{number}")).await.text();
        assert!(!page.contains("第一次说") && page.contains("第二次说"), "{name}");
        let sent = app.post_form(format!("{own}/withdraw"), &[]).as_(&world.resident).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        let page = app.get(&*own).await.text();
        assert!(page.contains("本人撤回了") && !page.contains("第二次说"), "{name}: {page}");
        assert!(!page.contains("第一次说"), "{name}");
    }
}

#[tokio::test]
async fn watched_words_and_turns_keep_what_was_typed() {
    let settings = |settings: &mut CommunitySettings| {
        settings.watch_words = vec!["滚".to_owned()];
        settings.turn_posts = 3;
    };
    for (app, number) in stage(settings).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let posts = format!("{matter}/posts");
        let rude = [("stance", "against"), ("body", "都给我滚远点")];
        let back = app.post_form(&*posts, &rude).as_(&world.resident).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let page = back.text();
        for part in
            ["“滚”", "请换个说法", "都给我滚远点</textarea>", "还是这样发", "name=\"anyway\""]
        {
            assert!(page.contains(part), "{name}: {part} is missing in {page}");
        }
        let anyway = [rude[0], rude[1], ("anyway", "1")];
        let sent = app.post_form(&*posts, &anyway).as_(&world.resident).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        for n in 0..2 {
            said(&app, &world.resident, number, typed("for", &format!("第 {n} 句"))).await;
        }
        let page = app.get(&*matter).as_(&world.resident).await.text();
        assert!(page.contains("先听听邻居怎么说"), "{name}: {page}");
        let page = app.get(&*matter).as_(&world.council_member).await.text();
        assert!(!page.contains("先听听邻居怎么说"), "{name}");
        let more = [("stance", "for"), ("body", "还想接着说的话")];
        let back = app.post_form(&*posts, &more).as_(&world.resident).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let page = back.text();
        assert!(
            page.contains("还想接着说的话</textarea>") && page.contains("10:00"),
            "{name}: {page}"
        );
    }
}

#[tokio::test]
async fn whatever_is_refused_comes_back_with_what_was_typed() {
    for (app, number) in stage(|_| {}).await {
        let (name, world) = (app.name, &app.world);
        let who = &world.resident;
        let posts = format!("/proposals/{number}/posts");
        let quoted = said(&app, &world.council_member, number, typed("for", "要引用的话")).await;
        let own = said(&app, who, number, typed("for", "自己说的话")).await;
        let text = "写了半天的一段话";

        // It arrives under the key by which the device keeps it.
        let fields = [("stance", "for"), ("body", "到了的话")];
        let sent = app.post_form(format!("{posts}?order=balance"), &fields).as_(who).await;
        assert_eq!(sent.cookie("arrived"), Some(&*format!("draft:{posts}#new")), "{name}");

        // What it quotes went meanwhile: it can still be said by itself.
        service::post::post_withdraw(
            &app.db.hall,
            &world.council_member.actor,
            number,
            PostId(quoted),
        )
        .await
        .unwrap();
        let fields = [("stance", "against"), ("body", text), ("quote", &*quoted.to_string())];
        let back = app.post_form(&*posts, &fields).as_(who).await;
        assert_eq!((back.status, back.cookie("arrived")), (StatusCode::NOT_FOUND, None), "{name}");
        let page = back.text();
        assert!(page.contains(&format!("{text}</textarea>")), "{name}: {page}");
        assert!(
            page.contains("已经看不到了") && !page.contains("name=\"quote\""),
            "{name}: {page}"
        );

        // Too often.
        for _ in 0..rate::POST.times {
            let taken =
                rate::take_writing(&app.db.hall, &who.actor, rate::POST, rate::POST_HOUSEHOLD);
            if taken.await.is_err() {
                break;
            }
        }
        let fields = [("stance", "for"), ("body", text)];
        let back = app.post_form(&*posts, &fields).as_(who).await;
        assert_eq!(back.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
        assert!(!back.header("retry-after").is_empty(), "{name}");
        let page = back.text();
        assert!(page.contains(&format!("{text}</textarea>")), "{name}: {page}");
        assert!(page.contains("做得太快了"), "{name}: {page}");

        // The talk is over: there is no form any more, but the text is there to be copied.
        proposal_withdraw(&app.db.hall, &who.actor, number, "").await.unwrap();
        app.db.clock.advance_ms(2 * domain::time::HOUR_MS);
        let edit = format!("/proposals/{number}/posts/{own}/edit");
        for address in [&posts, &edit] {
            let back = app.post_form(&**address, &fields).as_(who).await;
            assert_eq!(back.status, StatusCode::CONFLICT, "{name}: {address}");
            let page = back.text();
            assert!(page.contains(text), "{name}: {address}: {page}");
            assert!(page.contains("您写的都还在"), "{name}: {address}: {page}");
        }
    }
}

#[tokio::test]
async fn a_question_shows_its_clock_where_it_is_owed() {
    for (app, number) in stage(|_| {}).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let posts = format!("{matter}/posts");
        let page = app.get(&*matter).as_(&world.resident).await.text();
        assert!(page.contains("name=\"ask\"") && page.contains("5 个工作日"), "{name}: {page}");
        let wrong = [("stance", "for"), ("body", "钱从哪里出？"), ("ask", "1")];
        let back = app.post_form(&*posts, &wrong).as_(&world.resident).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        // It stands with the stance, which the summary leads to, and not with the text.
        let html = back.text();
        let stance = html.split("id=\"say-new-stance-e\"").nth(1).unwrap();
        assert!(stance.split("</p>").next().unwrap().contains("请选“提问”"), "{name}: {html}");
        assert!(html.contains("aria-describedby=\"say-new-stance-e\""), "{name}: {html}");
        let area = html.split("id=\"say-new\"").nth(1).unwrap().split('>').next().unwrap();
        assert!(!area.contains("aria-invalid"), "{name}: {area}");
        // A browser's Enter presses the form's first button.
        let form = html.split("<form class=\"talk-form\"").nth(1);
        let form = form.or_else(|| html.split("class=\"talk-form\"").nth(1)).unwrap();
        let first = form.split("<button").nth(1).unwrap().split('>').next().unwrap();
        assert!(first.contains("name=\"photo_add\""), "{name}: {first}");
        let right = [("stance", "question"), ("body", "钱从哪里出？"), ("ask", "1")];
        let sent = app.post_form(&*posts, &right).as_(&world.resident).await;
        let id: i64 = sent.location().rsplit('-').next().unwrap().parse().unwrap();
        let page = app.get(&*matter).await.text();
        assert!(
            page.contains("有 1 个问题等居委会答复") && page.contains("问居委会"),
            "{name}: {page}"
        );
        app.db.advance_days(20);
        let page = app.get(&*matter).await.text();
        assert!(page.contains("有 1 个问题居委会逾期没有答复"), "{name}: {page}");
        let member = &world.committee_member;
        let desk = app.get("/desk").as_(member).await.text();
        let reply = format!("{matter}/posts/{id}?reply={id}#reply");
        assert!(
            desk.contains(&format!("href=\"{reply}\"")) && desk.contains("等居委会答复的提问"),
            "{name}: {desk}"
        );
        let page = app.get(format!("{matter}/posts/{id}?reply={id}")).as_(member).await.text();
        assert!(page.contains("您的回应就是居委会的答复"), "{name}: {page}");
        let parent = id.to_string();
        let answer = [("stance", "addition"), ("body", "从公共收益里出"), ("parent", &*parent)];
        let sent = app.post_form(&*posts, &answer).as_(member).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        let page = app.get(&*matter).await.text();
        assert!(page.contains("居委会的答复") && page.contains("看答复"), "{name}: {page}");
        let desk = app.get("/desk").as_(member).await.text();
        assert!(!desk.contains("等居委会答复的提问"), "{name}");
        let me = app.get("/me").as_(&world.resident).await.text();
        assert!(me.contains("居委会答复了您"), "{name}: {me}");
    }
}

#[tokio::test]
async fn what_waits_is_told_to_its_author_alone() {
    for (app, number) in stage(|settings| settings.talk_moderation = TalkModeration::Before).await {
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let fields = [("stance", "for"), ("body", "等人看过的话")];
        let sent = app.post_form(format!("{matter}/posts"), &fields).as_(&world.resident).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        for (who, reads) in [
            (None, false),
            (Some(&world.council_member), false),
            (Some(&world.resident), true),
            (Some(&world.committee_member), true),
        ] {
            let page = app.get(&*matter).as_maybe(who).await.text();
            assert_eq!(page.contains("等人看过的话"), reads, "{name}");
            assert_eq!(page.contains("还没公开"), reads, "{name}");
        }
    }
}
