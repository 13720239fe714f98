//! One error type of all use cases; the pages word it, and give each its status.

use domain::calendar::MissingYear;
use domain::merging::MergeRefusal;
use domain::permission::Denied;
use domain::proposal::InvalidTransition;
use domain::role_rule::RoleRefusal;
use domain::slip::CodeError;
use domain::text::TextError;
use domain::version::TextRefusal;
use sea_orm::DbErr;
use thiserror::Error;

use crate::photo::PhotoProblem;
use crate::roll::SheetProblem;

/// Result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do what was asked. Nothing was written.
#[derive(Debug, Error)]
pub enum Error {
    /// 401 (sign in first), 403, or 404 for what belongs to others.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// 404: there is no such thing, or not for this person.
    #[error("not found")]
    NotFound,
    /// 422: what was typed can't be taken; each problem with its field.
    #[error("can't be taken: {}", named(.0))]
    Invalid(Vec<FieldError>),
    /// 409: it can't be done as things stand.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// 429: too often; try again after so many seconds.
    #[error("too often; wait {retry_after_s} s")]
    TooOften {
        /// The operation's name.
        operation: &'static str,
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// 503: the calendar doesn't know a year that a due day needs.
    #[error(transparent)]
    Calendar(#[from] MissingYear),
    /// 500: the database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
    /// 500: something that was stored can't be read, or the machine failed.
    #[error("{0}")]
    Broken(String),
}

fn named(fields: &[FieldError]) -> String {
    let named: Vec<_> =
        fields.iter().map(|wrong| format!("{} ({:?})", wrong.field, wrong.problem)).collect();
    named.join(", ")
}

/// A field's name and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: &'static str,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Empty, too short or too long.
    Text(TextError),
    /// Nothing was chosen.
    Choose,
    /// Not one of the choices.
    Unknown,
    /// A matter of an entrance (楼门) needs its entrance, not the courtyard alone.
    NeedsEntrance,
    /// The household lies outside the chosen scope.
    OutsideScope,
    /// 代提 without the neighbour's yes on paper.
    BehalfYes,
    /// A word that the community watches: it is sent only when the writer means it.
    WatchedWords,
    /// So many posts in a row: others have the word first.
    TurnWaits {
        /// When the turn comes, Unix ms.
        until_ms: i64,
    },
    /// What the committee is to answer has to be a question.
    AskIsQuestion,
    /// A date or time that is not one.
    Date,
    /// A date before the earliest that is allowed.
    TooEarly,
    /// A date after the latest that is allowed.
    TooLate,
    /// A number outside its range.
    Number {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// A mail address that can't be one.
    Email,
    /// Sign-in name or password is wrong; never which.
    Credentials,
    /// A code of the second factor that is wrong, too old, or was used already; never which.
    FactorCode,
    /// A passkey's answer that can't be taken.
    Passkey,
    /// A slip's code that can't be one: said at once, since it gives nothing away.
    Code(CodeError),
    /// A slip's code that opens nothing: unknown, used, ended or too old; never which.
    CodeUnknown,
    /// What has to be ticked was not.
    Tick,
    /// A sign-in name that somebody has.
    Taken,
    /// A telephone number that can't be one.
    Phone,
    /// The present password, typed once more, is wrong.
    OldPassword,
    /// A new password that can't be taken.
    Password(PasswordProblem),
    /// A name that another place has, or had until it ended.
    PlaceTaken,
    /// A room that isn't on the roll of that entrance.
    NoRoom,
    /// A name that no member of the community has.
    NoPerson,
    /// Somebody who signs in by themselves, and needs no helper (代办人).
    SignsIn,
    /// A photo that can't be taken.
    Photo(PhotoProblem),
    /// A file of the roll that can't be read as a whole.
    Sheet(SheetProblem),
    /// A line that is no day as `2026-12-31`, counted from 1.
    DayLine {
        /// Which.
        line: usize,
    },
    /// A day that is listed already.
    DayTwice {
        /// Which line, from 1.
        line: usize,
    },
    /// A statement that somebody wrote already.
    StatementTwice,
    /// A changed text that reads as it did.
    SameText,
    /// A file of answers that can't be read.
    OpinionsFile {
        /// The line that can't be, from 1; 0 when it is the file as a whole.
        line: u64,
    },
    /// More lines than are kept.
    Lines {
        /// The most.
        max: usize,
    },
}

/// Why a new password can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Fewer than [`PASSWORD_MIN`](crate::password::PASSWORD_MIN) characters.
    TooShort,
    /// More than [`PASSWORD_MAX`](crate::password::PASSWORD_MAX) bytes.
    TooLong,
    /// Among the first that are tried.
    Common,
    /// It is the sign-in name, or another name of the person.
    IsName,
}

/// Why something can't be done as things stand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The matter can't take this step from where it stands.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
    /// Somebody else changed it in the meantime.
    #[error("somebody else changed it in the meantime")]
    Stale,
    /// The household has co-signed already.
    #[error("your household has co-signed already")]
    AlreadyCosigned,
    /// The household has not co-signed, so there is nothing to take back.
    #[error("your household has not co-signed")]
    NotCosigned,
    /// Co-signing is over.
    #[error("co-signing is over")]
    CosigningOver,
    /// Something about a matter's text that can't be done as things stand.
    #[error(transparent)]
    Text(#[from] TextRefusal),
    /// Something about a merge that can't be done as things stand.
    #[error(transparent)]
    Merge(#[from] MergeRefusal),
    /// The forum of this matter is closed.
    #[error("the forum of this matter is closed")]
    ForumClosed,
    /// As many drafts as one may have.
    #[error("no more drafts; send or drop one")]
    TooManyDrafts,
    /// Only who spoke for or against says whether a summary is fair to their side.
    #[error("you have not spoken for or against")]
    NotSpeaker,
    /// Nobody thanks themselves.
    #[error("this is your own post")]
    OwnPost,
    /// A post that neighbours reported stays as it is until somebody has looked.
    #[error("this was reported; somebody has to look at it first")]
    Reported,
    /// One reports a text once.
    #[error("you have reported this already")]
    AlreadyReported,
    /// There is one appeal.
    #[error("another look was asked for already")]
    AlreadyAppealed,
    /// Whoever took something down doesn't decide on the appeal.
    #[error("you took this down: somebody else of the committee decides")]
    OwnRemoval,
    /// What was taken down is kept no longer, or was put back.
    #[error("the text is not kept any more")]
    NotKept,
    /// The matter's own text was taken down: it can't be changed until it is put back.
    #[error("the text of this matter was taken down")]
    TextRemoved,
    /// As many statements as a matter may have.
    #[error("this matter has as many statements as it can")]
    StatementsFull,
    /// As many statements as one person may write on a matter.
    #[error("you have written as many statements as one may")]
    OwnStatementsFull,
    /// Too few people answered for anything to be shown of what they said.
    #[error("too few people have answered")]
    TooFewVoices,
    /// A reply to a reply.
    #[error("only one level of replies")]
    TooDeep,
    /// The vote was cast already.
    #[error("this vote was cast already")]
    AlreadyVoted,
    /// The ballot is closed or cancelled.
    #[error("the ballot is over")]
    BallotOver,
    /// Nobody may vote in it.
    #[error("the electorate is empty")]
    NoElectors,
    /// Reviewed already in this round.
    #[error("you have reviewed this already")]
    AlreadyReviewed,
    /// Followed up already.
    #[error("this was followed up already")]
    AlreadyFollowedUp,
    /// The account is locked for a while after failed sign-ins.
    #[error("locked until {until_ms}")]
    Locked {
        /// Unix ms.
        until_ms: i64,
    },
    /// The role can't be given or ended.
    #[error(transparent)]
    Role(#[from] RoleRefusal),
    /// A sign-in name that is taken.
    #[error("this name is taken")]
    NameTaken,
    /// Rooms that would be there twice: for those who may see them, and never in a log.
    #[error("{} rooms would be there twice", .0.len())]
    RoomsClash(Vec<String>),
    /// A place can't be changed while something hangs on it.
    #[error("something hangs on this place")]
    PlaceInUse(PlaceUse),
    /// Whoever holds a duty keeps a second factor.
    #[error("a duty needs a second factor: set up another one before this is removed")]
    LastFactor,
    /// What was begun to set up or show a second factor has run out, or was used already.
    #[error("this took too long or was done already; begin again")]
    FactorBegunOver,
    /// The passkey is somebody's already.
    #[error("this passkey is registered already")]
    PasskeyTaken,
    /// One's own second factor is changed on one's own page, never reset.
    #[error("nobody resets their own second factor")]
    OwnFactor,
    /// The person has a household already: one adult counts in one alone.
    #[error("you have a household already")]
    HasHousehold,
    /// The person's request is waiting already.
    #[error("your request is waiting already")]
    AlreadyAsked,
    /// The request was decided or withdrawn already.
    #[error("this request is not waiting any more")]
    NotWaiting,
    /// Nobody decides on themselves.
    #[error("nobody decides on themselves")]
    OnOneself,
    /// The room that was typed is on no roll: the committee has to look.
    #[error("this room is not on the roll; the committee decides")]
    NotOnRoll,
    /// An entrance lead has vouched for as many today as the settings allow.
    #[error("no more vouches today")]
    VouchesUsed,
    /// One's own household is not vouched for: its adults admit.
    #[error("the household's adults admit to their own household")]
    OwnHousehold,
    /// The household's representative, or the committee, names the next one.
    #[error("the household's present representative names the next one")]
    NotRepresentative,
    /// The household votes just now: who casts its vote is named between ballots.
    #[error("a ballot of this household is open")]
    HouseholdVotes,
    /// The admission can't be contested any more.
    #[error("this admission can't be contested any more")]
    ContestOver,
    /// The slip is another community's than the account.
    #[error("your account is another community's")]
    OtherCommunity,
    /// There is no household for whom a slip could be made.
    #[error("there is nobody to make a slip for")]
    NoHouseholds,
    /// More slips at once than are printed at a time.
    #[error("{count} slips at once, at most {max} are made")]
    TooManySlips {
        /// The households found.
        count: usize,
        /// The most that are made.
        max: usize,
    },
    /// A password was set by this link already.
    #[error("a password was set by this link already")]
    LinkUsed,
    /// The link has run out, or a newer one ended it.
    #[error("this link is over")]
    LinkOver,
    /// The slip was used or ended before.
    #[error("this slip is over already")]
    SlipOver,
    /// Whoever holds a duty gets no new password by a slip that others print: by mail, or by the operator.
    #[error("whoever holds a duty sets a new password by mail or through the operator")]
    DutyPassword,
}

/// What hangs on a place that was to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceUse {
    /// So many households live there.
    Households(u64),
    /// So many units are on the owners' roll.
    Units(u64),
    /// So many people wait to be let in.
    Requests(u64),
    /// A ballot is open whose electorate is frozen by this very place.
    Ballot,
}

impl From<InvalidTransition> for Error {
    fn from(refused: InvalidTransition) -> Self {
        Self::Refused(Refusal::Transition(refused))
    }
}

impl From<MergeRefusal> for Error {
    fn from(refused: MergeRefusal) -> Self {
        Self::Refused(Refusal::Merge(refused))
    }
}

impl From<TextRefusal> for Error {
    fn from(refused: TextRefusal) -> Self {
        Self::Refused(Refusal::Text(refused))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(format!("stored JSON: {error}"))
    }
}

impl Error {
    /// An error about a single field.
    #[must_use]
    pub fn field(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldError { field, problem }])
    }

