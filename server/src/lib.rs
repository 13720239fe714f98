//! The server: settings, routes, sessions, mail, jobs and the command line of `xiaoyuan`.

pub mod cli;
pub mod demo;
pub mod env;
pub mod jobs;
pub mod key;
pub mod log;
pub mod mail;
pub mod secret;
pub mod settings;
pub mod settings_files;
pub mod web;
