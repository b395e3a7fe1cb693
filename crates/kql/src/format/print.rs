//! The printer: tokens, gaps and comments to lines.
//!
//! A group is printed on one line if it fits; otherwise its gaps become line breaks. Start with [`print`].

use diag::Span;

use super::{
    WIDTH,
    plan::{Gap, Group, Plan},
};
use crate::token::Kind;

const INDENT: usize = 4;

/// Prints the plan; every token and comment occurs once, in order.
pub(super) fn print(plan: &Plan<'_>, comments: &[Span]) -> String {
    let mut groups = plan.groups.clone();
    groups.sort_by_key(|group| (group.start, usize::MAX - group.end));
    let mut printer = Printer::new(plan, comments);
    let mut next_group = groups.into_iter().peekable();
    for index in 0..plan.tokens.len() {
        printer.close_groups(index);
        printer.gap(index);
        while let Some(group) = next_group.next_if(|group| group.start == index) {
            printer.open(group);
        }
        printer.token(index);
    }
    let mut out = printer.out;
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

struct Open {
    group: Group,
    broken: bool,
}

struct Printer<'p> {
    plan: &'p Plan<'p>,
    comments: &'p [Span],
    next_comment: usize,
    out: String,
    column: usize,
    open: Vec<Open>,
    /// Sum of the widths of tokens and flat gaps before each token.
    flat: Vec<usize>,
    /// How many gaps before each token must be line breaks.
    breaks: Vec<usize>,
    /// For each token, the next one at or after it before which a line may break inside a list.
    next_fill: Vec<usize>,
}

impl<'p> Printer<'p> {
    fn new(plan: &'p Plan<'p>, comments: &'p [Span]) -> Self {
        let count = plan.tokens.len();
        let mut printer = Self {
            plan,
            comments,
            next_comment: 0,
            out: String::with_capacity(plan.text.len() + plan.text.len() / 8),
            column: 0,
            open: Vec::new(),
            flat: Vec::with_capacity(count + 1),
            breaks: Vec::with_capacity(count + 1),
            next_fill: vec![count; count + 1],
        };
        let (mut width, mut breaks) = (0, 0);
        let mut comment = 0;
        for index in 0..count {
            let comments_here = comment;
            while printer.comments.get(comment).is_some_and(|span| span.start < plan.tokens[index].span.start) {
                comment += 1;
            }
            let hard = comment > comments_here || matches!(plan.gaps[index], Gap::Hard | Gap::Statement);
            breaks += usize::from(hard);
            width += printer.flat_gap(index).chars().count();
            printer.flat.push(width);
            printer.breaks.push(breaks);
            width += first_line(plan.word(index)).chars().count();
        }
        printer.flat.push(width);
        printer.breaks.push(breaks);
        for index in (0..count).rev() {
            printer.next_fill[index] = if plan.gaps[index] == Gap::Fill { index } else { printer.next_fill[index + 1] };
        }
        printer
    }

