//! The page on which a code is typed.

use leptos::prelude::*;

use crate::form::{ErrorSummary, Problems, error_line};
use crate::link::to;
use crate::parts::Icon;
use crate::render::words;

pub(super) fn body(typed: String, problems: Problems) -> impl IntoView {
    let words = words();
    let w = words.slip;
    let error = problems.of_field("code", words);
    let described = if error.is_some() { "code-e code-h" } else { "code-h" };
    view! {
        <ErrorSummary problems=problems labels=vec![("code", w.code)]/>
        <div class="page-head">
            <h1>{w.ask_title}</h1>
            <p class="page-lead">{w.ask_lead}</p>
        </div>
        <form method="post" action=to("/join") novalidate>
            <div class="field">
                <label class="field-label" for="code">{w.code}</label>
                <p class="field-hint" id="code-h">{w.code_hint}</p>
                <input
                    class="input input-code"
                    id="code"
                    name="code"
                    value=typed
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    maxlength="60"
                    required
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                />
                {error_line("code", error)}
            </div>
            <button class="btn btn-primary btn-block">{w.go_on}</button>
        </form>
        <section class="section set" aria-labelledby="none">
            <h2 id="none">{w.none_title}</h2>
            <p>{w.none_text}</p>
            <p class="btn-row">
                <a class="btn btn-secondary" href=to("/join/ask")>{w.none_go}<Icon name="chevron"/></a>
            </p>
        </section>
    }
}
