//! `community`: the communities of this server.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::ids::CommunityId;
use domain::settings::CommunitySettings;
use domain::slug::{SLUG_MAX, SLUG_MIN};
use service::setup::community_found;
use service::views::communities::{ListedCommunity, communities};
use service::{Error, Hall, Problem, Refusal};

use super::out::say;
use super::{CliError, Database, setup};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Community {
    /// Found a community (社区); its pages lie under /c/SLUG, the first one's at the root
    #[command(after_help = super::examples::COMMUNITY_ADD)]
    Add(Add),
    /// The communities in the order in which they were founded
    #[command(after_help = super::examples::COMMUNITY_LIST)]
    List(Database),
}

impl Community {
    /// Where its database is.
    pub(super) const fn database(&self) -> &Database {
        match self {
            Self::Add(add) => &add.database,
            Self::List(database) => database,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    database: Database,
    /// Its name
    #[arg(long)]
    name: String,
    /// Its subdistrict (街道)
    #[arg(long, value_name = "NAME")]
    subdistrict: String,
    /// Its district (区)
    #[arg(long, value_name = "NAME")]
    district: String,
    /// Its short name in addresses: lower-case letters, digits and hyphens; made up when none is given
    #[arg(long)]
    slug: Option<String>,
}

pub(super) async fn run(settings: &Settings, command: Community) -> Result<ExitCode, CliError> {
    let hall = setup::open(settings).await?;
    match command {
        Community::Add(add) => {
            let Add { name, subdistrict, district, slug, .. } = add;
            let own = CommunitySettings::default();
            let id = community_found(&hall, &name, &subdistrict, &district, slug.as_deref(), &own)
                .await
                .map_err(in_words)?;
            let all = all(&hall).await?;
            let made = all.iter().find(|(it, _)| it.id == id);
            if let Some((made, _)) = made {
                say(format_args!(
                    "founded {name} ({subdistrict}, {district}) at {}",
                    address(made)
                ));
            }
        }
        Community::List(_) => {
            for (it, place) in all(&hall).await? {
                say(format_args!("{}\t{}\t{place}\t{}", it.slug, it.name, address(&it)));
            }
        }
    }
    hall.db.close().await.map_err(Error::from)?;
    Ok(ExitCode::SUCCESS)
}

/// The community that `name`, or its short name, stands for; without one the only community there is.
/// `None` when there is none at all yet.
pub(super) async fn find(hall: &Hall, name: Option<&str>) -> Result<Option<CommunityId>, CliError> {
    let all = all(hall).await?;
    let known = || {
        let known = all.iter().map(|(it, place)| format!("{} ({place}: {})", it.slug, it.name));
        known.collect::<Vec<_>>().join(", ")
    };
    let Some(name) = name else {
        return match all.as_slice() {
            [] => Ok(None),
            [(only, _)] => Ok(Some(only.id)),
            _ => Err(CliError::Say(format!(
                "this database holds several communities, say which with --community: {}",
                known()
            ))),
        };
    };
    let named: Vec<_> = all.iter().filter(|(it, _)| it.slug == name || it.name == name).collect();
    match named.as_slice() {
        [] if all.is_empty() => Ok(None),
        [] => Err(CliError::Say(format!(
            "--community: there is no {name} among {}; a new one is founded with \
             `xiaoyuan community add`",
            known()
        ))),
        [(only, _)] => Ok(Some(only.id)),
        _ => Err(CliError::Say(format!(
            "--community: several are called {name}, give the short name: {}",
            known()
        ))),
    }
}

/// The communities with their places, as they were founded.
async fn all(hall: &Hall) -> Result<Vec<(ListedCommunity, String)>, CliError> {
    let mut all = Vec::new();
    for subdistrict in communities(hall).await? {
        let place = format!("{}, {}", subdistrict.name, subdistrict.district);
        all.extend(subdistrict.communities.into_iter().map(|it| (it, place.clone())));
    }
    all.sort_by_key(|(it, _)| it.id.0);
    Ok(all)
}

/// Where its pages begin.
fn address(community: &ListedCommunity) -> &str {
    if community.prefix.is_empty() { "/" } else { &community.prefix }
}

/// What is wrong with a flag, in words.
fn in_words(error: Error) -> CliError {
    let fields = match error {
        Error::Invalid(fields) => fields,
        Error::Refused(Refusal::NameTaken) => {
            return CliError::Say("--slug: another community has it".to_owned());
        }
        other => return other.into(),
    };
    let said = fields.iter().map(|it| match it.problem {
        Problem::Text(error) => format!("--{}: {error}", it.field),
        _ if it.field == "slug" => format!(
            "--slug: {SLUG_MIN} to {SLUG_MAX} lower-case letters, digits and hyphens, \
             not c and a number alone"
        ),
        _ => format!("--{}: this can't be taken", it.field),
    });
    CliError::Say(said.collect::<Vec<_>>().join("; "))
}
