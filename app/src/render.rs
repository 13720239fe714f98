//! Rendering a view to the end, on the server.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

use crate::state::Site;
use crate::viewer::Viewer;
use crate::words::Words;

/// What every part of a page can ask for with [`cx`].
#[derive(Debug, Clone)]
pub struct Cx {
    /// Facts of the site.
    pub site: Arc<Site>,
    /// Who looks.
    pub viewer: Viewer,
}

impl Cx {
    /// The words in the viewer's language.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        self.viewer.words()
    }
}

/// The page being rendered.
///
/// # Panics
/// Outside [`to_html`], which a test of every page would show.
#[must_use]
pub fn cx() -> Cx {
    expect_context::<Cx>()
}

/// The words in the viewer's language.
#[must_use]
pub fn words() -> &'static Words {
    cx().words()
}

/// Renders a view to its HTML. Islands in it carry what wakes them in the browser.
pub fn to_html<V: IntoView + 'static>(cx: Cx, view: impl FnOnce() -> V) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| {
        provide_context(cx);
        view().into_view().to_html()
    });
    owner.unset();
    html
}
