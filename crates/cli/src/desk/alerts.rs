//! Alerts: the queue, one alert with what is around it, what is done with it.

mod deciding;
mod export;
mod fit;
mod past;
pub(super) mod timeline;

use async_trait::async_trait;
use desk::{AlertEdit, AlertView, Alerts, Download, Facet, FacetValue, Fault, Problem, Queue, QueueQuery};
use detect::queue;
use state::{Alert, AlertChange, Condition, FixFilter, QueueAsk, QueueField, STATUSES, VERDICTS};

use super::{Context, guide};

/// Alerts on a page where nothing is said.
const PAGE: u32 = 50;
/// The most alerts on a page.
const LARGEST_PAGE: u32 = 500;
/// Alerts that are changed at once.
const MOST_CHANGED: usize = 1_000;
/// Related alerts that are shown.
const RELATED: usize = 20;
/// Characters of a comment.
const LONGEST_COMMENT: usize = 10_000;

/// Over the running program.
#[derive(Debug)]
pub(super) struct Here {
    desk: Context,
}

impl Here {
    /// Over the running program.
    pub(super) const fn new(desk: Context) -> Self {
        Self { desk }
    }

    async fn view(&self, alert: Alert) -> Result<AlertView, Fault> {
        let state = self.desk.state();
        let incident = match &alert.incident_id {
            Some(id) => Some(state.incident(id).await?),
            None => None,
        };
        let fixes = state.fixes(&FixFilter { alert_id: Some(alert.id.clone()), ..FixFilter::default() }).await?;
        let entities = past::of(&self.desk, &alert).await?;
        Ok(AlertView {
            deciding: deciding::columns(&alert),
            timeline: timeline::of_alert(&self.desk, &alert, &fixes).await?,
            guide: guide::of_alert(&alert),
            false_positives: fit::notes(&self.desk, &alert, &entities).await?,
            entities,
            related: state.near(&alert, RELATED).await?,
            incident,
            hunt: hunt(&alert),
            hunt_language: alert.detail.language.clone(),
            can_fix: !fixes::offer::of_alert(&alert.rule_key, &alert.detail.evidence).is_empty(),
            fixes: fixes.iter().map(super::fixes::line).collect(),
            targets: self.desk.house.watch.targets.iter().map(|target| target.name.clone()).collect(),
            alert,
        })
    }
}

/// The query as it was run. A window that the query does not name itself stands above it as words.
fn hunt(alert: &Alert) -> String {
    let printed = |micros| rules::exclusion::moment::write(micros);
    match alert.detail.language.as_str() {
        "kusto" if !alert.detail.query.is_empty() => {
            format!(
                "// The run looked from {} to {}.\n{}",
                printed(alert.window_from),
                printed(alert.window_to),
                alert.detail.query
            )
        }
        _ => alert.detail.query.clone(),
    }
}

/// What a text of a filter asks for. What is wrong with it is told with its place.
pub(super) fn condition(text: &str, now: i64) -> Result<Condition, Fault> {
    queue::condition(text, now).map_err(|error| {
        let place = diag::Position::of(text, error.start);
        Fault::Input(Box::new(Problem {
            code: error.code.to_owned(),
            severity: "error".to_owned(),
            message: error.message,
            help: error.help,
            start: error.start,
            end: error.end,
            line: u32::try_from(place.line).unwrap_or(u32::MAX),
            column: u32::try_from(place.column).unwrap_or(u32::MAX),
        }))
    })
}

/// What to sort by: a field, `-` before it for the largest first.
fn sort(text: &str) -> Result<Option<(QueueField, bool)>, Fault> {
    let name = text.strip_prefix('-').unwrap_or(text);
    if name.is_empty() {
        return Ok(None);
    }
    let unknown = || Fault::input(format!("alerts cannot be sorted by `{name}`"));
    QueueField::named(name).map(|field| Some((field, text.starts_with('-')))).ok_or_else(unknown)
}

/// What an edit changes; the words it has are checked.
pub(super) fn change(edit: &AlertEdit) -> Result<AlertChange, Fault> {
    let one_of = |what: &str, value: &Option<String>, words: &[&str]| match value {
        Some(value) if !words.contains(&value.as_str()) => {
            Err(Fault::input(format!("`{value}` is no {what}: {}", words.join(", "))))
        }
        _ => Ok(()),
    };
    one_of("status", &edit.status, &STATUSES)?;
    one_of("verdict", &edit.verdict, &VERDICTS)?;
    if edit.status.is_none() && edit.verdict.is_none() && edit.assignee.is_none() && edit.comment.is_none() {
        return Err(Fault::input("nothing is to be changed: name a status, a verdict, who works on it, or a comment"));
    }
    if edit.status.as_deref() == Some("closed") && edit.verdict.is_none() {
        return Err(Fault::input(format!("to close it, say what it turned out to be: {}", VERDICTS.join(", "))));
    }
    if edit.verdict.is_some() && edit.status.as_deref().is_some_and(|status| status != "closed") {
        return Err(Fault::input("only what is closed has a verdict"));
    }
    if edit.comment.as_ref().is_some_and(|comment| comment.chars().count() > LONGEST_COMMENT) {
        return Err(Fault::Limit { reason: format!("a comment has at most {LONGEST_COMMENT} characters") });
    }
    Ok(AlertChange {
        // What gets a verdict is closed with it.
        status: edit.status.clone().or_else(|| edit.verdict.as_ref().map(|_| "closed".to_owned())),
        verdict: edit.verdict.clone(),
        assignee: edit.assignee.as_ref().map(|name| name.trim().to_owned()),
        comment: edit.comment.clone().filter(|comment| !comment.trim().is_empty()),
    })
}

