//! Makes sure that the folder of embedded files is there, and that the server is built again when it changes.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    // Without the built files the server still compiles, for checks and tests that send none.
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    fs::create_dir_all(&dist)?;
    println!("cargo:rerun-if-changed=../dist");
    Ok(())
}
