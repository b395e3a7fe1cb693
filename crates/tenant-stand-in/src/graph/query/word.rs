//! The words of a query.

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// A name or a keyword.
    Name(String),
    /// A text, without its quotes.
    Text(String),
    /// A number, or a length of time such as `1d`.
    Number(String),
    /// What stood between the brackets of `datetime(...)`.
    Moment(String),
    /// Punctuation and operators.
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 16] = ["..", "==", "!=", "=~", "!~", ">=", "<=", ">", "<", "|", ",", "(", ")", ";", "=", "-"];

/// Cuts a query into its words.
pub(super) fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut rest = text.trim();
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (word, after) = if let Some(after) = rest.strip_prefix("//") {
            rest = after.split_once('\n').map_or("", |(_, after)| after).trim_start();
            continue;
        } else if first == '"' || first == '\'' {
            quoted(rest, first)?
        } else if let Some(after) = rest.strip_prefix("datetime(") {
            let (inner, after) = after.split_once(')').ok_or("Syntax error: ')' was expected.")?;
            (Word::Moment(inner.trim().trim_matches(['"', '\'']).to_owned()), after)
        } else if first.is_ascii_digit() {
            let (number, after) =
                cut(rest, |character| character.is_ascii_alphanumeric() || character == '.' && !rest.contains(".."));
            (Word::Number(number.to_owned()), after)
        } else if first.is_alphabetic() || first == '_' || first == '!' && !rest.starts_with("!=") && !rest.starts_with("!~") {
            let (name, after) = name(rest);
            (Word::Name(name.to_owned()), after)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("Syntax error: '{first}' was not expected."))?;
            (Word::Sign(sign), rest.get(sign.len()..).unwrap_or_default())
        };
        words.push(word);
        rest = after.trim_start();
    }
    if words.last() == Some(&Word::Sign(";")) {
        words.pop();
    }
    Ok(words)
}

fn cut(text: &str, is_in: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|character| !is_in(character)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A name; operators such as `!has`, `project-away` and `in~` are one word.
fn name(text: &str) -> (&str, &str) {
    let bare = text.strip_prefix('!').unwrap_or(text);
    let (word, _) = cut(bare, |character| character.is_alphanumeric() || character == '_');
    let mut end = text.len() - bare.len() + word.len();
    if word == "project" {
        end = ["project-away", "project-keep"].iter().find(|long| text.starts_with(**long)).map_or(end, |long| long.len());
    }
    if ["in", "has_any", "has_all"].contains(&word) && text.get(end..).is_some_and(|rest| rest.starts_with('~')) {
        end += 1;
    }
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn quoted(text: &str, quote: char) -> Result<(Word, &str), String> {
    let mut out = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        if character == quote {
            return Ok((Word::Text(out), text.get(index + 1..).unwrap_or_default()));
        }
        if character == '\\' {
            match characters.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((_, other)) => out.push(other),
                None => break,
            }
        } else {
            out.push(character);
        }
    }
    Err("Syntax error: a text is not closed.".to_owned())
}
