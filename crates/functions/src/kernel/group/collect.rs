//! `make_set`, `make_list` and `make_bag`: values of a group gathered into one dynamic value.
//!
//! All groups share one arena of bytes. A list appends every value to it; a set stores a value, and a bag a key, once for
//! all groups and remembers which groups have it, so that many groups over few distinct values stay small and fast.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryBuilder, BooleanArray, Int64Array, ListArray, StringViewBuilder},
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, Int64Type},
};
use datafusion_common::{DataFusionError, Result, ScalarValue};
use datafusion_expr::{EmitTo, GroupsAccumulator};
use hashbrown::{HashTable, hash_table::Entry as Slot};
use schema::Type;
use xxhash_rust::xxh3::xxh3_64;

use super::{GroupState, Grouping, arena::Arena, by_group, element, emitted, number, passes, states_of_rows};
use crate::kernel::json;

/// What is gathered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Gather {
    /// Distinct values in order of appearance; dynamic arrays are merged (reference page `make-set-aggregation-function`).
    Set,
    /// All values that are not null.
    List,
    /// All values.
    ListWithNulls,
    /// The members of property bags, the first value of each key.
    Bag,
    /// The values of a series: an ordered list in which place i is element i, `limit` elements long, gaps filled with this JSON.
    Series(String),
}

/// A `make_set`, `make_list` or `make_bag` over values of one Kusto type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Collect {
    /// What is gathered.
    pub gather: Gather,
    /// Kusto type of the values.
    pub ty: Type,
    /// Most elements a group keeps; what comes later is dropped.
    pub limit: usize,
    /// Whether a second argument, a `long`, gives each value's place in the list. A bag has none.
    pub ordered: bool,
}

impl Grouping for Collect {
    type State = CollectState;

    fn name(&self) -> &'static str {
        match self.gather {
            Gather::Set => "make_set",
            Gather::List => "make_list",
            Gather::ListWithNulls => "make_list_with_nulls",
            Gather::Bag => "make_bag",
            Gather::Series(_) => "make_series",
        }
    }

    fn arity(&self) -> usize {
        1 + usize::from(self.ordered)
    }

    fn returns(&self, _arguments: &[DataType]) -> DataType {
        Type::Dynamic.engine_type()
    }

    fn state(&self, _arguments: &[DataType]) -> Vec<(&'static str, DataType)> {
        vec![
            ("elements", DataType::List(Arc::new(elements_field()))),
            ("keys", DataType::List(Arc::new(elements_field()))),
            ("places", DataType::List(Arc::new(places_field()))),
        ]
    }

    fn start(&self, _arguments: &[DataType]) -> CollectState {
        CollectState::new(self.clone())
    }

    fn empty(&self, _returns: &DataType) -> Result<ScalarValue> {
        let mut empty = String::new();
        CollectState::new(self.clone()).write(&[], &mut empty);
        Ok(ScalarValue::Utf8View(Some(empty)))
    }
}

fn elements_field() -> Field {
    Field::new_list_field(DataType::Binary, true)
}

fn places_field() -> Field {
    Field::new_list_field(DataType::Int64, true)
}

/// An element of a group.
#[derive(Debug, Clone, Copy)]
struct Entry {
    group: u32,
    /// Which bytes of the arena; `None` for null.
    element: Option<std::num::NonZeroU32>,
    /// Of a bag: which bytes of the arena are the key, as it stands between its quotes.
    key: u32,
}

/// The elements of all groups.
#[derive(Debug)]
pub struct CollectState {
    options: Collect,
    arena: Arena,
    entries: Vec<Entry>,
    /// The place of each entry; empty unless ordered.
    places: Vec<i64>,
    /// Number of elements of each group.
    counts: Vec<u32>,
    /// Elements of sets and keys of bags by their bytes.
    known: HashTable<u32>,
    /// Which group (upper half) has which of them.
    pairs: HashTable<u64>,
}

