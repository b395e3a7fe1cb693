//! What a report tells, a function a section.

use unicode_width::UnicodeWidthStr as _;

use super::page::{Line, Page, Tone, field};
use crate::{
    Finding, Publish, Severity, Today,
    baseline::{Standing, State},
    compare::{Known, Status},
    moment,
    report::{Changes, DomainReport, Report, SEVERITIES, SpfTree, TenantReport, count, purpose, today, zone_line},
};

/// Widest column of domains in the table.
const DOMAIN: usize = 34;
/// Cells of the columns between the domain and its worst finding, with the gaps.
const MIDDLE: usize = 2 + 5 + 2 + 5 + 2 + 9 + 2;
/// Fewest cells for the worst finding.
const WORST: usize = 24;
/// Records within records that are shown by how far they stand from the edge.
const DEEPEST: usize = 8;
/// A terminal narrower than this has no table.
const TABLE: usize = 66;

pub(super) fn head(report: &Report, page: &mut Page) {
    page.line(Line::default().and("Mail security check", Tone::Heading));
    page.words(0, &moment::minute(report.made_at), Tone::Quiet);
    let tone = report.domains.iter().map(|domain| of_today(domain.spoofing.today)).fold(Tone::Good, worse);
    page.words(0, &report.sentence(), tone);
}

pub(super) fn summary(report: &Report, page: &mut Page) {
    if report.domains.is_empty() {
        return;
    }
    page.gap();
    if page.width() < TABLE {
        for domain in &report.domains {
            let score = format!("{} {}  spoofable: {}", domain.score.points, domain.score.grade, today(domain.spoofing.today));
            page.words(0, &domain.domain, Tone::Plain);
            page.words(2, &score, of_today(domain.spoofing.today));
        }
        return;
    }
    let longest = report.domains.iter().map(|domain| domain.domain.width()).max().unwrap_or_default();
    let name = longest.clamp("Domain".len(), DOMAIN.min(page.width().saturating_sub(MIDDLE + WORST)));
    let rest = page.width().saturating_sub(name + MIDDLE);
    let heads = format!("{}  Score  Grade  Spoofable  Worst finding", field("Domain", name));
    page.line(Line::default().and(&heads, Tone::Quiet));
    for domain in &report.domains {
        let (worst, tone) = match domain.findings.first() {
            Some(finding) => (format!("{}: {}", finding.severity, finding.title), of(finding.severity)),
            None => ("none".to_owned(), Tone::Good),
        };
        let score = format!("  {:>5}  {:<5}  ", domain.score.points, domain.score.grade);
        let line = Line::default().and(&field(&domain.domain, name), Tone::Plain).and(&score, Tone::Plain);
        let line = line.and(&field(today(domain.spoofing.today), 9), of_today(domain.spoofing.today)).and("  ", Tone::Plain);
        page.line(line.and(field(&worst, rest).trim_end(), tone));
    }
}

pub(super) fn changes(changes: &Changes, page: &mut Page) {
    page.gap();
    let since = format!("Since the check of {}", moment::minute(changes.since));
    page.line(Line::default().and(&since, Tone::Heading));
    if changes.found.is_same() {
        page.words(2, "nothing changed", Tone::Quiet);
    }
    let told = |known: &Known| format!("{}: {} ({})", known.of, known.title, known.severity);
    for (known, status) in &changes.found.now {
        match status {
            Status::New => page.labelled(2, "new     ", Tone::Bad, &told(known), Tone::Plain),
            Status::Worse(was) => page.labelled(2, "worse   ", Tone::Bad, &format!("{}, was {was}", told(known)), Tone::Plain),
            Status::Better(was) => page.labelled(2, "better  ", Tone::Good, &format!("{}, was {was}", told(known)), Tone::Plain),
            Status::Open => {}
        }
    }
    for known in &changes.found.gone {
        page.labelled(2, "gone    ", Tone::Good, &told(known), Tone::Plain);
    }
}

pub(super) fn domain(domain: &DomainReport, page: &mut Page) {
    rule(page);
    page.words(0, &domain.domain, Tone::Heading);
    page.words(
        0,
        &format!("{} of 100, grade {}, {}", domain.score.points, domain.score.grade, purpose(domain.purpose)),
        Tone::Quiet,
    );
    page.words(0, &domain.spoofing.sentence, of_today(domain.spoofing.today));
    if let Some(why) = &domain.unfinished {
        page.words(0, &format!("Not everything could be asked: {why}."), Tone::Doubtful);
    }
    counts(&domain.findings, page);
    for finding in &domain.findings {
        self::finding(finding, &domain.domain, page);
    }
    if let Some(tree) = &domain.spf {
        spf(tree, page);
    }
    fine(&domain.fine, page);
}

/// The look-ups of the record as a tree, each with what it costs.
fn spf(tree: &SpfTree, page: &mut Page) {
    page.gap();
    page.labelled(0, "SPF      ", Tone::Quiet, &tree.sentence(), Tone::Plain);
    for term in &tree.terms {
        let indent = 9 + 2 * term.depth.min(DEEPEST);
        page.words(indent, &format!("{} ({})", term.text, term.words()), Tone::Quiet);
    }
}

pub(super) fn tenant(tenant: &TenantReport, page: &mut Page) {
    rule(page);
    page.words(0, &format!("Microsoft 365 tenant {}", tenant.name), Tone::Heading);
    counts(&tenant.findings, page);
    for finding in &tenant.findings {
        self::finding(finding, &tenant.name, page);
    }
    fine(&tenant.fine, page);
}

