//! Says that something new was said, and moves nothing of what one reads.

use leptos::prelude::*;

use crate::words::{fill, words};

words! {
    /// Its sentences.
    pub struct LiveWords {
        /// Of the link that asks for the page again: it stands there where nothing is alive.
        pub again: String,
        /// `{n}` posts are new.
        pub new: String,
    }
}

/// A link that asks for the page again; alive, it appears only when something is new, at the foot of the
/// window, and says how much.
#[island]
pub fn LiveTalk(
    /// The stream's address.
    url: String,
    /// The page's own address, without a place in it: one with a place would only scroll there.
    page: String,
    /// How many posts the page shows of.
    posts: i64,
    /// Its sentences.
    words: LiveWords,
) -> impl IntoView {
    let new = RwSignal::new(0_i64);
    let alive = RwSignal::new(false);

    #[cfg(feature = "hydrate")]
    crate::browser::listen(&url, move |told: Option<&str>| match told {
        Some(told) => {
            alive.set(true);
            if let Ok(now) = told.parse::<i64>() {
                new.set((now - posts).max(0));
            }
        }
        // The stream is lost for good: the link comes back.
        None => alive.set(false),
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, posts);

    let is_new = move || new.get() > 0;
    let text = move || match new.get() {
        0 => words.again.clone(),
        n => fill(&words.new, "n", n),
    };
    view! {
        <p class="live" role="status" class:live-new=is_new>
            <a
                class="btn btn-secondary btn-small"
                href=page
                hidden=move || alive.get() && new.get() == 0
                on:click=move |event| {
                    #[cfg(feature = "hydrate")]
                    {
                        event.prevent_default();
                        crate::browser::reload_at("talk");
                    }
                    #[cfg(not(feature = "hydrate"))]
                    let _ = event;
                }
            >
                {text}
            </a>
        </p>
    }
}
