//! The machine interface of the program, by running it: what other programs rely on.

mod answers;
mod batch;
mod common;
mod ends;
mod faults;
mod ingest;
mod rules;
mod tables;
