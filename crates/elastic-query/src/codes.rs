//! Every code a diagnostic of these languages can carry, with the form of its message and what to do: a list of same-shaped
//! items.
//!
//! Codes are stable: a code is never given a second meaning. Start with [`ALL`], which the index of errors is made from.

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable code.
    pub id: &'static str,
    /// The form of the message; words in `<>` are filled in.
    pub form: &'static str,
    /// What to do, as the index of errors prints it.
    pub help: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $form:literal, $help:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code { id: $id, form: $form, help: $help };)*

        /// Every code, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// Something where another thing was needed.
    EXPECTED = "Q0001", "expected <what>, found <text>", "Look at the place marked: something before it is missing, or it does not belong there. A value that holds `( ) : < > \" * { } \\` is put in quotes.";
    /// The text ends inside a construct.
    ENDS_EARLY = "Q0002", "the query ends where <what> was expected", "Finish the condition.";
    /// A string without its closing quote.
    UNCLOSED_STRING = "Q0003", "this text in quotes is never closed", "Add the closing quote; a quote inside is written `\\\"`.";
    /// A bracket without its partner.
    UNCLOSED_BRACKET = "Q0004", "this <bracket> is never closed", "Add the closing bracket.";
    /// A closing bracket without its partner.
    STRAY_BRACKET = "Q0005", "this <bracket> closes nothing", "Remove it, or add the opening bracket.";
    /// A backslash before a character that has no escape.
    BAD_ESCAPE = "Q0006", "`<escape>` is no escape sequence", "Write `\\\\` for a backslash, or put the value in quotes.";
    /// `not` where none may stand.
    STRAY_NOT = "Q0007", "`not` cannot stand here", "Put a space behind `not`, `and` or `or` before it, and brackets around a second one: `not (not a:b)`.";
    /// Brackets nested beyond the limit.
    TOO_DEEP = "Q0008", "nested more than <limit> levels deep", "Take brackets away that change nothing.";
    /// A range of Lucene that cannot be read.
    BAD_RANGE = "Q0009", "this range is not `[low TO high]`", "Write `[low TO high]`, with braces for a bound that is left out and `*` for none.";
    /// A regular expression without its closing slash.
    UNCLOSED_REGEX = "Q0010", "this regular expression is never closed", "Add the closing `/`; a slash inside is written `\\/`.";
    /// `and` or `or` that the grammar takes as part of a value: a warning.
    WORD = "Q0011", "`<word>` is part of the value `<value>` here, and joins nothing", "`and` and `or` join two conditions and stand between them. Put the value in quotes if it is meant so.";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
