//! The page behind a code: the form by which somebody joins, or sets a new password.

use leptos::prelude::*;
use service::slip::{Purpose, SlipSeen};

use super::{FormState, own};
use crate::form::{ErrorSummary, Problems, TextField, error_line};
use crate::link::to;
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::words::fill;

/// What is shown depends on the slip, and on who is signed in.
pub(super) fn body(seen: SlipSeen, state: FormState) -> impl IntoView {
    let viewer = cx().viewer;
    match (seen.purpose, &viewer.signed_in, &viewer.elsewhere) {
        (Purpose::Reset, ..) => reset(seen, state).into_any(),
        (Purpose::Join, Some(me), _) if me.actor.home.is_some() => own::housed(me).into_any(),
        (Purpose::Join, Some(me), _) => own::form(me, &seen, state).into_any(),
        (Purpose::Join, None, Some(elsewhere)) => own::elsewhere(elsewhere).into_any(),
        (Purpose::Join, None, None) => form(&seen, state).into_any(),
    }
}

/// Whose slip it is, as far as whoever holds it may see.
pub(super) fn head(seen: &SlipSeen) -> impl IntoView + use<> {
    let (w, gap) = (words().slip, words().lang.pick("", " "));
    let place =
        [("courtyard", &seen.courtyard as &dyn std::fmt::Display), ("entrance", &seen.entrance)];
    view! {
        <div class="page-head">
            <h1>{fill(w.join_title, &[("community", &seen.community.name)])}</h1>
            <p class="page-lead">{fill(w.join_place, &place)}{gap}{w.join_lead}</p>
            <p class="field-hint">{fill(w.join_code, &[("code", &seen.code.masked())])}</p>
        </div>
    }
}

/// Where the form is sent.
pub(super) fn action(seen: &SlipSeen) -> String {
    to(format!("/join/{}", seen.code.printed()))
}

fn form(seen: &SlipSeen, state: FormState) -> impl IntoView + use<> {
    let w = words().slip;
    let problems = state.problems.clone();
    view! {
        <ErrorSummary problems=problems labels=account_labels().to_vec()/>
        {head(seen)}
        <form method="post" action=action(seen) novalidate>
            {account_fields(state, seen.community.settings.ask_phone)}
            <button class="btn btn-primary btn-block">{w.join}</button>
        </form>
    }
}

/// Fields of [`account_fields`] with their labels, in their order.
pub(in crate::pages) fn account_labels() -> [(&'static str, &'static str); 6] {
    let w = words().slip;
    [
        ("nickname", w.nickname),
        ("name", w.name),
        ("password", w.password),
        ("phone", w.phone),
        ("adult", w.adult),
        ("consent", w.consent),
    ]
}

/// What is typed to make an account, the ticks included.
pub(in crate::pages) fn account_fields(state: FormState, ask_phone: bool) -> impl IntoView + use<> {
    let w = words().slip;
    let FormState { nickname, name, phone, adult, consent, problems } = state;
    let phone_field = ask_phone.then(|| {
        view! {
            <TextField
                name="phone"
                label=w.phone
                hint=w.phone_hint
                value=phone
                kind="tel"
                autocomplete="tel"
                optional=true
                problems=problems.clone()
            />
        }
    });
    view! {
        <TextField
            name="nickname"
            label=w.nickname
            hint=w.nickname_hint
            value=nickname
            autocomplete="nickname"
            max=12
            problems=problems.clone()
        />
        <TextField
            name="name"
            label=w.name
            hint=w.name_hint
            value=name
            autocomplete="username"
            problems=problems.clone()
        />
        <TextField
            name="password"
            label=w.password
            hint=w.password_hint
            kind="password"
            autocomplete="new-password"
            problems=problems.clone()
        />
        {phone_field}
        {ticks(adult, consent, &problems)}
    }
}

/// The declaration of age and the consent (个人信息保护法 Art 14, 17), the latter with what it is about.
pub(in crate::pages) fn ticks(
    adult: bool,
    consent: bool,
    problems: &Problems,
) -> impl IntoView + use<> {
    let w = words().slip;
    view! {
        <fieldset class="field">
            <legend class="field-label">{w.ticks}</legend>
            {tick("adult", w.adult, adult, problems)}
            {tick("consent", w.consent, consent, problems)}
            <p>{w.consent_text}</p>
            <p><a href=to("/privacy")>{w.consent_more}<Icon name="chevron"/></a></p>
        </fieldset>
    }
}

fn tick(
    name: &'static str,
    label: &'static str,
    ticked: bool,
    problems: &Problems,
) -> impl IntoView + use<> {
    let error = problems.of_field(name, words());
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=name
                name=name
                value="yes"
                checked=ticked
                required
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error.is_some().then(|| format!("{name}-e"))
            />
            <label for=name>{label}</label>
            {error_line(name, error)}
        </div>
    }
}

fn reset(seen: SlipSeen, state: FormState) -> impl IntoView {
    let w = words().slip;
    let action = action(&seen);
    let masked = seen.code.masked();
    let (nickname, name) = seen.person.unwrap_or_default();
    let text = fill(w.reset_text, &[("nickname", &nickname), ("name", &name)]);
    view! {
        <ErrorSummary problems=state.problems.clone() labels=vec![("password", w.reset_password)]/>
        <div class="page-head">
            <h1>{w.reset_title}</h1>
            <p class="page-lead">{text}</p>
            <p class="field-hint">{fill(w.join_code, &[("code", &masked)])}</p>
        </div>
        <form method="post" action=action novalidate>
            // Lets a browser's keeper of passwords know whose it is.
            <input type="hidden" name="name" value=name autocomplete="username"/>
            <TextField
                name="password"
                label=w.reset_password
                hint=w.password_hint
                kind="password"
                autocomplete="new-password"
                problems=state.problems
            />
            <button class="btn btn-primary btn-block">{w.reset}</button>
        </form>
    }
}
