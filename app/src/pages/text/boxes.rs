//! What a matter's page shows of its text's versions: the line under the title, the question to a household that
//! signed another text, corrections that can be contested, and an edit that waits.

use leptos::prelude::*;
use service::text::{Asked, OpenCorrection};
use service::views::matter::MatterView;

use super::difference::difference;
use crate::dates::Moment;
use crate::link::to;
use crate::parts::{Icon, Prose};
use crate::render::words;
use crate::words::fill;

fn at(view: &MatterView, path: &str) -> String {
    to(format!("/proposals/{}{path}", view.number))
}

/// Which version it is, with the way to what changed; nothing for a text that was never edited.
pub(in crate::pages) fn line(view: &MatterView) -> Option<AnyView> {
    let w = words().text;
    let version = view.text.version;
    if version < 2 || view.removed.is_some() {
        return None;
    }
    let number = fill(w.number, &[("n", &version)]);
    let see = at(view, &format!("/versions/{version}"));
    Some(
        view! {
            <p class="text-version">
                <a href=at(view, "/versions")>{number}</a>" · "<a href=see>{w.see}</a>
            </p>
        }
        .into_any(),
    )
}

/// The question to a household that signed a text which asked something else: title and what can be done.
pub(in crate::pages) fn answer(view: &MatterView) -> Option<(String, AnyView)> {
    let w = words().text;
    let asked = view.text.asked.as_ref()?;
    let title = if asked.may_keep { w.asked_title } else { w.asked_outside_title };
    let lead = if asked.may_keep { w.asked_lead } else { w.asked_outside };
    let lead = fill(lead, &[("old", &asked.signed), ("n", &view.text.asks)]);
    let keep = asked.may_keep.then(|| {
        view! {
            <form method="post" action=at(view, "/text/keep")>
                <input type="hidden" name="seen" value=view.text.version/>
                <button class="btn btn-primary btn-block">{w.keep}</button>
            </form>
        }
    });
    let inside = view! {
        <p>{lead}</p>
        {changes(view, asked)}
        {keep}
        <form method="post" action=at(view, "/text/leave")>
            <button class="btn btn-secondary btn-block">{w.take_back}</button>
        </form>
    };
    Some((title.to_owned(), inside.into_any()))
}

/// What changed since the household signed.
fn changes(view: &MatterView, asked: &Asked) -> AnyView {
    let w = words().text;
    let note = asked
        .note
        .clone()
        .map(|note| view! { <blockquote class="quote"><Prose text=note/></blockquote> });
    let href = at(view, &format!("/versions/{}?against={}", view.text.version, asked.signed));
    view! {
        {note}
        <h3>{w.asked_since}</h3>
        {difference(&asked.changes)}
        <p><a class="text-link" href=href>{w.asked_whole}</a></p>
    }
    .into_any()
}

/// What stands under the main act: corrections that can be contested, and the edit that waits.
pub(in crate::pages) fn aside(view: &MatterView) -> Option<AnyView> {
    let text = &view.text;
    let open = |it: &&OpenCorrection| it.may_contest || it.mine || it.may_raise;
    let corrections: Vec<_> =
        text.corrections.iter().filter(open).map(|it| correction(view, it)).collect();
    let waits = waits(view);
    if corrections.is_empty() && waits.is_none() {
        return None;
    }
    Some(view! { {corrections}{waits} }.into_any())
}

/// A correction, to those who may say that it is more.
fn correction(view: &MatterView, it: &OpenCorrection) -> AnyView {
    let w = words().text;
    let version = it.version;
    let path = format!("/versions/{version}");
    let head = if it.mine {
        fill(w.contest_mine, &[("n", &version)])
    } else {
        fill(w.contest_lead, &[("n", &version), ("needed", &it.needed)])
    };
    let count = (it.households > 0)
        .then(|| view! { <p>{fill(w.contest_count, &[("n", &it.households), ("needed", &it.needed)])}</p> });
    let note = it
        .note
        .clone()
        .map(|note| view! { <blockquote class="quote"><Prose text=note/></blockquote> });
    let contest = it.may_contest.then(|| {
        view! {
            <form method="post" action=at(view, &format!("{path}/contest"))>
                <button class="btn btn-secondary btn-block">{w.contest}</button>
            </form>
        }
    });
    let back = it.mine.then(|| {
        view! {
            <form method="post" action=at(view, &format!("{path}/contest/back"))>
                <button class="btn btn-secondary btn-block">{w.contest_back}</button>
            </form>
        }
    });
    let raise = it.may_raise.then(|| {
        let href = at(view, &format!("{path}/raise"));
        view! { <p><a class="text-link" href=href>{w.raise}</a></p> }
    });
    view! {
        <div class="text-box">
            <p>{head}</p>
            {note}
            {count}
            <p><a class="text-link" href=at(view, &path)>{w.see}</a></p>
            {contest}
            {back}
            {raise}
        </div>
    }
    .into_any()
}

/// An edit that waits, or wasn't let through, to those whom it concerns.
fn waits(view: &MatterView) -> Option<AnyView> {
    let w = words().text;
    let text = &view.text;
    let mine = view.mine.proposer;
    if let Some(waiting) = &text.waiting {
        let (word, go, href) = if mine {
            (w.mine_waits, w.mine_go, at(view, "/text"))
        } else {
            (w.waits, w.waits_go, to(format!("/desk/texts/{}", view.number)))
        };
        let since = waiting.at;
        return Some(
            view! {
                <div class="notice notice-info">
                    <Icon name="clock"/>
                    <div>
                        <p>{word}" "<Moment at=since/></p>
                        <p><a href=href>{go}</a></p>
                    </div>
                </div>
            }
            .into_any(),
        );
    }
    let declined = text.declined.as_ref().filter(|_| mine)?;
    Some(
        view! {
            <div class="notice notice-warn">
                <Icon name="info"/>
                <div>
                    <p>{fill(w.mine_declined, &[("reason", &declined.reason)])}</p>
                    <p><a href=at(view, "/text")>{w.mine_again}</a></p>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// The author's way to edit the text.
pub(in crate::pages) fn edit_link(view: &MatterView) -> Option<AnyView> {
    let w = words().text;
    view.text.may_edit.then(|| {
        view! { <p><a class="text-link" href=at(view, "/text")>{w.edit_link}</a></p> }.into_any()
    })
}
