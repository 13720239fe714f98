//! The field's terms: one word for one thing, in both languages.

use domain::ballot::BallotKind;
use domain::category::Category;
use domain::place::ScopeKind;
use domain::proposal::{Stage, StateName, Verdict};
use domain::review::Satisfaction;
use domain::role::Role;
use domain::route::Route;
use domain::stance::Stance;

use super::Lang;

/// A term of the field, worded in each language.
pub trait Term {
    /// Its word.
    fn word(&self, lang: Lang) -> &'static str;
}

macro_rules! terms {
    ($type:ty { $($variant:ident: $zh:literal / $en:literal),+ $(,)? }) => {
        impl $crate::words::terms::Term for $type {
            fn word(&self, lang: $crate::words::Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($zh, $en)),+ }
            }
        }
    };
}

pub(crate) use terms;

terms!(StateName {
    Draft: "草稿" / "Draft",
    Submitted: "等居委会看一下" / "Waiting for first check",
    Returned: "请作者改一改" / "Back to its author",
    NotAccepted: "不予受理" / "Not accepted",
    Merged: "已并入别的事" / "Merged",
    Withdrawn: "已撤回" / "Withdrawn",
    Cosigning: "征集附议" / "Co-signing",
    Accepted: "等居委会答复" / "Waiting for an answer",
    Deliberating: "正在议" / "Talking it over",
    Balloting: "投票中" / "Voting",
    Decided: "已决定" / "Decided",
    InProgress: "正在办" / "Being done",
    Suspended: "挂账" / "On hold",
    Completed: "办好了，请评价" / "Done, please review",
    Reviewed: "办好了" / "Done",
    Archived: "已归档" / "Archived",
});

terms!(Stage {
    Raise: "提" / "Raise",
    Deliberate: "议" / "Talk",
    Decide: "决" / "Decide",
    Do: "办" / "Do",
    Review: "评" / "Review",
});

terms!(Verdict {
    Adopted: "采纳" / "Adopted",
    PartlyAdopted: "部分采纳" / "Partly adopted",
    NotAdopted: "不采纳" / "Not adopted",
    Referred: "转办" / "Referred",
});

terms!(Satisfaction {
    Satisfied: "满意" / "Satisfied",
    FairlySatisfied: "基本满意" / "Fairly satisfied",
    Dissatisfied: "不满意" / "Not satisfied",
});

terms!(Stance {
    For: "赞成" / "For",
    Against: "反对" / "Against",
    Question: "提问" / "Question",
    Addition: "补充" / "Addition",
});

terms!(ScopeKind {
    Entrance: "一个楼门" / "One entrance",
    Courtyard: "一个小院" / "One courtyard",
    Community: "全社区" / "The whole community",
});

terms!(Role {
    HouseholdRep: "户代表" / "Household representative",
    ResidentRep: "居民代表" / "Residents' representative",
    CouncilMember: "议事员" / "Council member",
    EntranceLead: "楼门长" / "Entrance lead",
    LaneSteward: "小巷管家" / "Lane steward",
    GridWorker: "网格员" / "Grid worker",
    CommitteeHead: "居委会主任" / "Head of the committee",
    CommitteeMember: "居委会委员" / "Committee member",
    OversightBoard: "居务监督委员会" / "Oversight board",
    Owner: "业主" / "Owner",
    PropertyManager: "物业" / "Property manager",
    TitleUnit: "产权单位" / "Title unit",
    NeighbourhoodPlanner: "责任规划师" / "Neighbourhood planner",
});

terms!(Route {
    ResidentSelf: "居民自己办" / "Residents themselves",
    Committee: "居委会办" / "Committee",
    PropertyParty: "物业或产权单位办" / "Property manager or title unit",
    Subdistrict: "街道办" / "Subdistrict office",
    Whistle: "街道吹哨，部门报到" / "Departments called together",
    DistrictDept: "区级部门办" / "District department",
    Hotline12345: "12345 热线" / "12345 hotline",
    StatutoryChannel: "走法定途径" / "Statutory channel",
    Emergency: "紧急情况" / "Emergency",
    OutOfScope: "不属于社区事务" / "Not a community matter",
});

terms!(Category {
    Parking: "停车" / "Parking",
    Lift: "加装电梯" / "Adding a lift",
    Waste: "垃圾分类" / "Waste sorting",
    Corridor: "楼道堆物" / "Cluttered corridors",
    ChargingFire: "电动车充电与消防" / "E-bike charging and fire safety",
    Greening: "绿化" / "Greening",
    Ageing: "适老化" / "For older people",
    LightingRoads: "照明道路" / "Lighting and roads",
    Dogs: "养犬" / "Dogs",
    Noise: "噪声" / "Noise",
    Toilets: "公厕" / "Public toilets",
    OverheadLines: "架空线" / "Overhead lines",
    PublicSpace: "公共空间" / "Public space",
    Services: "便民服务" / "Services",
    CultureChildren: "文体儿童" / "Culture, sport, children",
    Property: "物业" / "Property management",
    Covenant: "公约" / "Covenant",
    Other: "其他" / "Other",
});

terms!(BallotKind {
    Straw: "意见摸底" / "Straw poll",
    Council: "议事会决议" / "Council resolution",
    ResidentsByPerson: "居民表决（每人一票）" / "Residents, by person",
    ResidentsByHousehold: "居民表决（每户一票）" / "Residents, by household",
    Representatives: "居民代表会议表决" / "Representatives' meeting",
    OwnersOrdinary: "业主意向征询（一般事项）" / "Owners' intent, ordinary",
    OwnersSpecial: "业主意向征询（特别事项）" / "Owners' intent, special",
    Unanimous: "全体同意" / "Unanimous",
    ProjectSelection: "项目挑选" / "Project selection",
});