/// Spreads a pair over 64 bits.
const fn mix(pair: u64) -> u64 {
    let product = (pair ^ 0x9E37_79B9_7F4A_7C15) as u128 * 0xD6E8_FEB8_6659_FD93;
    product as u64 ^ (product >> 64) as u64
}

impl CollectState {
    fn new(options: Collect) -> Self {
        Self {
            options,
            arena: Arena::default(),
            entries: Vec::new(),
            places: Vec::new(),
            counts: Vec::new(),
            known: HashTable::new(),
            pairs: HashTable::new(),
        }
    }

    /// Adds one argument value of a row.
    fn add(&mut self, group: usize, value: Option<&[u8]>, place: i64) -> Result<()> {
        // Which elements of an ordered list are the first is known only at the end.
        if !self.options.ordered && self.counts[group] as usize >= self.options.limit {
            return Ok(());
        }
        let dynamic =
            if self.options.ty == Type::Dynamic { value.and_then(|bytes| std::str::from_utf8(bytes).ok()) } else { None };
        match (&self.options.gather, value) {
            (Gather::ListWithNulls, None) => self.push(Entry { group: number(group)?, element: None, key: 0 }, place),
            (_, None) => Ok(()),
            (Gather::List | Gather::ListWithNulls | Gather::Series(_), Some(bytes)) => self.add_to_list(group, bytes, place),
            (Gather::Set, Some(bytes)) => match dynamic.and_then(json::elements) {
                Some(elements) => elements
                    .filter(|element| json::not_null(element).is_some())
                    .try_for_each(|element| self.add_to_set(group, element.as_bytes(), place)),
                None => self.add_to_set(group, bytes, place),
            },
            (Gather::Bag, Some(_)) => match dynamic.and_then(json::members) {
                Some(mut members) => {
                    members.try_for_each(|(key, value)| self.add_to_bag(group, key.as_bytes(), value.as_bytes()))
                }
                None => Ok(()),
            },
        }
    }

    fn add_to_list(&mut self, group: usize, bytes: &[u8], place: i64) -> Result<()> {
        let element = self.arena.push(bytes)?;
        self.push(Entry { group: number(group)?, element: Some(element), key: 0 }, place)
    }

    fn add_to_set(&mut self, group: usize, bytes: &[u8], place: i64) -> Result<()> {
        let element = self.intern(bytes)?;
        if self.counts[group] as usize >= self.options.limit || !self.join(group, element.get())? {
            return Ok(());
        }
        self.push(Entry { group: number(group)?, element: Some(element), key: 0 }, place)
    }

    fn add_to_bag(&mut self, group: usize, key: &[u8], value: &[u8]) -> Result<()> {
        let key = self.intern(key)?;
        if self.counts[group] as usize >= self.options.limit || !self.join(group, key.get())? {
            return Ok(());
        }
        let element = self.arena.push(value)?;
        self.push(Entry { group: number(group)?, element: Some(element), key: key.get() }, 0)
    }

    fn push(&mut self, entry: Entry, place: i64) -> Result<()> {
        if self.entries.len() >= u32::MAX as usize {
            return Err(DataFusionError::ResourcesExhausted("lists hold more than 4 billion elements".to_owned()));
        }
        self.entries.push(entry);
        if self.options.ordered {
            self.places.push(place);
        }
        self.counts[entry.group as usize] += 1;
        Ok(())
    }

    /// Stores bytes once for all groups.
    fn intern(&mut self, bytes: &[u8]) -> Result<std::num::NonZeroU32> {
        let arena = &self.arena;
        if let Some(&index) = self.known.find(xxh3_64(bytes), |&index| arena.get(index) == bytes) {
            return std::num::NonZeroU32::new(index)
                .ok_or_else(|| DataFusionError::Internal("an element without number".to_owned()));
        }
        let index = self.arena.push(bytes)?;
        let arena = &self.arena;
        self.known.insert_unique(xxh3_64(bytes), index.get(), |&index| xxh3_64(arena.get(index)));
        Ok(index)
    }

