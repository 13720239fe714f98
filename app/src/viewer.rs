//! Who looks at a page, and how they like to see it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use domain::ids::CommunityId;
use domain::permission::{Action, Denied, Target, permit};
use domain::settings::CommunitySettings;
use domain::time::Timestamp;
use service::people::SignedIn;

use crate::cookie::Token;
use crate::fail::Fail;
use crate::words::{Lang, Words};

/// Size of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Size {
    /// The usual size.
    #[default]
    Usual,
    /// 大字: for older eyes.
    Large,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Theme {
    /// As the device likes it.
    #[default]
    Device,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How a person likes to see pages: kept in cookies, so that it works without an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Prefs {
    /// Language.
    pub lang: Lang,
    /// Size of the text.
    pub size: Size,
    /// Light or dark.
    pub theme: Theme,
}

/// The community whose page it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityNames {
    /// Row.
    pub id: CommunityId,
    /// Its short name in addresses.
    pub slug: String,
    /// What its addresses begin with: empty for the first one, else `/c/{slug}`.
    pub prefix: String,
    /// 社区.
    pub name: String,
    /// 街道.
    pub subdistrict: String,
    /// District.
    pub district: String,
    /// Whether there are other communities on this server.
    pub has_others: bool,
    /// Settings.
    pub settings: CommunitySettings,
}

/// Somebody who is signed in and looks at another community's pages: there they are a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The name that others see.
    pub nickname: String,
    /// The name of their own community.
    pub community: String,
    /// What its addresses begin with.
    pub prefix: String,
}

/// Who looks at a page. The server's middleware puts it into the request.
#[derive(Debug, Clone)]
pub struct Viewer(pub Arc<ViewerData>);

/// What a [`Viewer`] holds.
#[derive(Debug, Clone)]
pub struct ViewerData {
    /// Signed in as; never a person of another community than the page's.
    pub signed_in: Option<SignedIn>,
    /// Signed in as a person of another community.
    pub elsewhere: Option<Elsewhere>,
    /// Nobody yet: the password was right, and the second factor is still to be shown.
    pub factor_waits: bool,
    /// Preferences.
    pub prefs: Prefs,
    /// The community whose page it is.
    pub community: CommunityNames,
    /// The time of the request.
    pub now: Timestamp,
    /// Path and query of the request, the community's prefix included: where to come back to.
    pub here: String,
    /// The request's id, shown on error pages.
    pub request_id: String,
    /// A short word of thanks to show once, by its key in the catalogue (`words.site.flash`).
    pub flash: Option<String>,
    /// The session's token from the cookie, also when nobody is signed in with it any more.
    pub token: Option<Token>,
    /// The client's address on the network, for rate limits; never shown or logged.
    pub address: String,
    /// The browser as it names itself; empty when it doesn't.
    pub agent: String,
}

impl std::ops::Deref for Viewer {
    type Target = ViewerData;

    fn deref(&self) -> &ViewerData {
        &self.0
    }
}

impl Viewer {
    /// The words in the viewer's language.
    #[must_use]
    pub fn words(&self) -> &'static Words {
        Words::of(self.prefs.lang)
    }

    /// The actor, if signed in.
    #[must_use]
    pub fn actor(&self) -> Option<&domain::role::Actor> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.actor)
    }

    /// Whether nobody is signed in, in this community or another.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.signed_in.is_none() && self.elsewhere.is_none()
    }

    /// Whether the viewer may do this in the community as a whole: what its links and forms are shown by.
    /// One whose second factor is due sees them too, and is asked for it when the form is sent.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        let target = Target::community(self.community.id);
        matches!(permit(self.actor(), action, &target), Ok(()) | Err(Denied::StepUp))
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// [`Fail`] that leads to the sign-in page.
    pub fn require(&self) -> Result<&SignedIn, Fail> {
        let denied = || Fail::from(service::Error::from(Denied::SignIn));
        self.signed_in.as_ref().ok_or_else(denied)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fail> {
        let missing = || Fail::from(service::Error::Broken("the request has no viewer".into()));
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}
