//! Who may do what: one table, read by the code and printed into `docs/permissions.md`.

use thiserror::Error;

use crate::ids::{CommunityId, CourtyardId, HouseholdId};
use crate::named::named_enum;
use crate::place::Scope;
use crate::role::{Actor, Role};

named_enum! {
    /// What a person can ask of the hall. Reading what is public needs no permission.
    Action {
        /// Write and send a micro-proposal.
        ProposalSubmit = "proposal_submit",
        /// Mend, withdraw or contest one's own matter.
        ProposalOwn = "proposal_own",
        /// Read a matter that is not public yet.
        ProposalReadHidden = "proposal_read_hidden",
        /// 附议
        Cosign = "cosign",
        /// Write in a matter's forum.
        PostWrite = "post_write",
        /// Take a post down, with a reason.
        PostHide = "post_hide",
        /// Say 谢谢 or 有道理 to a post.
        PostReact = "post_react",
        /// Report a post or a matter's text.
        Report = "report",
        /// Answer reports, and let waiting posts be shown.
        ReportDecide = "report_decide",
        /// Ask for another look at what was taken down of one's own.
        Appeal = "appeal",
        /// Decide on an appeal.
        AppealDecide = "appeal_decide",
        /// Read what was taken down.
        RemovedRead = "removed_read",
        /// Keep a matter that is being written.
        DraftOwn = "draft_own",
        /// Say that a correction alters what is asked, and answer whether a co-sign of an older text is kept.
        TextContest = "text_contest",
        /// Find that a correction alters what is asked.
        TextRaise = "text_raise",
        /// Keep the household's co-sign out of a merge.
        MergeDecline = "merge_decline",
        /// Undo a merge.
        MergeUndo = "merge_undo",
        /// Say whether the summary is fair.
        SummaryJudge = "summary_judge",
        /// Write a statement for the opinion groups, and answer those of others.
        StatementWrite = "statement_write",
        /// Take the answers to the statements out as a file, or in.
        OpinionsFile = "opinions_file",
        /// Put up the plan of a place.
        PlanDraw = "plan_draw",
        /// Pin the chair's summary.
        SummaryPin = "summary_pin",
        /// First check, early taking up, answer, decision.
        ProposalDecide = "proposal_decide",
        /// Record a session and its minutes.
        SessionRecord = "session_record",
        /// Open or cancel a ballot.
        BallotManage = "ballot_manage",
        /// Cast a vote.
        BallotCast = "ballot_cast",
        /// Refer, note, suspend, resume and complete work.
        WorkManage = "work_manage",
        /// Review a completed matter.
        Review = "review",
        /// Record a follow-up.
        FollowUpRecord = "follow_up_record",
        /// Follow a matter by email.
        Follow = "follow",
        /// See the committee's desk.
        DeskRead = "desk_read",
        /// Send a dead mail again.
        MailResend = "mail_resend",
        /// Change one's own account.
        AccountOwn = "account_own",
        /// Consent to what is kept about oneself, and take it back.
        ConsentOwn = "consent_own",
        /// Admit somebody to one's household, and name who casts its vote.
        HouseholdOwn = "household_own",
        /// 担保: say that somebody lives in the entrance.
        Vouch = "vouch",
        /// See room numbers, real names and telephone numbers.
        RollLook = "roll_look",
        /// Print slips by which people join.
        SlipPrint = "slip_print",
        /// Admit people at the counter, contest an admission, record that a household moved out, name a
        /// helper.
        RollChange = "roll_change",
        /// Take in a file of households or owners, and undo it.
        RollImport = "roll_import",
        /// Add, rename, split and merge places.
        PlacesChange = "places_change",
        /// Give a role to somebody else, and end it.
        RoleGive = "role_give",
        /// Change the community's settings.
        SettingsChange = "settings_change",
    }
}

/// Who is meant by a line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everyone with an account.
    SignedIn,
    /// Everyone with a verified household in the community.
    Member,
    /// Members whose household lies in the matter's scope.
    InScope,
    /// The matter's author.
    Proposer,
    /// A member of a household that co-signed the matter.
    Cosigner,
    /// Somebody on the ballot's frozen electorate.
    Elector,
    /// An adult of the very household that it is about.
    Household,
    /// Who holds the role, for a place that holds the matter's scope.
    Holds(Role),
}

