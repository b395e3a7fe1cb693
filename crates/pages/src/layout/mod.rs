//! What surrounds every page: the frame, the navigation, the account menu, the help overlay.
//!
//! Start with [`Frame`].

mod frame;
mod help;
mod icon;
mod nav;
mod seen;

pub(crate) use frame::theme_switch;
pub use frame::{Frame, bare};
pub use help::Key;
pub(crate) use help::keys;
pub use icon::icon;
pub use nav::Nav;
pub use seen::seen;
