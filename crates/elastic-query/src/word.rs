//! Characters as JavaScript sees them, whose rules Kibana's parser follows.

/// What JavaScript's `trim` takes away.
///
/// Authority: ECMA-262, `WhiteSpace` and `LineTerminator`.
pub(crate) fn is_trimmed(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}
