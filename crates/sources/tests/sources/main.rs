//! Reading files, from what people have to what breaks: one executable, a new test file is a line here.

mod anything;
mod formats;
mod hostile;
mod hostile_messages;
mod messages;
mod reports;
mod support;
