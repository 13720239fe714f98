//! The talk: the chair's summary, the form, and the posts with their replies.

use domain::stance::Stance;
use domain::text::{PostBody, Reason, Summary};
use leptos::prelude::*;
use service::people::ShownName;
use service::post::PostForm;
use service::views::matter::{PostSaid, PostView, Speaker};

use super::{Back, Sheet};
use crate::dates::{Day, Moment};
use crate::form::{LinesField, Problems};
use crate::parts::{Icon, StanceMark, name_of};
use crate::render::{cx, words};
use crate::rich::RichText;
use crate::words::terms::Term;
use crate::words::{Words, fill};

pub(super) fn talk(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let view = &sheet.view;
    let open = view.state.name().takes_posts();
    let talk = &view.talk;
    // A matter that never had a forum shows none.
    if !open && talk.count == 0 && talk.posts.is_empty() && view.summary.is_none() {
        return None;
    }
    let empty = talk.posts.is_empty().then(|| view! { <p class="soft">{w.talk_empty}</p> });
    let closed = (!open).then(|| view! { <p class="soft">{w.talk_closed}</p> });
    let posts: Vec<_> = talk.posts.iter().map(|post| post_view(sheet, post, true)).collect();
    Some(
        view! {
            <section class="section" aria-labelledby="talk">
                <div class="section-head">
                    <h2 id="talk">{w.talk}" "<span class="soft num">{talk.count}</span></h2>
                </div>
                {closed}
                {live(sheet)}
                {summary(sheet)}
                {pin(sheet)}
                {new_post(sheet)}
                {empty}
                {posts}
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

fn summary(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let summary = sheet.view.summary.as_ref()?;
    Some(
        view! {
            <blockquote class="quote quote-pin">
                <p><strong><Icon name="pin"/>" "{w.pinned}</strong></p>
                {super::body::paragraphs(&summary.text)}
                <footer class="quote-role"><b>{w.chair}</b>" · "<Day at=summary.at/></footer>
            </blockquote>
        }
        .into_any(),
    )
}

fn pin(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    if !sheet.view.mine.may.pin {
        return None;
    }
    let (typed, problems) = match &sheet.back {
        Back::Pin(typed, problems) => (typed.clone(), problems.clone()),
        _ => (String::new(), Problems::default()),
    };
    let open = !problems.is_empty();
    let word = if sheet.view.summary.is_some() { w.pin_again } else { w.pin_open };
    Some(
        view! {
            <details class="more" open=open>
                <summary>{word}</summary>
                <form class="more-body" method="post" action=sheet.at("/summary")>
                    <LinesField
                        name="text"
                        label=w.pin_label
                        hint=w.pin_hint
                        value=typed
                        max=Summary::MAX
                        problems=problems
                    />
                    <button class="btn btn-secondary">{w.pin_go}</button>
                </form>
            </details>
        }
        .into_any(),
    )
}

/// The form for a new post, for a reply to a post that isn't on this page, or why there is none.
fn new_post(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let mine = &sheet.view.mine;
    if !mine.may.post {
        let denied = mine.post_denied?;
        let class = "btn btn-secondary";
        let why = super::act::denied_view(sheet, denied, w.sign_in_say, class);
        return Some(view! { <div class="talk-form">{why}</div> }.into_any());
    }
    match sheet.look.reply {
        None => Some(form(sheet, None)),
        Some(id) if sheet.view.talk.posts.iter().any(|post| post.id == id) => {
            let href = sheet.at("#say-new");
            Some(view! { <p><a class="btn btn-secondary" href=href>{w.act_say}</a></p> }.into_any())
        }
        Some(id) => Some(
            view! {
                <div id="reply">
                    <h3>{w.reply_gone}</h3>
                    {form(sheet, Some(id))}
                </div>
            }
            .into_any(),
        ),
    }
}

fn form(sheet: &Sheet, parent: Option<i64>) -> AnyView {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let (typed, problems) = match &sheet.back {
        Back::Post(typed, problems) => (typed.clone(), problems.clone()),
        _ => (PostForm::default(), Problems::default()),
    };
    let error = [("stance", w.say_stance), ("body", w.say_body), ("parent", w.reply_title)]
        .into_iter()
        .filter_map(|(field, label)| {
            let text = problems.of_field(field, words)?;
            Some(if field == "body" { text } else { format!("{label}：{text}") })
        })
        .collect::<Vec<_>>();
    let options = Stance::ALL
        .iter()
        .map(|stance| (stance.as_str().to_owned(), stance.word(words.lang).to_owned()))
        .collect();
    let cursor = sheet.look.before.map(|before| format!("?before={before}")).unwrap_or_default();
    let limit = u32::try_from(PostBody::MAX).unwrap_or(u32::MAX);
    view! {
        <islands::ReplyForm
            action=sheet.at(&format!("/posts{cursor}"))
            options=options
            icons=cx.site.assets.icons.clone()
            parent=parent
            limit=limit
            words=reply_words(words)
            typed=typed.body
            stance=(!typed.stance.is_empty()).then_some(typed.stance)
            error=(!error.is_empty()).then(|| error.join("　"))
        />
    }
    .into_any()
}

fn reply_words(words: &Words) -> islands::ReplyWords {
    let w = words.matter;
    islands::ReplyWords {
        legend: w.say_stance.into(),
        label: w.say_body.into(),
        hint: fill(w.say_hint, &[("max", &PostBody::MAX)]),
        submit: w.say_go.into(),
        busy: w.say_busy.into(),
        counter: w.say_counter.into(),
        over: w.say_over.into(),
        draft: w.say_draft.into(),
    }
}

fn post_view(sheet: &Sheet, post: &PostView, top: bool) -> AnyView {
    let w = words().matter;
    let anchor = format!("post-{}", post.id);
    let replies: Vec<_> = post.replies.iter().map(|reply| post_view(sheet, reply, false)).collect();
    match &post.said {
        PostSaid::Hidden { reason, .. } => {
            let class = if top { "post post-gone" } else { "post post-reply post-gone" };
            view! {
                <article class=class id=anchor>
                    <p class="post-body">{fill(w.gone, &[("reason", reason)])}</p>
                    {replies}
                </article>
            }
            .into_any()
        }
        PostSaid::Shown { stance, body: text, who } => {
            let class = if top { "post" } else { "post post-reply" };
            view! {
                <article class=class id=anchor>
                    <p class="post-meta">
                        <StanceMark stance=*stance/>
                        <b>{name_of(&who.name)}</b>
                        <span>{standing(who)}</span>
                        {who.through.as_ref().map(|helper| {
                            let text = through(words().household.written_by_helper, helper);
                            view! { <span>{text}</span> }
                        })}
                        <Moment at=post.at/>
                    </p>
                    {body(text)}
                    {acts(sheet, post.id, top)}
                    {hide(sheet, post.id)}
                    {replies}
                    {reply(sheet, post.id, top)}
                </article>
            }
            .into_any()
        }
    }
}

/// A post's text as paragraphs.
pub(super) fn body(text: &str) -> impl IntoView + use<> {
    view! { <div class="post-body"><RichText text=text.to_owned()/></div> }
}

/// 代办: by whose hand it was done, in the words of `template`.
pub(super) fn through(template: &str, helper: &ShownName) -> String {
    fill(template, &[("helper", &name_of(helper))])
}

/// In what role somebody speaks, or where they live; never more than the 小院.
pub(super) fn standing(who: &Speaker) -> String {
    let words = words();
    match (who.role, &who.courtyard) {
        (Some(role), _) => role.word(words.lang).to_owned(),
        (None, Some(place)) => fill(words.matter.resident, &[("place", place)]),
        (None, None) => words.matter.neighbour.to_owned(),
    }
}

fn acts(sheet: &Sheet, id: i64, top: bool) -> Option<AnyView> {
    let w = words().matter;
    let may = sheet.view.mine.may;
    let reply = (top && may.post).then(|| {
        view! { <a class="btn btn-quiet btn-small" href=sheet.with("reply", id)>{w.reply}</a> }
    });
    let hide = may.hide.then(|| {
        view! { <a class="btn btn-quiet btn-small" href=sheet.with("hide", id)>{w.hide}</a> }
    });
    (reply.is_some() || hide.is_some())
        .then(|| view! { <div class="post-acts">{reply}{hide}</div> }.into_any())
}

fn reply(sheet: &Sheet, id: i64, top: bool) -> Option<AnyView> {
    let w = words().matter;
    (top && sheet.view.mine.may.post && sheet.look.reply == Some(id)).then(|| {
        view! {
            <div class="post-reply" id="reply">
                <h3>{w.reply_title}</h3>
                {form(sheet, Some(id))}
            </div>
        }
        .into_any()
    })
}

fn hide(sheet: &Sheet, id: i64) -> Option<AnyView> {
    let w = words().matter;
    if !sheet.view.mine.may.hide || sheet.look.hide != Some(id) {
        return None;
    }
    let (typed, problems) = match &sheet.back {
        Back::Hide(typed, problems) => (typed.clone(), problems.clone()),
        _ => (String::new(), Problems::default()),
    };
    let cursor = sheet.look.before.map(|before| format!("?before={before}")).unwrap_or_default();
    Some(
        view! {
            <form id="hide" method="post" action=sheet.at(&format!("/posts/{id}/hide{cursor}"))>
                <LinesField
                    id="hide-reason"
                    name="reason"
                    label=w.hide_label
                    value=typed
                    max=Reason::MAX
                    problems=problems
                />
                <button class="btn btn-danger btn-small">{w.hide_go}</button>
            </form>
        }
        .into_any(),
    )
}

fn pager(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let talk = &sheet.view.talk;
    let latest = talk.before.map(|_| {
        view! { <a class="btn btn-secondary btn-small" href=sheet.at("#talk")>{w.latest}</a> }
    });
    let earlier = talk.earlier.map(|cursor| {
        let href = sheet.at(&format!("?before={cursor}#talk"));
        view! { <a class="btn btn-secondary btn-small" href=href>{w.earlier}</a> }
    });
    (latest.is_some() || earlier.is_some()).then(|| {
        view! { <nav class="pager" aria-label=w.earlier_nav>{latest}{earlier}</nav> }.into_any()
    })
}
