//! Tables and migrations, one file a table.
//!
//! Columns are BIGINT and TEXT on both databases; times are Unix milliseconds; enums are TEXT with
//! a CHECK; yes and no are 1 and 0.

pub mod audit;
pub mod audit_head;
pub mod ballot;
pub mod community;
pub mod cosign;
pub mod council_session;
pub mod courtyard;
pub mod elector;
pub mod entrance;
pub mod follow;
pub mod follow_up;
pub mod household;
pub mod instance;
pub mod lease;
pub mod mail;
pub mod migrations;
pub mod notice;
pub mod paper;
pub mod person;
pub mod post;
pub mod proposal;
pub mod rate_limit;
pub mod review;
pub mod role_grant;
pub mod session;
pub mod sign_in_failure;
pub mod step;
pub mod work_item;
