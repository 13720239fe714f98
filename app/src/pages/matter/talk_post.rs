//! One post with its replies, and what one can do with it.

use domain::permission::Action;
use domain::stance::Stance;
use leptos::prelude::*;
use service::people::ShownName;
use service::views::matter::{PostSaid, PostView, QuestionView, QuoteView, Speaker};

use super::talk_form::form;
use super::thread::Thread;
use crate::dates::{Day, Moment, day};
use crate::link::to;
use crate::matter_row::new_mark;
use crate::parts::{Icon, StanceMark, name_of};
use crate::photos::PhotoList;
use crate::render::{cx, words};
use crate::rich::RichText;
use crate::words::civil::plain;
use crate::words::fill;
use crate::words::terms::Term;

pub(super) fn post_view(thread: &Thread<'_>, post: &PostView) -> AnyView {
    let top = post.parent.is_none();
    let replies: Vec<_> = post.replies.iter().map(|reply| post_view(thread, reply)).collect();
    let more = (!thread.alone && post.more_replies > 0).then(|| {
        let href = thread.at(&format!("/posts/{}", post.id));
        let word = fill(words().talk.replies_more, &[("n", &post.more_replies)]);
        view! { <p class="post-more"><a href=href>{word}</a></p> }
    });
    let class = match (&post.said, top) {
        (PostSaid::Shown { .. } | PostSaid::Waiting { .. }, true) => "post",
        (PostSaid::Shown { .. } | PostSaid::Waiting { .. }, false) if post.answers => {
            "post post-reply post-answer"
        }
        (PostSaid::Shown { .. } | PostSaid::Waiting { .. }, false) => "post post-reply",
        (_, true) => "post post-gone",
        (_, false) => "post post-reply post-gone",
    };
    view! {
        <article class=class id=format!("post-{}", post.id)>
            {said(thread, post)}
            {replies}
            {more}
            {reply(thread, post)}
        </article>
    }
    .into_any()
}

fn said(thread: &Thread<'_>, post: &PostView) -> AnyView {
    let words = words();
    let w = words.talk;
    let line = |text: String| view! { <p class="post-body">{text}</p> }.into_any();
    match &post.said {
        PostSaid::Shown { stance, body, who } => {
            let change = post.change.clone().map(|change| {
                view! {
                    <div class="notice notice-info">
                        <p>{w.change_waits}</p>
                        <RichText text=change/>
                    </div>
                }
            });
            view! {
                {text(thread, post, *stance, body, who)}
                {change}
                {acts(thread, post)}
                {hide(thread, post.id)}
            }
            .into_any()
        }
        PostSaid::Waiting { stance, body, who } => view! {
            <p class="field-hint"><Icon name="clock"/>" "{w.waits}</p>
            {text(thread, post, *stance, body, who)}
            {post.mine.then(|| view! { <div class="post-acts">{edit(thread, post)}</div> })}
            {look(thread, post.id)}
        }
        .into_any(),
        PostSaid::Folded { households, text: inside } => {
            let line = fill(w.folded, &[("n", households)]);
            let inside = inside.as_ref().map(|(stance, body, who)| {
                view! {
                    <details class="more">
                        <summary>{w.folded_text}</summary>
                        <div class="more-body">{text(thread, post, *stance, body, who)}</div>
                    </details>
                }
            });
            view! { <p class="post-body">{line}</p>{inside}{look(thread, post.id)} }.into_any()
        }
        PostSaid::Removed { kind: Some(kind), reason, at, by } => {
            let kind = plain(*kind, words.lang);
            let role = by.map_or(words.matter.committee, |role| role.word(words.lang));
            let today = cx().viewer.now.local_date();
            let when = day(at.local_date(), today, words.lang);
            let by = fill(w.removed_by, &[("role", &role), ("day", &when)]);
            view! {
                <p class="post-body">{fill(w.removed, &[("kind", &kind), ("reason", reason)])}</p>
                <p class="field-hint">{by}{appeal(post)}</p>
            }
            .into_any()
        }
        PostSaid::Removed { kind: None, reason, .. } => {
            let gone = line(fill(words.matter.gone, &[("reason", reason)]));
            view! { {gone}{appeal(post)} }.into_any()
        }
        PostSaid::Withdrawn { .. } => line(w.withdrawn.to_owned()),
        // Taken back before anybody had looked at it.
        PostSaid::Declined { reason } if reason.is_empty() => line(w.withdrawn.to_owned()),
        PostSaid::Declined { reason } => {
            let gone = line(fill(w.declined, &[("reason", reason)]));
            view! { {gone}{appeal(post)} }.into_any()
        }
    }
}

