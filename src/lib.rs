//! Strips what the page injected from scraped articles, and shows every byte it took.
//!
//! A [`Cleaner`] is built from [`Pack`]s of rules once and used from many threads. It takes a [`Document`]
//! and gives a [`Cleaned`]: the clean text and every [`Edit`] that made it.
//!
//! ```
//! use dechaff::{Cleaner, Document};
//!
//! let cleaner = Cleaner::builtin();
//! let text = "Secretary of State Anna ShawAnna Maria ShawShaw opens talks Why now MORE and officials met.";
//! let cleaned = cleaner.clean(&Document::new(text));
//! assert_eq!(cleaned.text(), "Secretary of State Anna Shaw and officials met.");
//! ```
//!
//! Data flows one way:
//! bytes → [`decode`] → document → segments → detection → resolution → application → [`report`].
//! No stage reaches back; [`Cleaner`] is the one place that wires them. The library does no input or output
//! of its own.

mod allow;
mod apply;
pub mod audit;
mod byte_set;
mod cleaner;
pub mod compress;
pub mod config;
pub mod decode;
mod detect;
mod document;
mod dress;
pub mod encode;
mod form;
pub mod formats;
mod frequency;
mod guard;
pub mod html;
mod literal;
pub mod ordered;
pub mod pack;
mod pattern;
pub mod report;
mod resolve;
pub mod restore;
mod rule;
mod segment;
mod selection;
pub mod suggest;
pub mod trace;
mod words;

pub use allow::{AllowError, Allowed};
pub use cleaner::{BuildError, Cleaner, CleanerBuilder};
pub use document::{Cleaned, Document, Edit, Finding, NearMiss, Origin, Span};
pub use guard::Budgets;
pub use pack::{Pack, PackError};
pub use rule::{Kind, RuleInfo, UnknownKind};
pub use selection::{Selection, UnknownSelector};

/// Runs the README's library example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
