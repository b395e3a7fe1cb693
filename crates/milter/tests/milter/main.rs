//! The server on real sockets: with a mail server played by the tests, with bytes meant to hurt, and with OpenDKIM's `miltertest`.

mod hostile;
mod miltertest;
mod played;
mod serving;
