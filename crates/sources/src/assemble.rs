//! Records to rows: finds the table of each record and fills that table's columns.
//!
//! One assembler serves one file, or one thread of several that read it. Must not know files or compression.
//! Start with [`Assembler::parse`] (JSON) and [`Assembler::row`] (everything else).

use std::borrow::Cow;
use std::sync::Arc;

use crate::audit;
use crate::ecs;
use crate::error::tied;
use crate::field::{Field, Raw, capped};
use crate::format::chunk::{Chunk, Cut, Layout};
use crate::format::{document, envelope};
use crate::json::Tokenizer;
use crate::output::{Homeless, Parsed};
use crate::route::{self, Router};
use crate::table_rows::TableRows;
use crate::{Item, Notice, Options, Reject, SourceError};

/// Turns the records of one file into rows.
#[derive(Debug)]
pub(crate) struct Assembler {
    source: Arc<str>,
    options: Arc<Options>,
    router: Router,
    tables: Vec<TableRows>,
    /// The last table, and the name (category, `Type`) that led to it.
    last: Option<(String, usize)>,
    parsed: Parsed,
}

/// Members of the record being read and of its `properties`; reused from record to record.
#[derive(Debug, Default)]
struct Members<'a> {
    fields: Vec<Field<'a>>,
    inner: Vec<Field<'a>>,
}

impl Assembler {
    pub(crate) fn new(source: &Arc<str>, options: &Arc<Options>, router: &Router) -> Self {
        Self {
            source: Arc::clone(source),
            options: Arc::clone(options),
            router: router.clone(),
            tables: Vec::new(),
            last: None,
            parsed: Parsed::default(),
        }
    }

    /// Reads all records of a chunk.
    pub(crate) fn parse(&mut self, chunk: &Chunk) -> Parsed {
        for (line, reason, raw) in &chunk.rejects {
            self.reject(*line, None, reason.clone(), || String::from_utf8_lossy(raw).into_owned());
        }
        let whole = std::str::from_utf8(&chunk.text).ok();
        let mut members = Members::default();
        match &chunk.cut {
            Cut::Lines { first } => {
                let mut start = 0;
                let ends = memchr::memchr_iter(b'\n', &chunk.text).chain([chunk.text.len()]);
                for (line, end) in (*first..).zip(ends) {
                    let span = start..end;
                    start = end + 1;
                    match whole {
                        Some(text) => self.line(text.get(span).unwrap_or_default(), line, &mut members),
                        None => match self.utf8(chunk.text.get(span).unwrap_or_default(), line) {
                            Some(text) => self.line(text, line, &mut members),
                            None => continue,
                        },
                    }
                }
            }
            Cut::Spans(spans) => {
                for (span, line) in spans {
                    let bytes = chunk.text.get(span.clone()).unwrap_or_default();
                    let text = match whole {
                        Some(text) => text.get(span.clone()),
                        None => self.utf8(bytes, *line),
                    };
                    let Some(text) = text else { continue };
                    match &chunk.layout {
                        Layout::Objects => self.object(text, *line, &mut members),
                        Layout::Arrays { columns, table } => self.array(text, *line, columns, table.as_deref()),
                    }
                }
            }
        }
        self.finish()
    }

