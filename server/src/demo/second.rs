//! The small community next door, 槐安里社区: one server holds many, and whoever lives in one is a visitor
//! in the other.

use std::collections::HashMap;

use domain::ids::{CourtyardId, EntranceId};
use domain::place::Scope;
use domain::role::Role;
use domain::settings::{Accent, CommunitySettings};
use service::setup::{self, NewPerson};
use service::{Hall, Result};

use super::places::{Cast, Neighbour};

const COURTYARD: &str = "南巷小院";
const ENTRANCES: [&str; 2] = ["1号楼1单元", "1号楼2单元"];
/// Households of each entrance.
const ROOMS: [&str; 6] = ["101", "102", "201", "202", "301", "302"];

/// Somebody with a name in the story: the entrance and room by their place in the lists above.
struct Named {
    key: &'static str,
    sign_in_name: &'static str,
    nickname: &'static str,
    entrance: usize,
    room: usize,
    role: Option<Role>,
}

/// Those whose sign-in name starts with `demo-` are offered for a tap.
const PEOPLE: [Named; 4] = [
    Named {
        key: "xu",
        sign_in_name: "demo-huaianli-resident",
        nickname: "许阿姨",
        entrance: 0,
        room: 0,
        role: None,
    },
    Named {
        key: "shi",
        sign_in_name: "demo-huaianli-lead",
        nickname: "石师傅",
        entrance: 0,
        room: 1,
        role: Some(Role::EntranceLead),
    },
    Named {
        key: "qian",
        sign_in_name: "demo-huaianli-committee",
        nickname: "钱玉芬",
        entrance: 1,
        room: 0,
        role: Some(Role::CommitteeHead),
    },
    Named {
        key: "lv",
        sign_in_name: "lv-laoshi",
        nickname: "吕老师",
        entrance: 0,
        room: 2,
        role: Some(Role::CouncilMember),
    },
];

/// Neighbours without a name in the story: entrance, room, nickname.
const NEIGHBOURS: [(usize, usize, &str); 5] = [
    (0, 3, "万大哥"),
    (0, 4, "骑车的小何"),
    (1, 1, "冯奶奶"),
    (1, 2, "楼上小两口"),
    (1, 4, "老鲍"),
];

/// Founds the community with its places, households, members and roles.
///
/// # Errors
/// As the use cases that it calls.
pub(super) async fn found(hall: &Hall) -> Result<Cast> {
    let settings = CommunitySettings {
        accent: Accent::Pine,
        threshold_courtyard: 5,
        threshold_community: 8,
        footer: vec!["演示用备案号：京ICP备00000000号".to_owned()],
        phone: "010-0000 0001".to_owned(),
        ..CommunitySettings::default()
    };
    let slug = Some("huaianli");
    let community =
        setup::community_found(hall, "槐安里社区", "柳荫街道", "槐安区", slug, &settings).await?;
    let courtyard = setup::courtyard_add(hall, community, COURTYARD).await?;
    let mut cast = Cast {
        community,
        courtyards: HashMap::from([(COURTYARD.to_owned(), courtyard)]),
        entrances: HashMap::new(),
        people: HashMap::new(),
        neighbours: Vec::new(),
    };
    let rooms = ROOMS.map(str::to_owned);
    for (place, name) in ENTRANCES.into_iter().enumerate() {
        let entrance = setup::entrance_add(hall, courtyard, name).await?;
        cast.entrances.insert((courtyard, name.to_owned()), entrance);
        let homes = setup::household_add_many(hall, entrance, &rooms).await?;
        let new = |room: usize, sign_in_name: String, nickname: &str| NewPerson {
            community,
            household: homes.get(room).copied(),
            sign_in_name,
            nickname: nickname.to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        for named in PEOPLE.iter().filter(|named| named.entrance == place) {
            let sign_in_name = named.sign_in_name.to_owned();
            let person =
                setup::person_admit(hall, new(named.room, sign_in_name, named.nickname)).await?;
            if let Some(role) = named.role {
                let scope = held_for(role, &cast, courtyard, entrance);
                setup::role_grant(hall, person, role, scope, None).await?;
            }
            cast.people.insert(named.key, person);
            let offered = named.sign_in_name.starts_with(service::account::DEMO_PREFIX);
            cast.neighbours.push(Neighbour { person, entrance, courtyard, named: true, offered });
        }
        for (_, room, nickname) in NEIGHBOURS.into_iter().filter(|(at, ..)| *at == place) {
            let sign_in_name = format!("huaianli-{}-{}", place + 1, room + 1);
            let person = setup::person_admit(hall, new(room, sign_in_name, nickname)).await?;
            cast.neighbours.push(Neighbour {
                person,
                entrance,
                courtyard,
                named: false,
                offered: false,
            });
        }
    }
    Ok(cast)
}

/// The place that a role is held for.
const fn held_for(role: Role, cast: &Cast, courtyard: CourtyardId, entrance: EntranceId) -> Scope {
    match role {
        Role::EntranceLead => Scope::Entrance(entrance),
        Role::CouncilMember => Scope::Courtyard(courtyard),
        _ => Scope::Community(cast.community),
    }
}