    /// What stands before a token on an unbroken line.
    fn flat_gap(&self, index: usize) -> &'p str {
        match self.plan.gaps[index] {
            Gap::None | Gap::Soft => "",
            Gap::Space | Gap::Line | Gap::Fill | Gap::Hard | Gap::Statement => " ",
            Gap::Verbatim => self.source_gap(index),
            Gap::Auto if index > 0 && spaced(self.plan, index) => " ",
            Gap::Auto => "",
        }
    }

    fn source_gap(&self, index: usize) -> &'p str {
        let start = index.checked_sub(1).map_or(0, |before| self.plan.tokens[before].span.end);
        self.plan.text.get(start..self.plan.tokens[index].span.start).unwrap_or("")
    }

    fn close_groups(&mut self, index: usize) {
        while self.open.last().is_some_and(|open| open.group.end < index) {
            self.open.pop();
        }
    }

    fn open(&mut self, group: Group) {
        let end = group.end.min(self.plan.tokens.len() - 1);
        let hard = self.breaks[end] > self.breaks[group.start];
        let mut width = self.flat[end] + first_line(self.plan.word(end)).chars().count() - self.flat[group.start];
        // A closing bracket or comma right after belongs on the same line.
        width += (end + 1..self.plan.tokens.len())
            .take_while(|&next| {
                matches!(self.plan.kind(next), Kind::CloseParen | Kind::CloseBracket | Kind::Comma | Kind::Semicolon)
            })
            .take_while(|&next| matches!(self.plan.gaps[next], Gap::Auto | Gap::None))
            .take(4)
            .count();
        self.open.push(Open { group, broken: hard || self.column + width > WIDTH });
    }

    /// Prints what stands before the token: comments, then a line break, a space or nothing.
    fn gap(&mut self, index: usize) {
        let gap = self.plan.gaps[index];
        if gap == Gap::Verbatim {
            let text = self.source_gap(index);
            self.push(text);
            let start = self.plan.tokens[index].span.start;
            while self.comments.get(self.next_comment).is_some_and(|span| span.start < start) {
                self.next_comment += 1;
            }
            return;
        }
        if self.comments_before(index) {
            return;
        }
        let broken = self.open.last().is_some_and(|open| open.broken && open.group.start < index);
        let breaks = match gap {
            Gap::Hard | Gap::Statement => true,
            Gap::Line | Gap::Soft => broken,
            Gap::Fill => broken && self.column + self.item_width(index) > WIDTH,
            _ => false,
        };
        if !breaks {
            let flat = self.flat_gap(index);
            return self.push(flat);
        }
        if index == 0 || self.plan.kind(index) == Kind::End {
            return;
        }
        self.newline(index, gap == Gap::Statement && self.source_gap(index).matches('\n').count() > 1);
    }

    /// The width of the item of a list that begins at `index`, its comma included.
    fn item_width(&self, index: usize) -> usize {
        let group_end = self.open.last().map_or(index, |open| open.group.end);
        let next = self.next_fill[index + 1].min(group_end + 1);
        1 + self.flat[next - 1] + self.plan.word(next - 1).chars().count() - self.flat[index]
    }

    /// Prints the comments before token `index`, each where it was: at the end of the line or on its own. Whether any was.
    fn comments_before(&mut self, index: usize) -> bool {
        let token = self.plan.tokens[index];
        let before = index.checked_sub(1).map_or(0, |before| self.plan.tokens[before].span.end);
        let mut end = before;
        let mut any = false;
        while let Some(&comment) = self.comments.get(self.next_comment).filter(|comment| comment.start < token.span.start) {
            let between = self.plan.text.get(end..comment.start).unwrap_or("");
            let text = self.plan.text.get(comment.start..comment.end).unwrap_or("").trim_end();
            if index > 0 && !any && !between.contains('\n') {
                self.push(" ");
            } else if index > 0 || any {
                self.newline(index, self.keeps_empty_lines(index) && between.matches('\n').count() > 1);
            }
            self.push(text);
            self.next_comment += 1;
            end = comment.end;
            any = true;
        }
        if any && token.kind != Kind::End {
            let between = self.plan.text.get(end..token.span.start).unwrap_or("");
            self.newline(index, self.keeps_empty_lines(index) && between.matches('\n').count() > 1);
        }
        any
    }

    fn keeps_empty_lines(&self, index: usize) -> bool {
        index == 0 || self.plan.gaps[index] == Gap::Statement || self.plan.kind(index) == Kind::End
    }

    fn newline(&mut self, index: usize, empty_line: bool) {
        let levels =
            self.open.iter().filter(|open| open.broken && open.group.inner.0 <= index && index <= open.group.inner.1).count();
        // A token that no group gave a line of its own still stands apart from the line it continues.
        let continued = !matches!(self.plan.gaps[index], Gap::Line | Gap::Soft | Gap::Fill | Gap::Hard | Gap::Statement)
            && self.plan.kind(index) != Kind::End
            && index > 0;
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push_str(if empty_line { "\n\n" } else { "\n" });
        self.column = INDENT * (levels + usize::from(continued));
        self.out.extend(std::iter::repeat_n(' ', self.column));
    }

    fn token(&mut self, index: usize) {
        let word = self.plan.word(index);
        self.push(word);
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or("")
}

/// Whether a space stands before token `index` by default.
fn spaced(plan: &Plan<'_>, index: usize) -> bool {
    let before = plan.kind(index - 1);
    let kind = plan.kind(index);
    let joined = plan.tokens[index - 1].span.end == plan.tokens[index].span.start;
    match (before, kind) {
        (_, Kind::Comma | Kind::Semicolon | Kind::CloseParen | Kind::CloseBracket | Kind::Dot | Kind::Colon | Kind::End) => false,
        (Kind::OpenParen | Kind::OpenBracket | Kind::Dot | Kind::Colon | Kind::Bang, _) => false,
        (_, Kind::Tilde) if joined => false,
        _ => true,
    }
}