/// Who says what, how, and to whom.
fn text(
    thread: &Thread<'_>,
    post: &PostView,
    stance: Stance,
    body: &str,
    who: &Speaker,
) -> AnyView {
    let words = words();
    let w = words.talk;
    let edited = post.edited.map(|at| {
        let href = thread.at(&format!("/posts/{}#former", post.id));
        view! { <span>{w.edited}" "<Moment at=at/>" · "<a href=href>{w.former_see}</a></span> }
    });
    let named = (!post.mentions.is_empty()).then(|| {
        let names = post.mentions.join(words.lang.pick("、", ", "));
        view! { <p class="field-hint">{fill(w.mentions, &[("names", &names)])}</p> }
    });
    let new = (!post.mine).then(|| new_mark(post.at)).flatten();
    view! {
        <p class="post-meta">
            {new}
            <StanceMark stance=stance/>
            <b>{name_of(&who.name)}</b>
            <span>{standing(who)}</span>
            {post.answers.then(|| view! { <span class="tag tag-pine"><Icon name="check"/>{w.answer}</span> })}
            {who.through.as_ref().map(|helper| {
                let text = through(words.household.written_by_helper, helper);
                view! { <span>{text}</span> }
            })}
            <Moment at=post.at/>
            {edited}
        </p>
        {post.question.map(|question| asked(thread, question))}
        {post.quote.as_ref().map(|quote| quoted(thread, quote))}
        <div class="post-body"><RichText text=body.to_owned()/></div>
        {named}
        <PhotoList photos=post.photos.clone() post=true/>
    }
    .into_any()
}

/// The clock of a question to the committee.
fn asked(thread: &Thread<'_>, question: QuestionView) -> AnyView {
    let words = words();
    let w = words.talk;
    let today = cx().viewer.now.local_date();
    let when = day(question.due.local_date(), today, words.lang);
    let stands = match (question.answer, question.late) {
        (Some((id, _)), late) => {
            let word = if late { w.asked_answered_late } else { w.asked_answered };
            let href = thread.at(&format!("/posts/{id}#post-{id}"));
            view! { <span class="tag tag-pine">{word}</span>" "<a href=href>{w.answer_see}</a> }
                .into_any()
        }
        (None, true) => view! {
            <span class="late"><Icon name="flag"/>{words.matter.overdue}</span>
            " "
            {fill(w.asked_late, &[("day", &when)])}
        }
        .into_any(),
        (None, false) => view! { {fill(w.asked_due, &[("day", &when)])} }.into_any(),
    };
    let provisional = (question.answer.is_none() && question.provisional)
        .then(|| view! { <span class="soft">{words.matter.provisional}</span> });
    view! { <p class="field-hint"><b>{w.asked}</b>" · "{stands}" "{provisional}</p> }.into_any()
}

/// What a post quotes; nothing of what isn't shown any more.
pub(super) fn quoted(thread: &Thread<'_>, quote: &QuoteView) -> AnyView {
    let w = words().talk;
    let Some((name, text)) = &quote.text else {
        return view! { <p class="post-quote soft">{w.quote_gone}</p> }.into_any();
    };
    let who = fill(w.quoting, &[("name", &name_of(name))]);
    let href = thread.at(&format!("/posts/{}#post-{}", quote.id, quote.id));
    view! {
        <blockquote class="post-quote">
            <p><a href=href>{who}</a></p>
            <p>{text.replace('\n', " ")}</p>
        </blockquote>
    }
    .into_any()
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

fn acts(thread: &Thread<'_>, post: &PostView) -> Option<AnyView> {
    let words = words();
    let (w, id) = (words.talk, post.id);
    let quiet = |href: String, word: &'static str| {
        view! { <a class="btn btn-quiet btn-small" href=href>{word}</a> }.into_any()
    };
    let mut acts = Vec::new();
    acts.extend(kind_words(thread, post));
    if thread.may.post && post.parent.is_none() {
        acts.push(quiet(thread.with("reply", id), words.matter.reply));
    }
    if thread.may.post {
        acts.push(quiet(thread.quoting(post), w.quote));
    }
    if !thread.alone && post.parent.is_none() {
        acts.push(quiet(thread.at(&format!("/posts/{id}")), w.alone));
    }
    acts.extend(edit(thread, post));
    if !post.mine && cx().viewer.may(Action::Report) {
        acts.push(quiet(thread.at(&format!("/posts/{id}/report")), words.civil.report));
    }
    if thread.may.hide {
        acts.push(quiet(case(thread, id), words.matter.hide));
    }
    (!acts.is_empty()).then(|| view! { <div class="post-acts">{acts}</div> }.into_any())
}

