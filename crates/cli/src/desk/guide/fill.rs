//! An alert's values in a query of its guide: where the author wrote `{{field}}`, `ADDRESS`, or a domain that is an example. Pure.

use detect::hit::text_at;
use diag::Span;
use elastic_query::ast::{Node, NodeKind, Test};
use serde_json::{Map, Value};
use state::Entity;

/// Names that stand for a value in a text: an example's domain (RFC 2606, and Microsoft's own), or a word in capitals.
fn is_example(text: &str) -> bool {
    let domain = text.rsplit('@').next().unwrap_or(text).to_lowercase();
    let known = ["contoso.com", "fabrikam.com", "example.com", "example.net", "example.org"];
    let reserved = [".example", ".test"].iter().any(|end| domain.ends_with(end));
    let capitals = text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-');
    known.iter().any(|known| domain == *known || domain.ends_with(&format!(".{known}"))) || reserved || capitals
}

/// A query with values of a row, and of what an alert is about, where examples stood. What nothing is known for stays as it is.
pub(crate) fn filled(query: &str, language: &str, row: &Map<String, Value>, entities: &[Entity]) -> String {
    let query = braces(query, row);
    let places = match language {
        "kusto" => kusto(&query, row, entities),
        "kuery" | "lucene" => kibana(&query, language, row),
        _ => Vec::new(),
    };
    replaced(&query, places)
}

/// Puts texts at places that do not overlap.
fn replaced(query: &str, mut places: Vec<(Span, String)>) -> String {
    places.sort_by_key(|(span, _)| span.start);
    let (mut out, mut at) = (String::with_capacity(query.len()), 0);
    for (span, text) in places {
        let Some(before) = query.get(at..span.start) else { continue };
        out.push_str(before);
        out.push_str(&text);
        at = span.end;
    }
    out.push_str(query.get(at..).unwrap_or_default());
    out
}

/// `{{field}}`, as Kibana fills it in.
fn braces(query: &str, row: &Map<String, Value>) -> String {
    let (mut out, mut rest) = (String::new(), query);
    while let Some((before, inner)) = rest.split_once("{{") {
        let Some((name, after)) = inner.split_once("}}") else { break };
        out.push_str(before);
        match text_at(row, name.trim()) {
            Some(value) => out.push_str(&escaped(&value)),
            None => out.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A value for between double quotes: all three languages escape alike there.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            letter => out.push(letter),
        }
    }
    out
}

/// Literals of a Kusto query that are examples, each with the value of the column it is compared with.
fn kusto(query: &str, row: &Map<String, Value>, entities: &[Entity]) -> Vec<(Span, String)> {
    let mut places: Vec<(Span, String)> = Vec::new();
    for found in rules::deciding::constants(query).into_iter().filter(|found| is_example(&found.value)) {
        // A list of constants stands for more than one value.
        let whole = query.get(found.span.start..found.span.end).is_some_and(|text| text.starts_with(['"', '\'']));
        let known = places.iter().any(|(span, _)| span.start == found.span.start);
        let value = text_at(row, &found.column).or_else(|| of_entities(&found.column, entities));
        if let Some(value) = value.filter(|_| whole && !known) {
            places.push((found.span, format!("\"{}\"", escaped(&value))));
        }
    }
    places
}

/// What an alert is about that a column of this name holds, where its evidence has no such column.
fn of_entities(column: &str, entities: &[Entity]) -> Option<String> {
    let kinds: &[&str] = match column {
        "SenderFromDomain" | "SenderMailFromDomain" | "Domain" | "HeaderFrom" => &["DNS"],
        "RecipientEmailAddress" => &["Mailbox"],
        "SenderFromAddress" | "SenderMailFromAddress" => &["MailSender"],
        "SenderIPv4" | "SenderIPv6" | "IPAddress" | "ClientIP" => &["IP"],
        "UserId" | "UserPrincipalName" | "AccountUpn" => &["Account"],
        "NetworkMessageId" => &["MailMessage"],
        _ => &[],
    };
    entities.iter().find(|entity| kinds.contains(&entity.kind.as_str())).map(|entity| entity.value.clone())
}

/// Values of a query of Kibana that are examples, each with the value of its field.
fn kibana(query: &str, language: &str, row: &Map<String, Value>) -> Vec<(Span, String)> {
    let Ok(language) = language.parse::<elastic_query::Language>() else { return Vec::new() };
    let parsed = elastic_query::parse(language, query);
    let mut places = Vec::new();
    if parsed.diagnostics.is_empty() {
        values(&parsed.query.root, row, &mut places);
    }
    places
}

fn values(node: &Node, row: &Map<String, Value>, places: &mut Vec<(Span, String)>) {
    match &node.kind {
        NodeKind::Or(parts) | NodeKind::And(parts) => parts.iter().for_each(|part| values(part, row, places)),
        NodeKind::Clauses(clauses) => clauses.iter().for_each(|clause| values(&clause.node, row, places)),
        NodeKind::Match { field: Some(field), test: Test::Is(value) } => {
            let found = field.plain().filter(|_| value.text().is_some_and(is_example)).and_then(|field| text_at(row, field));
            if let Some(found) = found {
                places.push((value.span, format!("\"{}\"", escaped(&found))));
            }
        }
        NodeKind::All | NodeKind::Unread | NodeKind::Not(_) | NodeKind::Match { .. } | NodeKind::Nested { .. } => {}
    }
}
