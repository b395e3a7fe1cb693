//! A rule's guide in a file of its own: `NAME.md` beside `NAME.yaml`, for the forms that have no room for one. Pure.

use crate::model::Rule;

/// The heading of the harmless causes.
const FALSE_POSITIVES: &str = "false positives";

/// Gives a guide to a rule that has none of its own; what stands under "False positives" are its harmless causes.
pub(crate) fn attach(rule: &mut Rule, markdown: &str) {
    if !rule.note.is_empty() {
        return;
    }
    if rule.false_positives.is_empty() {
        rule.false_positives = items(markdown, |heading| heading == FALSE_POSITIVES);
    }
    markdown.clone_into(&mut rule.note);
}

/// The items of the lists under headings that are wanted, given in lower case. An item that goes on in further lines is one text.
#[must_use]
pub fn items(markdown: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut inside, mut open, mut fenced) = (false, false, false);
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            open = false;
            continue;
        }
        if fenced {
            continue;
        }
        if let Some(heading) = line.strip_prefix('#') {
            inside = wanted(heading.trim_start_matches('#').trim().to_lowercase().as_str());
            open = false;
            continue;
        }
        let text = line.trim();
        if !inside || text.is_empty() {
            open = false;
            continue;
        }
        let item = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")).or_else(|| numbered(text));
        match (item, found.last_mut()) {
            (Some(item), _) => {
                found.push(item.trim().to_owned());
                open = true;
            }
            (None, Some(last)) if open => {
                last.push(' ');
                last.push_str(text);
            }
            _ => {}
        }
    }
    found
}

/// The words after `1. `.
fn numbered(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| line[digits..].strip_prefix(". ")).flatten()
}

#[cfg(test)]
mod tests {
    use super::{attach, items, numbered};

    const GUIDE: &str = "# A rule\n\nText.\n\n## False positives\n\n- Copiers that\n  do not sign.\n- Gateways.\n\nNo item.\n\n\
        ## Response playbook\n\n1. Purge it,\n   everywhere.\n2. Tell them.\n\n```kql\n- no item\n```\n";

    #[test]
    fn an_item_goes_on_until_its_list_ends() {
        assert_eq!(items(GUIDE, |heading| heading == "false positives"), ["Copiers that do not sign.", "Gateways."]);
        assert_eq!(items(GUIDE, |heading| heading.contains("playbook")), ["Purge it, everywhere.", "Tell them."]);
        assert_eq!(items(GUIDE, |_| false), Vec::<String>::new());
    }

    #[test]
    fn numbers_mark_steps() {
        assert_eq!(numbered("12. Do it"), Some("Do it"));
        assert_eq!(numbered("12 Do it"), None);
    }

    #[test]
    fn a_rule_keeps_the_guide_it_has() {
        let read = |text: &str| crate::read("a.yaml", text.as_bytes()).rules.pop();
        let mut bare = read("id: a\nname: A\nquery: T\n").unwrap_or_else(|| unreachable!("the rule can be read"));
        attach(&mut bare, GUIDE);
        assert_eq!((bare.note.as_str(), bare.false_positives.len()), (GUIDE, 2));
        attach(&mut bare, "another");
        assert_eq!(bare.note, GUIDE);
    }
}
