//! The command as a person or a script meets it. Each test is a short story, and reads as a bug report would:
//! what was there, what was asked, what came.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod audit;
mod check;
mod clean;
mod compressed;
mod config;
mod csv;
mod dumps;
mod failures;
mod filter;
mod json;
mod look;
mod markdown;
mod pack_diff;
mod packs;
mod pages;
mod parquet;
#[cfg(target_os = "linux")]
mod progress;
mod report;
mod restore;
mod resume;
mod rules;
mod shell;
mod site_rules;
mod support;
mod terminal;
mod warc;
