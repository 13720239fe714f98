//! `/proposals/new` and `/proposals/{n}/edit`: writing a matter, and mending one that was returned.
//!
//! One form on one page, in sections. Where scripts run, a narrow screen shows one section at a time, what is
//! typed is kept while it is typed, and similar matters appear; without them there are buttons for the same.

mod before;
mod choices;
mod fields;
mod keep;
mod like;
mod paper;
mod sections;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::DraftId;
use domain::permission::{Action, Target, permit};
use domain::place::ScopeKind;
use domain::role::Actor;
use islands::SimilarLine;
use leptos::prelude::*;
use serde::Deserialize;
use service::draft::{Kept, draft_list, draft_open};
use service::photo::{MATTER_MAX, PhotoView, photos_of_draft};
use service::places::{CourtyardPlaces, places};
use service::plans::{PlanView, plans};
use service::proposal::{ProposalForm, proposal_edit, proposal_resubmit, proposal_send};

use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems};
use crate::link;
use crate::photos::{Taken, take};
use crate::plans::take_pin;
use crate::redirect::{arrived, see_other};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::unsent::unsent_page;
use crate::upload::{Upload, UploadFail};
use crate::viewer::Viewer;
pub(super) use choices::{CategoryField, PlaceField, ScopeField};
pub(super) use fields::{SituationField, SpotField, SuggestionField, TitleField, place_of};
use fields::{Typed, labels};
use keep::{keep_anyway, keep_beside, kept_of};
use sections::{Head, Sections};

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/new", get(new).post(submit))
        .route("/proposals/{number}/edit", get(edit).post(resubmit))
        .route("/proposals/behalf-paper", get(paper::blank))
        .route("/proposals/{number}/behalf", get(paper::of_matter))
        .route("/drafts", post(keep::keep))
}

/// Which of the two pages.
#[derive(Debug, Clone, Default)]
enum Kind {
    #[default]
    New,
    /// With the number, and why it was returned.
    Edit(i64, Option<String>),
}

impl Kind {
    /// Under what a device keeps the form, before the draft's number: on a device that several people use,
    /// each has their own.
    fn key(&self, actor: &Actor) -> String {
        match self {
            Self::New => format!("raise:{}:", actor.person),
            Self::Edit(number, _) => format!("mend:{}:{number}:", actor.person),
        }
    }
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
struct Shown {
    kind: Kind,
    form: ProposalForm,
    problems: Problems,
    /// The draft that it goes on from.
    kept: Option<Kept>,
    photos: Vec<PhotoView>,
    /// Whether it is what the reader sent just now.
    came_back: bool,
    /// Similar matters, where they were asked for.
    similar: Option<Vec<SimilarLine>>,
    /// Matters that seem to be the same, once before sending.
    once: Vec<SimilarLine>,
    /// The numbers of those that were shown so far.
    seen: String,
    /// Whether there are unfinished drafts besides.
    drafts: bool,
    places: Vec<CourtyardPlaces>,
    plans: Vec<PlanView>,
}

/// Who writes: a member of this very community, not of another that shares the database.
fn may_submit(viewer: &Viewer) -> Result<&Actor, Fail> {
    let actor = &viewer.require()?.actor;
    permit(Some(actor), Action::ProposalSubmit, &Target::community(viewer.community.id))
        .map_err(service::Error::from)?;
    Ok(actor)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// The row of a draft.
    draft: Option<String>,
}

async fn new(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let actor = may_submit(&viewer)?;
    let shown = match asked.draft {
        Some(id) => {
            let id = link::parse::<i64>(&id)?;
            let draft = draft_open(&app.hall, actor, id).await?;
            let photos = photos_of_draft(&app.hall, actor, DraftId(id)).await?;
            Shown { form: draft.form, kept: Some(draft.kept), photos, ..Shown::default() }
        }
        None => Shown {
            // Most matters are about one's own courtyard.
            form: ProposalForm {
                courtyard_id: actor.home.map(|home| home.courtyard.to_string()).unwrap_or_default(),
                scope: ScopeKind::Courtyard.as_str().to_owned(),
                ..ProposalForm::default()
            },
            drafts: !draft_list(&app.hall, actor).await?.is_empty(),
            ..Shown::default()
        },
    };
    form_page(&app, &viewer, shown).await
}

/// What is done with the form, by the button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Do {
    /// A button of the photos or the plan: the form comes back.
    Stay,
    /// 存草稿
    Draft,
    /// 看看有没有类似的
    Similar,
    /// 提交提案, or the form sent itself.
    Send,
}

