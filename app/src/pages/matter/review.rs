//! 民评: the form, and what the reviews came to.

use domain::review::Satisfaction;
use leptos::prelude::*;
use service::review::ReviewForm;

use super::{Back, Sheet};
use crate::dates::Day;
use crate::form::{LinesField, Problems, error_line};
use crate::render::{cx, words};
use crate::words::fill;
use crate::words::terms::Term;

pub(super) fn form(sheet: &Sheet) -> AnyView {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let (typed, problems) = match &sheet.back {
        Back::Review(typed, problems) => (typed.clone(), problems.clone()),
        _ => (ReviewForm::default(), Problems::default()),
    };
    let days = cx.viewer.community.settings.follow_up_days;
    let solved = [("yes", w.review_yes), ("no", w.review_no)]
        .map(|(value, word)| choice("solved", value, word, None, &typed.solved));
    let satisfied: Vec<_> = Satisfaction::ALL
        .iter()
        .map(|level| {
            let hint = (*level == Satisfaction::Dissatisfied)
                .then(|| fill(w.review_follow_up, &[("n", &days)]));
            let word = level.word(words.lang);
            choice("satisfaction", level.as_str(), word, hint, &typed.satisfaction)
        })
        .collect();
    view! {
        <form method="post" action=sheet.at("/reviews")>
            <fieldset class="field">
                <legend class="field-label">{w.review_solved}</legend>
                <div class="choice-list">{solved}</div>
                {error_line("solved", problems.of_field("solved", words))}
            </fieldset>
            <fieldset class="field">
                <legend class="field-label">{w.review_satisfied}</legend>
                <div class="choice-list">{satisfied}</div>
                {error_line("satisfaction", problems.of_field("satisfaction", words))}
            </fieldset>
            <LinesField
                name="words"
                label=w.review_words
                hint=w.review_words_hint
                value=typed.words.clone()
                max=domain::text::ReviewWords::MAX
                optional=true
                problems=problems
            />
            <button class="btn btn-primary btn-block">{w.review_send}</button>
        </form>
    }
    .into_any()
}

fn choice(
    name: &'static str,
    value: &'static str,
    word: &'static str,
    hint: Option<String>,
    typed: &str,
) -> impl IntoView + use<> {
    let id = format!("{name}-{value}");
    view! {
        <div class="choice">
            <input
                type="radio"
                id=id.clone()
                name=name
                value=value
                required=true
                checked=typed == value
            />
            <label for=id>
                <span class="choice-name">{word}</span>
                {hint.map(|hint| view! { <span class="choice-hint">{hint}</span> })}
            </label>
        </div>
    }
}

/// The sums and the words, without names.
pub(super) fn reviews(sheet: &Sheet) -> Option<AnyView> {
    let words = words();
    let w = words.matter;
    let reviews = &sheet.view.reviews;
    let sum = reviews.sum;
    if sum.given == 0 {
        return None;
    }
    let figure = |label: &'static str, count: u32| {
        view! { <div><dt>{label}</dt><dd>{count}" "<small>{w.reviews_unit}</small></dd></div> }
    };
    let lines: Vec<_> = reviews
        .words
        .iter()
        .map(|line| {
            let class = match line.satisfaction {
                Satisfaction::Dissatisfied => "tag tag-amber",
                _ => "tag tag-pine",
            };
            let solved = if line.solved { w.review_line_yes } else { w.review_line_no };
            view! {
                <article class="post">
                    <p class="post-meta">
                        <span class=class>{line.satisfaction.word(words.lang)}</span>
                        <span>{solved}</span>
                        <Day at=line.at/>
                    </p>
                    {super::talk::body(&line.words)}
                </article>
            }
        })
        .collect();
    Some(
        view! {
            <section class="section" id="reviews">
                <h2>{w.reviews}</h2>
                <dl class="figures">
                    {figure(w.reviews_given, sum.given)}
                    {figure(w.reviews_solved, sum.solved)}
                    {figure(w.reviews_satisfied, sum.satisfied + sum.fairly)}
                </dl>
                {lines}
            </section>
        }
        .into_any(),
    )
}
