//! Expectations made wrong on purpose: a case that passes with one of them would not notice a fault.

use schema::Type;

use crate::case::Expect;

/// Wrong expectations, each with what was changed.
pub(crate) fn mutants(expect: &Expect) -> Vec<(&'static str, Expect)> {
    let mut mutants = Vec::new();
    let mut mutate = |what: &'static str, change: &dyn Fn(&mut Expect) -> Option<()>| {
        let mut mutant = expect.clone();
        if change(&mut mutant).is_some() {
            mutants.push((what, mutant));
        }
    };
    mutate("a row left out", &|mutant| mutant.rows.as_mut()?.rows.pop().map(drop));
    mutate("a row twice", &|mutant| {
        let rows = &mut mutant.rows.as_mut()?.rows;
        rows.push(rows.first()?.clone());
        Some(())
    });
    mutate("a cell altered", &|mutant| {
        let cell = mutant.rows.as_mut()?.rows.last_mut()?.last_mut()?;
        *cell = cell.altered();
        Some(())
    });
    mutate("a column renamed", &|mutant| {
        mutant.rows.as_mut()?.columns.last_mut()?.0.push('_');
        Some(())
    });
    mutate("a column of another type", &|mutant| {
        let ty = &mut mutant.rows.as_mut()?.columns.last_mut()?.1;
        *ty = if *ty == Type::Bool { Type::Long } else { Type::Bool };
        Some(())
    });
    // Kusto promises no order but after `sort` and `top`: a case says `ordered` only where the order is told apart.
    mutate("the rows in reverse, though the fence says `ordered`", &|mutant| {
        let rows = &mut mutant.rows.as_mut()?.rows;
        rows.reverse();
        mutant.ordered.then_some(())
    });
    mutate("another error code", &|mutant| {
        mutant.errors.as_mut()?.first_mut()?.code.push('0');
        Some(())
    });
    mutate("another kind of chart", &|mutant| {
        mutant.render.as_mut()?.kind.push('_');
        Some(())
    });
    mutants
}
