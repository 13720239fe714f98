//! The addresses of the app, as its sources name them.

use std::collections::BTreeSet;
use std::path::Path;

/// Addresses and methods as the sources name them: `.route("/x", get(…).post(…))`.
pub fn routed() -> BTreeSet<(String, &'static str)> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src/pages")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for rest in source.split(".route(").skip(1) {
                let (_, rest) = rest.split_once('"').expect("an address");
                let (address, rest) = rest.split_once('"').expect("its end");
                let end = rest.find(".route(").or_else(|| rest.find('}')).unwrap_or(rest.len());
                let handlers = &rest[..end];
                for (method, word) in [
                    ("GET", "get("),
                    ("POST", "post("),
                    // Where a module beside it is called `post`.
                    ("POST", "on_post("),
                    ("PUT", "put("),
                    ("PATCH", "patch("),
                    ("DELETE", "delete("),
                    // A form's address that was typed or reloaded leads back to its page.
                    ("GET", "form("),
                    ("GET", "one_form("),
                ] {
                    let is_word = |at: usize| {
                        !handlers[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    };
                    if handlers.match_indices(word).any(|(at, _)| is_word(at)) {
                        found.insert((address.to_owned(), method));
                    }
                }
            }
        }
    }
    found
}
