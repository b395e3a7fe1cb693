//! The line editor: history, completion, colours, and when a query is finished.

use std::{borrow::Cow, fs::OpenOptions, path::Path, sync::Arc};

use assist::{CandidateKind, Class};
use reedline::{
    Color, ColumnarMenu, Completer, CompletionResult, EditCommand, Emacs, FileBackedHistory, Highlighter, KeyCode, KeyModifiers,
    MenuBuilder as _, Prompt, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu, Span, StyledText,
    Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};

use super::{command, knowledge::Known};
use crate::{
    query::Language,
    term::{self, Screen},
};

/// Queries that are remembered.
const REMEMBERED: usize = 5000;
/// The file of the data directory that remembers them.
const HISTORY: &str = "hunt-history";
const MENU: &str = "completion";

/// An editor with all of it.
pub(super) fn editor(data: &Path, known: Arc<Known>) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let complete = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(complete));
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, ReedlineEvent::Edit(vec![EditCommand::InsertNewline]));
    let menu = ColumnarMenu::default().with_name(MENU).with_columns(1);
    let editor = Reedline::create()
        .with_ansi_colors(Screen::stdout().colour)
        .use_bracketed_paste(true)
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_completer(Box::new(Completion(Arc::clone(&known))))
        .with_highlighter(Box::new(Colours(Arc::clone(&known))))
        .with_validator(Box::new(Finished(known)))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    match history(data) {
        Ok(history) => editor.with_history(Box::new(history)),
        Err(error) => {
            term::warn(&format!("queries are not remembered: {}: {error}", data.join(HISTORY).display()));
            editor
        }
    }
}

/// The history in the data directory, which nobody else can read: queries name people.
fn history(data: &Path) -> std::io::Result<FileBackedHistory> {
    std::fs::create_dir_all(data)?;
    let path = data.join(HISTORY);
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(&path)?);
    FileBackedHistory::with_file(REMEMBERED, path).map_err(|error| std::io::Error::other(error.to_string()))
}

struct Completion(Arc<Known>);

impl Completer for Completion {
    fn complete(&mut self, line: &str, at: usize) -> CompletionResult {
        if line.starts_with('.') && !line.contains(char::is_whitespace) {
            let commands = command::ALL.iter().filter(|(word, ..)| word.starts_with(line));
            let suggestion = |(word, _, what): &(&str, &str, &str)| Suggestion {
                value: (*word).to_owned(),
                description: Some((*what).to_owned()),
                span: Span { start: 0, end: at },
                append_whitespace: true,
                ..Suggestion::default()
            };
            return CompletionResult::fresh(commands.map(suggestion).collect::<Vec<_>>());
        }
        // Behind `.schema` and `.explain` stands a query like any other.
        let start = if line.starts_with('.') { line.find(char::is_whitespace).unwrap_or(0) } else { 0 };
        let Some(cursor) = at.checked_sub(start) else { return CompletionResult::fresh(Vec::new()) };
        let kibana = self.0.dialect().kibana();
        let found = match kibana {
            None => assist::complete(&line[start..], cursor, self.0.as_ref()),
            Some(language) => assist::complete_kibana(&line[start..], cursor, language, &self.0.fields()),
        };
        let span = Span { start: start + found.replace.start, end: start + found.replace.end };
        let open = line.get(at..).is_some_and(|rest| rest.starts_with('('));
        let suggestion = |candidate: assist::Candidate| Suggestion {
            value: match candidate.kind {
                kind if kind.is_called() && !open => format!("{}(", candidate.text),
                CandidateKind::Column if kibana.is_some() => format!("{}:", candidate.text),
                _ => candidate.text.clone(),
            },
            description: (!candidate.detail.is_empty()).then(|| term::harmless(&candidate.detail, 100)),
            span,
            append_whitespace: matches!(candidate.kind, CandidateKind::Operator | CandidateKind::Table)
                || candidate.kind == CandidateKind::Keyword && !candidate.text.ends_with(['=', '(']),
            ..Suggestion::default()
        };
        CompletionResult::fresh(found.candidates.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

struct Colours(Arc<Known>);

impl Highlighter for Colours {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut styled = StyledText::new();
        let words = match self.0.dialect().kibana() {
            None => assist::highlight(line),
            Some(language) => assist::highlight_kibana(line, language),
        };
        let mut done = 0;
        for (span, class) in words {
            if done < span.start {
                styled.push((Color::Default.normal(), line[done..span.start].to_owned()));
            }
            let style = match class {
                Class::Operator => Color::Blue.bold(),
                Class::Keyword => Color::Blue.normal(),
                Class::Function | Class::Field => Color::Cyan.normal(),
                Class::Text => Color::Green.normal(),
                Class::OpenText => Color::Yellow.normal(),
                Class::Number => Color::Magenta.normal(),
                Class::Comment => Color::DarkGray.normal(),
                Class::Pipe => Color::Default.bold(),
            };
            styled.push((style, line[span.start..span.end].to_owned()));
            done = span.end;
        }
        styled.push((Color::Default.normal(), line[done..].to_owned()));
        styled
    }
}

struct Finished(Arc<Known>);

impl Validator for Finished {
    fn validate(&self, line: &str) -> ValidationResult {
        let other = line.trim().is_empty() || line.trim_start().starts_with('.') || self.0.dialect().is_elastic();
        let whole = other || assist::is_finished(line);
        if whole { ValidationResult::Complete } else { ValidationResult::Incomplete }
    }
}

/// What stands before the lines of a query: the language, if it is not Kusto.
pub(super) struct Marks(pub(super) Arc<Known>);

impl Prompt for Marks {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        match self.0.dialect().language.and_then(Language::elastic) {
            None => "hunt".into(),
            Some(language) => language.name().into(),
        }
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        "".into()
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        "> ".into()
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        "    | ".into()
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        format!("(history: {}) ", search.term).into()
    }
}
