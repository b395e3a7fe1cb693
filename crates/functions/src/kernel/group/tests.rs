//! Every grouping gives the same whether its rows come at once, in partitions whose states are merged, a group at a time, or
//! each row as a state of its own.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, StringViewArray},
    compute::concat,
    datatypes::DataType,
    util::display::{ArrayFormatter, FormatOptions},
};
use datafusion_common::Result;
use datafusion_expr::{Accumulator, EmitTo, GroupsAccumulator};
use schema::Type;

use super::{
    GroupState, Grouping, arg_extreme,
    collect::{Collect, Gather},
    distinct::CountDistinct,
    percentile::Percentiles,
    single::SingleGroup,
};

/// Rows: arguments, the group of each, and which pass the filter.
struct Rows {
    values: Vec<ArrayRef>,
    groups: Vec<usize>,
    filter: BooleanArray,
}

const GROUPS: usize = 7;

fn rows(values: Vec<ArrayRef>) -> Rows {
    let count = values[0].len();
    // Group 5 gets no row, and group 6 none that passes.
    let groups = (0..count).map(|row| if row % 11 == 10 { 6 } else { row * 7 % 5 }).collect();
    let filter = (0..count).map(|row| if row % 13 == 12 { None } else { Some(row % 11 != 10 && row % 3 != 1) }).collect();
    Rows { values, groups, filter }
}

impl Rows {
    fn slice(&self, start: usize, length: usize) -> Self {
        Self {
            values: self.values.iter().map(|array| array.slice(start, length)).collect(),
            groups: self.groups[start..start + length].to_vec(),
            filter: self.filter.slice(start, length),
        }
    }

    fn feed(&self, state: &mut impl GroupsAccumulator) -> Result<()> {
        state.update_batch(&self.values, &self.groups, Some(&self.filter), GROUPS)
    }
}

fn shown(array: &ArrayRef) -> Result<Vec<String>> {
    let options = FormatOptions::default().with_null("null");
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
    Ok((0..array.len()).map(|row| formatter.value(row).to_string()).collect())
}

fn at_once<G: Grouping>(grouping: &G, types: &[DataType], rows: &Rows) -> Result<Vec<String>> {
    let mut state = grouping.start(types);
    rows.feed(&mut state)?;
    assert!(state.size() > 0);
    let result = state.evaluate(EmitTo::All)?;
    assert_eq!(*result.data_type(), grouping.returns(types));
    shown(&result)
}

fn merged<G: Grouping>(grouping: &G, types: &[DataType], rows: &Rows, parts: usize) -> Result<Vec<String>> {
    let mut last = grouping.start(types);
    let length = rows.groups.len().div_ceil(parts);
    for start in (0..rows.groups.len()).step_by(length) {
        let mut partial = grouping.start(types);
        rows.slice(start, length.min(rows.groups.len() - start)).feed(&mut partial)?;
        let state = partial.state(EmitTo::All)?;
        let declared: Vec<DataType> = grouping.state(types).into_iter().map(|(_, ty)| ty).collect();
        assert_eq!(state.iter().map(|array| array.data_type().clone()).collect::<Vec<_>>(), declared);
        let groups: Vec<usize> = (0..state[0].len()).collect();
        last.merge_batch(&state, &groups, GROUPS)?;
    }
    shown(&last.evaluate(EmitTo::All)?)
}

fn by_rows<G: Grouping>(grouping: &G, types: &[DataType], rows: &Rows) -> Result<Vec<String>> {
    let states = grouping.start(types).convert_to_state(&rows.values, Some(&rows.filter))?;
    let mut last = grouping.start(types);
    last.merge_batch(&states, &rows.groups, GROUPS)?;
    shown(&last.evaluate(EmitTo::All)?)
}

