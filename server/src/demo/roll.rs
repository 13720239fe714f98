//! How people came onto the made-up community's roll lately: a household of three adults, a neighbour
//! whom an entrance lead still has to vouch for, one without a telephone and her helper, slips that can
//! be printed and scanned, and the owners of the lift's entrance.

use domain::ids::PersonId;
use domain::place::Scope;
use domain::role::Actor;
use service::dice::Dice as _;
use service::join_request::{
    CounterForm, JoinForm, counter_admit, join_ask, join_decide_household, join_vouch,
};
use service::newcomer::NewcomerForm;
use service::roll::{RollUpload, roll_check, roll_confirm};
use service::slip::{Browser, ForWhom, SlipOrder, slip_join, slip_make, slip_print};
use service::views::household::{Mine, my_household};
use service::views::joining::vouches;
use service::{Error, Hall, Result};

use super::places::Cast;

/// Where visitors find a request that waits, and slips: the lead's own entrance.
const LEADS: (&str, &str) = ("北柳小区", "3号楼1单元");
/// The resident's entrance.
const RESIDENTS: (&str, &str) = ("7号院", "2号楼1单元");

/// Owners of the lift's entrance: one owner of two units, and a unit of two owners.
const OWNERS: &str = "小区,楼号,单元,房号,业主,表决代表,建筑面积（㎡）,联系电话\n\
    北柳小区,5号楼,2单元,101,周国强,,76.35,00000000001\n\
    北柳小区,5号楼,2单元,102,胡秀珍,,76.35,00000000002\n\
    北柳小区,5号楼,2单元,103,周国强,,58.20,00000000001\n\
    北柳小区,5号楼,2单元,201,丁文博、丁文静,丁文博,76.35,00000000003\n\
    北柳小区,5号楼,2单元,202,吴大年,,76.35,\n\
    北柳小区,5号楼,2单元,203,徐慧,,58.20,00000000005\n\
    北柳小区,5号楼,2单元,301,马连生,,76.35,\n\
    北柳小区,5号楼,2单元,302,林晓东,,76.35,00000000007\n\
    北柳小区,5号楼,2单元,303,何桂英、何建军,,58.20,00000000008\n";

/// All of it, by the use cases that the web uses.
///
/// # Errors
/// As the use cases; [`Error::Broken`] when the cast lacks somebody.
pub(super) async fn all(hall: &Hall, cast: &Cast) -> Result<()> {
    let sun = actor(hall, cast, "sun").await?;
    three_adults(hall, cast, &sun).await?;
    vouching(hall, cast).await?;
    helper(hall, cast, &sun).await?;
    let place = Scope::Entrance(entrance(cast, LEADS)?);
    let order = SlipOrder { for_whom: ForWhom::Place(place), only_empty: true, replace: false };
    slip_make(hall, &sun, &order).await?;
    owners(hall, &sun).await
}

/// The resident's daughter asks and is let in by her mother; the grandfather joins by a slip.
async fn three_adults(hall: &Hall, cast: &Cast, sun: &Actor) -> Result<()> {
    let liu = actor(hall, cast, "liu").await?;
    let home = liu.home.ok_or_else(|| lost("home"))?.household;
    let Mine::Household(view) = my_household(hall, &liu).await? else {
        return Err(lost("household"));
    };
    let mut form = ask(cast, RESIDENTS, &view.room, "yumei", "玉梅")?;
    form.words = "妈，是我，我也来看看院里的事。".to_owned();
    join_ask(hall, cast.community, &form, "demo-1", "", None).await?;
    let Mine::Household(view) = my_household(hall, &liu).await? else {
        return Err(lost("household"));
    };
    let waiting = view.waiting.first().ok_or_else(|| lost("request"))?.id;
    join_decide_household(hall, &liu, waiting).await?;
    let order =
        SlipOrder { for_whom: ForWhom::Households(vec![home]), only_empty: false, replace: false };
    let made = slip_make(hall, sun, &order).await?;
    let sheet = slip_print(hall, sun, made.batch).await?;
    let code = sheet.slips.first().ok_or_else(|| lost("slip"))?.code.printed();
    let browser = Browser { address: "demo-2", agent: "", token: None };
    slip_join(hall, &code, &account("lao-liu-tou", "老刘头"), browser).await?;
    Ok(())
}

