//! The form, section by section.
#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]

use domain::settings::Moderation;
use domain::text::OnBehalf;
use islands::{KeeperWords, StepsWords};
use leptos::prelude::*;
use service::photo::MATTER_MAX;
use service::proposal::ProposalForm;

use super::before::Before;
use super::choices::{CategoryField, PlaceField, ScopeField};
use super::fields::{Counted, SituationField, SpotField, SuggestionField, TitleField};
use super::like::WhileTyping;
use super::{Kind, Shown};
use crate::form::{Problems, error_line};
use crate::link::to;
use crate::parts::Icon;
use crate::photos::PhotoField;
use crate::plans::{PinField, PinFields};
use crate::render::{cx, words};
use crate::words::fill;

/// Title of the page, and what the reader has to know first.
#[component]
pub(super) fn Head(kind: Kind, drafts: bool) -> impl IntoView {
    let words = words();
    let w = words.proposal;
    match kind {
        Kind::New => view! {
            <div class="page-head"><h1>{w.new_title}</h1></div>
            {drafts.then(|| view! {
                <p class="notice notice-info">
                    <Icon name="info"/>
                    <span>{words.raise.drafts_here}<a href=to("/me/drafts")>{words.raise.drafts_go}</a></span>
                </p>
            })}
        }
        .into_any(),
        Kind::Edit(number, reason) => view! {
            <div class="page-head">
                <a class="crumb" href=to(format!("/proposals/{number}"))>
                    <Icon name="chevron"/>{fill(w.to_matter, &[("n", &number)])}
                </a>
                <h1>{w.edit_title}</h1>
                <p class="page-lead">{w.edit_lead}</p>
            </div>
            {reason.map(|reason| view! {
                <div class="notice notice-warn">
                    <Icon name="info"/>
                    <div><strong>{w.edit_reason}</strong>{reason}</div>
                </div>
            })}
        }
        .into_any(),
    }
}

/// A section of the form: on a narrow screen with scripts it is shown alone. `name` is the end of its id.
fn step<V: IntoView>(name: &'static str, title: &'static str, body: V) -> impl IntoView + use<V> {
    let heading = format!("step-{name}-h");
    let labelled = heading.clone();
    view! {
        <section class="raise-step" id=format!("step-{name}") data-step="" aria-labelledby=labelled>
            <h2 id=heading tabindex="-1">{title}</h2>
            {body}
        </section>
    }
}

