//! The talk: the chair's summary, the form, and the posts with their replies.

use domain::stance::Stance;
use domain::talk::{Cursor, Order};
use leptos::prelude::*;
use service::views::matter::PostView;

use super::Sheet;
use super::talk_form::form;
use super::talk_post::post_view;
pub(super) use super::talk_post::{standing, through};
use super::thread::Thread;
use crate::parts::{Icon, StanceMark};
use crate::render::words;
use crate::words::fill;

pub(super) fn talk(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let view = &sheet.view;
    let open = view.state.name().takes_posts();
    let talk = &view.talk;
    // A matter that never had a forum shows none.
    if !open && talk.count == 0 && talk.posts.is_empty() && view.summary.is_none() {
        return None;
    }
    let thread = sheet.thread();
    let closed = (!open).then(|| view! { <p class="soft">{w.talk_closed}</p> });
    Some(
        view! {
            <section class="section" aria-labelledby="talk">
                <div class="section-head">
                    <h2 id="talk">{w.talk}" "<span class="soft num">{talk.count}</span></h2>
                </div>
                {closed}
                {live(sheet)}
                {super::summary::summary(sheet)}
                {questions(sheet)}
                {new_post(sheet, &thread)}
                {orders(sheet)}
                {posts(sheet, &thread)}
                {pager(sheet)}
            </section>
        }
        .into_any(),
    )
}

/// New posts announce themselves, and move nothing of what one reads. Reading carries no script: who only
/// reads asks for the page again.
fn live(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let may = sheet.view.mine.may;
    sheet.view.state.name().takes_posts().then(|| {
        if !may.post && !may.cosign {
            return view! {
                <p class="live">
                    <a class="btn btn-secondary btn-small" href=sheet.at("")>{w.live_again}</a>
                </p>
            }
            .into_any();
        }
        view! {
            <islands::LiveTalk
                url=sheet.at("/live")
                page=sheet.at("")
                posts=sheet.view.talk.count
                words=islands::LiveWords { again: w.live_again.into(), new: w.live_new.into() }
            />
        }
        .into_any()
    })
}

/// The form for a new post, for a reply to a post that isn't on this page, or why there is none.
fn new_post(sheet: &Sheet, thread: &Thread<'_>) -> Option<AnyView> {
    let w = words().matter;
    let mine = &sheet.view.mine;
    if !mine.may.post {
        let denied = mine.post_denied?;
        let class = "btn btn-secondary";
        let why = super::act::denied_view(sheet, denied, w.sign_in_say, class);
        return Some(view! { <div class="talk-form">{why}</div> }.into_any());
    }
    match sheet.look.reply {
        None => Some(form(thread, None)),
        Some(id) if sheet.view.talk.posts.iter().any(|post| post.id == id) => {
            let href = sheet.at("#say-new");
            Some(view! { <p><a class="btn btn-secondary" href=href>{w.act_say}</a></p> }.into_any())
        }
        Some(id) => Some(
            view! {
                <div id="reply">
                    <h3>{w.reply_gone}</h3>
                    {form(thread, Some(id))}
                </div>
            }
            .into_any(),
        ),
    }
}

/// The posts: one under the other by time; by balance each stance under its name.
fn posts(sheet: &Sheet, thread: &Thread<'_>) -> AnyView {
    let words = words();
    let talk = &sheet.view.talk;
    if talk.order == Order::Time {
        let empty =
            talk.posts.is_empty().then(|| view! { <p class="soft">{words.matter.talk_empty}</p> });
        let posts: Vec<_> = talk.posts.iter().map(|post| post_view(thread, post)).collect();
        return view! { {empty}{posts} }.into_any();
    }
    let columns = Stance::ALL.iter().map(|stance| {
        let of = |post: &&PostView| post.stance == *stance;
        let posts: Vec<_> =
            talk.posts.iter().filter(of).map(|post| post_view(thread, post)).collect();
        let none =
            posts.is_empty().then(|| view! { <p class="soft">{words.talk.balance_none}</p> });
        let id = format!("side-{}", stance.as_str());
        view! {
            <section class="side" aria-labelledby=id>
                <h3 id=id.clone()><StanceMark stance=*stance/></h3>
                {none}
                {posts}
            </section>
        }
    });
    let columns: Vec<_> = columns.collect();
    view! {
        <p class="field-hint">{words.talk.balance_hint}</p>
        <div class="sides">{columns}</div>
    }
    .into_any()
}

/// By time or by balance.
fn orders(sheet: &Sheet) -> Option<AnyView> {
    let w = words().talk;
    let talk = &sheet.view.talk;
    if talk.posts.is_empty() {
        return None;
    }
    let link = |order: Order, path: &str, word: &'static str| {
        let present = (talk.order == order).then_some("true");
        view! { <a class="chip" href=sheet.at(path) aria-current=present>{word}</a> }
    };
    Some(
        view! {
            <nav class="chips" aria-label=w.order>
                {link(Order::Time, "#talk", w.order_time)}
                {link(Order::Balance, "?order=balance#talk", w.order_balance)}
            </nav>
        }
        .into_any(),
    )
}

/// Questions that wait for the committee.
fn questions(sheet: &Sheet) -> Option<AnyView> {
    let w = words().talk;
    let talk = &sheet.view.talk;
    if talk.questions_late > 0 {
        let text = fill(w.late_questions, &[("n", &talk.questions_late)]);
        return Some(
            view! { <p><span class="late"><Icon name="flag"/>{text}</span></p> }.into_any(),
        );
    }
    (talk.questions_open > 0).then(|| {
        let text = fill(w.open_questions, &[("n", &talk.questions_open)]);
        view! { <p class="soft">{text}</p> }.into_any()
    })
}

fn pager(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let talk = &sheet.view.talk;
    let balance = talk.order == Order::Balance;
    let start = match sheet.look.cursor {
        None | Some(Cursor::BALANCE) => None,
        Some(cursor) if cursor.order() == Order::Balance => {
            Some(("?order=balance#talk", words().talk.first_page))
        }
        Some(_) => Some(("#talk", w.latest)),
    };
    let start = start.map(|(path, word)| {
        view! { <a class="btn btn-secondary btn-small" href=sheet.at(path)>{word}</a> }
    });
    let next = talk.next.map(|cursor| {
        let href = sheet.at(&format!("{}#talk", super::query_of(Some(cursor))));
        let word = if balance { words().talk.more } else { w.earlier };
        view! { <a class="btn btn-secondary btn-small" href=href>{word}</a> }
    });
    (start.is_some() || next.is_some()).then(|| {
        view! { <nav class="pager" aria-label=w.earlier_nav>{start}{next}</nav> }.into_any()
    })
}

/// A text as paragraphs.
pub(super) fn body(text: &str) -> impl IntoView + use<> {
    view! { <div class="post-body">{super::body::paragraphs(text)}</div> }
}