fn counts(findings: &[Finding], page: &mut Page) {
    let of = |severity: Severity| Some((count(findings, severity), severity)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> =
        SEVERITIES.into_iter().filter_map(of).map(|(count, severity)| format!("{count} {severity}")).collect();
    page.words(
        0,
        &if counts.is_empty() { "Nothing was found.".to_owned() } else { format!("Findings: {}.", counts.join(", ")) },
        Tone::Quiet,
    );
}

fn finding(finding: &Finding, of: &str, page: &mut Page) {
    page.gap();
    let about = if finding.subject.eq_ignore_ascii_case(of) { String::new() } else { format!(": {}", finding.subject) };
    let label = format!("{:<9}", finding.severity.to_string().to_ascii_uppercase());
    let label = if finding.severity == Severity::Informational { "INFO     ".to_owned() } else { label };
    page.labelled(0, &label, self::of(finding.severity), &format!("{}{about}", finding.title), Tone::Heading);
    page.words(2, &finding.meaning, Tone::Plain);
    page.labelled(2, "Risk   ", Tone::Quiet, &finding.risk, Tone::Plain);
    for (at, fact) in finding.facts.iter().enumerate() {
        let label = if at == 0 { "Seen   " } else { "       " };
        page.labelled(
            2,
            label,
            Tone::Quiet,
            &format!("{}{} {}", fact.what, if fact.what.contains(": ") { " =" } else { ":" }, fact.seen),
            Tone::Plain,
        );
    }
    page.labelled(2, "Do     ", Tone::Quiet, &finding.advice, Tone::Plain);
    for record in &finding.publish {
        if record.kind == Publish::FILE {
            page.labelled(4, "serve at ", Tone::Quiet, &record.name, Tone::Plain);
            record.value.lines().for_each(|line| page.copy(6, line));
            continue;
        }
        page.copy(4, &zone_line(record));
        for old in &record.instead_of {
            page.labelled(4, "instead of ", Tone::Quiet, old, Tone::Quiet);
        }
    }
    for command in &finding.commands {
        page.copy(4, &command.powershell());
        match &command.undo {
            Some(undo) => page.labelled(4, "undo: ", Tone::Quiet, &undo.powershell(), Tone::Quiet),
            None => page.words(4, command.note.as_deref().unwrap_or("Nothing takes this back."), Tone::Quiet),
        }
    }
    let mut see: Vec<String> = finding.references.iter().map(|page| format!("{} <{}>", page.title, page.url)).collect();
    if !finding.baseline.is_empty() {
        see.push(format!("CISA {}", finding.baseline.join(", ")));
    }
    for (at, text) in see.iter().enumerate() {
        page.labelled(2, if at == 0 { "See    " } else { "       " }, Tone::Quiet, text, Tone::Quiet);
    }
}

fn fine(fine: &[String], page: &mut Page) {
    if !fine.is_empty() {
        page.gap();
    }
    for sentence in fine {
        page.labelled(0, "OK       ", Tone::Good, sentence, Tone::Plain);
    }
}

pub(super) fn baseline(standings: &[Standing], page: &mut Page) {
    if standings.is_empty() {
        return;
    }
    rule(page);
    page.line(Line::default().and("CISA SCuBA baseline for mail", Tone::Heading));
    let of = |state: State| standings.iter().filter(|standing| standing.state == state).count();
    let (met, not, unknown) = (of(State::Met), of(State::NotMet), of(State::NotChecked));
    page.words(0, &format!("{met} controls met, {not} not met, {unknown} not checked here."), Tone::Quiet);
    let width = standings.iter().map(|standing| standing.control.id.len()).max().unwrap_or_default();
    for state in [State::NotMet, State::Met] {
        for standing in standings.iter().filter(|standing| standing.state == state) {
            let (word, tone) = match state {
                State::Met => ("met      ", Tone::Good),
                State::NotMet => ("not met  ", Tone::Bad),
                State::NotChecked => ("unknown  ", Tone::Quiet),
            };
            let label = format!("{word}{:<width$}  ", standing.control.id);
            page.labelled(0, &label, tone, &format!("{} {}", standing.control.level, standing.control.title), Tone::Plain);
        }
    }
    let unknown: Vec<&str> =
        standings.iter().filter(|standing| standing.state == State::NotChecked).map(|standing| standing.control.id).collect();
    if !unknown.is_empty() {
        page.labelled(0, "unknown  ", Tone::Quiet, &unknown.join(", "), Tone::Quiet);
    }
}

fn rule(page: &mut Page) {
    page.gap();
    let line = "─".repeat(page.width());
    page.line(Line::default().and(&line, Tone::Quiet));
}

/// What a severity means.
const fn of(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Bad,
        Severity::Medium => Tone::Doubtful,
        Severity::Low => Tone::Plain,
        Severity::Informational => Tone::Quiet,
    }
}

const fn of_today(today: Today) -> Tone {
    match today {
        Today::Yes => Tone::Bad,
        Today::Partly | Today::Unknown => Tone::Doubtful,
        Today::No => Tone::Good,
    }
}

const fn worse(a: Tone, b: Tone) -> Tone {
    match (a, b) {
        (Tone::Bad, _) | (_, Tone::Bad) => Tone::Bad,
        (Tone::Doubtful, _) | (_, Tone::Doubtful) => Tone::Doubtful,
        _ => Tone::Good,
    }
}
