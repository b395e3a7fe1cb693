//! What holds for any text. Trees and messages of single texts are cases under `tests/parse`.

mod limits;
mod properties;
