//! `/proposals/similar`: matters like the one that is being written, for the form to show while somebody
//! types.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::category::Category;
use domain::ids::CourtyardId;
use domain::proposal::StateName;
use serde::{Deserialize, Serialize};
use service::rate;
use service::search::{SimilarMatter, SimilarTo, similar};

use crate::fail::Fail;
use crate::link::with;
use crate::matter_row::place_words;
use crate::shell::no_store;
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::terms::Term;

/// The most of a text that is compared, in characters.
const TEXT_MAX: usize = 600;

/// The address.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/proposals/similar", get(show))
}

/// What is written so far.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    title: String,
    text: String,
    category: String,
    place: String,
}

/// A similar matter, for the form's script.
#[derive(Debug, Serialize)]
struct Like {
    number: i64,
    title: String,
    state: &'static str,
    place: String,
    url: String,
    /// Whether one can co-sign it instead.
    cosign: bool,
}

#[derive(Debug, Serialize)]
struct Answer {
    found: Vec<Like>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    rate::take(&app.hall, rate::SIMILAR, &format!("person:{}", actor.person)).await?;
    let cut = |text: &str| text.chars().take(TEXT_MAX).collect::<String>();
    let to = SimilarTo {
        title: cut(&asked.title),
        text: cut(&asked.text),
        category: Category::from_name(&asked.category),
        courtyard: courtyard_of(&asked.place),
    };
    let found = similar(&app.hall, viewer.community.id, &to).await?;
    let found = found.into_iter().map(|found| like(&viewer, found)).collect();
    Ok(no_store(Json(Answer { found }).into_response()))
}

fn like(viewer: &Viewer, found: SimilarMatter) -> Like {
    let lang = viewer.prefs.lang;
    Like {
        number: found.number,
        title: found.title,
        state: found.state.word(lang),
        place: place_words(&found.place, lang),
        url: with(&viewer.community.prefix, &format!("/proposals/{}", found.number)),
        cosign: found.state == StateName::Cosigning,
    }
}

/// The courtyard of `COURTYARD` or `COURTYARD-ENTRANCE`, as the form has it.
fn courtyard_of(place: &str) -> Option<CourtyardId> {
    place.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entrance_lies_in_its_courtyard() {
        for (place, courtyard) in [("3", Some(3)), ("3-7", Some(3)), ("", None), ("x-7", None)] {
            assert_eq!(courtyard_of(place), courtyard.map(CourtyardId), "{place}");
        }
    }
}
