//! Forms: what was typed stays, and each problem stands beside its field.

use std::sync::Arc;

use axum::http::StatusCode;
use leptos::prelude::*;
use service::password::PASSWORD_MIN;
use service::{Error, FieldError, PasswordProblem, Problem};

use domain::slip::CodeError;
use domain::text::TextError;
use domain::time::Timestamp;

use crate::dates::clock;
use crate::fail::Fail;
use crate::pages::error::{refusal_words, too_often};
use crate::render::{cx, words};
use crate::words::{Words, fill};

/// Why a form came back: the problems of its fields, or why it can't be taken as a whole.
#[derive(Debug, Clone, Default)]
pub struct Problems(pub Vec<FieldError>, Option<Arc<Error>>);

impl Problems {
    /// Those of fields alone.
    #[must_use]
    pub const fn fields(fields: Vec<FieldError>) -> Self {
        Self(fields, None)
    }

    /// As [`Problems::of`], for a form with a text that nobody shall write twice: it comes back as well when
    /// things have changed, when it is sent too often, or when what it is about went meanwhile.
    ///
    /// # Errors
    /// Any other error.
    pub fn kept(error: Error) -> Result<Self, Error> {
        match error {
            whole @ (Error::Refused(_) | Error::TooOften { .. } | Error::NotFound) => {
                Ok(Self(Vec::new(), Some(Arc::new(whole))))
            }
            other => Self::of(other),
        }
    }

    /// Takes the problems out of an error that is about what was typed; any other error goes on.
    ///
    /// # Errors
    /// The error itself when it isn't about what was typed.
    pub fn of(error: Error) -> Result<Self, Error> {
        match error {
            Error::Invalid(fields) => Ok(Self::fields(fields)),
            other => Err(other),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty() && self.1.is_none()
    }

    /// Whether it came back as a whole, and not for its fields.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.1.is_some()
    }

    /// The status that says so; none without a problem.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        let fields = || (!self.0.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY);
        self.1.as_ref().map(|whole| Fail(whole.clone()).status()).or_else(fields)
    }

    /// How long to wait, where it was sent too often.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u64> {
        match self.1.as_deref() {
            Some(Error::TooOften { retry_after_s, .. }) => Some(*retry_after_s),
            _ => None,
        }
    }

    /// Whether nothing but watched words keeps it back: then it can be sent as it is.
    #[must_use]
    pub fn only_watched(&self) -> bool {
        !self.is_empty()
            && !self.is_refused()
            && self.0.iter().all(|it| it.problem == Problem::WatchedWords)
    }

    /// Why it came back as a whole, in words.
    fn whole(&self, words: &Words) -> Option<String> {
        Some(match self.1.as_deref()? {
            Error::Refused(refusal) => refusal_words(refusal, cx().viewer.now, words),
            Error::TooOften { retry_after_s, .. } => too_often(*retry_after_s, words),
            _ => words.site.gone_meanwhile.to_owned(),
        })
    }

    /// The problem of a field, in words.
    #[must_use]
    pub fn of_field(&self, field: &str, words: &Words) -> Option<String> {
        self.0.iter().find(|e| e.field == field).map(|e| problem_words(e.problem, words))
    }
}

