//! What the pages and the JSON interface ask for and change.
