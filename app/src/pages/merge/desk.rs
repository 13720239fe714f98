//! Merging in the desk's panel of a matter.

use leptos::prelude::*;
use service::views::desk::DeskMatter;

use crate::link::to;
use crate::render::words;
use crate::words::fill;

/// The number to begin with, or how a merge stands that was begun.
pub(in crate::pages) fn desk_act(matter: &DeskMatter, open: bool) -> AnyView {
    let w = words().merging;
    let number = matter.number;
    let undo = to(format!("/proposals/{number}/merge/undo"));
    if let Some(into) = matter.merge_asked {
        return view! {
            <details class="more" id="merge" open=open>
                <summary>{w.ask_open}<small>{fill(w.ask_waits, &[("n", &into)])}</small></summary>
                <div class="more-body">
                    <p><a class="target" href=to(format!("/proposals/{into}"))>{fill(w.asked_see, &[("n", &into)])}</a></p>
                    <p><a class="btn btn-secondary" href=undo>{w.call_off_link}</a></p>
                </div>
            </details>
        }
        .into_any();
    }
    if matter.merge_undo {
        return view! {
            <details class="more" id="merge" open=open>
                <summary>{w.undo_title}<small>{w.ask_done}</small></summary>
                <div class="more-body">
                    <p><a class="btn btn-secondary" href=undo>{w.undo_link}</a></p>
                </div>
            </details>
        }
        .into_any();
    }
    view! {
        <details class="more" id="merge" open=open>
            <summary>{w.ask_open}<small>{w.ask_sees}</small></summary>
            <form class="more-body" method="get" action=to(format!("/desk/{number}/merge"))>
                <div class="field">
                    <label class="field-label" for="merge-into">{w.into}</label>
                    <p class="field-hint" id="merge-into-h">{w.into_hint}</p>
                    <input
                        class="input input-short"
                        id="merge-into"
                        name="into"
                        inputmode="numeric"
                        autocomplete="off"
                        required=true
                        aria-describedby="merge-into-h"
                    />
                </div>
                <button class="btn btn-secondary">{w.check}</button>
            </form>
        </details>
    }
    .into_any()
}
