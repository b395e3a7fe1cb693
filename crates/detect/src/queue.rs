//! The filter of the queue: a text in Kibana's query language becomes the condition that the database is asked with.
//!
//! Pure. What fields there are is [`state::QueueField`]; a name or a word that none of them knows is told with its place, never
//! passed over, because a filter that is read wrongly hides alerts. Start with [`condition`].

use elastic_query::{
    Language,
    ast::{self, Node, NodeKind, Test, Value},
};
use schema::text::datetime;
use state::{
    Comparison, Condition, MOST_CONDITIONS, Moment, Piece, QueueField, SEVERITIES, STATUSES, VERDICTS, severity_compared,
};

/// The longest filter, in bytes; a URL takes about as much.
const LONGEST: usize = 8_192;
/// A minute, an hour, a day and a week in microseconds.
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// Why a filter cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// The code of a diagnostic of the language; empty where the language is right and its words mean nothing here.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
    /// The first byte of what it is about.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
}

/// The condition that a filter asks for: a word without a field is looked for in titles, reasons, rules and entities, and an empty
/// text means open alerts. `now` is what `now-24h` is counted from.
///
/// # Errors
/// Where the text is no query, names a field or a word that the queue does not know, or asks for too much.
pub fn condition(text: &str, now: Moment) -> Result<Condition, FilterError> {
    if text.trim().is_empty() {
        return Ok(state::open_alerts());
    }
    if text.len() > LONGEST {
        return Err(whole(text, format!("a filter has at most {LONGEST} bytes")));
    }
    let parsed = elastic_query::parse(Language::Kuery, text);
    if let Some(found) = parsed.diagnostics.iter().find(|found| found.severity == diag::Severity::Error) {
        return Err(FilterError {
            code: found.code,
            message: found.message.clone(),
            help: found.help.clone().unwrap_or_default(),
            start: found.span.start.min(text.len()),
            end: found.span.end.min(text.len()),
        });
    }
    let mut conditions = 0_usize;
    // A word without a field becomes five conditions.
    parsed.query.root.walk(&mut |_| conditions = conditions.saturating_add(5));
    if conditions > MOST_CONDITIONS {
        return Err(whole(text, format!("a filter has at most {} conditions", MOST_CONDITIONS / 5)));
    }
    read(&parsed.query.root, now)
}

fn whole(text: &str, message: String) -> FilterError {
    FilterError { code: "", message, help: String::new(), start: 0, end: text.len() }
}

fn at(span: diag::Span, message: String, help: String) -> FilterError {
    FilterError { code: "", message, help, start: span.start, end: span.end }
}

fn read(node: &Node, now: Moment) -> Result<Condition, FilterError> {
    let all = |nodes: &[Node]| nodes.iter().map(|node| read(node, now)).collect::<Result<Vec<_>, _>>();
    match &node.kind {
        NodeKind::All => Ok(Condition::And(Vec::new())),
        NodeKind::And(nodes) => Ok(Condition::And(all(nodes)?)),
        NodeKind::Or(nodes) => Ok(Condition::Or(all(nodes)?)),
        NodeKind::Not(inner) => Ok(Condition::Not(Box::new(read(inner, now)?))),
        NodeKind::Match { field, test } => matched(field.as_ref(), test, node.span, now),
        NodeKind::Nested { .. } => Err(at(
            node.span,
            "alerts have no fields in fields".to_owned(),
            "Write the field's name alone, such as entity.".to_owned(),
        )),
        NodeKind::Unread | NodeKind::Clauses(_) => Err(at(node.span, "this cannot be read here".to_owned(), String::new())),
    }
}

fn matched(field: Option<&ast::Field>, test: &Test, span: diag::Span, now: Moment) -> Result<Condition, FilterError> {
    // `*:value` is a value anywhere, as in Kibana.
    let field = field.filter(|field| !field.name.is_anything()).map(named).transpose()?;
    match (field, test) {
        (None, Test::Is(value)) => Ok(anywhere(value)),
        (Some(field), Test::Is(value)) => is(field, value, now),
        (Some(field), Test::Compare(sign, value)) => compare(field, *sign, value, now),
        _ => Err(at(span, "this cannot be asked of alerts".to_owned(), "Write a field, a colon and a value.".to_owned())),
    }
}

