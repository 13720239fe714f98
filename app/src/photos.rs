//! Photos on a page, and the part of a form that takes them.

use domain::ids::{DraftId, PhotoId};
use domain::role::Actor;
use islands::{PhotoPickWords, PickedPhoto};
use leptos::prelude::*;
use service::photo::{
    FIELD, PhotoHome, PhotoProblem, PhotoView, photo_add, photo_alt_change, photo_remove,
    photos_loose, photos_of_draft,
};
use service::{Error, FieldError, Hall, Problem};

use crate::form::Problems;
use crate::link::to;
use crate::render::words;
use crate::upload::{Fields, Upload, UploadFail};
use crate::words::{Words, fill};

/// What the photos' part of a form came to.
#[derive(Debug, Default)]
pub struct Taken {
    /// The other fields.
    pub fields: Fields,
    /// The photos that are there now, the draft's first.
    pub photos: Vec<PhotoView>,
    /// What is wrong with those that were not taken.
    pub problems: Problems,
    /// Whether the form is to be shown again rather than sent: a button of the photos was pressed, or one was
    /// refused.
    pub stay: bool,
}

impl Taken {
    /// The photos that are there now.
    #[must_use]
    pub fn ids(&self) -> Vec<PhotoId> {
        self.photos.iter().map(|photo| PhotoId(photo.id)).collect()
    }
}

