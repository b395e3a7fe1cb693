//! What receivers report: the views of `spoofwatch reports`, each a saved function, with the query behind it.

use ::desk::{Fault, Reports, Sheet};
use async_trait::async_trait;

use super::{Context, asking};
use crate::{clock, command::ReportView};

/// Rows of a view.
const ROWS: usize = 5000;
/// How far back a view looks at most, in days.
const DAYS: u32 = 3660;
/// Ticks of a day.
const DAY: i64 = 864_000_000_000;

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
}

#[async_trait]
impl Reports for Here {
    fn views(&self) -> Vec<(String, String, String)> {
        let views = ReportView::ALL.iter();
        views.map(|view| (view.name().to_owned(), view.title().to_owned(), view.about().to_owned())).collect()
    }

    async fn view(&self, view: &str, domain: &str, days: u32) -> Result<(Sheet, String), Fault> {
        let known = ReportView::ALL.into_iter().find(|known| known.name() == view);
        let known = known.ok_or_else(|| Fault::Unknown { what: "view", id: view.to_owned() })?;
        let domains = match domain.trim() {
            "" => Vec::new(),
            text => vec![asking::domain(text)?],
        };
        let since = clock::now().saturating_sub(i64::from(days.clamp(1, DAYS)).saturating_mul(DAY));
        let query = known.query(&domains, Some(since), None);
        Ok((self.desk.rows(&query, ROWS).await?, query))
    }
}
