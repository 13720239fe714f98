//! What the mails say.

use domain::ids::MailId;
use domain::proposal::Verdict;
use domain::role::Role;
use domain::route::Route;
use domain::time::Timestamp;
use service::mail::{About, AccountNews, Because, Letter, StepNews};
use service::notice::{Audience, audience};

use super::*;

/// Tuesday 2026-11-24 14:00 in China.
const NOW: Timestamp = Timestamp(1_795_500_000_000);

fn letter(about: About) -> Letter {
    Letter {
        id: MailId(1),
        lease: 0,
        attempts: 0,
        address: "reader@example.cn".to_owned(),
        message_id: "<1.2.3@hall.example>".to_owned(),
        language: "zh".to_owned(),
        community: "枣树湾社区".to_owned(),
        prefix: String::new(),
        about,
    }
}

fn news_of(kind: &str) -> StepNews {
    StepNews {
        number: 14,
        title: "7号院台阶加扶手".to_owned(),
        kind: kind.to_owned(),
        at: NOW,
        role: Some(Role::CommitteeMember),
        reason: Some("产权单位同意出资。\n施工三天里请走东门。".to_owned()),
        due: Some(NOW.plus_days(10)),
        verdict: None,
        route: None,
        receiver: None,
        merged_into: None,
        ballot: None,
        because: Because::Cosigned,
        token: "0f6c".to_owned(),
    }
}

fn sent(letter: &Letter) -> MailText {
    mail_text(letter, "https://hall.example", NOW)
}

fn of(news: &StepNews) -> MailText {
    sent(&letter(About::Step(Box::new(news.clone()))))
}

#[test]
fn says_the_step_by_when_why_and_how_to_stop() {
    let mut refer = news_of("refer");
    refer.route = Some(Route::PropertyParty);
    let mail = of(&refer);
    assert_eq!(mail.subject, "[枣树湾社区] 7号院台阶加扶手：转去办理了");
    assert_eq!(
        mail.text,
        "枣树湾社区 小院议事厅\n\n7号院台阶加扶手\n\n\
         您附议的这件事有了新的一步：转去办理了：物业或产权单位办，12月4日（周五）前办好。\n\n\
         产权单位同意出资。\n施工三天里请走东门。\n居委会委员，11月24日（周二）\n\n\
         看这件事\nhttps://hall.example/proposals/14\n\n\
         -- \n您附议了这件事，所以收到这封信。\n这件事不再发给我，请打开：\nhttps://hall.example/follow/0f6c\n"
    );
    for part in [
        "<b>转去办理了：物业或产权单位办</b>",
        "href=\"https://hall.example/proposals/14\"",
        "href=\"https://hall.example/follow/0f6c\"",
        "产权单位同意出资。<br>施工三天里请走东门。<br>",
        "@media (prefers-color-scheme:dark){.m-ground{background:#151816!important}",
    ] {
        assert!(mail.html.contains(part), "{part} in {}", mail.html);
    }
    assert!(mail.html.starts_with("<!doctype html><html lang=\"zh-CN\">"));
}