fn named(field: &ast::Field) -> Result<QueueField, FilterError> {
    let name = field.name.to_string();
    QueueField::named(&name).ok_or_else(|| {
        let names = QueueField::ALL.map(QueueField::name);
        at(field.span, format!("alerts have no field `{name}`"), near(&name, &names, "There are"))
    })
}

/// What was likely meant, or all there is.
fn near(word: &str, known: &[&str], all: &str) -> String {
    match schema::nearest(word, known.iter().copied()).first() {
        Some(one) => format!("Did you mean {one}?"),
        None => format!("{all} {}.", known.join(", ")),
    }
}

/// A value as pieces: a text is one of them.
fn pieces(value: &Value) -> Vec<Piece> {
    match &value.kind {
        ast::ValueKind::Pattern(pattern) => pattern
            .pieces
            .iter()
            .map(|piece| match piece {
                ast::Piece::Text(text) => Piece::Text(text.clone()),
                ast::Piece::Any => Piece::Any,
                ast::Piece::One => Piece::One,
            })
            .collect(),
        _ => vec![Piece::Text(value.text().unwrap_or_default().to_owned())],
    }
}

/// The value anywhere within a text.
fn within(field: QueueField, value: &Value) -> Condition {
    let mut form = vec![Piece::Any];
    form.extend(pieces(value));
    form.push(Piece::Any);
    Condition::Like(field, form)
}

fn anywhere(value: &Value) -> Condition {
    if value.is_anything() {
        return Condition::And(Vec::new());
    }
    let fields = [QueueField::Title, QueueField::Reason, QueueField::Rule, QueueField::Entity];
    Condition::Or(fields.into_iter().map(|field| within(field, value)).collect())
}

