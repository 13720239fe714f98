//! `person`: the first committee member of a real instance, and whoever else the committee has verified.

use std::io::BufRead as _;
use std::process::ExitCode;

use clap::Args;
use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId};
use domain::place::Scope;
use domain::role::Role;
use domain::settings::CommunitySettings;
use service::dice::Dice;
use service::places::{household_of_room, places};
use service::setup::{
    NewPerson, community_found, courtyard_add, entrance_add, household_add_many, person_admit,
    role_grant,
};
use service::{Error, Hall, Problem};

use super::out::say;
use super::{CliError, Database, community, setup};
use crate::settings::Settings;

/// Letters and digits that nobody mistakes for each other.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789+";

#[derive(Debug, Args)]
pub(super) struct Person {
    #[command(flatten)]
    pub(super) database: Database,
    /// The name to sign in with
    #[arg(long)]
    name: String,
    /// What others see; the sign-in name when none is given
    #[arg(long)]
    nickname: Option<String>,
    /// Where notices go
    #[arg(long)]
    email: Option<String>,
    /// Read the password from standard input; without it one is made up and printed once
    #[arg(long)]
    password_stdin: bool,
    /// What they are: resident, committee_head, committee_member, oversight_board, council_member
    /// (for their courtyard), entrance_lead (for their entrance), …
    #[arg(long, value_parser = read_part, default_value = "committee_head")]
    role: Part,
    /// The courtyard (小院) of their household, as the committee has verified it
    #[arg(long, value_name = "NAME", requires = "entrance")]
    courtyard: Option<String>,
    /// The entrance (楼门), such as 3号楼1单元
    #[arg(long, value_name = "NAME", requires = "room")]
    entrance: Option<String>,
    /// The room; nobody but the committee sees it
    #[arg(long, requires = "courtyard")]
    room: Option<String>,
    /// Name or short name of the community (社区); founded when there is none at all yet
    #[arg(long, value_name = "NAME")]
    community: Option<String>,
    /// Its subdistrict (街道)
    #[arg(long, value_name = "NAME")]
    subdistrict: Option<String>,
    /// Its district (区)
    #[arg(long, value_name = "NAME")]
    district: Option<String>,
}

/// What somebody is besides being a resident.
#[derive(Debug, Clone, Copy)]
struct Part(Option<Role>);

fn read_part(name: &str) -> Result<Part, String> {
    if name == "resident" {
        return Ok(Part(None));
    }
    Role::from_name(name).map(|role| Part(Some(role))).ok_or_else(|| {
        let names: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("known are resident, {}", names.join(", "))
    })
}

/// Where somebody lives.
struct Home {
    courtyard: CourtyardId,
    entrance: EntranceId,
    household: HouseholdId,
}

pub(super) async fn run(settings: &Settings, person: Person) -> Result<ExitCode, CliError> {
    let typed = if person.password_stdin { Some(read_password()?) } else { None };
    let hall = setup::open(settings).await?;
    let community = match community::find(&hall, person.community.as_deref()).await? {
        Some(community) => community,
        None => found(&hall, &person).await?,
    };
    let home = home(&hall, community, &person).await?;
    let password = match &typed {
        Some(password) => password.clone(),
        None => made_up(hall.dice.as_ref()),
    };
    let hash = hall.hasher.hash(password.clone(), hall.dice.as_ref()).await?;
    let new = NewPerson {
        community,
        household: home.as_ref().map(|home| home.household),
        nickname: person.nickname.unwrap_or_else(|| person.name.clone()),
        sign_in_name: person.name.clone(),
        email: person.email,
        password_hash: Some(hash),
        consented: false,
    };
    let id = person_admit(&hall, new).await.map_err(in_words)?;
    if let Some(role) = person.role.0 {
        role_grant(&hall, id, role, held_for(role, community, home.as_ref()), None).await?;
    }
    hall.db.close().await.map_err(Error::from)?;
    let part = person.role.0.map_or("resident", Role::as_str);
    say(format_args!("{} can sign in as {part}", person.name));
    if typed.is_none() {
        say(format_args!("password, shown this once: {password}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// The household that the flags name; places that nobody has entered yet are entered.
async fn home(
    hall: &Hall,
    community: CommunityId,
    person: &Person,
) -> Result<Option<Home>, CliError> {
    let (Some(courtyard), Some(entrance), Some(room)) =
        (&person.courtyard, &person.entrance, &person.room)
    else {
        return Ok(None);
    };
    let known = places(hall, community).await?.into_iter().find(|place| place.name == *courtyard);
    let (courtyard, entrances) = match known {
        Some(known) => (known.id, known.entrances),
        None => (courtyard_add(hall, community, courtyard).await.map_err(in_words)?, Vec::new()),
    };
    let entrance = match entrances.into_iter().find(|place| place.name == *entrance) {
        Some(known) => known.id,
        None => entrance_add(hall, courtyard, entrance).await.map_err(in_words)?,
    };
    let household = match household_of_room(hall, entrance, room).await? {
        Some(known) => known,
        None => household_add_many(hall, entrance, std::slice::from_ref(room))
            .await
            .map_err(in_words)?
            .pop()
            .ok_or_else(|| CliError::Say(format!("--room: {room} was not entered")))?,
    };
    Ok(Some(Home { courtyard, entrance, household }))
}

/// The place that a role is held for.
fn held_for(role: Role, community: CommunityId, home: Option<&Home>) -> Scope {
    match (role, home) {
        (Role::CouncilMember, Some(home)) => Scope::Courtyard(home.courtyard),
        (Role::EntranceLead, Some(home)) => Scope::Entrance(home.entrance),
        _ => Scope::Community(community),
    }
}

async fn found(hall: &Hall, person: &Person) -> Result<CommunityId, CliError> {
    let (Some(name), Some(subdistrict), Some(district)) =
        (&person.community, &person.subdistrict, &person.district)
    else {
        return Err(CliError::Say(
            "there is no community yet: name it with --community, --subdistrict and --district"
                .to_owned(),
        ));
    };
    let settings = CommunitySettings::default();
    let id = community_found(hall, name, subdistrict, district, None, &settings)
        .await
        .map_err(in_words)?;
    say(format_args!("founded {name} ({subdistrict}, {district})"));
    Ok(id)
}

fn read_password() -> Result<String, CliError> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(CliError::io("the password on standard input"))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(CliError::Say("no password came on standard input".to_owned()));
    }
    Ok(password.to_owned())
}

/// 16 characters of 32 letters: 80 random bits.
pub(super) fn made_up(dice: &dyn Dice) -> String {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    dice.bytes16().iter().map(letter).collect()
}

/// What is wrong with a flag, in words.
fn in_words(error: Error) -> CliError {
    let Error::Invalid(fields) = error else { return error.into() };
    let flag = |field: &str| match field {
        "sign_in_name" => "--name".to_owned(),
        "name" => "--community, --courtyard or --entrance".to_owned(),
        "rooms" => "--room".to_owned(),
        other => format!("--{other}"),
    };
    let said = fields.iter().map(|it| match it.problem {
        Problem::Text(error) => format!("{}: {error}", flag(it.field)),
        _ => format!("{}: this can't be taken", flag(it.field)),
    });
    CliError::Say(said.collect::<Vec<_>>().join("; "))
}
