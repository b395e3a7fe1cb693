//! Work that goes on: how far it is, a way to cancel it, and where it leads when it is done.

use desk::JobView;
use maud::{Markup, html};

use crate::Visitor;

/// How far a job is. `jobs.js` looks at `/jobs/<id>` again and again, and goes to `then` when it has ended, however it ended; without scripts
/// there is a link to look again.
#[must_use]
pub fn progress(job: &JobView, then: &str, visitor: &Visitor) -> Markup {
    let known = job.progress.all > 0;
    // What changes something goes on to its end, whoever looks.
    let left = matches!(job.kind.as_str(), "hunt" | "backtest" | "preview").then(|| visitor.csrf());
    // A link to a place of the page that is shown would only scroll to it.
    let again = then.split('#').next().unwrap_or(then);
    html! {
        div.job data-job={ "/jobs/" (job.id) } data-then=(then) data-id=(job.id) data-left=[left] {
            div.job-line {
                span.job-words data-words dir="auto" { (if job.progress.words.is_empty() { "Under way" } else { &job.progress.words }) }
                span.soft data-count { @if known { (job.progress.done) " of " (job.progress.all) } }
            }
            progress aria-label="Progress" max=[known.then_some(job.progress.all)] value=[known.then_some(job.progress.done)] {}
            div.actions {
                a.button.quiet href=(again) { "Look again" }
                form.inline method="post" action={ "/jobs/" (job.id) "/cancel" } {
                    (super::form::token(visitor))
                    input type="hidden" name="then" value=(then);
                    button.button type="submit" data-key="c" { "Cancel" }
                }
            }
        }
    }
}
