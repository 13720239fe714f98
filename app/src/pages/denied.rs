//! Why something on a page isn't open to who looks at it, and what they can do about it.

use domain::permission::Denied;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::link::to;
use crate::render::{cx, words};
use crate::words::fill;

/// What a page says where it would have a form.
pub(super) struct Closed<'a> {
    /// The page's own address within the community: signing in leads back to it.
    pub(super) here: &'a str,
    /// The words of the link for who isn't signed in.
    pub(super) sign_in: &'static str,
    /// The class of that link.
    pub(super) class: &'static str,
    /// Said where the household isn't verified yet.
    pub(super) verify: &'static str,
    /// Said for every other reason.
    pub(super) scope: &'a str,
}

impl Closed<'_> {
    /// Why, and the way on.
    pub(super) fn view(&self, denied: Denied) -> AnyView {
        match denied {
            Denied::SignIn if cx().viewer.elsewhere.is_some() => visitor_hint(),
            Denied::SignIn => {
                let here = utf8_percent_encode(self.here, NON_ALPHANUMERIC);
                let href = to(format!("/sign-in?back={here}"));
                view! { <a class=self.class href=href>{self.sign_in}</a> }.into_any()
            }
            Denied::Consent => {
                let w = words();
                view! {
                    <p class="field-hint">{w.site.e403_consent}</p>
                    <p><a class="btn btn-secondary" href=to("/privacy")>{w.privacy.title}</a></p>
                }
                .into_any()
            }
            Denied::NotVerified => view! { <p class="field-hint">{self.verify}</p> }.into_any(),
            _ => view! { <p class="field-hint">{self.scope.to_owned()}</p> }.into_any(),
        }
    }
}

/// Whoever lives in another community reads.
pub(super) fn visitor_hint() -> AnyView {
    let cx = cx();
    let text = fill(cx.words().site.visitor_hint, &[("community", &cx.viewer.community.name)]);
    view! { <p class="field-hint">{text}</p> }.into_any()
}