/// What an action asks for besides the right person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing more.
    Nothing,
    /// The person's consent to what is kept about them (个人信息保护法 Art 13): reading never needs it.
    Consent,
    /// The second factor, shown within the last ten minutes: what changes the roll, a ballot or a role.
    StepUp,
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What is asked.
    pub action: Action,
    /// Any one of these suffices.
    pub who: &'static [Who],
    /// What it asks for besides.
    pub needs: Needs,
    /// Why, for people who read the table.
    pub why: &'static str,
}

const COMMITTEE: &[Who] = &[Who::Holds(Role::CommitteeHead), Who::Holds(Role::CommitteeMember)];

/// The table.
pub const RULES: &[Rule] = &[
    Rule {
        action: Action::ProposalSubmit,
        who: &[Who::Member],
        needs: Needs::Consent,
        why: "a matter comes from a verified household of the community",
    },
    Rule {
        action: Action::ProposalOwn,
        who: &[Who::Proposer],
        needs: Needs::Nothing,
        why: "nobody else speaks for the author",
    },
    Rule {
        action: Action::ProposalReadHidden,
        who: &[
            Who::Proposer,
            Who::Holds(Role::CommitteeHead),
            Who::Holds(Role::CommitteeMember),
            Who::Holds(Role::OversightBoard),
        ],
        needs: Needs::Nothing,
        why: "what is not published yet is for its author, the committee, and oversight",
    },
    Rule {
        action: Action::Cosign,
        who: &[Who::InScope],
        needs: Needs::Consent,
        why: "only the households that a matter concerns count towards its threshold",
    },
    Rule {
        action: Action::PostWrite,
        who: &[
            Who::InScope,
            Who::Proposer,
            Who::Holds(Role::CommitteeHead),
            Who::Holds(Role::CommitteeMember),
            Who::Holds(Role::CouncilMember),
        ],
        needs: Needs::Consent,
        why: "the forum belongs to the neighbours concerned and to those who must answer them",
    },
    Rule {
        action: Action::PostHide,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "moderation is the committee's duty; the reason is shown and the text is kept",
    },
    Rule {
        action: Action::PostReact,
        who: &[Who::Member],
        needs: Needs::Consent,
        why: "a kind word is open to every neighbour",
    },
    Rule {
        action: Action::Report,
        who: &[Who::Member],
        needs: Needs::Consent,
        why: "reports are counted by household",
    },
    Rule {
        action: Action::ReportDecide,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "a report gets an answer from those who moderate",
    },
    Rule {
        action: Action::Appeal,
        who: &[Who::SignedIn],
        needs: Needs::Nothing,
        why: "whoever was taken down can ask once for another look",
    },
    Rule {
        action: Action::AppealDecide,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "an appeal is decided by somebody else than who removed",
    },
    Rule {
        action: Action::RemovedRead,
        who: &[Who::Holds(Role::OversightBoard)],
        needs: Needs::Nothing,
        why: "what was removed stays for oversight alone; each look is recorded",
    },
    Rule {
        action: Action::DraftOwn,
        who: &[Who::Member],
        needs: Needs::Consent,
        why: "a draft becomes a matter of the community",
    },
    Rule {
        action: Action::TextContest,
        who: &[Who::Cosigner],
        needs: Needs::Consent,
        why: "those who signed a text say whether it still asks the same",
    },
    Rule {
        action: Action::TextRaise,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "the committee answers for what households are counted behind; the reason is shown",
    },
    Rule {
        action: Action::MergeDecline,
        who: &[Who::Cosigner],
        needs: Needs::Consent,
        why: "a co-sign goes nowhere against the household's will",
    },
    Rule {
        action: Action::MergeUndo,
        who: &[Who::Proposer, Who::Holds(Role::CommitteeHead), Who::Holds(Role::CommitteeMember)],
        needs: Needs::Nothing,
        why: "whoever merged or was merged can see that it was a mistake",
    },
    Rule {
        action: Action::SummaryJudge,
        who: &[Who::InScope, Who::Proposer],
        needs: Needs::Consent,
        why: "each side's speakers say whether they were heard",
    },
    Rule {
        action: Action::StatementWrite,
        who: &[Who::InScope, Who::Proposer],
        needs: Needs::Consent,
        why: "the opinions are those of the neighbours concerned",
    },
    Rule {
        action: Action::OpinionsFile,
        who: &[
            Who::Holds(Role::CommitteeHead),
            Who::Holds(Role::CommitteeMember),
            Who::Holds(Role::OversightBoard),
        ],
        needs: Needs::Nothing,
        why: "rows of answers could be told apart by who knows their neighbours",
    },
    Rule {
        action: Action::PlanDraw,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "the committee knows the ground",
    },
    Rule {
        action: Action::SummaryPin,
        who: &[
            Who::Holds(Role::CouncilMember),
            Who::Holds(Role::CommitteeHead),
            Who::Holds(Role::CommitteeMember),
        ],
        needs: Needs::Nothing,
        why: "whoever chairs the talk sums it up",
    },
    Rule {
        action: Action::ProposalDecide,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "the committee checks, answers and decides, each time with a public reason",
    },
    Rule {
        action: Action::SessionRecord,
        who: &[
            Who::Holds(Role::CouncilMember),
            Who::Holds(Role::CommitteeHead),
            Who::Holds(Role::CommitteeMember),
        ],
        needs: Needs::Nothing,
        why: "a session is recorded by those who hold it",
    },
    Rule {
        action: Action::BallotManage,
        who: COMMITTEE,
        needs: Needs::StepUp,
        why: "the committee convenes votes (居民委员会组织法 Art 26)",
    },
    Rule {
        action: Action::BallotCast,
        who: &[Who::Elector],
        needs: Needs::Consent,
        why: "the electorate is frozen when the ballot opens",
    },
    Rule {
        action: Action::WorkManage,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "the committee refers the work and reports on it",
    },
    Rule {
        action: Action::Review,
        who: &[Who::Proposer, Who::Cosigner],
        needs: Needs::Consent,
        why: "those who asked say whether it was solved",
    },
    Rule {
        action: Action::FollowUpRecord,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "the committee goes back to whoever is dissatisfied",
    },
    Rule {
        action: Action::Follow,
        who: &[Who::SignedIn],
        needs: Needs::Consent,
        why: "mail only for those who asked",
    },
    Rule {
        action: Action::DeskRead,
        who: &[
            Who::Holds(Role::CommitteeHead),
            Who::Holds(Role::CommitteeMember),
            Who::Holds(Role::OversightBoard),
        ],
        needs: Needs::Nothing,
        why: "the desk is for the committee; oversight reads everything and decides nothing",
    },
    Rule {
        action: Action::MailResend,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "undelivered mail is the committee's to mend",
    },
    Rule {
        action: Action::AccountOwn,
        who: &[Who::SignedIn],
        needs: Needs::Nothing,
        why: "an account is changed by its owner alone",
    },
    Rule {
        action: Action::ConsentOwn,
        who: &[Who::SignedIn],
        needs: Needs::Nothing,
        why: "taking a consent back is as easy as giving it (个人信息保护法 Art 15)",
    },
    Rule {
        action: Action::HouseholdOwn,
        who: &[Who::Household],
        needs: Needs::Consent,
        why: "a household knows best who lives in it",
    },
    Rule {
        action: Action::Vouch,
        who: &[Who::Holds(Role::EntranceLead)],
        needs: Needs::Consent,
        why: "an entrance lead knows the people of their own entrance, and no other",
    },
    Rule {
        action: Action::RollLook,
        who: COMMITTEE,
        needs: Needs::Nothing,
        why: "only whose duty it is sees where somebody lives, and each look is recorded",
    },
    Rule {
        action: Action::SlipPrint,
        who: COMMITTEE,
        needs: Needs::StepUp,
        why: "a slip opens the roll to whoever holds it",
    },
    Rule {
        action: Action::RollChange,
        who: COMMITTEE,
        needs: Needs::StepUp,
        why: "the committee answers for the roll that votes rest on",
    },
    Rule {
        action: Action::RollImport,
        who: COMMITTEE,
        needs: Needs::StepUp,
        why: "the committee answers for the roll that votes rest on",
    },
    Rule {
        action: Action::PlacesChange,
        who: COMMITTEE,
        needs: Needs::StepUp,
        why: "places decide who co-signs and votes on what",
    },
    Rule {
        action: Action::RoleGive,
        who: &[Who::Holds(Role::CommitteeHead)],
        needs: Needs::StepUp,
        why: "the head answers for who acts in the community's name; nobody gives themselves a role",
    },
    Rule {
        action: Action::SettingsChange,
        who: &[Who::Holds(Role::CommitteeHead)],
        needs: Needs::StepUp,
        why: "thresholds and clocks bind everyone",
    },
];

