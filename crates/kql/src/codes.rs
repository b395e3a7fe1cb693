//! Every code a syntax diagnostic can carry, with the form of its message and what to do: a list of same-shaped items.
//!
//! Codes are stable: a code is never given a second meaning. Start with [`ALL`], which the index of errors is made from.

/// A kind of syntax error.
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

        /// Every syntax code, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// A token where another was needed.
    EXPECTED = "K0001", "expected <what>, found <token>", "Look at the place marked: something before it is missing, or it does not belong there.";
    /// The text ends inside a construct.
    ENDS_EARLY = "K0002", "the query ends where <what> was expected", "Finish the statement.";
    /// A string without its closing quote.
    UNCLOSED_STRING = "K0003", "this string is never closed", "Add the closing quote. Strings end on their line; text over several lines stands between ``` and ```.";
    /// A bracket without its partner.
    UNCLOSED_BRACKET = "K0004", "this <bracket> is never closed", "Add the closing bracket.";
    /// A closing bracket without its partner.
    STRAY_BRACKET = "K0005", "this <bracket> closes nothing", "Remove it, or add the opening bracket.";
    /// A character outside the language.
    UNKNOWN_CHARACTER = "K0006", "`<character>` has no meaning here", "Remove the character; curly quotes from a document must become plain ones.";
    /// A word after `|` that no operator has.
    UNKNOWN_OPERATOR = "K0007", "there is no operator `<name>`", "Operators are lower case; the message names the nearest ones.";
    /// An operator that follows another without `|`.
    MISSING_PIPE = "K0008", "`|` is missing before `<operator>`", "Begin each operator with `|`.";
    /// `=` where two values are compared.
    ASSIGN_FOR_EQUAL = "K0009", "`=` names a column; it does not compare", "Write `==` to compare, `=~` to compare without regard to case.";
    /// `&&` or `||`.
    C_OPERATOR = "K0010", "`<operator>` is no operator of KQL", "Write `and`, `or`.";
    /// SQL where KQL has other words.
    SQL = "K0011", "`<words>` is SQL", "The message names the KQL form.";
    /// A backslash before a character that has no escape.
    BAD_ESCAPE = "K0012", "`<escape>` is no escape sequence", "Write `\\\\` for a backslash, or put `@` before the string to take it as it stands.";
    /// A literal that cannot be read.
    BAD_LITERAL = "K0013", "<text> is no <type>", "A literal takes a constant; to convert a column use the `to...` function.";
    /// `{{name}}` left in the text.
    TEMPLATE = "K0014", "the placeholder `<text>` was never filled in", "The query is a template: put a value in place of the placeholder.";
    /// A text that begins with `|`.
    LEADING_PIPE = "K0015", "the query begins with `|`", "Put the table that flows in before the first `|`.";
    /// Brackets, calls or subqueries nested beyond the limit.
    TOO_DEEP = "K0016", "nested more than <limit> levels deep", "Give inner parts names with `let`.";
    /// A chain of operators beyond the limit.
    TOO_LONG = "K0017", "more than <limit> operators in one expression", "Use `in (...)` or `has_any (...)` over a list, or give parts names with `let`.";
    /// More errors than are worth reading.
    TOO_MANY_ERRORS = "K0018", "more errors follow and are not shown", "Correct the first ones and try again.";
    /// Two statements without `;`.
    MISSING_SEMICOLON = "K0019", "`;` is missing between two statements", "End each statement but the last with `;`. A file of several queries must be cut into one text a query.";
    /// Nothing to run. The parser takes such a text, which can be formatted and kept; who needs a query reports it.
    EMPTY = "K0020", "there is no query in this text", "Write a table's name, operators after `|`, or a scalar expression.";
    /// An operator that misses a part it needs.
    INCOMPLETE = "K0021", "`<operator>` needs <part>", "The message names the missing part.";
    /// A name where a type is needed or the other way round.
    BAD_DECLARATION = "K0022", "expected `name:type`, found <token>", "Declare columns and parameters as `name:type`.";
    /// `.show ...` and other management commands.
    COMMAND = "K0023", "`<command>` is a management command", "Only queries run here.";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
