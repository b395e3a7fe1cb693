//! What alerts of the queue have to meet: a tree of conditions over named fields, compiled into SQL that both databases take.
//!
//! Must not know in which language somebody wrote them. Values are always bound; a condition is never unknown, as SQL's are with NULL,
//! so that the contrary of one takes exactly the alerts that it leaves out. Start with [`Condition`].

use crate::{SEVERITIES, STATUSES, StateError, select::Select};

/// The most conditions in a tree: more than anybody writes, and far from the depth and the number of values a database takes.
pub const MOST_CONDITIONS: usize = 256;
/// How deep conditions may stand in each other.
const DEEPEST: usize = 64;

/// What is known of an alert in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueField {
    /// `new`, `in_progress` or `closed`.
    Status,
    /// One of [`SEVERITIES`].
    Severity,
    /// One of [`crate::VERDICTS`]; open alerts have none.
    Verdict,
    /// Who works on it.
    Assignee,
    /// The key of its rule, or the rule's name.
    Rule,
    /// Its title.
    Title,
    /// The sentence that says why.
    Reason,
    /// A value of what it is about.
    Entity,
    /// The incident it belongs to.
    Incident,
    /// Identifiers of ATT&CK's tactics and techniques.
    Technique,
    /// Tags of its rule.
    Tag,
    /// Its risk score.
    Risk,
    /// When it was raised.
    Created,
    /// The time of its last event.
    Event,
}

impl QueueField {
    /// Every field.
    pub const ALL: [Self; 14] = [
        Self::Status,
        Self::Severity,
        Self::Verdict,
        Self::Assignee,
        Self::Rule,
        Self::Title,
        Self::Reason,
        Self::Entity,
        Self::Incident,
        Self::Technique,
        Self::Tag,
        Self::Risk,
        Self::Created,
        Self::Event,
    ];

    /// The name by which filters call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Severity => "severity",
            Self::Verdict => "verdict",
            Self::Assignee => "assignee",
            Self::Rule => "rule",
            Self::Title => "title",
            Self::Reason => "reason",
            Self::Entity => "entity",
            Self::Incident => "incident",
            Self::Technique => "technique",
            Self::Tag => "tag",
            Self::Risk => "risk",
            Self::Created => "created",
            Self::Event => "event",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    const fn place(self) -> Place {
        match self {
            Self::Status => Place::Word("status"),
            Self::Severity => Place::Word("severity"),
            Self::Verdict => Place::Text(&["COALESCE(verdict, '')"]),
            Self::Assignee => Place::Text(&["COALESCE(assignee, '')"]),
            Self::Rule => Place::Text(&["rule_key", "rule_name"]),
            Self::Title => Place::Text(&["title"]),
            Self::Reason => Place::Text(&["reason"]),
            Self::Incident => Place::Text(&["COALESCE(incident_id, '')"]),
            Self::Entity => Place::Many("id IN (SELECT alert_id FROM alert_entity WHERE value "),
            Self::Technique => Place::Many("id IN (SELECT alert_id FROM alert_mark WHERE kind = 'technique' AND value "),
            Self::Tag => Place::Many("id IN (SELECT alert_id FROM alert_mark WHERE kind = 'tag' AND value "),
            Self::Risk => Place::Number("risk_score"),
            Self::Created => Place::Number("created_at"),
            Self::Event => Place::Number("last_event"),
        }
    }

    /// What alerts are sorted by for it. Never NULL, which the databases put at different ends.
    pub(crate) const fn order(self) -> &'static str {
        match self {
            Self::Status => "CASE status WHEN 'new' THEN 0 WHEN 'in_progress' THEN 1 ELSE 2 END",
            Self::Severity => {
                "CASE severity WHEN 'informational' THEN 0 WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END"
            }
            Self::Verdict => "COALESCE(verdict, '')",
            Self::Assignee => "LOWER(COALESCE(assignee, ''))",
            Self::Rule => "LOWER(rule_name)",
            Self::Title => "LOWER(title)",
            Self::Reason => "LOWER(reason)",
            Self::Entity => {
                "COALESCE((SELECT MIN(value) FROM alert_entity WHERE alert_id = alert.id AND kind <> 'MailMessage'), '')"
            }
            Self::Incident => "COALESCE((SELECT number FROM incident WHERE incident.id = alert.incident_id), 0)",
            Self::Technique => {
                "COALESCE((SELECT MIN(value) FROM alert_mark WHERE alert_id = alert.id AND kind = 'technique'), '')"
            }
            Self::Tag => "COALESCE((SELECT MIN(value) FROM alert_mark WHERE alert_id = alert.id AND kind = 'tag'), '')",
            Self::Risk => "risk_score",
            Self::Created => "created_at",
            Self::Event => "COALESCE(last_event, 0)",
        }
    }
}

