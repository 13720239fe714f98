//! Counts in a JSON file, judged by the rules: what `xiaoyuan tally FILE.json` reads and prints.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

use crate::ballot::kind::{BallotKind, Test, UnknownKind};
use crate::ballot::owners::OwnersOutcome;
use crate::ballot::projects::{Project, ProjectError, Selection};
use crate::ballot::tally::{CompositionError, Count, CountError, Outcome, check_composition};

/// Why a file of counts can't be judged. Each message names the field and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TallyError {
    /// Not JSON; the message ends with the line and column.
    #[error("this isn't a JSON file of counts: {0}")]
    Json(#[from] serde_json::Error),
    /// A field that should be an object holds something else.
    #[error("{0} must be an object {{…}}, not {1}")]
    NotAnObject(String, String),
    /// `kind` isn't text, or `projects` isn't a list, and the like.
    #[error("`{field}` must be {wanted}, not {found}")]
    WrongType {
        /// The field, with its path.
        field: String,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// A number that is negative, has a fraction or an exponent, or is too large.
    #[error("`{field}` must be a whole number from 0 to {max}, not {found}{hint}", max = u64::MAX)]
    NotWhole {
        /// The field, with its path.
        field: String,
        /// What it is.
        found: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// A field that the kind needs.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A field that the kind doesn't have.
    #[error("`{0}` isn't a field of this kind of ballot")]
    UnknownField(String),
    /// A field given twice.
    #[error("`{0}` is given twice")]
    GivenTwice(String),
    /// No such kind.
    #[error(transparent)]
    UnknownKind(#[from] UnknownKind),
    /// Counts that can't be.
    #[error("{path}{error}")]
    Count {
        /// `heads: `, `area: ` or empty.
        path: &'static str,
        /// What is wrong.
        error: CountError,
    },
    /// A representatives' meeting that isn't composed by the law.
    #[error(transparent)]
    Composition(#[from] CompositionError),
    /// Projects that can't be judged.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

/// Judges a file of counts and returns the outcome as one line of JSON, without a line break.
///
/// The file is `{"kind": K, …}`:
/// - `straw`, `council`, `residents`, `households`, `unanimous`: `members`, `yes`, `no`, `abstain`;
/// - `representatives`: also `committee` and `representatives`, which together are `members` (which may be left
///   out); the latter must be at least four fifths;
/// - `owners_ordinary`, `owners_special`: `heads` and `area`, each `{"total", "yes", "no", "abstain"}`, area in whole
///   0.01 m²;
/// - `project_selection`: `quorum`, `voters`, `fund`, `projects`: `[{"id", "cost", "approvals"}]`, an id being a
///   text or a whole number. It names no electorate, so no voters at all is a count that can be judged: below any quorum but 0.
///
/// The line is `{"kind", "participated", "quorum", "valid", "passed"}`; for owners these speak of heads (valid and
/// passed of both measures), and `heads` and `area` hold each measure by itself; for project selection `funded` and
/// `left` follow: an invalid one funds nothing and leaves the whole fund, as it doesn't pass.
///
/// # Errors
/// When the counts can't be judged: see [`TallyError`].
pub fn tally(text: &str) -> Result<String, TallyError> {
    // Editors on Windows put a byte order mark before a file's text.
    let node: Node = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let mut file = Fields::of(node, "")?;
    let kind: BallotKind = file.text("kind")?.parse()?;
    let judged = match kind.rule().test {
        Test::Heads { quorum, majority } => {
            let members = if kind == BallotKind::Representatives {
                members_of_meeting(&mut file)?
            } else {
                file.whole("members", "")?
            };
            let count = count(&mut file, members, "", "")?;
            Judged { outcome: count.judge(quorum, majority), more: More::Nothing }
        }
        Test::HeadsAndArea { quorum, majority } => {
            let both = OwnersOutcome {
                heads: measure(&mut file, "heads", "heads: ", "")?.judge(quorum, majority),
                area: measure(&mut file, "area", "area: ", AREA_HINT)?.judge(quorum, majority),
            };
            Judged {
                outcome: Outcome { valid: both.valid(), passed: both.passed(), ..both.heads },
                more: More::Owners(both),
            }
        }
        Test::Approvals => {
            let (quorum, voters) = (file.whole("quorum", "")?, file.whole("voters", "")?);
            let fund = file.whole("fund", "")?;
            let mut numbers = HashSet::new();
            let projects = projects(&mut file, &mut numbers)?;
            let judged = Selection::new(quorum, voters, fund, projects)?.judge();
            let as_given = |id: String| match id.parse() {
                Ok(number) if numbers.contains(&number) => Id::Number(number),
                _ => Id::Text(id),
            };
            let funded = judged.funded.into_iter().map(as_given).collect();
            Judged { outcome: judged.outcome, more: More::Selection { funded, left: judged.left } }
        }
    };
    file.finish()?;
    Ok(serde_json::to_string(&Line { kind, judged })?)
}

const AREA_HINT: &str = " (area is counted in 0.01 m²: write 89.5 m² as 8950)";

/// The members of a representatives' meeting, checked against its two parts.
fn members_of_meeting(file: &mut Fields) -> Result<u64, TallyError> {
    let (committee, representatives) =
        (file.whole("committee", "")?, file.whole("representatives", "")?);
    let members = match file.take("members") {
        Some(node) => file.as_whole("members", node, "")?,
        None => committee
            .checked_add(representatives)
            .ok_or(TallyError::Count { path: "", error: CountError::Overflow })?,
    };
    check_composition(members, committee, representatives)?;
    Ok(members)
}

fn measure(
    file: &mut Fields,
    name: &str,
    path: &'static str,
    hint: &'static str,
) -> Result<Count, TallyError> {
    let mut fields = Fields::of(file.need(name)?, name)?;
    let total = fields.whole("total", hint)?;
    let count = count(&mut fields, total, path, hint)?;
    fields.finish()?;
    Ok(count)
}

fn count(
    fields: &mut Fields,
    members: u64,
    path: &'static str,
    hint: &'static str,
) -> Result<Count, TallyError> {
    let (yes, no, abstain) =
        (fields.whole("yes", hint)?, fields.whole("no", hint)?, fields.whole("abstain", hint)?);
    Count::new(members, yes, no, abstain).map_err(|error| TallyError::Count { path, error })
}

/// The projects; `numbers` gathers the ids that were given as numbers.
fn projects(file: &mut Fields, numbers: &mut HashSet<u64>) -> Result<Vec<Project>, TallyError> {
    let list = match file.need("projects")? {
        Node::List(list) => list,
        other => {
            return Err(TallyError::WrongType {
                field: "projects".to_owned(),
                wanted: "a list […]",
                found: other.to_string(),
            });
        }
    };
    list.into_iter()
        .enumerate()
        .map(|(index, node)| {
            let mut fields = Fields::of(node, &format!("projects[{index}]"))?;
            let project = Project {
                id: fields.id(numbers)?,
                cost: fields.whole("cost", "")?,
                approvals: fields.whole("approvals", "")?,
            };
            fields.finish()?;
            Ok(project)
        })
        .collect()
}

/// The line that is printed.
struct Line {
    kind: BallotKind,
    judged: Judged,
}

struct Judged {
    outcome: Outcome,
    more: More,
}

enum More {
    Nothing,
    Owners(OwnersOutcome),
    Selection { funded: Vec<Id>, left: u64 },
}

/// A project's id, printed as it was given.
#[derive(Serialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let outcome = &self.judged.outcome;
        map.serialize_entry("kind", self.kind.as_str())?;
        map.serialize_entry("participated", &outcome.participated)?;
        map.serialize_entry("quorum", &outcome.quorum)?;
        map.serialize_entry("valid", &outcome.valid)?;
        map.serialize_entry("passed", &outcome.passed)?;
        match &self.judged.more {
            More::Nothing => {}
            More::Owners(both) => {
                map.serialize_entry("heads", &both.heads)?;
                map.serialize_entry("area", &both.area)?;
            }
            More::Selection { funded, left } => {
                map.serialize_entry("funded", funded)?;
                map.serialize_entry("left", left)?;
            }
        }
        map.end()
    }
}

/// A JSON value as it was written: numbers that aren't whole are kept only to be named in the refusal, and an
/// object's fields keep their repetitions.
enum Node {
    Whole(u64),
    NotWhole(String),
    Text(String),
    Other(&'static str),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(n) => write!(f, "{n}"),
            Self::NotWhole(text) => f.write_str(text),
            Self::Text(text) => write!(f, "the text {text:?}"),
            Self::Other(name) => f.write_str(name),
            Self::List(_) => f.write_str("a list"),
            Self::Object(_) => f.write_str("an object"),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;

        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_u64<E>(self, n: u64) -> Result<Node, E> {
                Ok(Node::Whole(n))
            }

            fn visit_i64<E>(self, n: i64) -> Result<Node, E> {
                Ok(u64::try_from(n).map_or_else(|_| Node::NotWhole(n.to_string()), Node::Whole))
            }

            // Only ever printed: a number with a fraction or beyond 64 bits is refused.
            fn visit_f64<E>(self, n: f64) -> Result<Node, E> {
                Ok(Node::NotWhole(format!("{n:?}")))
            }

            fn visit_str<E>(self, text: &str) -> Result<Node, E> {
                Ok(Node::Text(text.to_owned()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Other(if value { "true" } else { "false" }))
            }

            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Other("null"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
                let mut list = Vec::new();
                while let Some(node) = seq.next_element()? {
                    list.push(node);
                }
                Ok(Node::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Node::Object(fields))
            }
        }

        deserializer.deserialize_any(NodeVisitor)
    }
}

/// The fields of one object, taken out one by one; what is left over at the end is unknown.
struct Fields {
    path: String,
    fields: Vec<(String, Node)>,
}

impl Fields {
    fn of(node: Node, path: &str) -> Result<Self, TallyError> {
        match node {
            Node::Object(fields) => {
                let this = Self { path: path.to_owned(), fields };
                let mut seen = HashSet::new();
                if let Some((name, _)) =
                    this.fields.iter().find(|(name, _)| !seen.insert(name.as_str()))
                {
                    return Err(TallyError::GivenTwice(this.name(name)));
                }
                Ok(this)
            }
            other => {
                let what =
                    if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") };
                Err(TallyError::NotAnObject(what, other.to_string()))
            }
        }
    }

    fn name(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    fn take(&mut self, field: &str) -> Option<Node> {
        let index = self.fields.iter().position(|(name, _)| name == field)?;
        Some(self.fields.swap_remove(index).1)
    }

    fn need(&mut self, field: &str) -> Result<Node, TallyError> {
        self.take(field).ok_or_else(|| TallyError::Missing(self.name(field)))
    }

    fn whole(&mut self, field: &str, hint: &'static str) -> Result<u64, TallyError> {
        let node = self.need(field)?;
        self.as_whole(field, node, hint)
    }

    fn as_whole(&self, field: &str, node: Node, hint: &'static str) -> Result<u64, TallyError> {
        match node {
            Node::Whole(n) => Ok(n),
            other => Err(TallyError::NotWhole {
                field: self.name(field),
                found: other.to_string(),
                hint,
            }),
        }
    }

    /// What tells a project from the others: a text, or a number, which is then read as its digits.
    fn id(&mut self, numbers: &mut HashSet<u64>) -> Result<String, TallyError> {
        match self.need("id")? {
            Node::Text(text) => Ok(text),
            Node::Whole(n) => {
                numbers.insert(n);
                Ok(n.to_string())
            }
            other => Err(TallyError::WrongType {
                field: self.name("id"),
                wanted: "a text or a whole number",
                found: other.to_string(),
            }),
        }
    }

    fn text(&mut self, field: &str) -> Result<String, TallyError> {
        match self.need(field)? {
            Node::Text(text) => Ok(text),
            other => Err(TallyError::WrongType {
                field: self.name(field),
                wanted: "a text",
                found: other.to_string(),
            }),
        }
    }

    fn finish(self) -> Result<(), TallyError> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => Err(TallyError::UnknownField(self.name(name))),
        }
    }
}
