//! Hunting: queries of people, within limits, with help while they are written.
//!
//! Start with [`run`]; help is in [`help`], what there is to ask in [`browse`], what is kept in [`kept`].

mod browse;
mod help;
mod kept;
mod run;
mod shipped;
#[cfg(test)]
mod tests;

use ::desk::{
    Completions, Download, Fault, FunctionLine, HuntAnswer, HuntAsk, Hunts, Looked, PastHunt, SavedHunt, TableLine, Work, Writing,
};
use async_trait::async_trait;

use super::Context;
pub(super) use help::colours;
pub(super) use run::language;

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
impl Hunts for Here {
    async fn run(&self, ask: &HuntAsk, who: &str, work: &Work) -> Result<HuntAnswer, Fault> {
        self.answer(ask, who, work).await
    }

    async fn export(&self, ask: &HuntAsk, form: &str, who: &str, work: &Work) -> Result<Download, Fault> {
        self.file(ask, form, who, work).await
    }

    async fn look(&self, writing: Writing<'_>) -> Result<Looked, Fault> {
        self.looked(writing).await
    }

    async fn complete(&self, writing: Writing<'_>, at: usize) -> Result<Completions, Fault> {
        self.completed(writing, at).await
    }

    async fn tables(&self) -> Result<Vec<TableLine>, Fault> {
        self.every_table().await
    }

    async fn functions(&self) -> Result<Vec<FunctionLine>, Fault> {
        self.every_function().await
    }

    async fn function(&self, name: &str) -> Result<String, Fault> {
        self.page(name).await
    }

    async fn saved(&self, kind: &str, who: &str) -> Result<Vec<SavedHunt>, Fault> {
        self.kept(kind, who).await
    }

    async fn save(&self, hunt: SavedHunt, who: &str) -> Result<SavedHunt, Fault> {
        self.keep(hunt, who).await
    }

    async fn forget(&self, id: &str, who: &str) -> Result<(), Fault> {
        Ok(self.desk.state().forget_hunt(id, who, self.desk.now()).await?)
    }

    async fn history(&self, who: &str) -> Result<Vec<PastHunt>, Fault> {
        self.past(who).await
    }

    async fn explain(&self, ask: &HuntAsk) -> Result<String, Fault> {
        self.explained(ask).await
    }
}
