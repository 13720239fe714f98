//! The server: settings, routes, sessions, mail, jobs and the command line of `xiaoyuan`.

pub mod cli;
pub mod env;
pub mod log;
pub mod secret;
pub mod settings;
pub mod web;
