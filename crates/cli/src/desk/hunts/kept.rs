//! Queries that people keep, and those they ran.

use ::desk::{Fault, PastHunt, SavedHunt};
use state::Hunt;

use super::{Here, run, shipped};

/// Queries that a person keeps at most.
const KEPT: i64 = 1000;
/// Bytes of a kept query.
const QUERY: usize = 64 << 10;
/// Characters of a name.
const NAME: usize = 200;
/// Characters of what it shows.
const DESCRIPTION: usize = 2000;

impl Here {
    pub(super) async fn kept(&self, kind: &str, who: &str) -> Result<Vec<SavedHunt>, Fault> {
        let kept = self.desk.state().hunts(kind, who).await?.into_iter().map(shown);
        Ok(kept.chain(shipped::all().filter(|hunt| hunt.kind == kind)).collect())
    }

    pub(super) async fn keep(&self, hunt: SavedHunt, who: &str) -> Result<SavedHunt, Fault> {
        let name = hunt.name.trim();
        if name.is_empty() || name.chars().count() > NAME {
            return Err(Fault::input(format!("a name is needed, of {NAME} characters at most")));
        }
        if hunt.description.chars().count() > DESCRIPTION || hunt.query.len() > QUERY {
            return Err(Fault::Limit {
                reason: format!("a kept query has {} kB at most, its description {DESCRIPTION} characters", QUERY >> 10),
            });
        }
        if !matches!(hunt.kind.as_str(), "hunt" | "alerts") {
            return Err(Fault::input(format!("`{}` is no kind of query that is kept: hunt or alerts", hunt.kind)));
        }
        if hunt.kind == "hunt" && hunt.query.trim().is_empty() {
            return Err(Fault::input("there is no query to keep"));
        }
        let language = run::named(run::language(&hunt.language)?).to_owned();
        let now = self.desk.now();
        let is_new = hunt.id.is_empty();
        if hunt.id.starts_with(shipped::SHIPPED) {
            return Err(Fault::Refused {
                reason: "what ships with the program is not changed: keep it under another name".to_owned(),
            });
        }
        let state = self.desk.state();
        if is_new && state.kept_hunts(who).await? >= KEPT {
            return Err(Fault::Limit { reason: format!("{who} keeps {KEPT} queries already: forget some") });
        }
        if !is_new && !state.hunts(&hunt.kind, who).await?.iter().any(|known| known.id == hunt.id && known.owner == who) {
            return Err(Fault::Unknown { what: "query", id: hunt.id });
        }
        let kept = Hunt {
            id: if is_new { fresh_id()? } else { hunt.id },
            name: name.to_owned(),
            description: hunt.description,
            kind: hunt.kind,
            query: hunt.query,
            language,
            owner: who.to_owned(),
            shared: hunt.shared,
            created_at: now,
            updated_at: now,
        };
        state.keep_hunt(&kept, now).await?;
        Ok(shown(kept))
    }

    pub(super) async fn past(&self, who: &str) -> Result<Vec<PastHunt>, Fault> {
        let past = self.desk.state().past_hunts(who).await?.into_iter();
        Ok(past
            .map(|ran| PastHunt {
                at: ran.at,
                query: ran.query,
                language: ran.language,
                rows: ran.rows.and_then(|rows| u64::try_from(rows).ok()),
                took_us: ran.took_us,
                fault: ran.fault,
            })
            .collect())
    }
}

fn shown(hunt: Hunt) -> SavedHunt {
    SavedHunt {
        id: hunt.id,
        name: hunt.name,
        description: hunt.description,
        kind: hunt.kind,
        query: hunt.query,
        language: hunt.language,
        owner: hunt.owner,
        shared: hunt.shared,
        updated_at: hunt.updated_at,
    }
}

/// An id that nobody guesses, and that says nothing.
fn fresh_id() -> Result<String, Fault> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).map_err(Fault::internal)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