/// Where the values of a field stand.
enum Place {
    /// A column with one of a few words in small letters: compared as it is, so that its index is of use.
    Word(&'static str),
    /// Columns of which one has to match; an empty text is no value. The database makes letters small.
    Text(&'static [&'static str]),
    /// Rows of another table, in small letters; what is written here ends before the comparison, and wants a bracket behind it.
    Many(&'static str),
    /// A column with a number; NULL is no value.
    Number(&'static str),
}

/// A piece of a form that a value must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Text(String),
    /// Any text, the empty one too.
    Any,
    /// One character.
    One,
}

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    const fn sign(self) -> &'static str {
        match self {
            Self::Less => " < ",
            Self::AtMost => " <= ",
            Self::Greater => " > ",
            Self::AtLeast => " >= ",
        }
    }
}

/// What an alert has to meet. Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of these; none: every alert.
    And(Vec<Condition>),
    /// One of these; none: no alert.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A value of the field is this text. Fields of numbers have none.
    Is(QueueField, String),
    /// A value of the field has this form.
    Like(QueueField, Vec<Piece>),
    /// The number, or the moment in microseconds since 1970, compares like this. Fields of text compare with nothing.
    Number(QueueField, Comparison, i64),
    /// The field has a value.
    Exists(QueueField),
}

impl Condition {
    /// Writes it into a statement over the table `alert`.
    pub(crate) fn write(&self, select: &mut Select) -> Result<(), StateError> {
        if *self == open() {
            // As a constant, and not as two values: an index holds open alerts alone.
            select.then("status <> 'closed'");
            return Ok(());
        }
        let mut left = MOST_CONDITIONS;
        self.write_within(select, &mut left, DEEPEST)
    }

    fn write_within(&self, select: &mut Select, left: &mut usize, depth: usize) -> Result<(), StateError> {
        *left = left.checked_sub(1).ok_or(StateError::TooMany { what: "conditions", most: MOST_CONDITIONS })?;
        let depth = depth.checked_sub(1).ok_or(StateError::TooMany { what: "conditions in each other", most: DEEPEST })?;
        match self {
            Self::And(all) => joined(all, " AND ", "1 = 1", select, left, depth),
            Self::Or(any) => joined(any, " OR ", "1 = 0", select, left, depth),
            Self::Not(one) => {
                select.then("NOT (");
                one.write_within(select, left, depth)?;
                select.then(")");
                Ok(())
            }
            Self::Is(field, text) => {
                is(*field, text, select);
                Ok(())
            }
            Self::Like(field, pieces) => {
                like(*field, pieces, select);
                Ok(())
            }
            Self::Number(field, comparison, number) => {
                compare(*field, *comparison, *number, select);
                Ok(())
            }
            Self::Exists(field) => {
                exists(*field, select);
                Ok(())
            }
        }
    }
}

fn joined(
    list: &[Condition],
    word: &'static str,
    none: &'static str,
    select: &mut Select,
    left: &mut usize,
    depth: usize,
) -> Result<(), StateError> {
    if list.is_empty() {
        select.then(none);
        return Ok(());
    }
    select.then("(");
    for (place, one) in list.iter().enumerate() {
        if place > 0 {
            select.then(word);
        }
        one.write_within(select, left, depth)?;
    }
    select.then(")");
    Ok(())
}

