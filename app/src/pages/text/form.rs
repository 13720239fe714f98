//! The form in which an author edits a matter's text, with what would change shown before it is sent.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::text::Reason;
use domain::version::VersionKind;
use leptos::prelude::*;
use serde::Deserialize;
use service::places::{CourtyardPlaces, places};
use service::text::{Edited, TextForm, TextOwn, TextPreview, text_change, text_own, text_preview};
use service::{Error, Problem, Refusal};

use super::difference::difference;
use crate::dates::Moment;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems, error_line};
use crate::link::{parse, to};
use crate::pages::proposal_new::{
    CategoryField, PlaceField, ScopeField, SituationField, SpotField, SuggestionField, TitleField,
    place_of,
};
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::unsent::unsent_page;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::terms::Term;

/// The form as a browser sends it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    title: String,
    situation: String,
    suggestion: String,
    category: String,
    /// `COURTYARD` or `COURTYARD-ENTRANCE`.
    place: String,
    spot: String,
    scope: String,
    said: String,
    note: String,
    base: String,
    anyway: String,
    /// `look` of the button that only shows what would change.
    #[serde(rename = "do")]
    act: String,
}

impl From<Typed> for TextForm {
    fn from(typed: Typed) -> Self {
        let (courtyard_id, entrance_id) = place_of(&typed.place);
        Self {
            courtyard_id,
            entrance_id,
            title: typed.title,
            situation: typed.situation,
            suggestion: typed.suggestion,
            category: typed.category,
            spot: typed.spot,
            scope: typed.scope,
            said: typed.said,
            note: typed.note,
            base: typed.base,
            anyway: typed.anyway,
        }
    }
}

/// What the page shows.
struct Shown {
    number: i64,
    own: TextOwn,
    form: TextForm,
    problems: Problems,
    /// What the edit would do; none where it would change nothing.
    preview: Option<Option<TextPreview>>,
    /// Somebody was quicker.
    stale: bool,
    places: Vec<CourtyardPlaces>,
}

pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let own = text_own(&app.hall, &viewer.require()?.actor, number).await?;
    let form = own.form.clone();
    let shown = Shown {
        number,
        own,
        form,
        problems: Problems::default(),
        preview: None,
        stale: false,
        places: Vec::new(),
    };
    form_page(&app, &viewer, shown).await
}

pub(super) async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    axum::Form(typed): axum::Form<Typed>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let look = typed.act == "look";
    let form = TextForm::from(typed);
    // Whose it is comes before what was typed.
    let own = match text_own(&app.hall, actor, number).await {
        Ok(own) => own,
        // Nothing can be changed any more.
        Err(error @ Error::Refused(_)) => {
            let text = [&*form.title, &form.situation, &form.suggestion, &form.note].join("\n");
            let (title, back) = (viewer.words().text.edit_title, format!("/proposals/{number}"));
            return Ok(unsent_page(&app, &viewer, title, back, text, Problems::kept(error)?));
        }
        Err(error) => return Err(error.into()),
    };
    let mut shown = Shown {
        number,
        own,
        form,
        problems: Problems::default(),
        preview: None,
        stale: false,
        places: Vec::new(),
    };
    let done = if look {
        preview(&app, &viewer, &mut shown).await
    } else {
        match text_change(&app.hall, actor, number, &shown.form).await {
            Ok(edited) => {
                let flash = match edited {
                    Edited::Shown { kind: VersionKind::Change, .. } => "text_changed",
                    Edited::Shown { .. } => "text_edited",
                    Edited::Waiting => "text_sent",
                };
                return Ok(see_other(&format!("/proposals/{number}"), Some(flash)));
            }
            Err(error) => Err(error),
        }
    };
    match done {
        Ok(()) => {}
        // Somebody was quicker: what was typed is compared with the text as it is now.
        Err(Error::Refused(Refusal::Stale)) => {
            shown.stale = true;
            shown.own = text_own(&app.hall, actor, number).await?;
            shown.form.base.clone_from(&shown.own.form.base);
            if let Err(error) = preview(&app, &viewer, &mut shown).await {
                shown.problems = Problems::of(error)?;
            }
        }
        Err(error) => shown.problems = Problems::kept(error)?,
    }
    form_page(&app, &viewer, shown).await
}