    fn utf8<'a>(&mut self, bytes: &'a [u8], line: u64) -> Option<&'a str> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(text),
            Err(fault) => {
                let reason = format!("not UTF-8 at byte {}", fault.valid_up_to() + 1);
                self.reject(line, None, reason, || String::from_utf8_lossy(bytes).into_owned());
                None
            }
        }
    }

    /// One line of NDJSON: a record, or an envelope with many.
    fn line<'a>(&mut self, text: &'a str, line: u64, members: &mut Members<'a>) {
        let text = text.trim_ascii();
        if text.is_empty() {
            return;
        }
        if text.len() > self.options.max_line_bytes {
            let reason = format!("the line is longer than {} bytes", self.options.max_line_bytes);
            return self.reject(line, None, reason, || text.to_owned());
        }
        let wrapped = !self.options.lines && envelope::may_open(text);
        if wrapped { self.enveloped(text, line) } else { self.object(text, line, members) }
    }

    /// A line that holds `{"records":[...]}` or another envelope: its records all stand in this one line.
    fn enveloped(&mut self, text: &str, line: u64) {
        let options = Arc::clone(&self.options);
        let mut chunks = Vec::new();
        let split = document::split(text.as_bytes(), &options, &mut |chunk| {
            chunks.push(chunk);
            Ok(())
        });
        for chunk in &chunks {
            let mut members = Members::default();
            let (Cut::Spans(spans), Ok(text)) = (&chunk.cut, std::str::from_utf8(&chunk.text)) else { continue };
            for record in spans.iter().filter_map(|(span, _)| text.get(span.clone())) {
                match &chunk.layout {
                    Layout::Objects => self.object(record, line, &mut members),
                    Layout::Arrays { columns, table } => self.array(record, line, columns, table.as_deref()),
                }
            }
            for (_, reason, raw) in &chunk.rejects {
                self.reject(line, None, reason.clone(), || String::from_utf8_lossy(raw).into_owned());
            }
        }
        if let Err(fault) = split {
            self.reject(line, None, fault.reason().to_owned(), || text.to_owned());
        }
    }

    /// A record that is a JSON object.
    fn object<'a>(&mut self, text: &'a str, line: u64, members: &mut Members<'a>) {
        let Members { fields, inner } = members;
        fields.clear();
        inner.clear();
        if let Err(fault) = Tokenizer::new(text).object(fields, inner) {
            return self.reject(line, None, fault.to_string(), || text.to_owned());
        }
        if audit::is_record(fields) && self.takes_records() {
            return self.audited(text, line);
        }
        if fields.iter().any(|field| field.key == ecs::MARK) {
            ecs::flatten(fields);
        }
        let category = fields.iter().find(|field| field.key == "category").and_then(|field| field.value.plain_text());
        let properties = |field: &Field<'_>| {
            field.key == "properties" && matches!(field.value, Raw::Nested { json, .. } if json.starts_with('{'))
        };
        match category {
            Some(category) if fields.iter().any(properties) => self.streamed(category, text, line, fields, inner),
            _ => self.row(fields, line, || text.to_owned()),
        }
    }

    /// A record of the streaming API or of diagnostic settings: the row is in `properties`, its table in `category`.
    ///
    /// What stands around `properties` fills columns that are left empty. Around Defender's rows that is the time and the
    /// tenant alone (`category` is no column of theirs, though AlertInfo has a `Category`); around others every member is a column.
    fn streamed<'a>(&mut self, category: &str, text: &str, line: u64, fields: &[Field<'a>], inner: &mut Vec<Field<'a>>) {
        let name = self.router.fixed().or_else(|| route::table_of_category(category)).map(str::to_owned);
        let Some(name) = name else {
            let reason = format!("category {} names no table", Raw::Text(category).shown());
            return self.reject(line, None, reason, || text.to_owned());
        };
        let defender = route::is_advanced_hunting(category);
        let spare: Vec<Field<'a>> =
            fields.iter().filter(|field| field.key == "time" || defender && field.key == "tenantId").cloned().collect();
        if !defender {
            let columns = inner.len();
            for field in fields.iter().filter(|field| field.key != "properties" && field.key != "time") {
                if !inner.iter().take(columns).any(|column| column.key.eq_ignore_ascii_case(&field.key)) {
                    inner.push(field.clone());
                }
            }
        }
        let table = self.table_named(&name);
        self.push(table, inner, &spare, line, || text.to_owned());
    }

    /// A record that is a JSON array, its columns named beside it.
    fn array(&mut self, text: &str, line: u64, columns: &[String], table: Option<&str>) {
        let mut fields = Vec::with_capacity(columns.len());
        let mut surplus = 0;
        let parsed = Tokenizer::new(text).array(|value| match columns.get(fields.len()) {
            Some(column) => fields.push(Field { key: Cow::Borrowed(column), value }),
            None => surplus += 1,
        });
        if let Err(fault) = parsed {
            return self.reject(line, None, fault.to_string(), || text.to_owned());
        }
        if fields.len() + surplus != columns.len() {
            let reason = format!("the row has {} values, its table {} columns", fields.len() + surplus, columns.len());
            return self.reject(line, None, reason, || text.to_owned());
        }
        match table.filter(|_| self.router.fixed().is_none() && route::own_table(&fields).is_none()) {
            Some(table) => {
                let table = self.table_named(table);
                self.push(table, &fields, &[], line, || text.to_owned());
            }
            None => self.row(&fields, line, || text.to_owned()),
        }
    }

    /// Whether records of the audit log become rows: of the tables they belong to, or of the one that was asked for.
    fn takes_records(&self) -> bool {
        self.router.fixed().is_none_or(|fixed| audit::TABLES.contains(&fixed))
    }

    /// A record of the audit log: a row in each of its tables.
    fn audited(&mut self, text: &str, line: u64) {
        let options = Arc::clone(&self.options);
        let rows = match audit::rows(text, options.geography.as_deref()) {
            Ok(rows) => rows,
            Err(reason) => return self.reject(line, None, reason, || text.to_owned()),
        };
        let fixed = self.router.fixed().map(str::to_owned);
        for row in rows.iter().filter(|row| fixed.as_deref().is_none_or(|fixed| fixed == row.table)) {
            let mut members = Members::default();
            if let Err(fault) = Tokenizer::new(&row.json).object(&mut members.fields, &mut members.inner) {
                return self.reject(line, Some(row.table.to_owned()), fault.to_string(), || text.to_owned());
            }
            let table = self.table_named(row.table);
            self.push(table, &members.fields, &[], line, || text.to_owned());
        }
    }

    /// The record of the audit log that a row of an export holds, if it holds one.
    fn exported_record(&self, fields: &[Field<'_>]) -> Option<String> {
        let text = audit::exported(fields).filter(|_| self.takes_records())?;
        let mut members = Members::default();
        let read = Tokenizer::new(&text).object(&mut members.fields, &mut members.inner);
        let is_record = read.is_ok() && audit::is_record(&members.fields);
        drop(members);
        is_record.then_some(text)
    }

    /// A record with its columns' names and values; `raw` writes it down should it be rejected.
    pub(crate) fn row(&mut self, fields: &[Field<'_>], line: u64, raw: impl FnOnce() -> String) {
        if let Some(record) = self.exported_record(fields) {
            return self.audited(&record, line);
        }
        match self.table_of(fields) {
            Ok(table) => self.push(table, fields, &[], line, raw),
            Err(candidates) => {
                let reason = format!("cannot tell which table the row belongs to{}; say so with --table NAME", tied(&candidates));
                let columns = || fields.iter().map(|field| field.key.clone().into_owned()).collect();
                let homeless = self.parsed.homeless.get_or_insert_with(|| (0, Homeless { columns: columns(), candidates }));
                homeless.0 += 1;
                self.reject(line, None, reason, raw);
            }
        }
    }

    /// A row of that table, whatever its columns or the name of the file say.
    pub(crate) fn row_of(&mut self, table: &str, fields: &[Field<'_>], line: u64, raw: impl FnOnce() -> String) {
        let table = self.table_named(table);
        self.push(table, fields, &[], line, raw);
    }

    fn push(&mut self, table: usize, fields: &[Field<'_>], spare: &[Field<'_>], line: u64, raw: impl FnOnce() -> String) {
        let rows = &mut self.tables[table];
        match rows.push(fields, spare) {
            Ok(()) => self.parsed.rows += 1,
            Err(fault) => {
                let table = rows.table.clone();
                self.reject(line, Some(table), fault.to_string(), raw);
            }
        }
        if self.tables[table].waiting() >= self.options.batch_rows {
            self.flush(table);
        }
    }

    /// The table of a record, or those that fit equally well.
    pub(crate) fn table_of(&mut self, fields: &[Field<'_>]) -> Result<usize, Vec<String>> {
        let name = match self.router.fixed() {
            Some(fixed) => fixed.to_owned(),
            None => {
                let own = route::own_table(fields);
                if let (Some(own), Some((last, table))) = (own, &self.last)
                    && own == last
                {
                    return Ok(*table);
                }
                self.router.route(fields).map_err(<[String]>::to_vec)?.to_owned()
            }
        };
        Ok(self.table_named(&name))
    }

    fn table_named(&mut self, name: &str) -> usize {
        if let Some((last, table)) = &self.last
            && last == name
        {
            return *table;
        }
        let table = self.tables.iter().position(|rows| rows.table == name).unwrap_or_else(|| {
            self.tables.push(TableRows::new(name, self.options.arrived));
            self.tables.len() - 1
        });
        self.last = Some((name.to_owned(), table));
        table
    }

    pub(crate) fn reject(&mut self, line: u64, table: Option<String>, reason: String, raw: impl FnOnce() -> String) {
        let raw = capped(&raw(), self.options.max_reject_bytes);
        self.parsed.reject(Reject { source: self.source.to_string(), line, table, reason, raw });
    }

    fn flush(&mut self, table: usize) {
        let rows = &mut self.tables[table];
        for column in rows.take_new_extras() {
            let notice = Notice::UnknownColumn { source: self.source.to_string(), table: rows.table.clone(), column };
            self.parsed.items.push(Item::Notice(notice));
        }
        match rows.finish() {
            Ok(None) => {}
            Ok(Some(batch)) => self.parsed.items.push(Item::Rows { table: rows.table.clone(), batch }),
            Err(cause) => self.parsed.fault = Some(SourceError::Batch { source_name: self.source.to_string(), cause }),
        }
    }

    /// Everything read since the last call.
    pub(crate) fn finish(&mut self) -> Parsed {
        for table in 0..self.tables.len() {
            self.flush(table);
        }
        std::mem::take(&mut self.parsed)
    }
}