fn is(field: QueueField, text: &str, select: &mut Select) {
    // No text that is kept holds the character 0, and PostgreSQL takes none. An empty text is no value.
    if text.is_empty() || text.contains('\0') {
        select.then("1 = 0");
        return;
    }
    match field.place() {
        Place::Word(column) => {
            select.then(column);
            select.value(" = ", text.to_lowercase(), "");
        }
        Place::Text(columns) => {
            for (place, column) in columns.iter().enumerate() {
                select.then(if place == 0 { "(LOWER(" } else { " OR LOWER(" });
                select.then(column);
                select.value(") = LOWER(", text.to_owned(), ")");
            }
            select.then(")");
        }
        Place::Many(before) => {
            select.then(before);
            select.value("= ", text.to_lowercase(), ")");
        }
        Place::Number(_) => select.then("1 = 0"),
    }
}

fn like(field: QueueField, pieces: &[Piece], select: &mut Select) {
    let form = form(pieces);
    if form.contains('\0') {
        select.then("1 = 0");
        return;
    }
    match field.place() {
        Place::Word(column) => {
            select.then(column);
            select.value(" LIKE ", form.to_lowercase(), " ESCAPE '!'");
        }
        Place::Text(columns) => {
            for (place, column) in columns.iter().enumerate() {
                select.then(if place == 0 { "((" } else { " OR (" });
                select.then(column);
                select.then(" <> '' AND LOWER(");
                select.then(column);
                select.value(") LIKE LOWER(", form.clone(), ") ESCAPE '!')");
            }
            select.then(")");
        }
        Place::Many(before) => {
            select.then(before);
            select.value("LIKE ", form.to_lowercase(), " ESCAPE '!')");
        }
        Place::Number(_) => select.then("1 = 0"),
    }
}

/// A form as SQL's LIKE wants it, with `!` before characters that mean something there.
fn form(pieces: &[Piece]) -> String {
    let mut form = String::new();
    for piece in pieces {
        match piece {
            Piece::Any => form.push('%'),
            Piece::One => form.push('_'),
            Piece::Text(text) => {
                for letter in text.chars() {
                    if matches!(letter, '%' | '_' | '!') {
                        form.push('!');
                    }
                    form.push(letter);
                }
            }
        }
    }
    form
}

fn compare(field: QueueField, comparison: Comparison, number: i64, select: &mut Select) {
    let Place::Number(column) = field.place() else {
        select.then("1 = 0");
        return;
    };
    select.then("(");
    select.then(column);
    select.then(" IS NOT NULL AND ");
    select.then(column);
    select.number(comparison.sign(), Some(number));
    select.then(")");
}

fn exists(field: QueueField, select: &mut Select) {
    match field.place() {
        Place::Word(_) => select.then("1 = 1"),
        Place::Text(columns) => {
            for (place, column) in columns.iter().enumerate() {
                select.then(if place == 0 { "(" } else { " OR " });
                select.then(column);
                select.then(" <> ''");
            }
            select.then(")");
        }
        Place::Many(before) => {
            select.then(before);
            select.then("<> '')");
        }
        Place::Number(column) => {
            select.then(column);
            select.then(" IS NOT NULL");
        }
    }
}

/// Open alerts.
#[must_use]
pub fn open() -> Condition {
    let open = STATUSES.into_iter().filter(|status| *status != "closed");
    Condition::Or(open.map(|status| Condition::Is(QueueField::Status, status.to_owned())).collect())
}

/// Alerts whose severity compares like this with one of [`SEVERITIES`].
#[must_use]
pub fn severity(comparison: Comparison, than: &str) -> Condition {
    let rank = SEVERITIES.iter().position(|known| known.eq_ignore_ascii_case(than));
    let meets = |place: usize| {
        rank.is_some_and(|rank| match comparison {
            Comparison::Less => place < rank,
            Comparison::AtMost => place <= rank,
            Comparison::Greater => place > rank,
            Comparison::AtLeast => place >= rank,
        })
    };
    let found = SEVERITIES.iter().enumerate().filter(|(place, _)| meets(*place));
    Condition::Or(found.map(|(_, name)| Condition::Is(QueueField::Severity, (*name).to_owned())).collect())
}