#[test]
fn what_neighbours_wrote_is_text_never_markup() {
    let mut hostile = news_of("progress");
    hostile.title = "<script>alert(1)</script>".to_owned();
    hostile.reason = Some("</p><img src=x onerror=alert(1)>".to_owned());
    hostile.token = "\"><script>".to_owned();
    let html = of(&hostile).html;
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn leads_to_where_something_can_be_done() {
    let table = [
        ("open_ballot", Some(3), "去投票", "/ballots/3"),
        ("ballot_failed", Some(3), "看投票结果", "/ballots/3"),
        ("decide", Some(3), "看投票结果", "/ballots/3"),
        ("decide", None, "看这件事", "/proposals/14"),
        ("complete", None, "去评价", "/proposals/14"),
    ];
    for (kind, ballot, button, address) in table {
        let mut letter = news_of(kind);
        letter.ballot = ballot;
        let text = of(&letter).text;
        assert!(text.contains(&format!("{button}\nhttps://hall.example{address}\n")), "{text}");
    }
}

#[test]
fn facts_of_the_step_are_said_where_they_are_known() {
    let mut decide = news_of("decide");
    assert!(of(&decide).text.contains("有决定了，"));
    decide.verdict = Some(Verdict::PartlyAdopted);
    assert!(of(&decide).text.contains("有决定了：部分采纳，"));
    let mut refer = news_of("refer");
    refer.route = Some(Route::PropertyParty);
    refer.receiver = Some("7号院产权单位".to_owned());
    assert!(of(&refer).text.contains("转给7号院产权单位办理，"));
    let mut merge = news_of("merge");
    merge.merged_into = Some(8);
    assert!(of(&merge).text.contains("并入了第 8 号"));
    let mut other = news_of("not_accept");
    other.route = Some(Route::Hotline12345);
    assert!(of(&other).text.contains("不予受理，这样办：12345 热线"));
}

#[test]
fn english_for_those_who_read_it() {
    let mut news = news_of("complete");
    news.role = None;
    let mut english = letter(About::Step(Box::new(news)));
    english.language = "en".to_owned();
    let mail = sent(&english);
    assert_eq!(mail.subject, "[枣树湾社区] 7号院台阶加扶手: done, please review");
    assert!(
        mail.text.contains("Done; please review it, reviews until Fri 4 Dec."),
        "{}",
        mail.text
    );
    assert!(mail.html.contains("<html lang=\"en\">"));
}

#[test]
fn every_step_that_is_told_has_its_words() {
    let told = [
        "publish",
        "return",
        "not_accept",
        "merge",
        "merge_asked",
        "merge_objected",
        "merge_ended",
        "unmerge",
        "text_removed",
        "text_restored",
        "withdraw",
        "accept",
        "deliberate",
        "open_ballot",
        "ballot_failed",
        "decide",
        "contest",
        "refer",
        "suspend",
        "resume",
        "progress",
        "extended",
        "complete",
        "reopen",
        "session",
        "summary",
    ];
    for kind in told {
        assert_ne!(audience(kind), Audience::Nobody, "{kind}");
        for lang in [Lang::Zh, Lang::En] {
            assert_ne!(step(kind, lang), step("unknown", lang), "{kind}");
            assert_ne!(news(kind, lang), news("unknown", lang), "{kind}");
        }
    }
}

#[test]
fn leads_to_the_community_that_it_is_about() {
    let mut letter = letter(About::Step(Box::new(news_of("publish"))));
    letter.prefix = "/c/huaianli".to_owned();
    let mail = sent(&letter);
    for part in [
        "https://hall.example/c/huaianli/proposals/14",
        "https://hall.example/c/huaianli/follow/0f6c",
    ] {
        assert!(mail.text.contains(part), "{part} is missing: {}", mail.text);
        assert!(
            mail.html.contains(&format!("href=\"{part}\"")),
            "{part} is missing: {}",
            mail.html
        );
    }
    assert_eq!(
        mail.html.matches("https://hall.example/").count(),
        mail.html.matches("/c/huaianli/").count()
    );
}

#[test]
fn a_way_back_in_names_nobody_in_its_subject_and_has_nothing_to_stop() {
    let token = "0f6c".repeat(16);
    let sign_in_name = "liuguilan".to_owned();
    let reset = AccountNews::Reset { sign_in_name, token: token.clone() };
    assert!(!format!("{reset:?}").contains(&token));
    let mail = sent(&letter(About::Account(reset)));
    assert_eq!(mail.subject, "[枣树湾社区] 重设密码");
    let link = format!("https://hall.example/reset/{token}");
    for body in [&mail.text, &mail.html] {
        assert!(body.contains("liuguilan") && body.contains("30 分钟"), "{body}");
        assert!(body.contains(&link), "{body}");
        assert!(!body.contains("/follow/"), "{body}");
    }
    let mut changed = letter(About::Account(AccountNews::PasswordChanged { at: NOW }));
    assert_eq!(sent(&changed).subject, "[枣树湾社区] 您的密码改过了");
    assert!(sent(&changed).text.contains("https://hall.example/reset\n"));
    changed.language = "en".to_owned();
    assert_eq!(sent(&changed).subject, "[枣树湾社区] Your password was changed");
    let moved = sent(&letter(About::Account(AccountNews::EmailChanged { at: NOW })));
    assert_eq!(moved.subject, "[枣树湾社区] 您的收信邮箱改过了");
    assert!(moved.text.contains("https://hall.example/me/security\n"), "{}", moved.text);
}
