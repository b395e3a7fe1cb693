//! `expression`, `name = expression`, `(name, name) = expression`: the items of `extend`, `project`, `summarize` ...
//!
//! Start with [`list`].

use super::expr::{self, expr};
use crate::{
    ast::{Expr, Name, Named},
    codes,
    parser::Parser,
    token::Kind,
};

/// Items parted by commas up to the end of the operator or one of the keywords `until`; at least one, or an error names
/// `what` the operator `operator` needs.
pub(super) fn list(p: &mut Parser<'_>, operator: &str, until: &[&str]) -> Vec<Named> {
    let items = optional_list(p, until);
    if items.is_empty() {
        incomplete(p, operator, "at least one column");
    }
    items
}

/// As [`list`], or none.
pub(super) fn optional_list(p: &mut Parser<'_>, until: &[&str]) -> Vec<Named> {
    let mut items = Vec::new();
    while !p.at_stop() && !until.iter().any(|word| p.at_keyword(word)) {
        items.push(named(p));
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    items
}

/// Expressions parted by commas up to the end of the operator; at least one.
pub(super) fn expressions(p: &mut Parser<'_>, operator: &str, item: fn(&mut Parser<'_>) -> Expr) -> Vec<Expr> {
    let mut items = Vec::new();
    while !p.at_stop() {
        items.push(item(p));
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    if items.is_empty() {
        incomplete(p, operator, if operator == "union" { "at least one table" } else { "at least one column" });
    }
    items
}

/// Reports that `operator` lacks `part`.
pub(super) fn incomplete(p: &mut Parser<'_>, operator: &str, part: &str) {
    let span = diag::Span::new(p.last_end(), p.last_end());
    let help = format!("write {part} after `{operator}`");
    p.error(codes::INCOMPLETE, format!("`{operator}` needs {part}"), span, Some(help));
}

/// One item.
pub(super) fn named(p: &mut Parser<'_>) -> Named {
    let names = names(p);
    let assigning = std::mem::replace(&mut p.assigning, true);
    let expr = expr(p);
    p.assigning = assigning;
    Named { names, expr }
}

fn names(p: &mut Parser<'_>) -> Vec<Name> {
    let length = p.name_length(0);
    if length > 0 && p.nth(length) == Kind::Equal {
        let name = expr::path_name(p);
        p.bump();
        return vec![name];
    }
    if !is_tuple(p) {
        return Vec::new();
    }
    p.bump();
    let names = expr::comma_list(p, Kind::CloseParen, expr::path_name);
    p.bump();
    p.bump();
    names
}

/// `(name, name) =`.
fn is_tuple(p: &Parser<'_>) -> bool {
    if !p.at(Kind::OpenParen) {
        return false;
    }
    let mut ahead = 1;
    loop {
        let length = p.name_length(ahead);
        ahead += length;
        match p.nth(ahead) {
            Kind::Comma if length > 0 => ahead += 1,
            Kind::CloseParen => return p.nth(ahead + 1) == Kind::Equal,
            _ => return false,
        }
    }
}