    /// Notes that a group has an element; false if it had it before.
    fn join(&mut self, group: usize, element: u32) -> Result<bool> {
        let pair = (u64::from(number(group)?) << 32) | u64::from(element);
        match self.pairs.entry(mix(pair), |&known| known == pair, |&known| mix(known)) {
            Slot::Occupied(_) => Ok(false),
            Slot::Vacant(vacant) => {
                vacant.insert(pair);
                Ok(true)
            }
        }
    }

    /// Positions in `entries` of the first `groups` groups, in order of their places, no more than the limit for each.
    fn ordered_entries(&self, groups: usize) -> Vec<Vec<u32>> {
        let (starts, order) = by_group(self.entries.iter().map(|entry| entry.group), self.counts.len());
        (0..groups)
            .map(|group| {
                let mut entries = order[starts[group]..starts[group + 1]].to_vec();
                if self.options.ordered {
                    entries.sort_by_key(|&entry| self.places[entry as usize]);
                }
                if !matches!(self.options.gather, Gather::Series(_)) {
                    entries.truncate(self.options.limit);
                }
                entries
            })
            .collect()
    }

    /// Forgets the first `groups` groups; those after them move up.
    fn forget(&mut self, groups: usize) {
        if groups == self.counts.len() {
            *self = Self::new(self.options.clone());
            return;
        }
        self.counts.drain(..groups);
        let gone = u32::try_from(groups).unwrap_or(u32::MAX);
        let kept: Vec<bool> = self.entries.iter().map(|entry| entry.group >= gone).collect();
        let mut keep = kept.iter().copied();
        self.entries.retain(|_| keep.next().unwrap_or(false));
        let mut keep = kept.iter().copied();
        self.places.retain(|_| keep.next().unwrap_or(false));
        self.entries.iter_mut().for_each(|entry| entry.group -= gone);
        let mut pairs = HashTable::with_capacity(self.entries.len());
        for pair in std::mem::take(&mut self.pairs) {
            if pair >> 32 >= u64::from(gone) {
                let moved = pair - (u64::from(gone) << 32);
                pairs.insert_unique(mix(moved), moved, |&known| mix(known));
            }
        }
        self.pairs = pairs;
    }

    fn write(&self, entries: &[u32], out: &mut String) {
        if let Gather::Series(filler) = &self.options.gather {
            return self.write_series(entries, filler, out);
        }
        let bag = self.options.gather == Gather::Bag;
        out.push(if bag { '{' } else { '[' });
        for (position, &entry) in entries.iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            let entry = self.entries[entry as usize];
            if bag {
                out.push('"');
                element::write(Type::Dynamic, self.arena.get(entry.key), out);
                out.push_str("\":");
            }
            match entry.element {
                Some(index) => element::write(self.options.ty, self.arena.get(index.get()), out),
                None => out.push_str("null"),
            }
        }
        out.push(if bag { '}' } else { ']' });
    }
}

impl CollectState {
    /// Writes entries, which are ordered by their places, each at its place; of several at one place the first.
    fn write_series(&self, entries: &[u32], filler: &str, out: &mut String) {
        let mut entries = entries.iter().map(|&entry| entry as usize).peekable();
        out.push('[');
        for place in 0..self.options.limit as i64 {
            if place > 0 {
                out.push(',');
            }
            while entries.next_if(|&entry| self.places[entry] < place).is_some() {}
            match entries.peek().filter(|&&entry| self.places[entry] == place).and_then(|&entry| self.entries[entry].element) {
                Some(index) => element::write(self.options.ty, self.arena.get(index.get()), out),
                None => out.push_str(filler),
            }
        }
        out.push(']');
    }
}

impl GroupState for CollectState {
    fn grow(&mut self, total: usize) {
        if self.counts.len() < total {
            self.counts.resize(total, 0);
        }
    }
}

