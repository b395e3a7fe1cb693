//! What is told of a message, before it is text or HTML: sections of facts and tables, all of it plain words.

/// How a word is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    Plain,
    /// Speaks for the message.
    Good,
    /// Speaks against it.
    Bad,
    /// Leaves it open.
    Doubtful,
}

/// Words with their tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) tone: Tone,
}

impl Words {
    /// Words that say what they say.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Plain }
    }

    /// A result of authentication, toned by what it means.
    pub(super) fn result(text: &str) -> Self {
        let tone = match text {
            "pass" | "bestguesspass" => Tone::Good,
            "fail" | "permerror" | "policy" => Tone::Bad,
            "softfail" | "softpass" | "temperror" | "neutral" => Tone::Doubtful,
            _ => Tone::Plain,
        };
        Self { text: text.to_owned(), tone }
    }

    /// Words that speak against the message.
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Bad }
    }
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// Its heading.
    pub(super) title: &'static str,
    /// What stands in it, in order.
    pub(super) blocks: Vec<Block>,
}

/// What stands in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Names and what they are.
    Facts(Vec<(String, Words)>),
    /// Rows below headings.
    Table {
        /// The headings.
        columns: Vec<&'static str>,
        /// The rows, each as long as the headings.
        rows: Vec<Vec<Words>>,
    },
    /// A line of its own.
    Line(Words),
}

impl Section {
    /// A section without anything in it yet.
    pub(super) const fn new(title: &'static str) -> Self {
        Self { title, blocks: Vec::new() }
    }

    /// Adds a block; an empty one is left out.
    pub(super) fn add(&mut self, block: Block) {
        let is_empty = match &block {
            Block::Facts(facts) => facts.is_empty(),
            Block::Table { rows, .. } => rows.is_empty(),
            Block::Line(words) => words.text.is_empty(),
        };
        if !is_empty {
            self.blocks.push(block);
        }
    }
}