/// What the action is about, and how the actor stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The community that it belongs to.
    pub community: CommunityId,
    /// The matter's scope, where it is about a matter.
    pub scope: Option<Scope>,
    /// The courtyard in which the matter lies: a role held for it reaches its entrances.
    pub courtyard: Option<CourtyardId>,
    /// Whether the actor is the matter's author.
    pub proposer: bool,
    /// Whether the actor's household co-signed the matter.
    pub cosigner: bool,
    /// Whether the actor is on the ballot's frozen electorate.
    pub elector: bool,
    /// The household that it is about, where it is about one.
    pub household: Option<HouseholdId>,
}

impl Target {
    /// The community as a whole.
    #[must_use]
    pub const fn community(community: CommunityId) -> Self {
        Self {
            community,
            scope: None,
            courtyard: None,
            proposer: false,
            cosigner: false,
            elector: false,
            household: None,
        }
    }

    /// One household of the community.
    #[must_use]
    pub const fn household(community: CommunityId, household: HouseholdId) -> Self {
        Self { household: Some(household), ..Self::community(community) }
    }

    /// A place of the community.
    #[must_use]
    pub const fn place(community: CommunityId, scope: Scope) -> Self {
        Self { scope: Some(scope), ..Self::community(community) }
    }
}

/// Why an act was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// The thing belongs to another community; answered as if it weren't there.
    #[error("there is nothing here")]
    NotHere,
    /// The account has no verified household yet.
    #[error("your household must be verified first")]
    NotVerified,
    /// The household lies outside the matter's scope.
    #[error("your household lies outside the scope of this matter")]
    OutOfScope,
    /// Only the author, or the author and co-signers, may.
    #[error("only those who raised or co-signed the matter may")]
    NotYours,
    /// Not on the ballot's electorate.
    #[error("you are not on this ballot's electorate")]
    NotElector,
    /// Only holders of certain roles may.
    #[error("this is for people with another role")]
    NeedsRole,
    /// The duties of this account are not in force before its second factor is shown.
    #[error("show your second factor first")]
    SecondFactor,
    /// The second factor must be shown once more.
    #[error("show your second factor again")]
    StepUp,
    /// The consent has not been given, or was withdrawn, or its text has changed.
    #[error("your consent is needed first")]
    Consent,
    /// A helper may not do this in the name of whom they help.
    #[error("a helper can't do this for somebody else")]
    NotThrough,
}

