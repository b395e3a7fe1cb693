//! `spoofwatch dkim schedule`: what is due when, what is overdue first.

use serde_json::json;
use state::State;

use super::{Form, Keys, Listing};
use crate::{
    command::alerts::moment,
    failure::Failure,
    harden::{self, dkim::Row},
    output,
    term::{self, Column},
};

pub(super) async fn run(keys: &Keys, state: Option<&State>, options: &Listing) -> Result<(), Failure> {
    let now = harden::now();
    let mut rows = keys.rows(&options.domains, state, now).await?;
    rows.retain(|row| row.next.is_some());
    rows.sort_by(|one, other| (!one.overdue, one.next, &one.domain).cmp(&(!other.overdue, other.next, &other.domain)));
    if options.format == Form::Json {
        let entry = |row: &Row| json!({"at": row.next, "overdue": row.overdue, "domain": row.domain, "signer": row.signer, "what": row.then});
        return output::print(&format!("{}\n", json!(rows.iter().map(entry).collect::<Vec<_>>())));
    }
    if rows.is_empty() {
        return output::print("nothing is due\n");
    }
    let columns = ["When", "", "Domain", "Signed by", "What"].map(Column::text);
    let lines = rows.into_iter().map(|row| {
        let at = row.next.unwrap_or(now);
        let mark = if row.overdue {
            "overdue"
        } else if at <= now {
            "now"
        } else {
            ""
        };
        vec![moment(at), mark.to_owned(), row.domain, row.signer, row.then]
    });
    output::print(&term::grid(&columns, lines))
}
