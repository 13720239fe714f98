//! The page of a community's settings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::settings::{Accent, Moderation};
use domain::settings_form::SettingsForm;
use service::community::community_load;
use service::settings::settings_in_force;

/// The page's fields as it shows them, with some typed anew.
async fn fields(app: &TestApp, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let head = &app.world.committee_head.actor;
    let found = settings_in_force(&app.db.hall, head).await.unwrap();
    let shown = SettingsForm::of(&found.now);
    let is_typed = |name: &str| typed.iter().any(|(other, _)| *other == name);
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut fields: Vec<_> = shown.fields().filter(|(name, _)| !is_typed(name)).map(own).collect();
    if !is_typed("seen") {
        fields.push(("seen".to_owned(), found.seen));
    }
    fields.extend(typed.iter().copied().map(own));
    fields
}

async fn save(app: &TestApp, typed: &[(&str, &str)]) -> Answer {
    let fields = fields(app, typed).await;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    app.post_form("/desk/settings", &fields).as_(&app.world.committee_head).await
}

#[tokio::test]
async fn the_head_reads_changes_and_sees_the_change() {
    for app in TestApp::each().await {
        let page = app.get("/desk/settings").as_(&app.world.committee_head).await;
        assert_eq!(page.status, StatusCode::OK, "{}", app.name);
        let text = page.text();
        for part in ["value=\"枣树湾社区\"", "name=\"notice_days\"", "data-accent=\"jujube\""]
        {
            assert!(text.contains(part), "{}: {part} is missing: {text}", app.name);
        }
        // What the page itself would send changes nothing.
        assert_eq!(save(&app, &[]).await.location(), "/desk/settings", "{}", app.name);

        let typed = [
            ("name", "枣树湾新社区"),
            ("accent", "teal"),
            ("moderation", "new_members"),
            ("talk_moderation", "first_posts"),
            ("footer", "京ICP备00000000号\r\n京公网安备 11000000000000号"),
            ("phone", "010-0000 1111"),
            ("days_off", "2026-12-31"),
            ("category", "noise"),
            ("category", "ageing"),
        ];
        let saved = save(&app, &typed).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}: {}", app.name, saved.text());
        let settings = community_load(&app.db.hall, app.world.community).await.unwrap().settings;
        assert_eq!(settings.accent, Accent::Teal, "{}", app.name);
        assert_eq!(settings.moderation, Moderation::NewMembers, "{}", app.name);

        // Everybody sees the looks, also from the cache of anonymous pages.
        let home = app.get("/").await.text();
        for part in
            ["data-accent=\"teal\"", "枣树湾新社区", "京公网安备 11000000000000号", "010-0000 1111"]
        {
            assert!(home.contains(part), "{}: {part} is missing: {home}", app.name);
        }
        let form = app.get("/proposals/new").as_(&app.world.resident).await.text();
        assert!(form.contains("<option value=\"noise\""), "{}", app.name);
        assert!(!form.contains("<option value=\"dogs\""), "{}", app.name);
        assert!(form.contains("加入不满 30 天的"), "{}", app.name);
    }
}

#[tokio::test]
async fn wrong_values_come_back_beside_their_fields_and_nothing_is_lost() {
    for app in TestApp::each().await {
        let typed = [
            ("notice_days", "14"),
            ("answer_days", "五"),
            ("days_off", "2026-12-31\n明天"),
            ("days_on", "2026-12-31"),
            ("footer", "一\n二\n三\n四\n五\n六"),
            ("name", "</textarea><script>alert(1)</script>"),
        ];
        let answer = save(&app, &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let text = answer.text();
        for part in [
            "id=\"notice_days-e\"",
            "请填 15 到 90 之间的数",
            "id=\"answer_days-e\"",
            "value=\"五\"",
            "第 2 行不是日子，请写成 2026-12-31",
            "2026-12-31\n明天",
            "最多 5 行",
            "id=\"name-e\"",
            "href=\"#days_off\"",
        ] {
            assert!(text.contains(part), "{}: {part} is missing: {text}", app.name);
        }
        assert!(!text.contains("<script>alert"), "{}", app.name);
        let settings = community_load(&app.db.hall, app.world.community).await.unwrap().settings;
        assert_eq!(settings.notice_days, 15, "{}", app.name);
        assert!(settings.days_off.is_empty(), "{}", app.name);

        // Somebody else was quicker: it comes back to be compared, and can be saved then.
        let late = save(&app, &[("phone", "010-0000 2222"), ("seen", "0123456789abcdef")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", app.name);
        let text = late.text();
        assert!(text.contains("刚才有人先改了一次"), "{}: {text}", app.name);
        assert!(text.contains("value=\"010-0000 2222\""), "{}: {text}", app.name);
    }
}

#[tokio::test]
async fn it_is_the_heads_page() {
    let app = TestApp::sqlite().await;
    let world = &app.world;
    for (person, status) in [
        (None, StatusCode::NOT_FOUND),
        (Some(&world.resident), StatusCode::NOT_FOUND),
        (Some(&world.stranger), StatusCode::NOT_FOUND),
        (Some(&world.committee_member), StatusCode::FORBIDDEN),
        (Some(&world.oversight), StatusCode::FORBIDDEN),
        (Some(&world.committee_head), StatusCode::OK),
    ] {
        let answer = app.get("/desk/settings").as_maybe(person).await;
        assert_eq!(answer.status, status, "{:?}", person.map(|it| &it.nickname));
    }
}