/// A problem in words.
#[must_use]
pub fn problem_words(problem: Problem, words: &Words) -> String {
    let w = words.site;
    match problem {
        Problem::Text(TextError::Empty) => w.text_empty.to_owned(),
        Problem::Text(TextError::TooShort { len, min }) => {
            fill(w.text_short, &[("min", &min), ("len", &len)])
        }
        Problem::Text(TextError::TooLong { len, max }) => {
            fill(w.text_long, &[("max", &max), ("len", &len)])
        }
        Problem::Choose => w.choose.to_owned(),
        Problem::Unknown => w.unknown.to_owned(),
        Problem::NeedsEntrance => w.needs_entrance.to_owned(),
        Problem::OutsideScope => w.outside_scope.to_owned(),
        Problem::BehalfYes => words.raise.p_behalf_yes.to_owned(),
        Problem::WatchedWords => words.talk.p_watched.to_owned(),
        Problem::TurnWaits { until_ms } => {
            fill(words.talk.p_turn, &[("time", &clock(Timestamp(until_ms)))])
        }
        Problem::SameText => words.text.look_none.to_owned(),
        Problem::AskIsQuestion => words.talk.p_ask.to_owned(),
        Problem::Date => w.date_bad.to_owned(),
        Problem::TooEarly => w.date_early.to_owned(),
        Problem::TooLate => w.date_late.to_owned(),
        Problem::Number { min, max } => fill(w.number_bad, &[("min", &min), ("max", &max)]),
        Problem::Email => w.email_bad.to_owned(),
        Problem::Credentials => w.credentials.to_owned(),
        Problem::FactorCode => words.security.code_bad.to_owned(),
        Problem::Passkey => words.security.passkey_bad.to_owned(),
        Problem::Code(CodeError::Empty) => w.text_empty.to_owned(),
        Problem::Code(CodeError::Length(n)) => fill(words.slip.p_length, &[("n", &n)]),
        Problem::Code(CodeError::Sign(sign)) => fill(words.slip.p_sign, &[("sign", &sign)]),
        Problem::Code(CodeError::Check) => words.slip.p_check.to_owned(),
        Problem::CodeUnknown => words.slip.p_unknown.to_owned(),
        Problem::Tick => words.joining.p_tick.to_owned(),
        Problem::OldPassword => words.own.old_bad.to_owned(),
        Problem::Taken => w.r_name_taken.to_owned(),
        Problem::Phone => words.joining.p_phone.to_owned(),
        Problem::PlaceTaken => words.places.name_taken.to_owned(),
        Problem::NoRoom => words.joining.p_room.to_owned(),
        Problem::DayLine { line } => fill(words.settings.not_a_day, &[("line", &line)]),
        Problem::DayTwice { line } => fill(words.settings.day_twice, &[("line", &line)]),
        Problem::StatementTwice => words.opinions.p_twice.to_owned(),
        Problem::OpinionsFile { line: 0 } => words.opinions.p_file.to_owned(),
        Problem::OpinionsFile { line } => fill(words.opinions.p_file_line, &[("line", &line)]),
        Problem::Lines { max } => fill(words.settings.too_many_lines, &[("max", &max)]),
        Problem::Sheet(problem) => crate::words::roll::sheet(problem, words.lang),
        Problem::Photo(problem) => crate::photos::problem_words(problem, words),
        Problem::NoPerson => words.joining.p_person.to_owned(),
        Problem::SignsIn => words.people.p_signs_in.to_owned(),
        Problem::Password(problem) => match problem {
            PasswordProblem::TooShort => fill(w.password_short, &[("min", &PASSWORD_MIN)]),
            PasswordProblem::TooLong => w.password_long.to_owned(),
            PasswordProblem::Common => w.password_common.to_owned(),
            PasswordProblem::IsName => w.password_name.to_owned(),
        },
    }
}

/// The summary above a form that came back: each line leads to its field.
///
/// `labels` names the fields in the order of the page; a field's id is its name.
#[component]
pub fn ErrorSummary(
    /// The problems.
    problems: Problems,
    /// (field, label) in the order of the page.
    labels: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    (!problems.is_empty()).then(|| {
        let places = labels.into_iter().map(|(field, label)| (field, format!("#{field}"), label));
        summary(&problems, places.collect())
    })
}

