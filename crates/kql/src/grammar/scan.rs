//! `scan with_match_id=id declare (..) with ( step name: condition => assignments; ... )`.

use super::{
    declaration,
    expr::{self, expr},
    named, setting, sort,
};
use crate::{
    ast::operator::{Scan, ScanStep},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> Scan {
    let mut scan = Scan {
        settings: setting::settings(p),
        declare: Vec::new(),
        steps: Vec::new(),
        order_by: Vec::new(),
        partition_by: Vec::new(),
    };
    loop {
        match p.name_word(0) {
            Some("declare") => {
                p.bump();
                scan.declare = declaration::parameters(p);
            }
            Some("order") => {
                p.bump();
                p.expect_word("by");
                scan.order_by = sort::keys(p);
            }
            Some("partition") => {
                p.bump();
                p.expect_word("by");
                scan.partition_by = named::expressions(p, "partition by", expr::path);
            }
            _ => break,
        }
    }
    p.expect_word("with");
    scan.steps = p.bracketed(Kind::OpenParen, steps).unwrap_or_default();
    scan
}

fn steps(p: &mut Parser<'_>) -> Vec<ScanStep> {
    let mut steps = Vec::new();
    while p.eat_word("step") {
        steps.push(step(p));
        if !p.eat(Kind::Semicolon) {
            break;
        }
    }
    if steps.is_empty() {
        p.expected("`step`");
    }
    steps
}

fn step(p: &mut Parser<'_>) -> ScanStep {
    let name = p.name("the name of the step");
    let optional = p.eat_word("optional");
    let output = (p.at_word("output") && p.nth(1) == Kind::Equal).then(|| {
        p.bump_many(2);
        p.name("`all`, `last` or `none`")
    });
    p.expect(Kind::Colon);
    let condition = expr(p);
    let assignments = if p.eat(Kind::Arrow) { named::list(p, "=>", &[]) } else { Vec::new() };
    ScanStep { name, optional, output, condition, assignments }
}
