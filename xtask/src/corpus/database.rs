//! The database by its own program: `sqlite3` or `psql`.

use std::io::{BufWriter, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use super::plan::{Dweller, Ground};
use crate::error::{Error, Result};

/// Rows of one INSERT for SQLite.
const AT_ONCE: usize = 200;

/// Which database, and where.
#[derive(Debug, Clone)]
pub(super) enum Database {
    /// A file.
    Sqlite(String),
    /// An address.
    Postgres(String),
}

impl Database {
    /// Of an address as the server takes it.
    pub(super) fn of(url: &str) -> Result<Self> {
        if let Some(file) = url.strip_prefix("sqlite://") {
            let file = file.split('?').next().unwrap_or_default();
            if !std::path::Path::new(file).is_file() {
                return Err(Error::Content(format!(
                    "{file} is not there; make it first: xiaoyuan demo --database '{url}'"
                )));
            }
            return Ok(Self::Sqlite(file.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(Error::Content(format!("{url} is neither sqlite://… nor postgres://…")))
    }

    fn command(&self) -> Command {
        match self {
            Self::Sqlite(file) => {
                let mut command = Command::new("sqlite3");
                command.args(["-batch", "-bail", "-noheader", "-separator", "\t", file]);
                command
            }
            Self::Postgres(url) => {
                let mut command = Command::new("psql");
                command.args(["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", url]);
                command
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite3",
            Self::Postgres(_) => "psql",
        }
    }

    fn failed(&self, why: impl std::fmt::Display) -> Error {
        Error::Program(format!("{}: {why}", self.name()))
    }

    /// What a query answers: rows of numbers.
    fn numbers(&self, sql: &str) -> Result<Vec<Vec<i64>>> {
        let mut command = self.command();
        match self {
            Self::Sqlite(_) => command.arg(sql),
            Self::Postgres(_) => command.args(["-c", sql]),
        };
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| self.failed(format_args!("{error}; is it installed?")))?;
        if !output.status.success() {
            return Err(self.failed(sql));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let row = |line: &str| {
            line.split('\t').map(|cell| cell.trim().parse().ok()).collect::<Option<Vec<i64>>>()
        };
        text.lines()
            .filter(|line| !line.is_empty())
            .map(|line| row(line).ok_or_else(|| self.failed(format_args!("not numbers: {line}"))))
            .collect()
    }

    /// Begins to write; one transaction until [`Writer::end`].
    pub(super) fn writer(&self) -> Result<Writer> {
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| self.failed(format_args!("{error}; is it installed?")))?;
        let stdin = child.stdin.take().ok_or_else(|| self.failed("no way in"))?;
        let mut writer =
            Writer { database: self.clone(), child, to: BufWriter::with_capacity(1 << 20, stdin) };
        writer.say(match self {
            // The corpus can be made again: nothing waits for the disk.
            Self::Sqlite(_) => "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; BEGIN;\n",
            Self::Postgres(_) => "SET synchronous_commit=off; BEGIN;\n",
        })?;
        Ok(writer)
    }
}

/// A cell.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Number(i64),
    Text(&'a str),
    Null,
}

/// Writes rows into tables.
#[derive(Debug)]
pub(super) struct Writer {
    database: Database,
    child: Child,
    to: BufWriter<ChildStdin>,
}

impl Writer {
    /// A statement, whole.
    pub(super) fn say(&mut self, sql: &str) -> Result<()> {
        self.to.write_all(sql.as_bytes()).map_err(|error| self.database.failed(error))
    }

    /// Rows of a table; `each` fills one row's cells, and says whether there was one.
    pub(super) fn table<'a>(
        &mut self,
        table: &str,
        columns: &str,
        rows: impl Iterator<Item = Vec<Cell<'a>>>,
    ) -> Result<()> {
        let mut line = String::new();
        match &self.database {
            Database::Postgres(_) => {
                self.say(&format!("COPY {table} ({columns}) FROM STDIN;\n"))?;
                for row in rows {
                    line.clear();
                    copied(&row, &mut line);
                    self.say(&line)?;
                }
                self.say("\\.\n")
            }
            Database::Sqlite(_) => {
                let mut n = 0;
                for row in rows {
                    line.clear();
                    if n % AT_ONCE == 0 {
                        line.push_str(if n == 0 { "" } else { ";\n" });
                        line.push_str(&format!("INSERT INTO {table} ({columns}) VALUES\n"));
                    } else {
                        line.push_str(",\n");
                    }
                    quoted(&row, &mut line);
                    self.say(&line)?;
                    n += 1;
                }
                if n == 0 { Ok(()) } else { self.say(";\n") }
            }
        }
    }

    /// Commits, and waits for the program to end.
    pub(super) fn end(mut self) -> Result<()> {
        self.say("COMMIT;\n")?;
        if matches!(self.database, Database::Postgres(_)) {
            // As the server's own housekeeping does some minutes after so many rows.
            self.say("VACUUM ANALYZE;\n")?;
        }
        self.to.flush().map_err(|error| self.database.failed(error))?;
        drop(self.to);
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.database.failed(status)),
            Err(error) => Err(self.database.failed(error)),
        }
    }
}

/// A line of PostgreSQL's COPY (text format).
fn copied(row: &[Cell<'_>], line: &mut String) {
    for (n, cell) in row.iter().enumerate() {
        if n > 0 {
            line.push('\t');
        }
        match cell {
            Cell::Number(number) => line.push_str(&number.to_string()),
            Cell::Null => line.push_str("\\N"),
            Cell::Text(text) => {
                for c in text.chars() {
                    match c {
                        '\\' => line.push_str("\\\\"),
                        '\t' => line.push_str("\\t"),
                        '\n' => line.push_str("\\n"),
                        '\r' => line.push_str("\\r"),
                        c => line.push(c),
                    }
                }
            }
        }
    }
    line.push('\n');
}

/// A row of VALUES.
fn quoted(row: &[Cell<'_>], line: &mut String) {
    line.push('(');
    for (n, cell) in row.iter().enumerate() {
        if n > 0 {
            line.push(',');
        }
        match cell {
            Cell::Number(number) => line.push_str(&number.to_string()),
            Cell::Null => line.push_str("NULL"),
            Cell::Text(text) => {
                line.push('\'');
                line.push_str(&text.replace('\'', "''"));
                line.push('\'');
            }
        }
    }
    line.push(')');
}

/// What the database holds already, in its first community.
pub(super) fn ground(database: &Database) -> Result<Ground> {
    let next = |table: &str| format!("(SELECT COALESCE(MAX(id), 0) + 1 FROM {table})");
    let sql = format!(
        "SELECT c.id, c.next_proposal, {}, {}, {}, {}, {}, \
         COALESCE((SELECT MAX(updated_at) FROM proposal), c.created_at) \
         FROM community c ORDER BY c.id LIMIT 1",
        next("proposal"),
        next("post"),
        next("step"),
        next("proposal_version"),
        next("work_item")
    );
    let rows = database.numbers(&sql)?;
    let Some(
        &[community, next_number, next_matter, next_post, next_step, next_version, next_work, now],
    ) = rows.first().map(Vec::as_slice)
    else {
        return Err(Error::Content("the database holds no community".to_owned()));
    };
    let sql = format!(
        "SELECT p.id, h.id, e.id, e.courtyard_id FROM person p \
         JOIN household h ON h.id = p.household_id JOIN entrance e ON e.id = h.entrance_id \
         WHERE p.community_id = {community} AND h.ended_at IS NULL AND e.ended_at IS NULL \
         ORDER BY p.id"
    );
    let people: Vec<Dweller> = database
        .numbers(&sql)?
        .iter()
        .filter_map(|row| match row.as_slice() {
            &[person, household, entrance, courtyard] => {
                Some(Dweller { person, household, entrance, courtyard })
            }
            _ => None,
        })
        .collect();
    if people.is_empty() {
        return Err(Error::Content("nobody lives in the database's first community".to_owned()));
    }
    Ok(Ground {
        community,
        next_number,
        next_matter,
        next_post,
        next_step,
        next_version,
        next_work,
        now,
        people,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were() {
        let row = [Cell::Number(-7), Cell::Null, Cell::Text("a'b\\c\td\ne")];
        let (mut copy, mut values) = (String::new(), String::new());
        copied(&row, &mut copy);
        quoted(&row, &mut values);
        assert_eq!(copy, "-7\t\\N\ta'b\\\\c\\td\\ne\n");
        assert_eq!(values, "(-7,NULL,'a''b\\c\td\ne')");
    }

    #[test]
    fn addresses() {
        assert!(matches!(
            Database::of("postgres://u@h/n"),
            Ok(Database::Postgres(url)) if url == "postgres://u@h/n"
        ));
        assert!(Database::of("mysql://h").is_err());
        assert!(Database::of("sqlite:///nowhere/at/all.db?mode=rwc").is_err());
    }
}
