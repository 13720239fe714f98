//! What the server sends as files: `dist`, each file named by a hash of its content (so that browsers may keep
//! it for ever), beside it the same compressed, and `manifest.json` from plain names to hashed ones.

use crate::{
    client::{self, Half},
    error::{At, Error, Result},
    workspace::root,
};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Told apart from older ways of making the files: raise it when the way changes.
const WAY: &str = "2";

/// The list of the files, in `dist`.
pub(crate) const MANIFEST: &str = "manifest.json";

/// The folder of the made files.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// Makes `dist`, where anything has changed since the last time.
pub(crate) fn build() -> Result<()> {
    let compiled = Half::ALL.into_iter().map(client::compile).collect::<Result<Vec<_>>>()?;
    let style = root().join("style");
    let boot = root().join("app/client/boot.js");
    let sources = sources(&style)?;

    let mut inputs = Sha256::new_with_prefix(WAY);
    for path in sources.iter().chain([&boot]).chain(&compiled) {
        let content = read(path)?;
        let name = path.to_string_lossy();
        inputs.update((name.len() as u64).to_le_bytes());
        inputs.update(name.as_bytes());
        inputs.update((content.len() as u64).to_le_bytes());
        inputs.update(&content);
    }
    let inputs = hex::encode(inputs.finalize());
    let stamp = root().join("target/assets.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == inputs) && is_whole(&dist()) {
        println!("assets: unchanged");
        return Ok(());
    }

    println!("assets: binding the browser's half");
    let mut files = BTreeMap::new();
    for (half, compiled) in Half::ALL.into_iter().zip(&compiled) {
        let client = client::bind(half, compiled)?;
        for path in [&client.js, &client.wasm] {
            files.insert(file_name(path), read(path)?);
        }
    }
    files.insert("app.css".to_owned(), stylesheet(&sources)?);
    files.insert("boot.js".to_owned(), read(&boot)?);
    for path in sources.iter().filter(|path| !is_css(path)) {
        files.insert(file_name(path), read(path)?);
    }
    println!("assets: compressing {} files", files.len());
    write(&dist(), &files)?;
    fs::write(&stamp, inputs).at(&stamp)
}

/// The files of the style folder in the order of their names, without its subfolders.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        let path = entry.at(folder)?.path();
        let hidden = file_name(&path).starts_with('.');
        let prose = path.extension().is_some_and(|extension| extension == "md");
        if path.is_file() && !hidden && !prose {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_css(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "css")
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).at(path)
}

/// One stylesheet of all, in the order of their names.
fn stylesheet(sources: &[PathBuf]) -> Result<Vec<u8>> {
    let mut css = Vec::new();
    for path in sources.iter().filter(|path| is_css(path)) {
        css.extend(read(path)?);
        css.push(b'\n');
    }
    Ok(css)
}

/// `app.css` with a hash of its content: `app.0a1b2c3d4e5f6071.css`.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let hash = hex::encode(&Sha256::digest(content)[..8]);
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// Writes the files, their compressed forms and last the list, and removes what was there before.
fn write(dist: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    if dist.exists() {
        fs::remove_dir_all(dist).at(dist)?;
    }
    fs::create_dir_all(dist).at(dist)?;
    let mut manifest = serde_json::Map::new();
    for (name, content) in files {
        let hashed = hashed_name(name, content);
        let path = dist.join(&hashed);
        fs::write(&path, content).at(&path)?;
        for (suffix, compressed) in [("br", brotli(content)), ("gz", gzip(content))] {
            let path = dist.join(format!("{hashed}.{suffix}"));
            compressed.and_then(|compressed| fs::write(&path, compressed)).at(&path)?;
        }
        manifest.insert(name.clone(), hashed.into());
    }
    let path = dist.join(MANIFEST);
    let text = format!("{:#}\n", serde_json::Value::Object(manifest));
    fs::write(&path, text).at(&path)
}

fn brotli(content: &[u8]) -> std::io::Result<Vec<u8>> {
    const QUALITY: u32 = 11;
    const WINDOW: u32 = 22;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, QUALITY, WINDOW);
    writer.write_all(content)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    writer.finish()
}

/// The list in a folder: plain names, and the names of the files.
pub(crate) fn manifest(dist: &Path) -> Result<BTreeMap<String, String>> {
    let path = dist.join(MANIFEST);
    let text = fs::read_to_string(&path).at(&path)?;
    serde_json::from_str(&text)
        .map_err(|error| Error::Content(format!("{}: {error}", path.display())))
}

/// Whether every file of the list is there, in its three forms.
fn is_whole(dist: &Path) -> bool {
    manifest(dist).is_ok_and(|files| {
        files.values().all(|name| {
            ["", ".br", ".gz"].iter().all(|suffix| dist.join(format!("{name}{suffix}")).is_file())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn names_change_with_content_only() {
        let name = hashed_name("app.css", b"a");
        assert_eq!(name, hashed_name("app.css", b"a"));
        assert_ne!(name, hashed_name("app.css", b"b"));
        assert!(name.starts_with("app.") && name.ends_with(".css"), "{name}");
        assert_eq!(name.len(), "app..css".len() + 16);
    }

    #[test]
    fn every_form_holds_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let dist = dir.path().join("dist");
        let content = "院子里的槐树\n".repeat(200).into_bytes();
        let files = BTreeMap::from([("app.css".to_owned(), content.clone())]);
        write(&dist, &files).unwrap();
        assert!(is_whole(&dist));

        let name = &manifest(&dist).unwrap()["app.css"];
        let form = |suffix: &str| fs::read(dist.join(format!("{name}{suffix}"))).unwrap();
        assert_eq!(form(""), content);
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&form(".gz")[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, content);
        plain.clear();
        brotli::Decompressor::new(&form(".br")[..], 4096).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, content);

        fs::remove_file(dist.join(format!("{name}.br"))).unwrap();
        assert!(!is_whole(&dist), "a missing form must be made again");
    }

    #[test]
    fn stylesheets_follow_their_names() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("90-print.css", "c{}"),
            ("00-tokens.css", "a{}"),
            ("10-base.css", "b{}"),
            ("x.md", "no"),
            (".x", "no"),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let css = stylesheet(&sources(dir.path()).unwrap()).unwrap();
        assert_eq!(String::from_utf8(css).unwrap(), "a{}\nb{}\nc{}\n");
    }
}
