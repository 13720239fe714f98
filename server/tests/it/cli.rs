//! The command line, as a person or a script meets it: output and exit status.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program in an empty folder, without the settings of whoever runs the tests.
struct Xiaoyuan {
    dir: TempDir,
}

impl Xiaoyuan {
    fn new() -> Self {
        Self { dir: TempDir::new().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xiaoyuan"));
        command.current_dir(self.dir.path()).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("XIAOYUAN_") {
                command.env_remove(name);
            }
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn help_shows_examples() {
    let help = Xiaoyuan::new().run(&["--help"]);
    assert!(help.status.success());
    for word in ["Examples:", "serve --demo", "audit verify", "tally counts.json", "person"] {
        assert!(out(&help).contains(word), "{}", out(&help));
    }
    for command in [
        "serve",
        "migrate",
        "demo",
        "person",
        "community add",
        "community list",
        "factor reset",
        "audit verify",
        "tally",
        "opinions",
        "verify",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = Xiaoyuan::new().run(&arguments);
        let example = format!("  xiaoyuan {command}");
        assert!(out(&help).contains("Example"), "{command}: {}", out(&help));
        assert!(out(&help).contains(&example), "{command}: {}", out(&help));
    }
}

#[test]
fn tally_judges_one_line() {
    let program = Xiaoyuan::new();
    let file = program.file(
        "counts.json",
        r#"{"kind": "households", "members": 1286, "yes": 400, "no": 150, "abstain": 100}"#,
    );
    let judged = program.run(&["tally", text(&file)]);
    assert_eq!(judged.status.code(), Some(0), "{}", err(&judged));
    assert_eq!(
        out(&judged),
        "{\"kind\":\"households\",\"participated\":650,\"quorum\":644,\"valid\":true,\"passed\":true}\n"
    );
    assert_eq!(err(&judged), "");
}

#[test]
fn tally_says_what_it_cannot_judge() {
    let program = Xiaoyuan::new();
    for (name, counts, word) in [
        (
            "negative",
            r#"{"kind": "households", "members": 10, "yes": -1, "no": 0, "abstain": 0}"#,
            "yes",
        ),
        (
            "more",
            r#"{"kind": "households", "members": 10, "yes": 11, "no": 0, "abstain": 0}"#,
            "11",
        ),
        ("unknown", r#"{"kind": "acclamation", "members": 10}"#, "acclamation"),
        ("text", "no JSON at all", "line 1"),
    ] {
        let file = program.file(name, counts);
        let refused = program.run(&["tally", text(&file)]);
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert_eq!(out(&refused), "", "{name}");
        assert!(err(&refused).contains(word) && err(&refused).contains(name), "{}", err(&refused));
    }
    let missing = program.run(&["tally", "nothing-here.json"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(err(&missing).contains("nothing-here.json"));
}

#[test]
fn opinions_finds_the_groups_of_a_file() {
    let program = Xiaoyuan::new();
    let mut rows = "participant,group-id,n-comments,n-votes,n-agree,n-disagree,1,2,3\n".to_owned();
    for who in 0..12 {
        let apart = if who % 2 == 0 { "1,-1" } else { "-1,1" };
        rows.push_str(&format!("{who},,0,3,2,1,1,{apart}\n"));
    }
    let file = program.file("participants-votes.csv", &rows);
    let found = program.run(&["opinions", text(&file), "--voices", "12"]);
    assert!(found.status.success(), "{found:?}");
    let map: serde_json::Value = serde_json::from_str(&out(&found)).unwrap();
    assert_eq!(map["groups"], serde_json::json!([6, 6]));
    assert_eq!(map["common"][0]["statement"], 1);
    assert_eq!(map["apart"].as_array().unwrap().len(), 2);
    let few = program.run(&["opinions", text(&file)]);
    assert_eq!(few.status.code(), Some(2));
    let wrong = program.file("wrong.csv", "participant,1\n4,7\n");
    let refused = program.run(&["opinions", text(&wrong), "--voices", "1"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("line 2"), "{refused:?}");
}

#[test]
fn tally_needs_no_settings() {
    let program = Xiaoyuan::new();
    program.file("xiaoyuan.toml", "nonsense = true");
    let counts = r#"{"kind": "council", "members": 3, "yes": 2, "no": 0, "abstain": 0}"#;
    let file = program.file("counts.json", counts);
    let judged = program.command(&["tally", text(&file)]).env("XIAOYUAN_NONSENSE", "1").output();
    assert_eq!(judged.unwrap().status.code(), Some(0));
}

mod result {
    use domain::ballot::{BallotKind, Choice, Paper, Tracker};
    use domain::ids::BallotNumber;
    use domain::merkle::Digest;
    use domain::result_file::{CastCounts, ElectorateNote, ResultFile, ResultParts};
    use domain::time::Timestamp;
    use ed25519_dalek::SigningKey;

    pub(super) fn published(key: &SigningKey) -> String {
        let paper = |n: u8| Paper {
            tracker: Tracker::from_random([n; 16]),
            choice: if n == 3 { Choice::No } else { Choice::Yes },
        };
        let parts = ResultParts {
            community: "枣树湾社区".into(),
            ballot: BallotNumber(1),
            question: "桶站挪开 12 米？".into(),
            kind: BallotKind::ResidentsByHousehold,
            terms: None,
            opened_at: Timestamp(0),
            closed_at: Timestamp(1),
            electorate: ElectorateNote { count: 4, digest: Digest([7; 32]) },
            cast: CastCounts { web: 3, ..CastCounts::default() },
            papers: (1..=3).map(paper).collect(),
            audit_head: Digest([8; 32]),
        };
        ResultFile::build(parts, key).unwrap().to_json().unwrap()
    }
}

#[test]
fn verify_recounts_a_published_result() {
    let program = Xiaoyuan::new();
    let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
    let other = ed25519_dalek::SigningKey::from_bytes(&[2; 32]);
    let hex = |key: &ed25519_dalek::SigningKey| hex::encode(key.verifying_key().to_bytes());
    let published = result::published(&key);
    let file = program.file("result.json", &published);

    let good = program.run(&["verify", text(&file)]);
    assert_eq!(good.status.code(), Some(0), "{}", err(&good));
    for check in ["papers", "counts", "outcome", "root", "signature", "note"] {
        assert!(out(&good).lines().any(|line| line.starts_with(check)), "{}", out(&good));
    }
    let trusted = program.run(&["verify", text(&file), "--key", &hex(&key)]);
    assert_eq!(trusted.status.code(), Some(0), "{}", err(&trusted));
    assert!(!out(&trusted).contains("note"));

    let by_another = program.run(&["verify", text(&file), "--key", &hex(&other)]);
    assert_eq!(by_another.status.code(), Some(1));
    let changed = program.file("changed.json", &published.replace("12 米", "21 米"));
    let changed = program.run(&["verify", text(&changed)]);
    assert_eq!(changed.status.code(), Some(1));
    assert!(err(&changed).contains("signature"), "{}", err(&changed));

    for (name, content) in [("empty.json", "{}"), ("text.json", "x")] {
        let file = program.file(name, content);
        let refused = program.run(&["verify", text(&file)]);
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(err(&refused).contains(name));
    }
    assert_eq!(program.run(&["verify", "missing.json"]).status.code(), Some(2));
    assert_eq!(program.run(&["verify", text(&file), "--key", "12"]).status.code(), Some(2));
}

#[test]
fn a_person_is_made_and_the_chain_is_whole() {
    let program = Xiaoyuan::new();
    let nowhere = program.run(&["person", "--name", "zhou"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(err(&nowhere).contains("--community"), "{}", err(&nowhere));

    let place = ["--community", "枣树湾社区", "--subdistrict", "柳荫街道", "--district", "槐安区"];
    let first: Vec<&str> = ["person", "--name", "zhou"].into_iter().chain(place).collect();
    let made = program.run(&first);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let said = out(&made);
    let password = said.lines().find_map(|line| line.strip_prefix("password, shown this once: "));
    assert_eq!(password.map(str::len), Some(16), "{said}");

    // A second one finds the community, and its password comes from whoever types it.
    let mut second = program
        .command(&["person", "--name", "li", "--nickname", "李委员", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    second.stdin.take().unwrap().write_all("枣树下的石桌\n".as_bytes()).unwrap();
    let second = second.wait_with_output().unwrap();
    assert_eq!(second.status.code(), Some(0));
    assert!(!out(&second).contains("枣树下的石桌") && !out(&second).contains("password"));

    let taken = program.run(&["person", "--name", "zhou"]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(err(&taken).contains("taken"), "{}", err(&taken));

    let reset = program.run(&["factor", "reset", "--name", "Zhou"]);
    assert_eq!(reset.status.code(), Some(0), "{}", err(&reset));
    let nobody = program.run(&["factor", "reset", "--name", "wang"]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(err(&nobody).contains("nobody signs in as wang"), "{}", err(&nobody));

    let password = program.run(&["password", "reset", "--name", "Zhou"]);
    assert_eq!(password.status.code(), Some(0), "{}", err(&password));
    assert!(out(&password).contains("shown this once: "), "{}", out(&password));
    let nobody = program.run(&["password", "reset", "--name", "wang"]);
    assert_eq!(nobody.status.code(), Some(1));

    let whole = program.run(&["audit", "verify"]);
    assert_eq!(whole.status.code(), Some(0), "{}", err(&whole));
    assert!(out(&whole).starts_with("whole: "), "{}", out(&whole));
}

#[test]
fn the_sealing_key_is_made_and_changed() {
    let program = Xiaoyuan::new();
    let migrated = program.run(&["migrate"]);
    assert_eq!(migrated.status.code(), Some(0), "{}", err(&migrated));
    assert!(program.dir.path().join("data/xiaoyuan.sqlite3.key").is_file(), "the first key");
    let missing = program.run(&["key", "change", "--new-key-file", "new.key"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(err(&missing).contains("xiaoyuan key new"), "{}", err(&missing));
    let made = program.run(&["key", "new", "new.key"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    assert_eq!(
        program.run(&["key", "new", "new.key"]).status.code(),
        Some(1),
        "never over another"
    );
    let changed = program.run(&["key", "change", "--new-key-file", "new.key"]);
    assert_eq!(changed.status.code(), Some(0), "{}", err(&changed));
    assert!(out(&changed).contains("key_file = \"new.key\""), "{}", out(&changed));
    let old = program.run(&["migrate"]);
    assert_eq!(old.status.code(), Some(1), "the old key opens nothing");
    assert!(err(&old).contains("key"), "{}", err(&old));
    std::fs::write(program.dir.path().join("xiaoyuan.toml"), "key_file = \"new.key\"\n").unwrap();
    let new = program.run(&["migrate"]);
    assert_eq!(new.status.code(), Some(0), "{}", err(&new));
}

#[test]
fn a_changed_byte_breaks_the_chain() {
    let program = Xiaoyuan::new();
    let place = ["--community", "枣树湾社区", "--subdistrict", "柳荫街道", "--district", "槐安区"];
    let first: Vec<&str> = ["person", "--name", "zhouzhuren"].into_iter().chain(place).collect();
    assert!(program.run(&first).status.success());

    // In the file itself, behind everybody's back: the action of one entry, a letter for a letter.
    let path = program.dir.path().join("data/xiaoyuan.sqlite3");
    let mut bytes = std::fs::read(&path).unwrap();
    let needle = b"person_admit";
    let at = bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    bytes[at] = b'P';
    std::fs::write(&path, bytes).unwrap();

    let broken = program.run(&["audit", "verify"]);
    assert_eq!(broken.status.code(), Some(1), "{}{}", out(&broken), err(&broken));
    assert!(out(&broken).starts_with("broken at entry "), "{}", out(&broken));
}

#[test]
fn serving_is_refused_with_reasons() {
    let program = Xiaoyuan::new();
    let exposed = program.run(&["serve", "--demo", "--addr", "0.0.0.0:0"]);
    assert_eq!(exposed.status.code(), Some(1));
    assert!(err(&exposed).contains("--yes-expose-demo"), "{}", err(&exposed));

    let empty = program.run(&["serve", "--addr", "127.0.0.1:0"]);
    assert_eq!(empty.status.code(), Some(1));
    assert!(err(&empty).contains("xiaoyuan person"), "{}", err(&empty));

    let url = "postgres://hall:geheim@127.0.0.1:1/hall";
    let nobody = program.run(&["serve", "--addr", "127.0.0.1:0", "--database", url]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(!err(&nobody).contains("geheim"), "{}", err(&nobody));

    for url in ["mysql://hall:geheim@db/hall", "postgres://hall:geheim@@:x/%"] {
        let odd = program.run(&["migrate", "--database", url]);
        assert_eq!(odd.status.code(), Some(1));
        assert!(!err(&odd).contains("geheim"), "{}", err(&odd));
    }

    let mistyped = program.command(&["migrate"]).env("XIAOYUAN_DATABSE", "x").output().unwrap();
    assert_eq!(mistyped.status.code(), Some(1));
    assert!(err(&mistyped).contains("XIAOYUAN_DATABSE"), "{}", err(&mistyped));
}

#[test]
fn a_real_hall_is_no_demo() {
    let program = Xiaoyuan::new();
    let place = ["--community", "枣树湾社区", "--subdistrict", "柳荫街道", "--district", "槐安区"];
    let first: Vec<&str> = ["person", "--name", "zhouzhuren"].into_iter().chain(place).collect();
    assert!(program.run(&first).status.success());
    for arguments in [&["serve", "--demo", "--addr", "127.0.0.1:0"][..], &["demo"]] {
        let refused = program.run(arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        let said = err(&refused);
        assert!(said.contains("枣树湾社区") && said.contains("without --demo"), "{said}");
        assert!(said.contains("interrupted"), "{said}");
    }
}

#[test]
fn neighbours_are_admitted_to_their_households() {
    let program = Xiaoyuan::new();
    let place = ["--community", "枣树湾社区", "--subdistrict", "柳荫街道", "--district", "槐安区"];
    let first: Vec<&str> = ["person", "--name", "zhou"].into_iter().chain(place).collect();
    assert!(program.run(&first).status.success());
    // Courtyard, entrance and room are entered with the first who lives there, and found for the others.
    let home = ["--courtyard", "北柳小区", "--entrance", "3号楼1单元", "--room", "101"];
    for (name, role) in [("lan", "resident"), ("lan-er", "resident"), ("chen", "council_member")] {
        let person = ["person", "--name", name, "--role", role].into_iter().chain(home);
        let made = program.run(&person.collect::<Vec<_>>());
        assert_eq!(made.status.code(), Some(0), "{name}: {}", err(&made));
        assert!(out(&made).contains(&format!("{name} can sign in as {role}")), "{}", out(&made));
    }
    let unknown = program.run(&["person", "--name", "wu", "--role", "king"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("council_member"), "{}", err(&unknown));
    // A home is named whole or not at all.
    for part in [&["--courtyard", "北柳小区"][..], &["--room", "101"], &home[..4]] {
        let person = ["person", "--name", "wu"].into_iter().chain(part.iter().copied());
        assert_eq!(program.run(&person.collect::<Vec<_>>()).status.code(), Some(2), "{part:?}");
    }
}

#[test]
fn only_a_demo_runs_ahead_of_the_clock() {
    let ahead = Xiaoyuan::new().run(&["serve", "--addr", "127.0.0.1:0", "--days-ahead", "12"]);
    assert_eq!(ahead.status.code(), Some(2));
    assert!(err(&ahead).contains("--demo"), "{}", err(&ahead));
}

#[test]
fn several_communities_on_one_server() {
    let program = Xiaoyuan::new();
    let add = |name: &str, slug: Option<&str>| {
        let place = ["--subdistrict", "柳荫街道", "--district", "槐安区"];
        let slug = slug.map(|slug| ["--slug", slug]);
        let arguments = ["community", "add", "--name", name].into_iter().chain(place);
        program.run(&arguments.chain(slug.into_iter().flatten()).collect::<Vec<_>>())
    };
    for (name, slug, address) in [
        ("枣树湾社区", Some("zaoshuwan"), "at /\n"),
        ("槐安里社区", Some("huaianli"), "at /c/huaianli\n"),
        ("没有短名的社区", None, "at /c/c3\n"),
    ] {
        let made = add(name, slug);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
        assert!(out(&made).ends_with(address), "{}", out(&made));
    }
    for (slug, word) in [
        ("huaianli", "another community has it"),
        ("Huaianli", "lower-case"),
        ("a", "2 to 30"),
        ("c1", "not c and a number"),
    ] {
        let refused = add("又一个社区", Some(slug));
        assert_eq!(refused.status.code(), Some(1), "{slug}");
        assert!(
            err(&refused).contains("--slug") && err(&refused).contains(word),
            "{}",
            err(&refused)
        );
    }
    let listed = program.run(&["community", "list"]);
    let slugs: Vec<_> =
        out(&listed).lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    assert_eq!(
        slugs,
        ["zaoshuwan", "huaianli", "c3"],
        "as they were founded; a refused one isn't there"
    );

    // Which community a person belongs to must be said, by its name or its short name.
    let unclear = program.run(&["person", "--name", "qian"]);
    assert_eq!(unclear.status.code(), Some(1));
    assert!(err(&unclear).contains("huaianli"), "{}", err(&unclear));
    let unknown = program.run(&["person", "--name", "qian", "--community", "nowhere"]);
    assert!(err(&unknown).contains("community add"), "{}", err(&unknown));
    for (name, community) in [("qian", "huaianli"), ("zhou", "枣树湾社区")] {
        let made = program.run(&["person", "--name", name, "--community", community]);
        assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    }
}