fn piecemeal<G: Grouping>(grouping: &G, types: &[DataType], rows: &Rows) -> Result<Vec<String>> {
    let mut state = grouping.start(types);
    rows.feed(&mut state)?;
    let mut parts = vec![state.evaluate(EmitTo::First(2))?, state.evaluate(EmitTo::First(1))?];
    // The states of two groups, merged into a fresh one, stand for those groups.
    let moved = state.state(EmitTo::First(2))?;
    let mut other = grouping.start(types);
    other.merge_batch(&moved, &[0, 1], 2)?;
    parts.push(other.evaluate(EmitTo::All)?);
    parts.push(state.evaluate(EmitTo::All)?);
    shown(&concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
}

fn check<G: Grouping>(grouping: &G, values: Vec<ArrayRef>) -> Result<Vec<String>>
where
    G::State: GroupState,
{
    let types: Vec<DataType> = values.iter().map(|array| array.data_type().clone()).collect();
    let rows = rows(values);
    let expected = at_once(grouping, &types, &rows)?;
    assert_eq!(expected.len(), GROUPS);
    for parts in [2, 3, 50] {
        assert_eq!(merged(grouping, &types, &rows, parts)?, expected, "{grouping:?} in {parts} parts");
    }
    assert_eq!(by_rows(grouping, &types, &rows)?, expected, "{grouping:?} by rows");
    assert_eq!(piecemeal(grouping, &types, &rows)?, expected, "{grouping:?} piecemeal");
    Ok(expected)
}

fn longs() -> ArrayRef {
    Arc::new((0_i64..400).map(|row| if row % 17 == 3 { None } else { Some(row * row % 23 - 5) }).collect::<Int64Array>())
}

fn texts() -> ArrayRef {
    let text = |row: i64| match row * row % 23 {
        0 => String::new(),
        n if n % 2 == 0 => format!("a text of more than twelve bytes {n}"),
        n => format!("short \"{n}\""),
    };
    Arc::new((0_i64..400).map(|row| if row % 17 == 3 { None } else { Some(text(row)) }).collect::<StringViewArray>())
}

fn places() -> ArrayRef {
    Arc::new((0_i64..400).map(|row| if row % 31 == 7 { None } else { Some(row * 7919 % 400) }).collect::<Int64Array>())
}

fn collect(gather: Gather, ty: Type, limit: usize, ordered: bool) -> Collect {
    Collect { gather, ty, limit, ordered }
}

#[test]
fn distinct_values_are_counted() -> Result<()> {
    for values in [longs(), texts()] {
        let counts = check(&CountDistinct, vec![values])?;
        assert_eq!(&counts[5..], ["0", "0"]);
        assert!(counts[..5].iter().all(|count| count.parse().is_ok_and(|count: i64| (5..=12).contains(&count))), "{counts:?}");
    }
    let zeros: ArrayRef = Arc::new(Float64Array::from(vec![0.0, -0.0, f64::NAN, -f64::NAN, 1.0]));
    let mut state = CountDistinct.start(&[DataType::Float64]);
    state.update_batch(&[zeros], &[0; 5], None, 1)?;
    assert_eq!(shown(&state.evaluate(EmitTo::All)?)?, ["3"]);
    Ok(())
}

#[test]
fn sets_lists_and_bags_are_gathered() -> Result<()> {
    for (values, ty) in [(longs(), Type::Long), (texts(), Type::String), (longs(), Type::Datetime)] {
        for gather in [Gather::Set, Gather::List, Gather::ListWithNulls] {
            for limit in [3, 1000] {
                let lists = check(&collect(gather.clone(), ty, limit, false), vec![Arc::clone(&values)])?;
                assert_eq!(&lists[5..], ["[]", "[]"]);
            }
        }
        check(&collect(Gather::List, ty, 5, true), vec![Arc::clone(&values), places()])?;
        check(&collect(Gather::Series("null".to_owned()), ty, 400, true), vec![values, places()])?;
    }
    let bags: StringViewArray = (0..400)
        .map(|row| match row % 5 {
            0 => None,
            1 => Some("[1]".to_owned()),
            _ => Some(format!("{{\"k{}\":{{\"n\":[{row},\"}}\"]}},\"same\":1}}", row % 7)),
        })
        .collect();
    let merged = check(&collect(Gather::Bag, Type::Dynamic, 1000, false), vec![Arc::new(bags)])?;
    assert_eq!(merged[5], "{}");
    assert!(merged[1].contains("\"same\":1"), "{}", merged[1]);
    Ok(())
}

#[test]
fn percentiles_and_rows_are_found() -> Result<()> {
    let reals: ArrayRef = Arc::new((0..400).map(|row| Some(f64::from(row * row % 23) - 11.5)).collect::<Float64Array>());
    let weights: ArrayRef = Arc::new((0_i64..400).map(|row| Some(row % 4)).collect::<Int64Array>());
    check(&Percentiles::new(&[0.0, 50.0, 99.9], false), vec![Arc::clone(&reals)])?;
    let arrays = check(&Percentiles::new(&[0.0, 100.0], false).into_dynamic(Type::Real), vec![Arc::clone(&reals)])?;
    assert_eq!((arrays[0].as_str(), arrays[5].as_str()), ("[-11.5,6.5]", "null"));
    check(&Percentiles::new(&[50.0, 90.0], true), vec![reals, weights])?;
    for keys in [longs(), texts()] {
        for max in [true, false] {
            check(&arg_extreme::grouping(max, 3), vec![Arc::clone(&keys), places(), texts()])?;
        }
    }
    Ok(())
}

#[test]
fn one_group_is_there_without_rows() -> Result<()> {
    let mut count = SingleGroup::new(CountDistinct.start(&[DataType::Int64]));
    assert_eq!(count.evaluate()?.to_string(), "0");
    let mut list = SingleGroup::new(collect(Gather::List, Type::Long, 9, false).start(&[DataType::Int64]));
    assert_eq!(list.evaluate()?.to_string(), "[]");
    let mut row = SingleGroup::new(arg_extreme::grouping(true, 1).start(&[DataType::Int64]));
    let state = row.state()?.iter().map(datafusion_common::ScalarValue::to_array).collect::<Result<Vec<_>>>()?;
    // A partition without rows must not hide another's.
    let mut last = SingleGroup::new(arg_extreme::grouping(true, 1).start(&[DataType::Int64]));
    last.merge_batch(&state)?;
    last.update_batch(&[Arc::new(Int64Array::from(vec![None, Some(4), Some(9), Some(9)]))])?;
    assert_eq!(last.evaluate()?.to_array()?.as_struct().column(0).as_primitive::<arrow::datatypes::Int64Type>().value(0), 9);
    Ok(())
}

#[test]
fn ties_keep_the_row_seen_first_and_nulls_lose() -> Result<()> {
    let keys: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(2), Some(2), None, Some(1)]));
    let names: ArrayRef = Arc::new(StringViewArray::from(vec!["a", "b", "c", "d", "e"]));
    let mut state = arg_extreme::grouping(true, 2).start(&[DataType::Int64, DataType::Utf8View]);
    state.update_batch(&[keys, names], &[0, 0, 0, 1, 0], None, 2)?;
    let result = state.evaluate(EmitTo::All)?;
    assert_eq!(shown(&result)?, ["{c0: 2, c1: b}", "{c0: null, c1: d}"]);
    Ok(())
}