    /// A stored name that the code doesn't know.
    #[must_use]
    pub fn unknown(what: &str, name: &str) -> Self {
        Self::Broken(format!("unknown {what} in the database: {name}"))
    }

    /// Whether the database refused a row because another has its key.
    #[must_use]
    pub fn is_duplicate(error: &DbErr) -> bool {
        matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
    }
}

/// Gathers the problems of a form, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldError>);

impl Problems {
    /// Takes a text, or notes what is wrong with it.
    pub fn text<T>(&mut self, field: &'static str, parsed: Result<T, TextError>) -> Option<T> {
        parsed.map_err(|error| self.note(field, Problem::Text(error))).ok()
    }

    /// Takes a choice, or notes that it is missing or unknown.
    pub fn choice<T>(
        &mut self,
        field: &'static str,
        typed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        if typed.is_empty() {
            self.note(field, Problem::Choose);
            return None;
        }
        let parsed = parse(typed);
        if parsed.is_none() {
            self.note(field, Problem::Unknown);
        }
        parsed
    }

    /// Notes a problem.
    pub fn note(&mut self, field: &'static str, problem: Problem) {
        self.0.push(FieldError { field, problem });
    }

    /// Refuses when anything was noted.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that was noted.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }

    /// The values of a form when nothing was noted.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all that was noted, or when a value is missing.
    pub fn values<T>(self, values: Option<T>) -> Result<T> {
        self.done()?;
        values.ok_or_else(|| Error::Invalid(Vec::new()))
    }
}