/// A form as it came: what was typed, its photos, and what is to be done.
#[derive(Debug)]
struct Came {
    form: ProposalForm,
    taken: Taken,
    kept: Option<Kept>,
    seen: String,
    act: Do,
}

impl Came {
    async fn read(app: &App, actor: &Actor, upload: Upload) -> Result<Self, UploadFail> {
        let mut taken = take(&app.hall, actor, upload, None, MATTER_MAX).await?;
        let pointed = take_pin(&mut taken.fields);
        let fields = &taken.fields;
        let act = match fields.get("do") {
            _ if taken.stay || pointed => Do::Stay,
            "draft" => Do::Draft,
            "similar" => Do::Similar,
            _ => Do::Send,
        };
        Ok(Self {
            form: fields.parse::<Typed>()?.into(),
            kept: kept_of(fields),
            seen: fields.get("seen").to_owned(),
            act,
            taken,
        })
    }

    /// The page with all that came, as it is shown again.
    fn shown(self) -> Shown {
        Shown {
            form: self.form,
            problems: self.taken.problems,
            kept: self.kept,
            photos: self.taken.photos,
            came_back: true,
            seen: self.seen,
            ..Shown::default()
        }
    }
}

async fn submit(
    State(app): State<App>,
    viewer: Viewer,
    upload: Upload,
) -> Result<Response, UploadFail> {
    let actor = may_submit(&viewer)?;
    let mut came = Came::read(&app, actor, upload).await?;
    let photos = came.taken.ids();
    let hall = &app.hall;
    let before = came.kept;
    // The device keeps the form under the number that it had: one that is kept under another is there no more.
    let settled = |response: Response, now: Option<Kept>| match now {
        Some(now) if before.is_none_or(|before| before.id != now.id) => {
            arrived(response, &device_key(actor, before))
        }
        _ => response,
    };
    match came.act {
        Do::Stay => {}
        Do::Draft => match keep_anyway(hall, actor, came.kept, &came.form, &photos).await {
            Ok(kept) => {
                let on = format!("/proposals/new?draft={}", kept.id);
                return Ok(arrived(see_other(&on, Some("draft_kept")), &device_key(actor, before)));
            }
            Err(error) => came.taken.problems = Problems::kept(error)?,
        },
        Do::Similar => {
            came.kept = keep_beside(hall, actor, came.kept, &came.form, &photos).await;
            let found = like::found(hall, &viewer, &came.form).await;
            let seen = like::with_seen(&came.seen, &found);
            let now = came.kept;
            let shown = Shown { similar: Some(found), seen, ..came.shown() };
            return Ok(settled(form_page(&app, &viewer, shown).await?, now));
        }
        Do::Send => {
            // A form without that field shows no similar matters, and has nothing to ask.
            let once = match came.taken.fields.has("seen") {
                true => like::unseen(hall, &viewer, &came.form, &came.seen).await,
                false => Vec::new(),
            };
            if !once.is_empty() {
                came.kept = keep_beside(hall, actor, came.kept, &came.form, &photos).await;
                let seen = like::with_seen(&came.seen, &once);
                let now = came.kept;
                let shown = Shown { once, seen, ..came.shown() };
                return Ok(settled(form_page(&app, &viewer, shown).await?, now));
            }
            match proposal_send(hall, actor, &came.form, came.kept, &photos).await {
                Ok(number) => {
                    let matter = see_other(&format!("/proposals/{number}"), Some("submitted"));
                    return Ok(arrived(matter, &device_key(actor, before)));
                }
                Err(error) => match Problems::kept(error) {
                    Ok(problems) => came.taken.problems = problems,
                    Err(error) => {
                        // The page that says so holds nothing of the form: the draft does.
                        let _kept = keep_anyway(hall, actor, came.kept, &came.form, &photos).await;
                        return Err(error.into());
                    }
                },
            }
        }
    }
    // What can't be sent for now shall not hang on the page alone.
    came.kept = if came.act == Do::Send && came.taken.problems.is_refused() {
        keep_anyway(hall, actor, came.kept, &came.form, &photos).await.ok()
    } else {
        keep_beside(hall, actor, came.kept, &came.form, &photos).await
    };
    let now = came.kept;
    Ok(settled(form_page(&app, &viewer, came.shown()).await?, now))
}

