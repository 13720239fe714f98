//! A post as the database gives it, and what of it who reads may see.

use domain::civil::Wrong;
use domain::role::Role;
use domain::stance::Stance;
use domain::talk::PostState;
use domain::time::Timestamp;
use sea_orm::FromQueryResult;

use super::{PostSaid, PostView, QuestionView, QuoteView, Reader, Speaker, helper};
use crate::error::{Error, Result};
use crate::people::shown_name;

/// The columns of [`COLUMNS`](super::source::COLUMNS).
#[derive(Debug, FromQueryResult)]
pub(super) struct PostRow {
    pub(super) id: i64,
    parent_id: Option<i64>,
    author_id: i64,
    author_role: Option<String>,
    pub(super) stance: String,
    body: String,
    at: i64,
    state: String,
    edited_at: Option<i64>,
    thanks: i64,
    pub(super) reasons: i64,
    replies: i64,
    hidden_at: Option<i64>,
    hidden_reason: Option<String>,
    quote_id: Option<i64>,
    nickname: String,
    shown_as: String,
    entrance: Option<String>,
    courtyard: Option<String>,
    helper: Option<String>,
    quoted_state: Option<String>,
    quoted_body: Option<String>,
    quoted_by: Option<String>,
    question_due: Option<i64>,
    question_provisional: Option<i64>,
    question_answer: Option<i64>,
    question_answered: Option<i64>,
    question_late: Option<i64>,
    answers: Option<i64>,
    removal_kind: Option<String>,
    removal_reason: Option<String>,
    removal_at: Option<i64>,
    removal_role: Option<String>,
    change: Option<String>,
    mentions: Option<String>,
    households: i64,
    i_thanked: i64,
    i_agreed: i64,
    pub(super) questions_open: i64,
    pub(super) questions_late: i64,
}

impl PostRow {
    /// What who reads may see of it. Its replies are still to be put under it: until then all of them are
    /// more replies.
    pub(super) fn read(self, reader: &Reader) -> Result<PostView> {
        let state = PostState::from_name(&self.state)
            .ok_or_else(|| Error::unknown("post state", &self.state))?;
        let stance = Stance::from_name(&self.stance)
            .ok_or_else(|| Error::unknown("stance", &self.stance))?;
        let readable = state == PostState::Shown;
        let inside = reader.reads(self.author_id);
        let question = self.question(reader);
        let called = (readable && !self.nickname.is_empty()).then(|| self.nickname.clone());
        let who = Speaker {
            name: shown_name(self.nickname, &self.shown_as, self.entrance.as_deref()),
            role: self.author_role.as_deref().and_then(Role::from_name),
            courtyard: self.courtyard,
            through: helper(self.helper),
        };
        let body = self.body;
        let said = match state {
            PostState::Shown => PostSaid::Shown { stance, body, who },
            PostState::Waiting => PostSaid::Waiting { stance, body, who },
            PostState::Folded => PostSaid::Folded {
                households: self.households,
                text: inside.then_some((stance, body, who)),
            },
            PostState::Declined => PostSaid::Declined {
                reason: self
                    .hidden_reason
                    .map(|reason| self.removal_reason.unwrap_or(reason))
                    .unwrap_or_default(),
            },
            PostState::Removed => {
                let hidden_at = self.hidden_at.unwrap_or(self.at);
                // What its author takes back has no reason, whatever was taken down of it earlier.
                match self.hidden_reason {
                    Some(reason) => PostSaid::Removed {
                        kind: self.removal_kind.as_deref().and_then(Wrong::from_name),
                        reason: self.removal_reason.unwrap_or(reason),
                        at: Timestamp(self.removal_at.unwrap_or(hidden_at)),
                        by: self.removal_role.as_deref().and_then(Role::from_name),
                    },
                    None => PostSaid::Withdrawn { at: Timestamp(hidden_at) },
                }
            }
        };
        let quote = self.quote_id.filter(|_| readable || inside).map(|id| QuoteView {
            id,
            text: (self.quoted_state.as_deref() == Some(PostState::Shown.as_str())).then(|| {
                let by = shown_name(self.quoted_by.unwrap_or_default(), "", None);
                (by, self.quoted_body.unwrap_or_default())
            }),
        });
        let mentions = self.mentions.filter(|_| readable || inside).unwrap_or_default();
        Ok(PostView {
            id: self.id,
            parent: self.parent_id,
            at: Timestamp(self.at),
            stance,
            said,
            mine: self.author_id == reader.me,
            called,
            edited: self.edited_at.filter(|_| readable).map(Timestamp),
            change: self.change.filter(|_| readable && inside),
            quote,
            photos: Vec::new(),
            mentions: mentions.lines().map(ToOwned::to_owned).collect(),
            thanks: self.thanks,
            reasons: self.reasons,
            i_thanked: self.i_thanked != 0,
            i_agreed: self.i_agreed != 0,
            question: question.filter(|_| readable),
            answers: self.answers.is_some() && readable,
            replies: Vec::new(),
            more_replies: self.replies,
        })
    }

    fn question(&self, reader: &Reader) -> Option<QuestionView> {
        let due = Timestamp(self.question_due?);
        let answer = self.question_answer.zip(self.question_answered.map(Timestamp));
        Some(QuestionView {
            due,
            provisional: self.question_provisional.is_some_and(|it| it != 0),
            answer,
            late: match answer {
                Some(_) => self.question_late.is_some_and(|it| it != 0),
                None => reader.now > due,
            },
        })
    }
}