fn is(field: QueueField, value: &Value, now: Moment) -> Result<Condition, FilterError> {
    if value.is_anything() {
        return Ok(Condition::Exists(field));
    }
    match field {
        QueueField::Status => known(field, value, &STATUSES),
        QueueField::Severity => known(field, value, &SEVERITIES),
        QueueField::Verdict => known(field, value, &VERDICTS),
        QueueField::Title | QueueField::Reason => Ok(within(field, value)),
        QueueField::Assignee | QueueField::Rule | QueueField::Entity | QueueField::Tag => Ok(plain(field, value)),
        QueueField::Incident => Ok(match value.text() {
            // As the command line takes it.
            Some(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => Condition::Is(field, format!("INC-{number}")),
            _ => plain(field, value),
        }),
        QueueField::Technique => Ok(match value.text() {
            // A technique is its sub-techniques too.
            Some(id) if !id.contains('.') => {
                let below = vec![Piece::Text(format!("{id}.")), Piece::Any];
                Condition::Or(vec![plain(field, value), Condition::Like(field, below)])
            }
            _ => plain(field, value),
        }),
        QueueField::Risk => {
            let number = number(value)?;
            Ok(between(field, number, number))
        }
        QueueField::Created | QueueField::Event => {
            let (from, to) = moment(value, now)?;
            Ok(between(field, from, to))
        }
    }
}

fn plain(field: QueueField, value: &Value) -> Condition {
    match value.text() {
        Some(text) => Condition::Is(field, text.to_owned()),
        None => Condition::Like(field, pieces(value)),
    }
}

fn between(field: QueueField, from: i64, to: i64) -> Condition {
    Condition::And(vec![Condition::Number(field, Comparison::AtLeast, from), Condition::Number(field, Comparison::AtMost, to)])
}

/// One of a few words: another one is a slip of the pen, and would find nothing.
fn known(field: QueueField, value: &Value, words: &[&str]) -> Result<Condition, FilterError> {
    match value.text() {
        Some(text) if !words.iter().any(|word| word.eq_ignore_ascii_case(text)) => {
            let message = format!("`{text}` is no {}", field.name());
            Err(at(value.span, message, near(text, words, "There are")))
        }
        _ => Ok(plain(field, value)),
    }
}

fn compare(field: QueueField, sign: ast::Comparison, value: &Value, now: Moment) -> Result<Condition, FilterError> {
    let comparison = match sign {
        ast::Comparison::Less => Comparison::Less,
        ast::Comparison::AtMost => Comparison::AtMost,
        ast::Comparison::Greater => Comparison::Greater,
        ast::Comparison::AtLeast => Comparison::AtLeast,
    };
    match field {
        QueueField::Severity => {
            known(field, value, &SEVERITIES)?;
            let name = value.text().ok_or_else(|| at(value.span, "a severity is expected here".to_owned(), String::new()))?;
            Ok(severity_compared(comparison, name))
        }
        QueueField::Risk => Ok(Condition::Number(field, comparison, number(value)?)),
        QueueField::Created | QueueField::Event => {
            let (from, to) = moment(value, now)?;
            // A day is all of it: after it is after its end, up to it is with its last moment.
            let bound = match comparison {
                Comparison::Less | Comparison::AtLeast => from,
                Comparison::AtMost | Comparison::Greater => to,
            };
            Ok(Condition::Number(field, comparison, bound))
        }
        other => {
            let message = format!("{} has no order to compare by", other.name());
            Err(at(value.span, message, "severity, risk, created and event can be compared.".to_owned()))
        }
    }
}

fn number(value: &Value) -> Result<i64, FilterError> {
    let text = value.text().unwrap_or_default();
    text.parse().map_err(|_| at(value.span, format!("`{text}` is no whole number"), String::new()))
}

/// The first and the last microsecond that a time names: a day is all of it, `now-1h` one moment.
fn moment(value: &Value, now: Moment) -> Result<(i64, i64), FilterError> {
    let text = value.text().unwrap_or_default().trim();
    let found = match text.strip_prefix("now") {
        Some(rest) => from_now(rest, now),
        None => datetime::parse(text).map(|ticks| {
            let from = datetime::to_unix_micros(ticks);
            // As much as is written: a day, a minute, a second, a moment.
            let width = match text.len() {
                10 => DAY,
                16 | 17 => MINUTE,
                19 | 20 => 1_000_000,
                _ => 1,
            };
            (from, from.saturating_add(width - 1))
        }),
    };
    found.ok_or_else(|| {
        let help = "Write a day such as 2026-11-20, a moment in quotes such as \"2026-11-20T23:00:00Z\", or now-24h.";
        at(value.span, format!("`{text}` is no time"), help.to_owned())
    })
}

/// Elasticsearch's date math behind `now`: `-24h`, `-7d/d`; `/d` is the whole day.
fn from_now(rest: &str, now: Moment) -> Option<(i64, i64)> {
    let (terms, rounding) = rest.split_once('/').map_or((rest, None), |(terms, unit)| (terms, Some(unit)));
    let mut at = now;
    let mut left = terms;
    while !left.is_empty() {
        let (sign, after) = match left.split_at_checked(1)? {
            ("-", after) => (-1, after),
            ("+", after) => (1, after),
            _ => return None,
        };
        let digits = after.find(|letter: char| !letter.is_ascii_digit())?;
        let (count, unit) = after.split_at_checked(digits)?;
        let (unit, next) = unit.split_at_checked(1)?;
        let length = count.parse::<i64>().ok()?.checked_mul(width(unit)?)?.checked_mul(sign)?;
        at = at.checked_add(length)?;
        left = next;
    }
    let Some(unit) = rounding else { return Some((at, at)) };
    let width = width(unit)?;
    // Weeks begin on Mondays; 1970 began on a Thursday.
    let shift = if width == WEEK { 3 * DAY } else { 0 };
    let from = at.checked_add(shift)?.div_euclid(width).checked_mul(width)?.checked_sub(shift)?;
    Some((from, from.checked_add(width - 1)?))
}

/// How long a unit of date math is; months and years have no fixed length.
fn width(unit: &str) -> Option<i64> {
    match unit {
        "s" => Some(1_000_000),
        "m" => Some(MINUTE),
        "h" | "H" => Some(HOUR),
        "d" => Some(DAY),
        "w" => Some(WEEK),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20T12:00:00Z, a Friday.
    const NOW: Moment = 1_795_176_000_000_000;

    fn is(field: QueueField, text: &str) -> Condition {
        Condition::Is(field, text.to_owned())
    }

    fn read(text: &str) -> Condition {
        condition(text, NOW).unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    #[test]
    fn an_empty_filter_is_open_alerts() {
        assert_eq!(read(" "), Condition::Or(vec![is(QueueField::Status, "new"), is(QueueField::Status, "in_progress")]));
    }

    #[test]
    fn conditions_are_joined_as_they_are_written() {
        let expected = Condition::And(vec![
            is(QueueField::Severity, "high"),
            Condition::Not(Box::new(Condition::Exists(QueueField::Assignee))),
            Condition::Or(vec![is(QueueField::Status, "new"), is(QueueField::Status, "closed")]),
        ]);
        assert_eq!(read("severity:high and not assignee:* and status:(new or closed)"), expected);
    }

    #[test]
    fn values_are_texts_forms_and_words_within() {
        for (text, expected) in [
            ("entity:\"a@contoso.example\"", is(QueueField::Entity, "a@contoso.example")),
            (
                "entity:*@contoso.example",
                Condition::Like(QueueField::Entity, vec![Piece::Any, Piece::Text("@contoso.example".to_owned())]),
            ),
            ("title:DMARC", Condition::Like(QueueField::Title, vec![Piece::Any, Piece::Text("DMARC".to_owned()), Piece::Any])),
            ("incident:3", is(QueueField::Incident, "INC-3")),
            ("technique:T1566.002", is(QueueField::Technique, "T1566.002")),
            ("*", Condition::And(Vec::new())),
            ("severity>=high", severity_compared(Comparison::AtLeast, "high")),
            ("risk:47", between(QueueField::Risk, 47, 47)),
            ("risk < 20", Condition::Number(QueueField::Risk, Comparison::Less, 20)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert!(matches!(read("dmarc"), Condition::Or(fields) if fields.len() == 4));
        assert!(matches!(read("technique:T1566"), Condition::Or(both) if both.len() == 2));
    }

    #[test]
    fn times_are_days_moments_and_counted_from_now() {
        let from = |text: &str| match read(text) {
            Condition::Number(_, _, at) => at,
            other => panic!("{text}: {other:?}"),
        };
        for (text, expected) in [
            ("created >= now-24h", NOW - DAY),
            ("created >= now", NOW),
            ("created >= now-1d-2h", NOW - DAY - 2 * HOUR),
            ("created >= now/d", NOW - 12 * HOUR),
            ("created <= now/d", NOW + 12 * HOUR - 1),
            ("created >= now/w", NOW - 4 * DAY - 12 * HOUR),
            ("created >= 2026-11-20", NOW - 12 * HOUR),
            ("created > 2026-11-20", NOW + 12 * HOUR - 1),
            ("event < \"2026-11-20T12:00:00Z\"", NOW),
        ] {
            assert_eq!(from(text), expected, "{text}");
        }
        assert_eq!(read("created:2026-11-20"), between(QueueField::Created, NOW - 12 * HOUR, NOW + 12 * HOUR - 1));
    }

    #[test]
    fn what_means_nothing_is_told_with_its_place() {
        for (text, start, words) in [
            ("severty:high", 0, "Did you mean severity?"),
            ("status:new and severity:hihg", 24, "Did you mean high?"),
            ("status:open", 7, "There are new, in_progress, closed."),
            ("risk > many", 7, ""),
            ("created > yesterday", 10, "Write a day"),
            ("created > now-1y", 10, "Write a day"),
            ("created > now-99999999999999999999d", 10, "Write a day"),
            ("title > a", 8, "can be compared"),
            ("entity:{ value:x }", 0, "Write the field's name"),
            ("severity:", 9, ""),
        ] {
            let error = condition(text, NOW).expect_err(text);
            assert_eq!(error.start, start, "{text}: {error:?}");
            assert!(error.help.contains(words), "{text}: {error:?}");
            assert!(error.end <= text.len(), "{text}: {error:?}");
        }
        assert!(condition(&"a or ".repeat(300), NOW).is_err());
        assert!(condition(&format!("{}b", "a or ".repeat(300)), NOW).is_err_and(|error| error.message.contains("conditions")));
        assert!(condition(&"x".repeat(LONGEST + 1), NOW).is_err());
    }
}