/// The form.
#[component]
pub(super) fn Sections(shown: Shown) -> impl IntoView {
    let words = words();
    let w = words.raise;
    let Shown { kind, form, problems, kept, photos, came_back, similar, once, seen, .. } = shown;
    let is_new = matches!(kind, Kind::New);
    let action = match kind {
        Kind::New => to("/proposals/new"),
        Kind::Edit(number, _) => to(format!("/proposals/{number}/edit")),
    };
    // The answer to this button is scrolled to what it found.
    let look = format!("{action}#step-what");
    let draft = kept.map(|kept| kept.id);
    let looked = similar.is_some();
    let lines = similar.unwrap_or_default();
    let pin = PinFields {
        plan_id: form.plan_id.clone(),
        pin_x: form.pin_x.clone(),
        pin_y: form.pin_y.clone(),
    };
    // Whoever goes on with a draft has read what comes before.
    let start = u32::from(is_new && draft.is_some());
    view! {
        <form class="raise" id="raise" method="post" action=action enctype="multipart/form-data" novalidate autocomplete="off">
            <islands::FirstButton/>
            {is_new.then(|| view! {
                <input type="hidden" name="draft" data-skip="" value=number(draft)/>
                <input type="hidden" name="draft_version" data-skip="" value=number(kept.map(|it| it.version))/>
                <input type="hidden" name="seen" id="seen" data-skip="" value=seen/>
                {step("before", w.s_before, view! { <Lead/><Before/> })}
            })}
            {step("what", w.s_what, view! {
                <TitleField value=form.title.clone() problems=problems.clone()/>
                {is_new.then(|| view! {
                    <div data-look=looked.then_some("")><WhileTyping lines=lines looked=looked/></div>
                    <p>
                        <button class="btn btn-secondary btn-small" name="do" value="similar" formaction=look>
                            {w.similar_button}
                        </button>
                    </p>
                })}
            })}
            {step("now", w.s_now, view! {
                <SituationField value=form.situation.clone() problems=problems.clone()/>
            })}
            {step("wish", w.s_wish, view! {
                <SuggestionField value=form.suggestion.clone() problems=problems.clone()/>
            })}
            {step("where", w.s_where, view! {
                <PlaceField
                    courtyard=form.courtyard_id.clone()
                    entrance=form.entrance_id.clone()
                    places=shown.places
                    problems=problems.clone()
                />
                <SpotField value=form.spot.clone() problems=problems.clone()/>
                <PinField action=action.clone() plans=shown.plans chosen=pin problems=problems.clone()/>
            })}
            {step("photos", w.s_photos, view! {
                <PhotoField action=action.clone() photos=photos draft=draft max=MATTER_MAX problems=problems.clone()/>
            })}
            {step("whom", w.s_whom, view! {
                <CategoryField chosen=form.category.clone() problems=problems.clone()/>
                <ScopeField chosen=form.scope.clone() problems=problems.clone()/>
                <div class="field">
                    <div class="check">
                        <input type="checkbox" id="willing" name="willing" value="1" checked=form.willing/>
                        <label for="willing">{words.proposal.willing}</label>
                    </div>
                </div>
                <Behalf form=form problems=problems.clone()/>
            })}
            {step("look", w.s_look, view! {
                <Look/>
                {(!once.is_empty()).then(|| view! { <Once lines=once/> })}
                <Send is_new anyway=problems.only_watched()/>
            })}
            {crate::hints::hints()}
            <Keeper kind came_back/>
            <islands::RaiseSteps start=start words=steps_words()/>
        </form>
    }
}

fn number(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// What raising a matter leads to, and who looks first.
#[component]
fn Lead() -> impl IntoView {
    let cx = cx();
    let w = cx.words().proposal;
    let settings = &cx.viewer.community.settings;
    let check = match settings.moderation {
        Moderation::Before => Some(w.first_check),
        Moderation::NewMembers => Some(w.first_check_new),
        Moderation::After => None,
    };
    let check = check.map(|check| fill(check, &[("n", &settings.first_check_days)]));
    view! { <p class="page-lead">{w.new_lead}{check}</p> }
}

/// 代提: for whom, and the yes on paper.
#[component]
fn Behalf(form: ProposalForm, problems: Problems) -> impl IntoView {
    let words = words();
    let (w, p) = (words.raise, words.proposal);
    let error = problems.of_field("behalf_yes", words);
    let open = error.is_some() || !form.on_behalf.is_empty();
    let open = open || problems.of_field("on_behalf", words).is_some();
    view! {
        <details class="more before" open=open>
            <summary>{w.behalf}</summary>
            <p class="field-hint">{w.behalf_hint}</p>
            <Counted
                name="on_behalf"
                label=p.f_on_behalf
                hint=p.h_on_behalf
                value=form.on_behalf
                max=OnBehalf::MAX
                optional=true
                problems=problems
            />
            <div class="field">
                <div class="check">
                    <input
                        type="checkbox"
                        id="behalf_yes"
                        name="behalf_yes"
                        value="1"
                        checked=form.behalf_yes
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=error.is_some().then_some("behalf_yes-e")
                    />
                    <label for="behalf_yes">{w.behalf_yes}</label>
                </div>
                {error_line("behalf_yes", error)}
            </div>
            // What is typed stays in this window.
            <p><a class="target" href=to("/proposals/behalf-paper") target="_blank" rel="noopener">{w.behalf_paper}</a></p>
        </details>
    }
}

/// What was typed, to be looked over; filled where scripts show one section at a time.
#[component]
fn Look() -> impl IntoView {
    let words = words();
    let (w, p) = (words.raise, words.proposal);
    let lines: Vec<_> = [
        ("title", p.f_title),
        ("situation", p.f_situation),
        ("suggestion", p.f_suggestion),
        ("place", p.f_place),
        ("spot", p.f_spot),
        ("category", p.f_category),
        ("scope", p.f_scope),
        ("on_behalf", p.f_on_behalf),
    ]
    .into_iter()
    .map(|(name, label)| {
        view! {
            <div class="look-line">
                <dt>{label}</dt>
                <dd data-of=name></dd>
                <dd><a href=format!("#{name}") aria-label=format!("{} {label}", w.look_change)>{w.look_change}</a></dd>
            </div>
        }
    })
    .collect();
    view! {
        <div class="raise-look">
            <p>{w.look_lead}</p>
            <dl>{lines}</dl>
        </div>
    }
}

/// Matters that seem to be the same: shown once, before sending.
#[component]
fn Once(lines: Vec<islands::SimilarLine>) -> impl IntoView {
    let w = words().raise;
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let word = if line.cosign { w.similar_cosign } else { w.similar_open };
            let named = format!("{word} {}", line.title);
            let number = fill(w.similar_number, &[("n", &line.number)]);
            view! {
                <li class="row">
                    <p class="row-title"><a href=line.url.clone()>{line.title}</a></p>
                    <p class="row-meta">{number}" · "{line.state}" · "{line.place}</p>
                    <a class="btn btn-secondary btn-small" href=line.url aria-label=named>{word}</a>
                </li>
            }
        })
        .collect();
    view! {
        <div class="similar-found" role="alert" data-look="">
            <h3>{w.similar_once}</h3>
            <p class="field-hint">{w.similar_once_text}</p>
            <ul class="row-list">{rows}</ul>
        </div>
    }
}

