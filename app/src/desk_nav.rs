//! The desk's own links, at the head of each of its pages.

use domain::permission::Action;
use leptos::prelude::*;

use crate::link::to;
use crate::render::cx;
use crate::words::people::PeopleWords;

/// Key, address, word, and what one must be allowed to.
type Link = (&'static str, &'static str, fn(&PeopleWords) -> &'static str, Action);

const LINKS: &[Link] = &[
    ("matters", "/desk", |w| w.nav_matters, Action::DeskRead),
    ("reports", "/desk/reports", |_| crate::render::words().civil.nav_reports, Action::DeskRead),
    ("removed", "/desk/removed", |_| crate::render::words().civil.nav_removed, Action::DeskRead),
    ("people", "/desk/people", |w| w.nav_people, Action::DeskRead),
    ("members", "/desk/members", |w| w.nav_members, Action::DeskRead),
    ("counter", "/desk/counter", |w| w.nav_counter, Action::RollChange),
    ("slips", "/desk/slips", |w| w.nav_slips, Action::SlipPrint),
    ("places", "/desk/places", |w| w.nav_places, Action::DeskRead),
    ("plans", "/desk/plans", |_| crate::render::words().photo.nav, Action::PlanDraw),
    ("roll", "/desk/roll", |w| w.nav_roll, Action::RollImport),
    ("owners", "/desk/owners", |w| w.nav_owners, Action::RollLook),
    ("roles", "/desk/roles", |w| w.nav_roles, Action::DeskRead),
    ("settings", "/desk/settings", |w| w.nav_settings, Action::SettingsChange),
    ("audit", "/desk/audit", |w| w.nav_audit, Action::DeskRead),
    ("mail", "/desk/mail", |w| w.nav_mail, Action::DeskRead),
];

/// The links that the viewer may open; `here` is the key of the page that it stands on.
pub fn nav(here: &'static str) -> impl IntoView {
    let cx = cx();
    let w = cx.words().people;
    let links: Vec<_> = LINKS
        .iter()
        .filter(|(_, _, _, action)| cx.viewer.may(*action))
        .map(|(key, address, word, _)| {
            let current = (*key == here).then_some("page");
            view! { <li><a href=to(address) aria-current=current>{word(w)}</a></li> }
        })
        .collect();
    view! { <nav class="desk-nav" aria-label=w.nav><ul>{links}</ul></nav> }
}