/// Puts what the edit would do beside the form. Words that the community watches don't keep anybody from
/// looking.
async fn preview(app: &App, viewer: &Viewer, shown: &mut Shown) -> Result<(), Error> {
    let signed_in = viewer.signed_in.as_ref().ok_or(domain::permission::Denied::SignIn)?;
    let form = TextForm { anyway: "1".to_owned(), ..shown.form.clone() };
    shown.preview = match text_preview(&app.hall, &signed_in.actor, shown.number, &form).await {
        Ok(preview) => Some(Some(preview)),
        Err(Error::Invalid(fields)) if fields.iter().all(|it| it.problem == Problem::SameText) => {
            Some(None)
        }
        Err(error) => return Err(error),
    };
    Ok(())
}

async fn form_page(app: &App, viewer: &Viewer, mut shown: Shown) -> Result<Response, Fail> {
    shown.places = places(&app.hall, viewer.community.id).await?;
    let stale = shown.stale && shown.problems.is_empty();
    let meta = Meta {
        title: viewer.words().text.edit_title.to_owned(),
        tab: Tab::Home,
        narrow: true,
        alive: true,
        status: stale.then_some(StatusCode::CONFLICT),
        problems: shown.problems.clone(),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || form_view(shown)))
}

fn labels() -> Vec<(&'static str, &'static str)> {
    let words = words();
    let (w, p) = (words.text, words.proposal);
    vec![
        ("title", p.f_title),
        ("situation", p.f_situation),
        ("suggestion", p.f_suggestion),
        ("place", p.f_place),
        ("spot", p.f_spot),
        ("category", p.f_category),
        ("scope", p.f_scope),
        ("said", w.said),
        ("note", w.note),
        ("text", w.edit_title),
    ]
}

fn form_view(shown: Shown) -> impl IntoView {
    let w = words().text;
    let Shown { number, own, form, problems, preview, stale, places } = shown;
    let address = to(format!("/proposals/{number}/text"));
    // The answer is scrolled to what was asked for.
    let look = format!("{address}#look");
    let anyway = problems.only_watched().then(|| {
        let word = words().talk.anyway;
        view! {
            <button class="btn btn-secondary btn-block" name="anyway" value="1">{word}</button>
        }
    });
    let stale = stale.then(|| {
        view! {
            <p class="notice notice-warn" role="alert"><Icon name="info"/><span>{w.stale}</span></p>
        }
    });
    view! {
        {head(number, &own)}
        {stale}
        {stands(number, &own)}
        <ErrorSummary problems=problems.clone() labels=labels()/>
        <form class="section" id="text" method="post" action=address novalidate autocomplete="off">
            <input type="hidden" name="base" value=form.base/>
            <TitleField value=form.title problems=problems.clone()/>
            <SituationField value=form.situation problems=problems.clone()/>
            <SuggestionField value=form.suggestion problems=problems.clone()/>
            <PlaceField
                courtyard=form.courtyard_id
                entrance=form.entrance_id
                places=places
                problems=problems.clone()
            />
            <SpotField value=form.spot problems=problems.clone()/>
            <CategoryField chosen=form.category problems=problems.clone()/>
            <ScopeField chosen=form.scope problems=problems.clone()/>
            <p class="field-hint">{w.edit_kept}</p>
            {own.cosigned.then(|| said(&form.said, &problems))}
            <LinesField
                name="note"
                label=w.note
                hint=w.note_hint
                value=form.note
                max=Reason::MAX
                rows=3
                optional=!own.cosigned
                problems=problems.clone()
            />
            {crate::hints::hints()}
            {preview.map(looked)}
            <div class="text-send">
                <button class="btn btn-secondary btn-block" name="do" value="look" formaction=look>
                    {w.look}
                </button>
                <button class="btn btn-primary btn-block" name="do" value="send">{w.go}</button>
                {anyway}
            </div>
        </form>
    }
}

