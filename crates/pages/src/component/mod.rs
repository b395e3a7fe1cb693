//! What pages are made of, a file each. Every component takes data as it is and escapes it; what takes [`maud::Markup`] says so.

mod badge;
mod card;
mod cell;
mod empty;
mod facts;
mod field;
pub mod form;
mod moment;
mod notice;
mod pager;
mod table;
mod tabs;
mod tile;

pub use badge::{Tone, badge, severity, status, tag, verdict};
pub use card::{card, card_with};
pub use cell::{cell, json};
pub use empty::empty;
pub use facts::facts;
pub use field::{Choice, Field};
pub use moment::{duration, moment};
pub use notice::notice;
pub use pager::{Pager, number};
pub use table::{Column, Narrow, Row, Table};
pub use tabs::tabs;
pub use tile::Tile;
