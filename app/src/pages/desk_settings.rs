//! `/desk/settings`: what a community sets for itself.

use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::category::Category;
use domain::permission::Action;
use domain::settings::{Accent, Moderation, TalkModeration};
use domain::settings_form::{Group, NAME_MAX, NUMBERS, NumberField, PHONE_MAX, SettingsForm};
use leptos::prelude::*;
use service::settings::{settings_change, settings_in_force};
use service::{Error, Refusal};

use super::desk::gate;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField, error_line};
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::step_up_note::StepUpNote;
use crate::viewer::Viewer;
use crate::words::settings::SettingsWords;
use crate::words::terms::Term as _;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/desk/settings", get(show).post(save))
}

/// The form as it is shown.
struct Sheet {
    form: SettingsForm,
    /// Names the state that the form was filled from.
    seen: String,
    problems: Problems,
    /// Whether somebody else changed the settings in the meantime.
    stale: bool,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::DeskRead)?;
    let found = settings_in_force(&app.hall, actor).await?;
    let form = SettingsForm::of(&found.now);
    let sheet = Sheet { form, seen: found.seen, problems: Problems::default(), stale: false };
    Ok(render(&app, &viewer, sheet, StatusCode::OK))
}

async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::DeskRead)?;
    let form: SettingsForm = fields.into_iter().collect();
    let seen = form.typed("seen").to_owned();
    let (sheet, status) = match settings_change(&app.hall, actor, &form, &seen).await {
        Ok(()) => return Ok(see_other("/desk/settings", Some("saved"))),
        Err(Error::Refused(Refusal::Stale)) => {
            let seen = settings_in_force(&app.hall, actor).await?.seen;
            let sheet = Sheet { form, seen, problems: Problems::default(), stale: true };
            (sheet, StatusCode::CONFLICT)
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            let sheet = Sheet { form, seen, problems, stale: false };
            (sheet, StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    Ok(render(&app, &viewer, sheet, status))
}

fn render(app: &App, viewer: &Viewer, sheet: Sheet, status: StatusCode) -> Response {
    let meta = Meta {
        title: viewer.words().settings.title.to_owned(),
        tab: Tab::Desk,
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    page(app, viewer, meta, move || body(&sheet))
}

/// The fields in the order of the page, for the summary of errors.
fn labels(w: &SettingsWords) -> Vec<(&'static str, &'static str)> {
    let numbers = |group: Group| {
        let of_group = NUMBERS.iter().filter(move |field| field.group == group);
        of_group.map(|field| (field.name, w.number(field.name).0))
    };
    [("name", w.name), ("phone", w.phone), ("footer", w.footer), ("accent", w.accent)]
        .into_iter()
        .chain([("moderation", w.moderation)])
        .chain([("talk_moderation", w.talk_moderation), ("watch_words", w.watch_words)])
        .chain(numbers(Group::Talk))
        .chain(numbers(Group::Thresholds))
        .chain(numbers(Group::Clocks))
        .chain([("category", w.category), ("days_off", w.days_off), ("days_on", w.days_on)])
        .chain(numbers(Group::People))
        .collect()
}

fn body(sheet: &Sheet) -> impl IntoView + use<> {
    let w = words().settings;
    let Sheet { form, problems, .. } = sheet;
    let stale = sheet.stale.then(|| {
        view! {
            <p class="notice notice-warn" role="alert"><Icon name="info"/><span>{w.kept_ago}</span></p>
        }
    });
    let text = |name: &str| form.typed(name).to_owned();
    let tick =
        |name: &'static str, label: &'static str| check(name, name.to_owned(), "1", label, form);
    view! {
        {nav("settings")}
        <ErrorSummary problems=problems.clone() labels=labels(w)/>
        {stale}
        <div class="page-head">
            <h1>{w.title}</h1>
            <p class="page-lead">{w.lead}</p>
        </div>
        <form method="post" action=to("/desk/settings") novalidate>
            <input type="hidden" name="seen" value=sheet.seen.clone()/>
            <section class="section">
                <h2 class="section-head">{w.h_community}</h2>
                <TextField
                    name="name"
                    label=w.name
                    value=text("name")
                    max=NAME_MAX
                    problems=problems.clone()
                />
                <TextField
                    name="phone"
                    label=w.phone
                    hint=w.phone_hint
                    value=text("phone")
                    max=PHONE_MAX
                    optional=true
                    problems=problems.clone()
                />
                {lines("footer", w.footer, w.footer_hint, form, problems)}
                {accents(form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_moderation}</h2>
                {moderations(form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_talk}</h2>
                {talk_moderations(form, problems)}
                {lines("watch_words", w.watch_words, w.watch_words_hint, form, problems)}
                {numbers(Group::Talk, form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_thresholds}</h2>
                {numbers(Group::Thresholds, form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_clocks}</h2>
                {numbers(Group::Clocks, form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_categories}</h2>
                {categories(form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_days}</h2>
                {lines("days_off", w.days_off, w.days_off_hint, form, problems)}
                {lines("days_on", w.days_on, w.days_on_hint, form, problems)}
            </section>
            <section class="section">
                <h2 class="section-head">{w.h_people}</h2>
                <div class="field">
                    {tick("join_requests", w.join_requests)}
                    {tick("ask_phone", w.ask_phone)}
                </div>
                {numbers(Group::People, form, problems)}
            </section>
            <StepUpNote/>
            <button class="btn btn-primary btn-block">{w.save}</button>
        </form>
    }
}

/// The numbers of a group, two beside each other where there is room.
fn numbers(group: Group, form: &SettingsForm, problems: &Problems) -> impl IntoView + use<> {
    let of_group = NUMBERS.iter().filter(|field| field.group == group);
    let fields: Vec<_> = of_group.map(|field| number(field, form, problems)).collect();
    view! { <div class="form-grid">{fields}</div> }
}

fn number(field: &NumberField, form: &SettingsForm, problems: &Problems) -> impl IntoView + use<> {
    let words = words();
    let name = field.name;
    let (label, unit) = words.settings.number(name);
    let (open, close) = (words.lang.pick("（", " ("), words.lang.pick("）", ")"));
    let error = problems.of_field(name, words);
    view! {
        <div class="field">
            <label class="field-label" for=name>{label}{open}{unit}{close}</label>
            <input
                class="input input-short num"
                id=name
                name=name
                inputmode="numeric"
                autocomplete="off"
                required
                value=form.typed(name).to_owned()
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error.is_some().then(|| format!("{name}-e"))
            />
            {error_line(name, error)}
        </div>
    }
}

/// Lines that may stay empty; the hint says what stands in one.
fn lines(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    form: &SettingsForm,
    problems: &Problems,
) -> impl IntoView + use<> {
    let words = words();
    let error = problems.of_field(name, words);
    let invalid = error.is_some();
    let described = if invalid { format!("{name}-e {name}-h") } else { format!("{name}-h") };
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {label}
                <span class="field-optional">{words.site.optional}</span>
            </label>
            <p class="field-hint" id=format!("{name}-h")>{hint}</p>
            <islands::TextArea
                id=name
                name=name
                value=form.typed(name)
                rows=3
                invalid=invalid
                described_by=described
            />
            {error_line(name, error)}
        </div>
    }
}

fn check(
    name: &'static str,
    id: String,
    value: &'static str,
    label: &'static str,
    form: &SettingsForm,
) -> impl IntoView + use<> {
    let checked = form.chose(name, value);
    view! {
        <div class="check">
            <input type="checkbox" id=id.clone() name=name value=value checked=checked/>
            <label for=id>{label}</label>
        </div>
    }
}

/// One of some choices, each with a word about it; the first has the field's own id, to which the
/// summary of errors leads.
fn choices(
    name: &'static str,
    choices: Vec<(&'static str, &'static str, &'static str)>,
    form: &SettingsForm,
) -> impl IntoView + use<> {
    let parts: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(place, (value, word, hint))| {
            let id = if place == 0 { name.to_owned() } else { format!("{name}-{value}") };
            let checked = form.chose(name, value);
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name=name value=value checked=checked/>
                    <label for=id>
                        <span class="choice-name">{word}</span>
                        {(!hint.is_empty()).then(|| view! { <span class="choice-hint">{hint}</span> })}
                    </label>
                </div>
            }
        })
        .collect();
    view! { {parts} }
}

fn accents(form: &SettingsForm, problems: &Problems) -> impl IntoView + use<> {
    let words = words();
    let w = words.settings;
    let all = Accent::ALL.iter().map(|accent| (accent.as_str(), accent.word(words.lang), ""));
    view! {
        <fieldset class="field" aria-describedby="accent-h">
            <legend class="field-label">{w.accent}</legend>
            <p class="field-hint" id="accent-h">{w.accent_hint}</p>
            <div class="choice-list choice-list-row">{choices("accent", all.collect(), form)}</div>
            {error_line("accent", problems.of_field("accent", words))}
        </fieldset>
    }
}

fn moderations(form: &SettingsForm, problems: &Problems) -> impl IntoView + use<> {
    let words = words();
    let w = words.settings;
    let all = Moderation::ALL.iter().map(|moderation| {
        (moderation.as_str(), moderation.word(words.lang), w.moderation_hint(*moderation))
    });
    view! {
        <fieldset class="field">
            <legend class="field-label">{w.moderation}</legend>
            <div class="choice-list">{choices("moderation", all.collect(), form)}</div>
            {error_line("moderation", problems.of_field("moderation", words))}
        </fieldset>
    }
}

fn talk_moderations(form: &SettingsForm, problems: &Problems) -> impl IntoView + use<> {
    let words = words();
    let w = words.settings;
    let all = TalkModeration::ALL.iter().map(|moderation| {
        (moderation.as_str(), moderation.word(words.lang), w.talk_moderation_hint(*moderation))
    });
    view! {
        <fieldset class="field">
            <legend class="field-label">{w.talk_moderation}</legend>
            <div class="choice-list">{choices("talk_moderation", all.collect(), form)}</div>
            {error_line("talk_moderation", problems.of_field("talk_moderation", words))}
        </fieldset>
    }
}

fn categories(form: &SettingsForm, problems: &Problems) -> impl IntoView + use<> {
    let words = words();
    let w = words.settings;
    let all: Vec<_> = Category::ALL
        .iter()
        .enumerate()
        .map(|(place, category)| {
            let value = category.as_str();
            let id = if place == 0 { "category".to_owned() } else { format!("category-{value}") };
            check("category", id, value, category.word(words.lang), form)
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby="category-h">
            <legend class="field-label">{w.category}</legend>
            <p class="field-hint" id="category-h">{w.category_hint}</p>
            <div class="form-grid">{all}</div>
            {error_line("category", problems.of_field("category", words))}
        </fieldset>
    }
}
