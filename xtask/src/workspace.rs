//! Where things are, and running other programs there.

use crate::error::{Error, Result};
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A program that starts in the workspace's folder.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Cargo, the one that runs this task.
pub(crate) fn cargo() -> Command {
    command(option_env!("CARGO").unwrap_or("cargo"))
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Error::Program(shown(command))),
        Err(error) => Err(Error::Program(format!("{}: {error}", shown(command)))),
    }
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Error::Program(format!("{}: {error}", shown(command))))?;
    if !output.status.success() {
        return Err(Error::Program(shown(command)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Error::Content(format!("{} printed no UTF-8", shown(command))))
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}