/// Does what the photos' part of a form asks for: takes files in, notes what is said about them, takes some
/// away. They belong to `draft`, or to the one that the form's field `draft` names, or to nothing yet.
///
/// # Errors
/// As [`Upload::next_file`], and those of `service::photo` that aren't about what was sent.
pub async fn take(
    hall: &Hall,
    actor: &Actor,
    mut upload: Upload,
    draft: Option<DraftId>,
    max: u64,
) -> Result<Taken, UploadFail> {
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut added = Vec::new();
    while let Some(file) = upload.next_file().await? {
        if file.field != FIELD || file.bytes.is_empty() || !wrong.is_empty() {
            continue;
        }
        let there = upload.fields.all("photo").count() + added.len();
        if there as u64 >= max {
            let problem = Problem::Photo(PhotoProblem::TooMany { max });
            wrong.push(FieldError { field: FIELD, problem });
            continue;
        }
        match add(hall, actor, file.bytes, draft.or_else(|| draft_of(&upload.fields))).await {
            Ok(id) => added.push(id),
            Err(error) => wrong.append(&mut Problems::of(error)?.0),
        }
    }
    let fields = upload.fields;
    for (id, typed) in fields.beginning("alt-") {
        let Ok(id) = id.parse::<PhotoId>() else { continue };
        match photo_alt_change(hall, actor, id, typed).await {
            // One that went in another tab has nothing to be said about.
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => wrong.append(&mut Problems::of(error)?.0),
        }
    }
    if let Ok(id) = fields.get("photo_remove").parse::<PhotoId>() {
        match photo_remove(hall, actor, id).await {
            Ok(()) | Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let stay = fields.has("photo_remove") || fields.has("photo_add") || !wrong.is_empty();
    let draft = draft.or_else(|| draft_of(&fields));
    let named = fields.all("photo").filter_map(|id| id.parse().ok()).chain(added).collect();
    let photos = present(hall, actor, draft, named).await?;
    Ok(Taken { fields, photos, problems: Problems::fields(wrong), stay })
}

/// The photos of a form: of its draft, and those that belong to nothing yet.
///
/// # Errors
/// As `service::photo`'s.
pub async fn present(
    hall: &Hall,
    actor: &Actor,
    draft: Option<DraftId>,
    named: Vec<PhotoId>,
) -> Result<Vec<PhotoView>, Error> {
    let mut photos = match draft {
        Some(draft) => photos_of_draft(hall, actor, draft).await?,
        None => Vec::new(),
    };
    photos.append(&mut photos_loose(hall, actor, &named).await?);
    Ok(photos)
}

/// A draft that went meanwhile is no reason to lose a photo.
pub(crate) async fn add(
    hall: &Hall,
    actor: &Actor,
    bytes: Vec<u8>,
    draft: Option<DraftId>,
) -> Result<PhotoId, Error> {
    if let Some(draft) = draft {
        let own = service::draft::draft_open(hall, actor, draft.0).await;
        match own {
            Ok(_) => return photo_add(hall, actor, bytes, "", PhotoHome::Draft(draft)).await,
            Err(Error::NotFound | Error::Denied(_)) => {}
            Err(error) => return Err(error),
        }
    }
    photo_add(hall, actor, bytes, "", PhotoHome::Loose).await
}

fn draft_of(fields: &Fields) -> Option<DraftId> {
    fields.get("draft").parse().ok()
}

/// The address of a file.
#[must_use]
pub fn address(hash: &str) -> String {
    to(format!("/photos/{hash}"))
}

/// A problem of a photo, in words.
#[must_use]
pub fn problem_words(problem: PhotoProblem, words: &Words) -> String {
    let w = words.photo;
    match problem {
        PhotoProblem::Empty => w.p_empty.to_owned(),
        PhotoProblem::Bytes => w.p_bytes.to_owned(),
        PhotoProblem::Heic => w.p_heic.to_owned(),
        PhotoProblem::Format => w.p_format.to_owned(),
        PhotoProblem::Pixels => w.p_pixels.to_owned(),
        PhotoProblem::Broken => w.p_broken.to_owned(),
        PhotoProblem::TooMany { max } => fill(w.p_many, &[("max", &max)]),
    }
}

/// What is said about a photo; its number where nothing is.
fn alt_of(photo: &PhotoView, n: usize) -> String {
    if photo.alt.is_empty() { fill(words().photo.nth, &[("n", &n)]) } else { photo.alt.clone() }
}

/// Photos as a page shows them: small, each a link to its large one. Nothing where there are none.
#[component]
pub fn PhotoList(
    /// The photos.
    photos: Vec<PhotoView>,
    /// Whether they belong to a post, and stand smaller.
    #[prop(optional)]
    post: bool,
) -> impl IntoView {
    if photos.is_empty() {
        return None;
    }
    let w = words().photo;
    let shown: Vec<_> = (1..)
        .zip(&photos)
        .map(|(n, photo)| {
            let alt = alt_of(photo, n);
            let (width, height) = photo.small();
            let open = fill(w.open, &[("alt", &alt)]);
            view! {
                <li>
                    <a href=address(&photo.large_jpeg) aria-label=open>
                        <picture>
                            <source type="image/webp" srcset=address(&photo.small_modern)/>
                            <img
                                src=address(&photo.small_jpeg)
                                width=width
                                height=height
                                alt=alt
                                loading="lazy"
                                decoding="async"
                            />
                        </picture>
                    </a>
                </li>
            }
        })
        .collect();
    let class = if post { "photo-list photo-list-post" } else { "photo-list" };
    Some(view! { <ul class=class aria-label=w.photos>{shown}</ul> })
}

/// What the island that takes photos is given.
#[derive(Debug, Clone)]
pub struct PickProps {
    /// Where photos are sent.
    pub post: String,
    /// Those that are there.
    pub photos: Vec<PickedPhoto>,
    /// Its words.
    pub words: PhotoPickWords,
    /// Why the last one was refused.
    pub error: Option<String>,
}

/// What [`islands::PhotoPick`] is given for these photos of at most `max`.
#[must_use]
pub fn pick_props(photos: &[PhotoView], max: u64, problems: &Problems) -> PickProps {
    let all = words();
    let w = all.photo;
    let own = |text: &str| text.to_owned();
    let picked = photos.iter().map(|photo| {
        let small = address(&photo.small_jpeg);
        PickedPhoto { id: photo.id, small, alt: photo.alt.clone() }
    });
    PickProps {
        post: to("/photos"),
        photos: picked.collect(),
        words: PhotoPickWords {
            label: own(w.label),
            hint: fill(w.hint, &[("max", &max)]),
            add: own(w.add),
            send: own(w.send),
            full: fill(w.full, &[("max", &max)]),
            alt: own(w.alt),
            nth: own(w.nth),
            remove: own(w.remove),
            waiting: own(w.waiting),
            sending: own(w.sending),
            offline: own(w.offline),
            failed: own(w.failed),
            try_again: own(w.try_again),
            drop: own(w.drop),
            hold: own(w.hold),
            stuck: own(w.stuck),
        },
        error: problems.of_field(FIELD, all).or_else(|| problems.of_field("alt", all)),
    }
}

/// The part of a form that takes photos; the form is `multipart/form-data`, and is read by [`take`].
#[component]
pub fn PhotoField(
    /// Where the form is posted.
    action: String,
    /// Those that are there.
    photos: Vec<PhotoView>,
    /// The draft that new ones belong to, where it is known already; a field `draft` of the form goes before
    /// it in the browser.
    #[prop(default = None)]
    draft: Option<i64>,
    /// The most.
    max: u64,
    /// Problems of the form.
    #[prop(default = Problems::default())]
    problems: Problems,
) -> impl IntoView {
    let props = pick_props(&photos, max, &problems);
    // Most who read a page with such a form write nothing: where nothing else asks for it at once, it waits for a touch.
    view! {
        <div data-later>
            <islands::PhotoPick
                action=action
                post=props.post
                draft=draft
                max=u32::try_from(max).unwrap_or(u32::MAX)
                photos=props.photos
                words=props.words
                error=props.error
            />
        </div>
    }
}