/// One whom the lead has vouched for, and one who still waits.
async fn vouching(hall: &Hall, cast: &Cast) -> Result<()> {
    let zhao = actor(hall, cast, "zhao").await?;
    let mut form = ask(cast, LEADS, "302", "xiao-wu", "新来的小吴")?;
    form.words = "上个月刚租到三楼，门口停着辆蓝色自行车的就是我。".to_owned();
    join_ask(hall, cast.community, &form, "demo-3", "", None).await?;
    let view = vouches(hall, &zhao).await?;
    join_vouch(hall, &zhao, view.waiting.first().ok_or_else(|| lost("request"))?.id).await?;
    let mut form = ask(cast, LEADS, "402", "xiao-he", "四楼小何")?;
    form.words = "赵姐，我是四楼新搬来的，昨天跟您在楼下打过招呼。".to_owned();
    join_ask(hall, cast.community, &form, "demo-4", "", None).await?;
    Ok(())
}

/// A neighbour without a telephone, for whom the resident acts.
async fn helper(hall: &Hall, cast: &Cast, sun: &Actor) -> Result<()> {
    let form = CounterForm {
        account: NewcomerForm {
            nickname: "二楼许奶奶".to_owned(),
            adult: true,
            consent: true,
            ..NewcomerForm::default()
        },
        no_phone: true,
        entrance: entrance(cast, RESIDENTS)?.to_string(),
        room: "202".to_owned(),
        helper: "demo-resident".to_owned(),
    };
    counter_admit(hall, sun, &form).await?;
    Ok(())
}

async fn owners(hall: &Hall, sun: &Actor) -> Result<()> {
    let upload = RollUpload {
        kind: "owners".to_owned(),
        courtyard_id: String::new(),
        file_name: "5号楼2单元业主.csv".to_owned(),
        bytes: OWNERS.as_bytes().to_vec(),
    };
    let id = roll_check(hall, sun, upload).await?;
    match roll_confirm(hall, sun, id).await? {
        Some(run) => run.ended().await,
        None => Err(lost("import")),
    }
}

fn ask(
    cast: &Cast,
    place: (&str, &str),
    room: &str,
    name: &str,
    nickname: &str,
) -> Result<JoinForm> {
    Ok(JoinForm {
        account: account(name, nickname),
        entrance: entrance(cast, place)?.to_string(),
        room: room.to_owned(),
        words: String::new(),
    })
}

/// Nobody signs in with a password here: it is random, and nobody is told.
fn account(name: &str, nickname: &str) -> NewcomerForm {
    let password = hex::encode(service::dice::SystemDice.bytes32());
    NewcomerForm {
        name: name.to_owned(),
        password,
        nickname: nickname.to_owned(),
        adult: true,
        consent: true,
        language: "zh".to_owned(),
        ..NewcomerForm::default()
    }
}

fn entrance(cast: &Cast, (courtyard, name): (&str, &str)) -> Result<domain::ids::EntranceId> {
    let courtyard = cast.courtyard(courtyard).ok_or_else(|| lost(courtyard))?;
    cast.entrance(courtyard, name).ok_or_else(|| lost(name))
}

async fn actor(hall: &Hall, cast: &Cast, key: &str) -> Result<Actor> {
    let person: PersonId = cast.person(key).ok_or_else(|| lost(key))?;
    let found = service::people::load(hall.db.read(), person, hall.now()).await?;
    Ok(Actor { stepped_up: true, ..found.actor })
}

fn lost(what: &str) -> Error {
    Error::Broken(format!("the demo's roll lacks {what}"))
}