/// The post before those who decide.
fn case(thread: &Thread<'_>, id: i64) -> String {
    to(format!("/desk/reports/{}/{id}", thread.number))
}

/// What waits or is folded leads those who moderate to where they decide.
fn look(thread: &Thread<'_>, id: i64) -> Option<AnyView> {
    thread.may.hide.then(|| {
        let word = words().civil.desk_look;
        view! { <a class="btn btn-quiet btn-small" href=case(thread, id)>{word}</a> }.into_any()
    })
}

/// Its author is led to the reason, and to the appeal.
fn appeal(post: &PostView) -> Option<AnyView> {
    post.mine.then(|| {
        let word = words().civil.appeal;
        view! { " · "<a href=to("/me/removed")>{word}</a> }.into_any()
    })
}

fn edit(thread: &Thread<'_>, post: &PostView) -> Option<AnyView> {
    (thread.may.post && post.mine).then(|| {
        let href = thread.at(&format!("/posts/{}/edit", post.id));
        view! { <a class="btn btn-quiet btn-small" href=href>{words().talk.edit}</a> }.into_any()
    })
}

/// 谢谢 and 有道理: a button each for whoever may say them, and how often they were said.
fn kind_words(thread: &Thread<'_>, post: &PostView) -> Vec<AnyView> {
    let w = words().talk;
    let kinds = [
        ("thanks", w.thanks, w.thanks_back, post.thanks, post.i_thanked),
        ("reason", w.reason, w.reason_back, post.reasons, post.i_agreed),
    ];
    let says = thread.may.react && !post.mine;
    let each = |(kind, word, back, count, mine): (
        &'static str,
        &'static str,
        &'static str,
        _,
        _,
    )| {
        let number = (count > 0).then(|| view! { " "<span class="num">{count}</span> });
        if !says {
            return number
                .map(|number| view! { <span class="post-kind">{word}{number}</span> }.into_any());
        }
        let action = thread.at(&format!("/posts/{}/{kind}", post.id));
        let here = format!("{}#post-{}", thread.here, post.id);
        let class =
            if mine { "btn btn-quiet btn-small kind-mine" } else { "btn btn-quiet btn-small" };
        let check = mine.then(|| view! { <Icon name="check"/> });
        Some(
            view! {
                <form method="post" action=action>
                    <input type="hidden" name="back" value=here/>
                    <button class=class aria-pressed=if mine { "true" } else { "false" } title=mine.then_some(back)>
                        {check}{word}{number}
                    </button>
                </form>
            }
            .into_any(),
        )
    };
    kinds.into_iter().filter_map(each).collect()
}

fn reply(thread: &Thread<'_>, post: &PostView) -> Option<AnyView> {
    let words = words();
    let open = post.parent.is_none() && thread.may.post && thread.look.reply == Some(post.id);
    open.then(|| {
        let answers = post.question.is_some_and(|question| question.answer.is_none());
        let answers = (answers && !post.mine && thread.committee)
            .then(|| view! { <p class="field-hint">{words.talk.answering}</p> });
        view! {
            <div class="post-reply" id="reply">
                <h3>{words.matter.reply_title}</h3>
                {answers}
                {form(thread, Some(post.id))}
            </div>
        }
        .into_any()
    })
}

fn hide(thread: &Thread<'_>, id: i64) -> Option<AnyView> {
    let open = thread.may.hide && thread.look.hide == Some(id);
    open.then(|| super::talk_form::hide_form(thread, id))
}

/// What a post said before.
pub(super) fn former(former: &[service::views::matter::Former]) -> Option<AnyView> {
    let w = words().talk;
    let each = |text: &service::views::matter::Former| {
        view! {
            <article class="post">
                <p class="post-meta"><StanceMark stance=text.stance/><Day at=text.at/></p>
                <div class="post-body"><RichText text=text.body.clone()/></div>
            </article>
        }
    };
    (!former.is_empty()).then(|| {
        let texts: Vec<_> = former.iter().map(each).collect();
        view! {
            <section class="section" aria-labelledby="former">
                <h2 id="former">{w.former}</h2>
                {texts}
            </section>
        }
        .into_any()
    })
}