impl GroupsAccumulator for CollectState {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        let Some(array) = values.first() else { return Ok(()) };
        let places = values.get(1).and_then(|places| places.as_primitive_opt::<Int64Type>()).cloned();
        element::elements(array, |row, value| {
            if !passes(filter, row) {
                return Ok(());
            }
            match places.as_ref() {
                // A value without a place on the axis belongs to no series.
                Some(places) if places.is_null(row) => Ok(()),
                Some(places) => self.add(groups[row], value, places.value(row)),
                None => self.add(groups[row], value, 0),
            }
        })
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let lists: Vec<&ListArray> = values.iter().filter_map(|array| array.as_list_opt::<i32>()).collect();
        let [elements, keys, places] = lists.as_slice() else {
            return Err(DataFusionError::Internal(format!("the state of {} is no list", self.options.name())));
        };
        let bytes = elements.values().as_binary::<i32>();
        for (row, &group) in groups.iter().enumerate() {
            for (nth, at) in (elements.value_offsets()[row] as usize..elements.value_offsets()[row + 1] as usize).enumerate() {
                let value = bytes.is_valid(at).then(|| bytes.value(at));
                match (&self.options.gather, value) {
                    (Gather::Set, Some(value)) => self.add_to_set(group, value, 0)?,
                    (Gather::Bag, Some(value)) => {
                        let keys = (keys.values().as_binary::<i32>(), keys.value_offsets()[row] as usize);
                        self.add_to_bag(group, keys.0.value(keys.1 + nth), value)?;
                    }
                    _ => {
                        let place = if self.options.ordered {
                            places.values().as_primitive::<Int64Type>().value(places.value_offsets()[row] as usize + nth)
                        } else {
                            0
                        };
                        self.add(group, value, place)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let groups = emitted(emit_to, self.counts.len());
        let mut builder = StringViewBuilder::with_capacity(groups);
        let mut buffer = String::new();
        for entries in self.ordered_entries(groups) {
            buffer.clear();
            self.write(&entries, &mut buffer);
            builder.append_value(&buffer);
        }
        self.forget(groups);
        Ok(Arc::new(builder.finish()))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = emitted(emit_to, self.counts.len());
        let lists = self.ordered_entries(groups);
        let (mut elements, mut keys, mut places) = (BinaryBuilder::new(), BinaryBuilder::new(), Vec::new());
        for &position in lists.iter().flatten() {
            let entry = self.entries[position as usize];
            elements.append_option(entry.element.map(|index| self.arena.get(index.get())));
            if self.options.gather == Gather::Bag {
                keys.append_value(self.arena.get(entry.key));
            }
            if self.options.ordered {
                places.push(self.places[position as usize]);
            }
        }
        let lengths = |with: bool| OffsetBuffer::from_lengths(lists.iter().map(|list| if with { list.len() } else { 0 }));
        let bag = self.options.gather == Gather::Bag;
        let state: Vec<ArrayRef> = vec![
            Arc::new(ListArray::try_new(Arc::new(elements_field()), lengths(true), Arc::new(elements.finish()), None)?),
            Arc::new(ListArray::try_new(Arc::new(elements_field()), lengths(bag), Arc::new(keys.finish()), None)?),
            Arc::new(ListArray::try_new(
                Arc::new(places_field()),
                lengths(self.options.ordered),
                Arc::new(Int64Array::from(places)),
                None,
            )?),
        ];
        self.forget(groups);
        Ok(state)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        states_of_rows(Self::new(self.options.clone()), values, filter)
    }

    fn size(&self) -> usize {
        size_of::<Self>()
            + self.arena.size()
            + self.entries.capacity() * size_of::<Entry>()
            + self.places.capacity() * size_of::<i64>()
            + self.counts.capacity() * size_of::<u32>()
            + self.known.allocation_size()
            + self.pairs.allocation_size()
    }
}