fn head(number: i64, own: &TextOwn) -> impl IntoView + use<> {
    let w = words().text;
    let lead = if own.cosigned {
        fill(w.edit_signed, &[("n", &own.households)])
    } else {
        w.edit_free.to_owned()
    };
    view! {
        <div class="page-head">
            <a class="crumb" href=to(format!("/proposals/{number}"))>
                <Icon name="chevron"/>{fill(w.back_to_matter, &[("n", &number)])}
            </a>
            <h1>{w.edit_title}</h1>
            <p class="page-lead">{own.title.clone()}</p>
            <p class="page-lead">{lead}</p>
        </div>
    }
}

/// An edit from before, which waits or wasn't let through.
fn stands(number: i64, own: &TextOwn) -> Option<AnyView> {
    let w = words().text;
    let (class, icon, text) = match (&own.waiting, &own.declined) {
        (Some(_), _) => ("notice notice-info", "clock", w.edit_waiting.to_owned()),
        (None, Some(declined)) => {
            ("notice notice-warn", "info", fill(w.edit_declined, &[("reason", &declined.reason)]))
        }
        (None, None) => return None,
    };
    let at = own.waiting.as_ref().map(|waiting| waiting.at);
    let at = at.or_else(|| own.declined.as_ref().map(|declined| declined.at));
    let drop = to(format!("/proposals/{number}/text/drop"));
    Some(
        view! {
            <div class=class>
                <Icon name=icon/>
                <div>
                    <p>{text}" "{at.map(|at| view! { <Moment at=at/> })}</p>
                    <form method="post" action=drop>
                        <button class="btn btn-secondary btn-small">{w.drop}</button>
                    </form>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// Whether it still asks the same.
fn said(chosen: &str, problems: &Problems) -> impl IntoView + use<> {
    let cx = cx();
    let words = cx.words();
    let w = words.text;
    let needed = cx.viewer.community.settings.contest_households;
    let error = problems.of_field("said", words);
    let described = if error.is_some() { "said-e said-h" } else { "said-h" };
    let kinds = [
        (VersionKind::Correction, "said", fill(w.said_correction_hint, &[("n", &needed)])),
        (VersionKind::Change, "said-change", w.said_change_hint.to_owned()),
    ];
    let choices: Vec<_> = kinds
        .into_iter()
        .map(|(kind, id, hint)| {
            let value = kind.as_str();
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id
                        name="said"
                        value=value
                        required=true
                        checked=value == chosen
                    />
                    <label for=id>
                        <span class="choice-name">{kind.word(words.lang)}</span>
                        <span class="choice-hint">{hint}</span>
                    </label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{w.said}</legend>
            <p class="field-hint" id="said-h">{w.said_scope}</p>
            <div class="choice-list">{choices}</div>
            {error_line("said", error)}
        </fieldset>
    }
}

/// What the edit would do.
fn looked(preview: Option<TextPreview>) -> AnyView {
    let w = words().text;
    let inside = match preview {
        None => view! { <p>{w.look_none}</p> }.into_any(),
        Some(preview) => {
            let asks = (preview.cosigned && preview.asks_anyway)
                .then(|| view! { <p>{fill(w.look_asks, &[("n", &preview.households)])}</p> });
            let needed = preview.needed.map(|(from, to)| {
                view! { <p>{fill(w.look_needed, &[("from", &from), ("n", &to)])}</p> }
            });
            let waits = preview.waits.then(|| view! { <p>{w.edit_checked}</p> });
            view! { {difference(&preview.changes)}{asks}{needed}{waits} }.into_any()
        }
    };
    view! {
        <section class="text-box" id="look" tabindex="-1" aria-labelledby="look-h">
            <h2 id="look-h">{w.look_title}</h2>
            {inside}
        </section>
    }
    .into_any()
}