/// The buttons that end it.
#[component]
fn Send(
    is_new: bool,
    /// Whether only watched words keep it back.
    anyway: bool,
) -> impl IntoView {
    let words = words();
    let w = words.raise;
    let button = if is_new { words.proposal.submit } else { words.proposal.resubmit };
    view! {
        <button class="btn btn-primary btn-block" name="do" value="send">{button}</button>
        {anyway.then(|| view! {
            <button class="btn btn-secondary btn-block" name="anyway" value="1">{words.talk.anyway}</button>
        })}
        {is_new.then(|| view! {
            <button class="btn btn-secondary btn-block" name="do" value="draft">{w.keep}</button>
            <p class="field-hint">{w.keep_hint}</p>
        })}
    }
}

/// The island that keeps what is typed.
#[component]
fn Keeper(kind: Kind, came_back: bool) -> impl IntoView {
    let key = cx().viewer.actor().map(|actor| kind.key(actor)).unwrap_or_default();
    let post = matches!(kind, Kind::New).then(|| to("/drafts"));
    view! {
        <islands::DraftKeeper
            post=post
            key=key
            page=to("/proposals/new?draft=")
            came_back=came_back
            words=keeper_words()
        />
    }
}

fn keeper_words() -> KeeperWords {
    let w = words().raise;
    let own = |text: &str| text.to_owned();
    KeeperWords {
        saved: own(w.k_saved),
        offline: own(w.k_offline),
        waiting: own(w.k_waiting),
        full: own(w.k_full),
        restored: own(w.k_restored),
        unsent: own(w.k_unsent),
        soon: own(w.k_soon),
        other: own(w.k_other),
        other_text: own(w.k_other_text),
        take: own(w.k_take),
        leave: own(w.k_leave),
    }
}

fn steps_words() -> StepsWords {
    let w = words().raise;
    let own = |text: &str| text.to_owned();
    StepsWords {
        back: own(w.back),
        next: own(w.next),
        progress: own(w.progress),
        unfinished: own(w.unfinished),
        empty: own(w.look_empty),
    }
}
