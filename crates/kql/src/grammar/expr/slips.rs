//! What people write in expressions that the language does not have: SQL, C, wrong case. Each gets its own advice, and the
//! tree is built as it was meant.
//!
//! Must not accept anything without an error. Start with [`infix`].

use super::{Infix, binary, infix::word_op, level};
use crate::{
    ast::{BinaryOp, Expr},
    codes,
    parser::Parser,
    token::Kind,
};

/// Whether `and` (or `or`) stands at the cursor; `&&`, `||`, `AND` and `OR` are reported and taken for it.
pub(crate) fn at_logical(p: &mut Parser<'_>, op: BinaryOp) -> bool {
    let (word, upper, sign) = match op {
        BinaryOp::Or => ("or", "OR", Kind::PipePipe),
        _ => ("and", "AND", Kind::AndAnd),
    };
    if p.at_word(word) {
        return true;
    }
    if p.at(sign) || p.at_word(upper) {
        let found = p.word(0);
        p.error(codes::C_OPERATOR, format!("`{found}` is no operator of KQL"), p.span(), Some(format!("write `{word}`")));
        return true;
    }
    false
}

/// An operator that was meant at the cursor; reported and skipped up to its last token.
pub(crate) fn infix(p: &mut Parser<'_>, least: u8) -> Option<(Infix, usize)> {
    match p.kind() {
        Kind::Equal if least <= level::COMPARISON => {
            let help = p.assigning.then(|| "only a plain name can stand left of `=`; write `==` to compare".to_owned());
            p.error(codes::ASSIGN_FOR_EQUAL, "`=` names a column; it does not compare", p.span(), help);
            Some((Infix::Binary(BinaryOp::Equal), 1))
        }
        Kind::Name => sql(p),
        _ => None,
    }
}

fn sql(p: &mut Parser<'_>) -> Option<(Infix, usize)> {
    let word = p.word(0);
    let lower = word.to_ascii_lowercase();
    match lower.as_str() {
        "is" => {
            is_null(p);
            None
        }
        "not" => {
            let next = p.name_word(1)?.to_ascii_lowercase();
            let mut op = word_op(&next).filter(|op| !op.negated)?;
            op.negated = true;
            let message = format!("`{word} {}` is SQL", p.word(1));
            p.error(codes::SQL, message, p.span(), Some(format!("write `!{next}`")));
            Some((Infix::Match(op), 2))
        }
        _ if lower != word => {
            let op = word_op(&lower)?;
            let message = format!("there is no operator `{word}`");
            p.error(codes::UNKNOWN_OPERATOR, message, p.span(), Some(format!("operators are lower case: write `{lower}`")));
            Some((Infix::Match(op), 1))
        }
        _ => None,
    }
}

/// `is null`, `is not null`: reported and skipped.
fn is_null(p: &mut Parser<'_>) {
    let negated = p.name_word(1).is_some_and(|word| word.eq_ignore_ascii_case("not"));
    let what = usize::from(negated) + 1;
    let Some(word) = p.name_word(what).map(str::to_ascii_lowercase).filter(|word| word == "null" || word == "empty") else {
        return;
    };
    let function = if negated { format!("isnot{word}") } else { format!("is{word}") };
    let start = p.span().start;
    let message = format!("`is {}{word}` is SQL", if negated { "not " } else { "" });
    p.error(codes::SQL, message, p.span(), Some(format!("write `{function}(...)` around the value")));
    p.bump_many(what + 1);
    debug_assert!(p.last_end() > start);
}

/// `between 1 and 2`: reported and read as its two bounds.
pub(crate) fn sql_between(p: &mut Parser<'_>) -> (Expr, Expr) {
    p.error(codes::SQL, "`between` needs its bounds in parentheses", p.span(), Some("write `between (from .. to)`".to_owned()));
    let from = binary(p, level::ORDER);
    if !p.eat_word("and") && !p.eat_word("AND") {
        p.eat(Kind::DotDot);
    }
    (from, binary(p, level::ORDER))
}
