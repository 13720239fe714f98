//! Tables and migrations, one file a table.
//!
//! Columns are BIGINT and TEXT on both databases; times are Unix milliseconds; enums are TEXT with
//! a CHECK; yes and no are 1 and 0.

pub mod audit;
pub mod audit_head;
pub mod ballot;
pub mod ceremony;
pub mod community;
pub mod consent;
pub mod cosign;
pub mod council_session;
pub mod courtyard;
pub mod elector;
pub mod entrance;
pub mod follow;
pub mod follow_up;
pub mod household;
pub mod instance;
pub mod join_request;
pub mod kept_record;
pub mod lease;
pub mod mail;
pub mod migrations;
pub mod notice;
pub mod owner;
pub mod paper;
pub mod passkey;
pub mod person;
pub mod place_change;
pub mod post;
pub mod proposal;
pub mod rate_limit;
pub mod recovery_code;
pub mod reset;
pub mod review;
pub mod role_grant;
pub mod roll_import;
pub mod roll_import_change;
pub mod roll_import_part;
pub mod session;
pub mod sign_in_failure;
pub mod slip;
pub mod step;
pub mod totp;
pub mod unit;
pub mod unit_owner;
pub mod work_item;
