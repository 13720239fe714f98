//! The browser's half: compiled, then bound to JavaScript by the very version of wasm-bindgen that
//! `Cargo.lock` names, linked here as a library so that the two can't disagree.

use crate::{
    error::{At, Error, Result},
    workspace::{command, root, run},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// The two that are made of the client: pages wake their islands with one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    /// For every page.
    Everyday,
    /// With the islands of long forms too.
    Forms,
}

impl Half {
    pub(crate) const ALL: [Self; 2] = [Self::Everyday, Self::Forms];

    /// The name of its files: `NAME.js` and `NAME_bg.wasm`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Everyday => "client",
            Self::Forms => "forms",
        }
    }

    const fn features(self) -> &'static [&'static str] {
        match self {
            Self::Everyday => &[],
            Self::Forms => &["--features=forms"],
        }
    }
}

/// The files of one half.
pub(crate) struct Client {
    /// The module that loads the other.
    pub(crate) js: PathBuf,
    /// The compiled half.
    pub(crate) wasm: PathBuf,
}

/// Compiles one half and returns the compiled file, without bindings. Quick when nothing has changed.
pub(crate) fn compile(half: Half) -> Result<PathBuf> {
    let mut cargo = command("scripts/ship-cargo.sh");
    cargo.args([
        "build",
        "--package=client",
        "--target=wasm32-unknown-unknown",
        "--profile=browser",
    ]);
    run(cargo.args(half.features()))?;
    // The next half is compiled into the same place.
    let made = root().join("target/ship/wasm32-unknown-unknown/browser/client.wasm");
    let folder = root().join("target/compiled");
    fs::create_dir_all(&folder).at(&folder)?;
    let kept = folder.join(half.name()).with_extension("wasm");
    fs::copy(&made, &kept).at(&kept)?;
    Ok(kept)
}

/// Makes the bindings of a compiled half, in a folder of `target/client`.
pub(crate) fn bind(half: Half, compiled: &Path) -> Result<Client> {
    same_version()?;
    let name = half.name();
    let folder = root().join("target/client").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).at(&folder)?;
    }
    let bindings = |error: &dyn std::fmt::Debug| Error::Bindings(format!("{error:?}"));
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(name).typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true).omit_default_module_path(true);
    bindgen.web(true).map_err(|error| bindings(&error))?;
    bindgen.generate(&folder).map_err(|error| bindings(&error))?;
    let file = |end: &str| folder.join([name, end].concat());
    Ok(Client { js: file(".js"), wasm: file("_bg.wasm") })
}

/// Compiles both halves and makes their bindings.
pub(crate) fn build() -> Result<()> {
    for half in Half::ALL {
        let client = bind(half, &compile(half)?)?;
        println!("browser's half: {} and {}", client.js.display(), client.wasm.display());
    }
    Ok(())
}

/// Refuses to go on when the lock file holds another wasm-bindgen than the bindings' maker: they speak a
/// private format that changes with each version.
fn same_version() -> Result<()> {
    let path = root().join("Cargo.lock");
    let lock = fs::read_to_string(&path).at(&path)?;
    let used = locked(&lock, "wasm-bindgen");
    let maker = locked(&lock, "wasm-bindgen-cli-support");
    if used.is_some() && used == maker {
        return Ok(());
    }
    let [used, maker] = [used, maker].map(|version| version.unwrap_or("missing").to_owned());
    Err(Error::Content(format!(
        "Cargo.lock has wasm-bindgen {used} but wasm-bindgen-cli-support {maker}: \
         run `cargo update -p wasm-bindgen-cli-support --precise {used}`"
    )))
}

/// The version of a package in a lock file.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::locked;

    #[test]
    fn the_lock_file_names_versions() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.9\"\nsource = \"x\"\n";
        assert_eq!(locked(lock, "wasm-bindgen"), Some("0.2.9"));
        assert_eq!(locked(lock, "wasm"), None);
    }
}
