//! The button by which a neighbour co-signs (附议), with the count of households so far.

use crate::words::fill;
use leptos::prelude::*;

/// The sentence of the counter.
fn counter_text(text: &str, count: u32, needed: u32) -> String {
    fill(&fill(text, "count", count), "needed", needed)
}

/// A form that posts a co-signature, with the count and a bar. Without scripts it is an ordinary form. Alive,
/// it posts with `Accept: application/json` and shows the answer in place: on 2xx
/// `{"cosigns": 13, "needed": 15, "message": "…"}`, else `{"error": "…"}`. When nobody answers, the
/// ordinary form is offered again.
#[island]
pub fn CosignButton(
    /// Where the form is posted.
    action: String,
    /// The button's word.
    label: String,
    /// The button's word while the answer is awaited.
    busy: String,
    /// What is said after success, when the answer brings no message.
    done: String,
    /// What is said when nobody answers.
    failed: String,
    /// Households that have co-signed.
    count: u32,
    /// Households that are needed.
    needed: u32,
    /// The sentence with the places `{count}` and `{needed}`.
    counter: String,
) -> impl IntoView {
    let count = RwSignal::new(count);
    let needed = RwSignal::new(needed);
    let sending = RwSignal::new(false);
    let finished = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let wrong = RwSignal::new(String::new());

    #[cfg(feature = "hydrate")]
    let send = {
        use crate::browser::{self, Answer};
        let plain = RwSignal::new(false);
        let action = action.clone();
        move |event: web_sys::SubmitEvent| {
            if plain.get_untracked() {
                return;
            }
            event.prevent_default();
            if sending.get_untracked() {
                return;
            }
            sending.set(true);
            wrong.set(String::new());
            let (action, done, failed) = (action.clone(), done.clone(), failed.clone());
            leptos::task::spawn_local(async move {
                match browser::post_form(&action).await {
                    Answer::Good(json) => {
                        if let Some(n) = json.number("cosigns") {
                            count.set(n);
                        }
                        if let Some(n) = json.number("needed") {
                            needed.set(n);
                        }
                        said.set(json.text("message").unwrap_or(done));
                        finished.set(true);
                    }
                    Answer::Bad(json) => wrong.set(json.text("error").unwrap_or(failed)),
                    // The answer was a page: the truth is on the server, show it.
                    Answer::Page => browser::reload(),
                    Answer::None => {
                        plain.set(true);
                        wrong.set(failed);
                    }
                }
                sending.set(false);
            });
        }
    };
    // Only the browser's half says these; the server passes them on as props.
    #[cfg(not(feature = "hydrate"))]
    let (send, _) = (|_: web_sys::SubmitEvent| (), (done, failed, &sending, &finished));

    view! {
        <form class="cosign" method="post" action=action on:submit=send>
            <div class="progress">
                <p class="progress-text">{
                    let counter = counter.clone();
                    move || counter_text(&counter, count.get(), needed.get())
                }</p>
                <progress
                    class="progress-bar"
                    max=move || needed.get().max(1).to_string()
                    value=move || count.get().to_string()
                    aria-label=move || counter_text(&counter, count.get(), needed.get())
                ></progress>
            </div>
            <button
                class="btn btn-primary btn-block"
                type="submit"
                hidden=move || finished.get()
                aria-disabled=move || sending.get().then_some("true")
            >
                {move || if sending.get() { busy.clone() } else { label.clone() }}
            </button>
            <div aria-live="polite">
                <p class="notice notice-ok" hidden=move || said.with(String::is_empty)>{said}</p>
                <p class="field-error" hidden=move || wrong.with(String::is_empty)>{wrong}</p>
            </div>
        </form>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_server_renders_a_whole_form() {
        let html = Owner::new().with(|| {
            view! {
                <CosignButton
                    action="/proposals/7/cosign".to_owned()
                    label="我也支持".to_owned()
                    busy="正在送出".to_owned()
                    done="已附议".to_owned()
                    failed="没有送到".to_owned()
                    count=12
                    needed=15
                    counter="已有 {count} 户，要 {needed} 户".to_owned()
                />
            }
            .to_html()
        });
        assert!(html.starts_with("<leptos-island data-component=\"CosignButton_"), "{html}");
        for part in [
            "method=\"post\"",
            "action=\"/proposals/7/cosign\"",
            "已有 12 户，要 15 户",
            "<progress max=\"15\" value=\"12\"",
            "我也支持",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(
            !html.contains("style="),
            "inline style breaks the content security policy: {html}"
        );
    }
}
