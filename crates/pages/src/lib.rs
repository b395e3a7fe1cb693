//! The pages of the console: HTML, style and script, a page a file, all of it out of the program alone.
//!
//! Must not know where answers come from (that is [`desk`]), nor the terminal. [`routes`] is everything that is served.
//!
//! # How a page is written
//!
//! A page is `src/page/<name>.rs` with a function `routes() -> Router<Pages>`; `cargo xtask codegen --lists` puts it in the list. Start from
//! `src/page/keys.rs`, which is whole and short:
//!
//! 1. A handler takes what it needs: `State<Pages>`, [`Visitor`], `Query<..>`, `Path<..>`.
//! 2. It asks a trait of the desk. Everything that decides what is shown stands in the address, so that a link gives the same view.
//! 3. It makes a [`layout::Frame`] (title, place in the navigation, crumbs, keys) and a body with `maud::html!` out of
//!    [`component`]s, and gives `frame.render(body)`; of a fault it gives `frame.fault(&fault)`.
//! 4. A change is a `POST` of a form made by [`component::form::post`], which carries the token against forged requests, and answers with a
//!    redirection (303) to a page that shows what has become of it: `layout::seen(address, "Closed 3 alerts")` says it there.
//! 5. Tests call the router with `tower::ServiceExt::oneshot` over `desk::sample`; `tests/browser` opens every page in a browser.
//!
//! Text is escaped by `maud`; `PreEscaped` is for our own SVG alone. There is no inline script and no `style` attribute: the
//! Content-Security-Policy refuses both. Style and script are files under `assets/`, see [`assets`].

mod answer;
mod around;
pub mod assets;
pub mod component;
mod draft;
mod error;
mod evidence;
mod guide;
mod headers;
pub mod layout;
mod marks;
mod page;
mod pages;
mod preview;
mod rule_text;
mod story;
mod terms;
#[cfg(test)]
mod testing;
mod work;

pub use access::{Role, Visitor};
pub use error::{Failure, broken, refused};
pub use pages::{Pages, routes};