/// Under what a device keeps a form that goes on from that draft.
fn device_key(actor: &Actor, kept: Option<Kept>) -> String {
    let id = kept.map(|kept| kept.id.to_string()).unwrap_or_default();
    [Kind::New.key(actor), id].concat()
}

async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
) -> Result<Response, Fail> {
    let edit = proposal_edit(&app.hall, &viewer.require()?.actor, number).await?;
    let shown = Shown {
        kind: Kind::Edit(number, edit.reason),
        form: edit.form,
        photos: edit.photos,
        ..Shown::default()
    };
    form_page(&app, &viewer, shown).await
}

async fn resubmit(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
    upload: Upload,
) -> Result<Response, UploadFail> {
    let actor = &viewer.require()?.actor;
    // Whose it is comes before what was sent; what can't be mended any more is read all the same.
    let refused = match proposal_edit(&app.hall, actor, number).await {
        Ok(_) => None,
        Err(error @ service::Error::Refused(_)) => Some(error),
        Err(error) => return Err(error.into()),
    };
    let mut came = Came::read(&app, actor, upload).await?;
    if let Some(error) = refused {
        came.taken.problems = Problems::kept(error)?;
        return Ok(went_on(&app, &viewer, number, came));
    }
    if came.act != Do::Stay {
        let photos = came.taken.ids();
        match proposal_resubmit(&app.hall, actor, number, &came.form, &photos).await {
            Ok(()) => {
                let matter = see_other(&format!("/proposals/{number}"), Some("submitted"));
                return Ok(arrived(matter, &Kind::Edit(number, None).key(actor)));
            }
            Err(error) => came.taken.problems = Problems::kept(error)?,
        }
    }
    let edit = match proposal_edit(&app.hall, actor, number).await {
        Err(service::Error::Refused(_)) if came.taken.problems.is_refused() => {
            return Ok(went_on(&app, &viewer, number, came));
        }
        edit => edit?,
    };
    let mut shown = Shown { kind: Kind::Edit(number, edit.reason), ..came.shown() };
    shown.photos.splice(0..0, edit.photos);
    Ok(form_page(&app, &viewer, shown).await?)
}

/// A matter that went on meanwhile has nothing to be mended.
fn went_on(app: &App, viewer: &Viewer, number: i64, came: Came) -> Response {
    let title = viewer.words().proposal.edit_title;
    let text = [came.form.title, came.form.situation, came.form.suggestion].join("\n");
    unsent_page(app, viewer, title, format!("/proposals/{number}"), text, came.taken.problems)
}

async fn form_page(app: &App, viewer: &Viewer, mut shown: Shown) -> Result<Response, Fail> {
    shown.places = places(&app.hall, viewer.community.id).await?;
    shown.plans = plans(&app.hall, viewer.community.id).await?;
    let w = viewer.words().proposal;
    let title = match shown.kind {
        Kind::New => w.new_title,
        Kind::Edit(..) => w.edit_title,
    };
    let meta = Meta {
        title: title.to_owned(),
        tab: if matches!(shown.kind, Kind::New) { Tab::New } else { Tab::None },
        narrow: true,
        alive: true,
        problems: shown.problems.clone(),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || {
        let labels = labels(crate::render::words());
        view! {
            <Head kind=shown.kind.clone() drafts=shown.drafts/>
            <ErrorSummary problems=shown.problems.clone() labels=labels/>
            <Sections shown=shown/>
        }
    }))
}
