//! The stand-in asked over HTTP, held against the documentation.

mod activity;
mod exchange;
mod fault;
mod graph;
mod support;
mod token;
