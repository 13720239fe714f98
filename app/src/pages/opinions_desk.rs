//! The tools of those who look after a matter's opinions: statements that wait, taking one down, and files.

use leptos::prelude::*;
use service::opinion::{OpinionsRead, OpinionsView};

use super::opinions::{Back, Look, Sheet};
use super::opinions_body::reason_form;
use super::opinions_picture;
use crate::form::{Problems, error_line};
use crate::render::words;
use crate::words::fill;

/// What was asked for by a button: what a file holds, or what was taken down.
pub(super) fn answer(sheet: &Sheet) -> Option<AnyView> {
    let w = words().opinions;
    match &sheet.back {
        Back::Read(read) => Some(
            view! {
                <section class="section" aria-labelledby="read">
                    <h2 class="section-head" id="read">{w.read_head}</h2>
                    {read_view(read)}
                </section>
            }
            .into_any(),
        ),
        Back::Removed(texts) => {
            let none = texts.is_empty().then(|| view! { <p class="soft">{w.removed_none}</p> });
            let texts: Vec<_> = texts
                .iter()
                .map(|(number, text)| view! { <li value=number.to_string()>{text.clone()}</li> })
                .collect();
            Some(
                view! {
                    <section class="section" aria-labelledby="removed">
                        <h2 class="section-head" id="removed">{w.removed_head}</h2>
                        {none}
                        <ol>{texts}</ol>
                    </section>
                }
                .into_any(),
            )
        }
        _ => None,
    }
}

fn read_view(read: &OpinionsRead) -> AnyView {
    let w = words().opinions;
    let count = fill(w.read_voices, &[("n", &read.voices), ("m", &read.statements)]);
    let inside = match &read.picture {
        Some(picture) => opinions_picture::drawn(read.voices, picture),
        None => view! { <p>{fill(w.read_few, &[("needed", &read.needed)])}</p> }.into_any(),
    };
    view! { <p>{count}</p>{inside} }.into_any()
}

/// The tools, for whoever may use one of them.
pub(super) fn tools(sheet: &Sheet) -> Option<AnyView> {
    let w = words().opinions;
    let may = sheet.view.may;
    if !(may.decide || may.hide || may.file || may.removed) {
        return None;
    }
    let removed = may.removed.then(|| {
        view! {
            <form method="post" action=sheet.at("/removed")>
                <button class="btn btn-secondary">{w.removed_go}</button>
            </form>
        }
    });
    Some(
        view! {
            <section class="section" aria-labelledby="tools">
                <h2 class="section-head" id="tools">{w.desk_head}</h2>
                {waiting(sheet)}
                {take_down(sheet)}
                {removed}
                {files(sheet)}
            </section>
        }
        .into_any(),
    )
}

/// Whether the page shows a form with a reason for that statement.
pub(super) fn has_form(view: &OpinionsView, look: Look, id: i64) -> bool {
    let waits = view.waiting.iter().any(|waits| waits.number == id);
    let listed = view.may.hide && view.sentences.iter().any(|(number, _)| *number == id);
    if look.decline.is_some() { waits } else { listed }
}

fn waiting(sheet: &Sheet) -> Option<AnyView> {
    let w = words().opinions;
    if sheet.view.waiting.is_empty() {
        return None;
    }
    let lines: Vec<_> = sheet
        .view
        .waiting
        .iter()
        .map(|waits| {
            let at = sheet.at(&format!("/statements/{}", waits.number));
            let refuse = if sheet.look.decline == Some(waits.number) {
                reason_form(sheet, format!("{at}/decline"), w.decline_go).into_any()
            } else {
                let href = sheet.at(&format!("?decline={}#waiting", waits.number));
                view! { <a class="btn btn-quiet btn-small" href=href>{w.decline}</a> }.into_any()
            };
            view! {
                <li class="row">
                    <p class="row-title">{waits.body.clone()}</p>
                    <form method="post" action=format!("{at}/show")>
                        <button class="btn btn-secondary btn-small">{w.show_go}</button>
                    </form>
                    {refuse}
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <h3 id="waiting">{w.waiting_head}</h3>
            <ul class="row-list">{lines}</ul>
        }
        .into_any(),
    )
}

fn take_down(sheet: &Sheet) -> Option<AnyView> {
    let w = words().opinions;
    let view = &sheet.view;
    if !view.may.hide || view.sentences.is_empty() {
        return None;
    }
    let open = sheet.look.hide.is_some();
    let lines: Vec<_> = view
        .sentences
        .iter()
        .map(|(number, text)| {
            let act = if sheet.look.hide == Some(*number) {
                let action = sheet.at(&format!("/statements/{number}/hide"));
                reason_form(sheet, action, w.hide_go).into_any()
            } else {
                let href = sheet.at(&format!("?hide={number}#take-down"));
                view! {
                    <a class="btn btn-quiet btn-small" href=href>
                        {w.hide}
                        <span class="visually-hidden">{format!(" {text}")}</span>
                    </a>
                }
                .into_any()
            };
            view! { <li class="row"><p class="row-title">{text.clone()}</p>{act}</li> }
        })
        .collect();
    Some(
        view! {
            <details class="more" id="take-down" open=open>
                <summary>{w.all_head}</summary>
                <ul class="more-body row-list">{lines}</ul>
            </details>
        }
        .into_any(),
    )
}

fn files(sheet: &Sheet) -> Option<AnyView> {
    let all = words();
    let w = all.opinions;
    if !sheet.view.may.file {
        return None;
    }
    let problems = match &sheet.back {
        Back::File(problems) => problems.clone(),
        _ => Problems::default(),
    };
    let error = problems.of_field("file", all);
    let invalid = error.is_some().then_some("true");
    let described = if error.is_some() { "file-h file-e" } else { "file-h" };
    let out = sheet.view.picture.is_some().then(|| {
        view! {
            <form method="post" action=sheet.at("/file")>
                <div class="btn-row">
                    <button class="btn btn-secondary" name="file" value="participants-votes.csv">{w.file_participants}</button>
                    <button class="btn btn-secondary" name="file" value="comments.csv">{w.file_comments}</button>
                </div>
            </form>
        }
    });
    let out = out.map_or_else(
        || view! { <p class="field-hint">{w.r_few_voices}</p> }.into_any(),
        IntoAny::into_any,
    );
    Some(
        view! {
            <h3>{w.file_head}</h3>
            <p>{w.file_text}</p>
            {out}
            <form method="post" enctype="multipart/form-data" action=sheet.at("/read")>
                <div class="field">
                    <label class="field-label" for="file">{w.read_label}</label>
                    <p class="field-hint" id="file-h">{w.read_hint}</p>
                    <input
                        class="input"
                        type="file"
                        id="file"
                        name="file"
                        accept=".csv,text/csv"
                        required
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                    {error_line("file", error)}
                </div>
                <button class="btn btn-secondary">{w.read_go}</button>
            </form>
        }
        .into_any(),
    )
}