#[async_trait]
impl Alerts for Here {
    async fn queue(&self, query: &QueueQuery) -> Result<Queue, Fault> {
        let size = if query.size == 0 { PAGE } else { query.size.min(LARGEST_PAGE) };
        let page = query.page.max(1);
        let ask = QueueAsk {
            condition: condition(&query.q, self.desk.now())?,
            sort: sort(&query.sort)?,
            skip: i64::from(page - 1).saturating_mul(i64::from(size)),
            limit: i64::from(size),
        };
        let found = self.desk.state().queue(&ask).await?;
        let unsigned = |count: i64| u64::try_from(count).unwrap_or_default();
        let counts = found.facets.into_iter().map(|(field, values)| Facet {
            field: field.name().to_owned(),
            values: values
                .into_iter()
                .map(|value| FacetValue { value: value.value, label: value.label, count: unsigned(value.count) })
                .collect(),
        });
        Ok(Queue { alerts: found.alerts, total: unsigned(found.total), page, size, counts: counts.collect() })
    }

    async fn alert(&self, id: &str) -> Result<AlertView, Fault> {
        let alert = self.desk.state().alert(id).await?;
        self.view(alert).await
    }

    async fn change(&self, ids: &[String], edit: &AlertEdit, who: &str) -> Result<Vec<(String, Option<Fault>)>, Fault> {
        if ids.len() > MOST_CHANGED {
            return Err(Fault::Limit { reason: format!("{MOST_CHANGED} alerts are changed at once: take fewer") });
        }
        let change = change(edit)?;
        let mut done = Vec::with_capacity(ids.len());
        for id in ids {
            let changed = self.desk.state().change_alert(id, &change, who, self.desk.now()).await;
            match changed {
                Ok(alert) => {
                    self.desk.tell("alert", &alert.id, "changed", &alert.title);
                    done.push((id.clone(), None));
                }
                // One that is not there does not keep the others from being changed; a database that fails does.
                Err(error @ (state::StateError::Unknown { .. } | state::StateError::Ambiguous { .. })) => {
                    done.push((id.clone(), Some(error.into())));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(done)
    }

    async fn notify(&self, id: &str, target: &str, who: &str) -> Result<(), Fault> {
        let known = &self.desk.house.watch.targets;
        if !known.iter().any(|known| known.name == target) {
            return Err(Fault::Unknown { what: "notification target", id: target.to_owned() });
        }
        let alert = self.desk.state().alert(id).await?;
        self.desk.state().tell_again(&alert, target, who, self.desk.now()).await?;
        self.desk.house.raised.notify_one();
        self.desk.tell("alert", &alert.id, "changed", &alert.title);
        Ok(())
    }

    async fn export(&self, ids: &[String], query: &QueueQuery, form: &str) -> Result<Download, Fault> {
        export::file(&self.desk, ids, query, form).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_says_what_is_changed_in_words_that_are_known() {
        let edit = |status: Option<&str>, verdict: Option<&str>| AlertEdit {
            status: status.map(str::to_owned),
            verdict: verdict.map(str::to_owned),
            ..AlertEdit::default()
        };
        assert!(change(&edit(Some("closed"), Some("true_positive"))).is_ok());
        assert_eq!(change(&edit(None, Some("false_positive"))).unwrap().status.as_deref(), Some("closed"));
        for (status, verdict) in
            [(None, None), (Some("shut"), None), (Some("closed"), None), (Some("new"), Some("true_positive"))]
        {
            assert!(matches!(change(&edit(status, verdict)), Err(Fault::Input(_))), "{status:?} {verdict:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_filter_has_its_place() {
        let Err(Fault::Input(problem)) = condition("severity:high and colour:red", 0) else { panic!("a fault was expected") };
        assert_eq!((problem.start, problem.line, problem.column), (18, 1, 19));
    }

    #[test]
    fn the_queue_is_sorted_by_its_fields_alone() {
        assert_eq!(sort("").unwrap(), None);
        assert_eq!(sort("-severity").unwrap(), Some((QueueField::Severity, true)));
        assert!(sort("id; DROP TABLE alert").is_err());
    }
}