/// The same for forms whose controls' ids differ from their fields' names: (field, address of its
/// control, label) in the order of the page.
#[must_use]
pub fn summary(
    problems: &Problems,
    places: Vec<(&'static str, String, &'static str)>,
) -> impl IntoView + use<> {
    let words = words();
    if let Some(whole) = problems.whole(words) {
        return view! {
            <div class="error-summary" role="alert" aria-labelledby="errors">
                <h2 id="errors">{whole}</h2>
                <p class="field-hint">{words.site.error_kept}</p>
            </div>
        }
        .into_any();
    }
    let mut lines = Vec::new();
    for (field, href, label) in places {
        let Some(text) = problems.of_field(field, words) else { continue };
        // A question has its own mark.
        let colon = if label.ends_with(['？', '?']) { " " } else { words.lang.pick("：", ": ") };
        lines.push(view! { <li><a href=href>{format!("{label}{colon}{text}")}</a></li> });
    }
    view! {
        <div class="error-summary" role="alert" aria-labelledby="errors">
            <h2 id="errors">{fill(words.site.error_summary, &[("n", &lines.len())])}</h2>
            <ul>{lines}</ul>
            <p class="field-hint">{words.site.error_kept}</p>
        </div>
    }
    .into_any()
}

/// A line of text with label, hint and error.
#[component]
pub fn TextField(
    /// Name, and id unless another is given.
    name: &'static str,
    /// Id, where the page has another control of that name.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Label.
    label: &'static str,
    /// Hint under the label.
    #[prop(default = "")]
    hint: &'static str,
    /// What was typed.
    #[prop(default = String::new())]
    value: String,
    /// `type` of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// `autocomplete` of the input.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The most characters, where there is a limit.
    #[prop(optional)]
    max: Option<usize>,
    /// Whether it may stay empty.
    #[prop(default = false)]
    optional: bool,
    /// Problems of the form.
    problems: Problems,
) -> impl IntoView {
    let words = words();
    let error = problems.of_field(name, words);
    let id = id.unwrap_or(name);
    let described = described_by(id, !hint.is_empty(), error.is_some());
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
                {optional.then(|| view! { <span class="field-optional">{words.site.optional}</span> })}
            </label>
            {(!hint.is_empty())
                .then(|| view! { <p class="field-hint" id=format!("{id}-h")>{hint}</p> })}
            <input
                class="input"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                maxlength=max
                required=!optional
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            {error_line(id, error)}
        </div>
    }
}

/// Several lines of text with label, hint and error.
#[component]
pub fn LinesField(
    /// Name, and id unless another is given.
    name: &'static str,
    /// Id, where several forms of a page have a field of that name.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Label.
    label: &'static str,
    /// Hint under the label.
    #[prop(default = "")]
    hint: &'static str,
    /// What was typed.
    #[prop(default = String::new())]
    value: String,
    /// The most characters.
    max: usize,
    /// Rows shown.
    #[prop(default = 4)]
    rows: u32,
    /// Whether it may stay empty.
    #[prop(default = false)]
    optional: bool,
    /// Problems of the form.
    problems: Problems,
) -> impl IntoView {
    let words = words();
    let error = problems.of_field(name, words);
    let id = id.unwrap_or(name);
    // What limits the text is read out where nothing more telling is.
    let described =
        described_by(id, !hint.is_empty(), error.is_some()).unwrap_or_else(|| format!("{id}-n"));
    let invalid = error.is_some();
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
                {optional.then(|| view! { <span class="field-optional">{words.site.optional}</span> })}
            </label>
            {(!hint.is_empty())
                .then(|| view! { <p class="field-hint" id=format!("{id}-h")>{hint}</p> })}
            <islands::TextArea
                id=id
                name=name
                value=value
                rows=rows
                required=!optional
                invalid=invalid
                described_by=described
            />
            <p class="counter" id=format!("{id}-n")>{fill(words.site.at_most, &[("max", &max)])}</p>
            {error_line(id, error)}
        </div>
    }
}

/// The error under a field.
#[must_use]
pub fn error_line(name: &str, error: Option<String>) -> impl IntoView + use<> {
    let id = format!("{name}-e");
    error.map(|error| view! { <p class="field-error" id=id>{error}</p> })
}

fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    let mut ids = Vec::new();
    if error {
        ids.push(format!("{name}-e"));
    }
    if hint {
        ids.push(format!("{name}-h"));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}