/// The table's line for an action.
#[must_use]
pub fn rule(action: Action) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.action == action)
}

/// Judges whether `actor` may do `action` on `target`.
///
/// # Errors
/// [`Denied`] with the reason that helps the person most.
pub fn permit(actor: Option<&Actor>, action: Action, target: &Target) -> Result<(), Denied> {
    let actor = actor.ok_or(Denied::SignIn)?;
    if actor.community != target.community {
        return Err(Denied::NotHere);
    }
    let Some(rule) = rule(action) else { return Err(Denied::NeedsRole) };
    if !rule.who.iter().any(|who| applies(*who, actor, target)) {
        return Err(refusal(rule.who, actor));
    }
    match rule.needs {
        Needs::Consent if !actor.consented => Err(Denied::Consent),
        Needs::StepUp if !actor.stepped_up => Err(Denied::StepUp),
        // A helper lends a hand for what a neighbour asks, not for their account or household.
        Needs::Nothing | Needs::Consent
            if actor.through.is_some() && !HELPER_MAY.contains(&action) =>
        {
            Err(Denied::NotThrough)
        }
        _ => Ok(()),
    }
}

/// What a helper (代办人) may do in the name of whom they help.
const HELPER_MAY: &[Action] = &[
    Action::ConsentOwn,
    Action::ProposalSubmit,
    Action::ProposalOwn,
    Action::ProposalReadHidden,
    Action::Cosign,
    Action::DraftOwn,
    Action::TextContest,
    Action::MergeDecline,
    Action::PostWrite,
    Action::PostReact,
    Action::Report,
    Action::Appeal,
    Action::SummaryJudge,
    Action::StatementWrite,
    Action::BallotCast,
    Action::Review,
];

