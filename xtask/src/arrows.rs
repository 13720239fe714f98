//! Which package may use which: docs/architecture.md says why.

use crate::{
    error::{Error, Result},
    workspace::{cargo, output},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Each package of the workspace, and those of the workspace that it may use.
const ARROWS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("entities", &["domain"]),
    ("opinions", &[]),
    ("service", &["domain", "entities", "opinions"]),
    ("islands", &["domain"]),
    ("client", &["domain", "islands"]),
    ("app", &["domain", "service", "islands"]),
    ("server", &["domain", "opinions", "service", "app"]),
    ("xtask", &[]),
];

/// What the browser's half may never reach.
const NOT_IN_BROWSER: [&str; 9] = [
    "axum",
    "entities",
    "leptos_router",
    "sea-orm",
    "server",
    "service",
    "sqlx",
    "sqlx-core",
    "tokio",
];

/// A dependency inside the workspace.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrow {
    from: String,
    to: String,
    /// Used by tests only.
    dev: bool,
}

/// What `package` may use, directly or through others.
fn reachable(package: &str) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    let mut next = vec![package.to_owned()];
    while let Some(name) = next.pop() {
        for (_, targets) in ARROWS.iter().filter(|(from, _)| *from == name) {
            for target in targets.iter().filter(|target| seen.insert(**target)) {
                next.push((*target).to_owned());
            }
        }
    }
    seen
}

/// Why an arrow is wrong; tests may use whatever lies below their package, and the package itself
/// with its features for tests.
fn fault(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, dev } = arrow;
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| name == from) else {
        return Some(format!("{from} is not in the table of arrows"));
    };
    let good = allowed.contains(&to.as_str())
        || (*dev && (from == to || reachable(from).contains(to.as_str())));
    (!good).then(|| format!("{from} uses {to}, but may use only {allowed:?}"))
}

/// The arrows inside a workspace, from `cargo metadata --no-deps`.
fn arrows(metadata: &Value) -> Result<BTreeSet<Arrow>> {
    let packages = metadata["packages"]
        .as_array()
        .ok_or_else(|| Error::Content("cargo metadata: no packages".into()))?;
    let names: BTreeSet<&str> =
        packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut found = BTreeSet::new();
    for package in packages {
        let dependencies =
            package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        for dependency in dependencies {
            if let (Some(from), Some(to)) = (package["name"].as_str(), dependency["name"].as_str())
                && names.contains(to)
                && dependency["path"].is_string()
            {
                found.insert(Arrow {
                    from: from.into(),
                    to: to.into(),
                    dev: dependency["kind"] == "dev",
                });
            }
        }
    }
    // A package without any arrow of its own must be known too.
    for name in names {
        if !ARROWS.iter().any(|(known, _)| *known == name) {
            found.insert(Arrow { from: name.into(), to: String::new(), dev: false });
        }
    }
    Ok(found)
}

/// What a dependency tree (`cargo tree --prefix none --format {p}`) holds that the browser must not.
fn intruders(tree: &str) -> BTreeSet<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| NOT_IN_BROWSER.contains(name)).collect()
}

/// Checks the workspace's arrows and what the browser's half reaches.
pub(crate) fn check() -> Result<()> {
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata = serde_json::from_str(&metadata)
        .map_err(|error| Error::Content(format!("cargo metadata: {error}")))?;
    let arrows = arrows(&metadata)?;
    let mut faults: Vec<String> = arrows.iter().filter_map(fault).collect();

    let tree = output(cargo().args([
        "tree",
        "--package=client",
        "--target=wasm32-unknown-unknown",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ]))?;
    if !tree.contains("leptos") {
        return Err(Error::Content(
            "cargo tree shows no leptos in the browser's half: this check is blind".into(),
        ));
    }
    for name in intruders(&tree) {
        faults.push(format!(
            "the browser's half reaches {name}: see `cargo tree -p client -i {name}`"
        ));
    }
    if faults.is_empty() {
        println!("arrows: {} inside the workspace, all as they should be", arrows.len());
        return Ok(());
    }
    for fault in &faults {
        eprintln!("  {fault}");
    }
    Err(Error::Check(format!("{} wrong arrows", faults.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: &str, to: &str, dev: bool) -> Arrow {
        Arrow { from: from.into(), to: to.into(), dev }
    }

    #[test]
    fn arrows_go_one_way() {
        for (from, to, dev, good) in [
            ("entities", "domain", false, true),
            ("domain", "entities", false, false),
            ("app", "service", false, true),
            ("app", "entities", false, false),
            ("app", "entities", true, true),
            ("server", "entities", true, true),
            ("domain", "service", true, false),
            ("client", "app", false, false),
            ("islands", "service", false, false),
            ("newcomer", "domain", false, false),
        ] {
            assert_eq!(fault(&arrow(from, to, dev)).is_none(), good, "{from} -> {to}, dev: {dev}");
        }
    }

    #[test]
    fn only_arrows_inside_the_workspace_count() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "domain", "dependencies": [{ "name": "serde", "kind": null }] },
            { "name": "entities", "dependencies": [
                { "name": "domain", "kind": null, "path": "/x/domain" },
                { "name": "domain", "kind": "dev", "path": "/x/domain" },
            ] },
            { "name": "newcomer", "dependencies": [] },
        ] });
        let expected = [
            arrow("entities", "domain", false),
            arrow("entities", "domain", true),
            arrow("newcomer", "", false),
        ];
        assert_eq!(arrows(&metadata).unwrap(), BTreeSet::from(expected));
        assert!(arrows(&serde_json::json!({})).is_err());
    }

    #[test]
    fn a_server_part_in_the_browser_is_seen() {
        let tree = "client v0.1.0 (/x)\nleptos v0.8.23\ntokio-macros v2.0.0\ntokio v1.0.0 (*)\n";
        assert_eq!(intruders(tree), BTreeSet::from(["tokio"]));
        assert!(intruders("client v0.1.0\nleptos v0.8.23\n").is_empty());
    }
}
