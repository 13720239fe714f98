//! What a reader's connection has to carry, after brotli.

use crate::{
    assets::{dist, manifest},
    error::{At, Error, Result},
};
use std::{collections::BTreeMap, fs};

/// Most bytes of the stylesheet: with the HTML of a page it stays under 30 kB.
const STYLE_LIMIT: u64 = 20_000;
/// Most bytes of what runs in the browser on an ordinary page.
const ALIVE_LIMIT: u64 = 90_000;
/// Most bytes of what runs where somebody writes a whole matter, or adds photos: it is loaded in the place of the
/// everyday half, and where only photos ask for it, when they are touched.
const FORMS_LIMIT: u64 = 180_000;

/// A group of files that has one limit.
struct Group {
    name: &'static str,
    limit: u64,
    members: fn(&str) -> bool,
}

const GROUPS: [Group; 3] = [
    Group { name: "css", limit: STYLE_LIMIT, members: |name| name.ends_with(".css") },
    Group {
        name: "wasm + js",
        limit: ALIVE_LIMIT,
        members: |name| is_alive(name) && !is_forms(name),
    },
    Group { name: "the same for long forms", limit: FORMS_LIMIT, members: is_forms },
];

fn is_alive(name: &str) -> bool {
    name.ends_with(".wasm") || name.ends_with(".js")
}

fn is_forms(name: &str) -> bool {
    is_alive(name) && name.starts_with("forms")
}

/// The lines to print, and the groups that are above their limits.
fn judge(sizes: &BTreeMap<String, u64>) -> (Vec<String>, Vec<String>) {
    let mut lines: Vec<String> =
        sizes.iter().map(|(name, size)| format!("{size:>8} B  {name}")).collect();
    let mut above = Vec::new();
    for group in &GROUPS {
        let sum: u64 =
            sizes.iter().filter(|(name, _)| (group.members)(name)).map(|(_, size)| size).sum();
        lines.push(format!("{sum:>8} B  = {}, at most {} B", group.name, group.limit));
        if sum > group.limit {
            above.push(format!("{} is {} B above its limit", group.name, sum - group.limit));
        }
    }
    (lines, above)
}

/// Prints the sizes of `dist` after brotli, and fails above a limit.
pub(crate) fn check() -> Result<()> {
    let dist = dist();
    let mut sizes = BTreeMap::new();
    for (name, hashed) in manifest(&dist)? {
        let path = dist.join(format!("{hashed}.br"));
        sizes.insert(name, fs::metadata(&path).at(&path)?.len());
    }
    let (lines, above) = judge(&sizes);
    println!("sizes after brotli:");
    for line in lines {
        println!("{line}");
    }
    if above.is_empty() { Ok(()) } else { Err(Error::Check(above.join("; "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_to_the_byte() {
        let above = |css: u64, wasm: u64, forms: u64| {
            judge(&BTreeMap::from([
                ("app.css".into(), css),
                ("client_bg.wasm".into(), wasm),
                ("boot.js".into(), 400),
                ("forms_bg.wasm".into(), forms),
            ]))
            .1
        };
        assert!(above(STYLE_LIMIT, ALIVE_LIMIT - 400, FORMS_LIMIT).is_empty());
        assert_eq!(above(STYLE_LIMIT + 1, 1, 1), ["css is 1 B above its limit"]);
        assert_eq!(above(1, ALIVE_LIMIT, 1), ["wasm + js is 400 B above its limit"]);
        let forms = "the same for long forms is 1 B above its limit";
        assert_eq!(above(1, 1, FORMS_LIMIT + 1), [forms]);
    }
}