fn applies(who: Who, actor: &Actor, target: &Target) -> bool {
    match who {
        Who::SignedIn => true,
        Who::Member => actor.home.is_some(),
        Who::InScope => match (actor.home, target.scope) {
            (Some(home), Some(scope)) => scope.contains(&home),
            _ => false,
        },
        Who::Proposer => target.proposer,
        Who::Cosigner => target.cosigner,
        Who::Elector => target.elector,
        Who::Household => {
            target.household.is_some() && actor.home.map(|home| home.household) == target.household
        }
        Who::Holds(role) => {
            actor.roles.iter().any(|grant| grant.role == role && covers(grant.scope, actor, target))
        }
    }
}

/// A role held for a place reaches the matters of that very place, of the entrances inside it, and
/// of the places around it where the holder lives; a role held for the community reaches all.
fn covers(held_for: Scope, actor: &Actor, target: &Target) -> bool {
    match (held_for, target.scope) {
        (Scope::Community(id), _) => id == target.community,
        (_, None) => true,
        (Scope::Courtyard(id), Some(Scope::Entrance(_))) if target.courtyard == Some(id) => true,
        (held, Some(asked)) => {
            let around = asked.kind() > held.kind();
            held == asked || around && actor.home.is_some_and(|home| asked.contains(&home))
        }
    }
}

fn refusal(who: &[Who], actor: &Actor) -> Denied {
    let needs_home = who.iter().any(|w| matches!(w, Who::Member | Who::InScope));
    if actor.duty_waits && who.iter().any(|who| matches!(who, Who::Holds(_))) {
        return Denied::SecondFactor;
    }
    if needs_home && actor.home.is_none() {
        return Denied::NotVerified;
    }
    if who.contains(&Who::InScope) {
        return Denied::OutOfScope;
    }
    if who.contains(&Who::Elector) {
        return Denied::NotElector;
    }
    if who.iter().all(|w| matches!(w, Who::Proposer | Who::Cosigner | Who::Household)) {
        return Denied::NotYours;
    }
    Denied::NeedsRole
}

/// The table as Markdown, as it stands in `docs/permissions.md`.
#[must_use]
pub fn as_markdown() -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "# Who may do what\n\nWritten by the code from `domain/src/permission.rs`; a test compares the two. \
         Any one of the named people may act. What one may not see is answered as if it weren't there.\n\n\
         | action | who | needs | why |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let who: Vec<String> = rule.who.iter().map(|who| name(*who)).collect();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            rule.action.as_str(),
            who.join(", "),
            needs(rule.needs),
            rule.why
        );
    }
    text
}

const fn needs(needs: Needs) -> &'static str {
    match needs {
        Needs::Nothing => "",
        Needs::Consent => "consent",
        Needs::StepUp => "second factor within 10 minutes",
    }
}

fn name(who: Who) -> String {
    match who {
        Who::SignedIn => "anyone signed in".into(),
        Who::Member => "member with a verified household".into(),
        Who::InScope => "member in the matter's scope".into(),
        Who::Proposer => "author".into(),
        Who::Cosigner => "member of a co-signing household".into(),
        Who::Elector => "elector".into(),
        Who::Household => "adult of that household".into(),
        Who::Holds(role) => format!("`{}`", role.as_str()),
    }
}
