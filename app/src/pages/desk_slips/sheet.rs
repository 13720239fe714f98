//! Slips for the printer: eight on an A4 page, with lines to cut along.

use leptos::prelude::*;
use service::qr::{Qr, qr};
use service::slip::{Purpose, SheetSlip};

use crate::dates::day;
use crate::link::to;
use crate::render::{cx, words};
use crate::words::fill;

/// Slips on a page.
const ON_A_PAGE: usize = 8;

/// A slip with its QR code.
#[derive(Debug)]
pub(super) struct Drawn {
    slip: SheetSlip,
    qr: Qr,
}

/// Draws a slip's code; `join` is the whole address under which codes are typed.
pub(super) fn drawn(join: &str, slip: SheetSlip) -> service::Result<Drawn> {
    let qr = qr(&format!("{join}/{}", slip.code.printed()))?;
    Ok(Drawn { slip, qr })
}

pub(super) fn body(join: &str, slips: Vec<Drawn>, gone: usize) -> impl IntoView + use<> {
    let w = words().slip;
    let count = slips.len();
    let lead = match count {
        0 => w.sheet_none.to_owned(),
        n => fill(w.sheet_lead, &[("n", &n)]),
    };
    let of = count.div_ceil(ON_A_PAGE);
    let shown = shown(join);
    let mut slips = slips.into_iter().peekable();
    let mut pages = Vec::with_capacity(of);
    while slips.peek().is_some() {
        let page: Vec<_> =
            slips.by_ref().take(ON_A_PAGE).map(|drawn| slip(drawn, &shown)).collect();
        let number = fill(w.sheet_page, &[("n", &(pages.len() + 1)), ("of", &of)]);
        pages.push(view! {
            <section class="slip-page">
                <div class="slips">{page}</div>
                <p class="slip-page-number">{number}</p>
            </section>
        });
    }
    view! {
        <header class="sheet-head">
            <h1>{w.sheet_title}</h1>
            <p>{lead}</p>
            {(gone > 0).then(|| view! { <p>{fill(w.sheet_gone, &[("n", &gone)])}</p> })}
            <p><a class="btn btn-secondary" href=to("/desk/slips")>{w.sheet_back}</a></p>
        </header>
        <main>{pages}</main>
    }
}

/// The address as people type it.
fn shown(join: &str) -> String {
    let bare = join.strip_prefix("https://").or_else(|| join.strip_prefix("http://"));
    bare.unwrap_or(join).to_owned()
}

fn slip(drawn: Drawn, join: &str) -> impl IntoView + use<> {
    let Drawn { slip, qr } = drawn;
    let cx = cx();
    let words = cx.words();
    let w = words.slip;
    let community = &cx.viewer.community;
    let gap = words.lang.pick("", " ");
    let hall = format!("{}{gap}{}", community.name, words.site.hall);
    let until = day(slip.expires_at.local_date(), cx.viewer.now.local_date(), words.lang);
    let steps = match slip.purpose {
        Purpose::Join => [w.step_scan, w.step_name, w.step_join],
        Purpose::Reset => [w.step_scan, w.step_password, w.step_save],
    };
    let steps: Vec<_> = steps
        .into_iter()
        .map(|step| view! { <li>{fill(step, &[("address", &join)])}</li> })
        .collect();
    let place: [(&str, &dyn std::fmt::Display); 3] =
        [("courtyard", &slip.courtyard), ("entrance", &slip.entrance), ("room", &slip.room)];
    let person =
        slip.nickname.map(|name| view! { <p>{fill(w.for_person, &[("nickname", &name)])}</p> });
    let ask = match community.settings.phone.as_str() {
        "" => w.ask_committee.to_owned(),
        phone => fill(w.ask_phone, &[("phone", &phone)]),
    };
    let size = qr.size.to_string();
    let view_box = format!("0 0 {size} {size}");
    view! {
        <article class="slip">
            <p class="slip-hall">{hall}</p>
            <p class="slip-home">{fill(w.for_home, &place)}</p>
            {person}
            <p class="slip-code">{slip.code.printed()}</p>
            <div class="slip-how">
                <svg class="slip-qr" viewBox=view_box width="128" height="128" shape-rendering="crispEdges" aria-hidden="true">
                    <rect width=size.clone() height=size fill="#fff"></rect>
                    <path d=qr.path fill="#000"></path>
                </svg>
                <ol>{steps}</ol>
            </div>
            <p>{fill(w.until, &[("day", &until)])}</p>
            <p>{ask}</p>
            <form method="post" action=to(format!("/desk/slips/{}/end", slip.id))>
                <button class="btn btn-secondary btn-small">
                    {w.end}
                    <span class="visually-hidden">{format!(" {}", slip.room)}</span>
                </button>
            </form>
        </article>
    }
}
