//! What the page tells, a function a section.

use super::escape::{copied, escaped, link, prose};
use crate::{
    CommandLine, Finding, Publish, Severity, Today,
    baseline::{Standing, State},
    compare::{Known, Status},
    moment,
    report::{Changes, DomainReport, Report, SEVERITIES, SpfTree, TenantReport, count, purpose, today, zone_line},
};

/// Records within records that are shown by how far they stand from the edge.
const DEEPEST: usize = 8;

pub(super) fn head(report: &Report, out: &mut String) {
    let tone =
        report.domains.iter().map(|domain| domain.spoofing.today).fold("good", |tone, spoofable| match (tone, spoofable) {
            ("bad", _) | (_, Today::Yes) => "bad",
            ("doubtful", _) | (_, Today::Partly | Today::Unknown) => "doubtful",
            _ => "good",
        });
    out.push_str(&format!(
        "<header class=\"{tone}\">\n<h1>{}</h1>\n<p>Mail security check of <time class=\"nowrap\" datetime=\"{}\">{}</time></p>\n",
        escaped(&report.sentence()),
        moment::write(report.made_at),
        moment::minute(report.made_at),
    ));
    let all = || {
        report.domains.iter().flat_map(|domain| &domain.findings).chain(report.tenant.iter().flat_map(|tenant| &tenant.findings))
    };
    out.push_str("<ul class=\"counts\">\n");
    for severity in SEVERITIES {
        let many = all().filter(|finding| finding.severity == severity).count();
        let none = if many == 0 { " none" } else { "" };
        out.push_str(&format!("<li class=\"{severity}{none}\"><b>{many}</b> {severity}</li>\n"));
    }
    out.push_str("</ul>\n</header>\n");
}

pub(super) fn summary(report: &Report, out: &mut String) {
    if report.domains.is_empty() {
        return;
    }
    out.push_str(
        "<section aria-labelledby=\"domains\">\n<h2 id=\"domains\">Domains</h2>\n<table class=\"domains\" role=\"table\">\n\
         <caption>How well each domain is guarded, and what is worst</caption>\n<thead><tr><th scope=\"col\">Domain</th>\
         <th scope=\"col\">Score</th><th scope=\"col\">Spoofable</th><th scope=\"col\">Worst finding</th></tr></thead>\n<tbody>\n",
    );
    for (at, domain) in report.domains.iter().enumerate() {
        let worst = match domain.findings.first() {
            Some(finding) => format!("{} {}", badge(finding.severity), prose(&finding.title)),
            None => "<span class=\"good\">nothing</span>".to_owned(),
        };
        out.push_str(&format!(
            "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\"><a href=\"#domain-{at}\">{}</a></th><td role=\"cell\" data-name=\"Score\"><div>{}</div></td><td role=\"cell\" data-name=\"Spoofable\"><div>{}</div></td><td role=\"cell\" data-name=\"Worst finding\"><div>{worst}</div></td></tr>\n",
            escaped(&domain.domain),
            score(domain),
            spoofable(domain.spoofing.today),
        ));
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

fn score(domain: &DomainReport) -> String {
    let grade = domain.score.grade.to_ascii_lowercase();
    let grade = if grade.is_ascii_alphabetic() { grade } else { 'f' };
    format!(
        "<span class=\"score grade-{grade}\"><b>{}</b> {}<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{}%\"></i></span></span>",
        escaped(&domain.score.grade.to_string()),
        domain.score.points,
        domain.score.points.min(100),
    )
}

fn spoofable(spoofable: Today) -> String {
    let tone = match spoofable {
        Today::Yes => "bad",
        Today::Partly | Today::Unknown => "doubtful",
        Today::No => "good",
    };
    format!("<span class=\"{tone}\">{}</span>", today(spoofable))
}

fn badge(severity: Severity) -> String {
    format!("<span class=\"badge {severity}\">{severity}</span>")
}

pub(super) fn changes(changes: &Changes, out: &mut String) {
    out.push_str(&format!(
        "<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">Since the check of <span class=\"nowrap\">{}</span></h2>\n",
        moment::minute(changes.since)
    ));
    if changes.found.is_same() {
        out.push_str("<p>Nothing changed.</p>\n");
    }
    let item = |word: &str, tone: &str, known: &Known, was: Option<Severity>| {
        let was = was.map(|was| format!(" <span class=\"quiet\">was {was}</span>")).unwrap_or_default();
        format!(
            "<li><b class=\"{tone}\">{word}</b> <span>{}</span> <span>{} {}{was}</span></li>\n",
            escaped(&known.of),
            badge(known.severity),
            escaped(&known.title)
        )
    };
    let mut items = String::new();
    for (known, status) in &changes.found.now {
        match status {
            Status::New => items.push_str(&item("new", "bad", known, None)),
            Status::Worse(was) => items.push_str(&item("worse", "bad", known, Some(*was))),
            Status::Better(was) => items.push_str(&item("better", "good", known, Some(*was))),
            Status::Open => {}
        }
    }
    for known in &changes.found.gone {
        items.push_str(&item("gone", "good", known, None));
    }
    if !items.is_empty() {
        out.push_str(&format!("<ul class=\"changes\">\n{items}</ul>\n"));
    }
    out.push_str("</section>\n");
}

pub(super) fn domain(at: usize, domain: &DomainReport, out: &mut String) {
    out.push_str(&format!(
        "<section class=\"subject\" aria-labelledby=\"domain-{at}\">\n<div class=\"title\"><h2 id=\"domain-{at}\">{}</h2>{}</div>\n\
         <p class=\"verdict\">{}</p>\n<p class=\"quiet\">{}{}</p>\n",
        escaped(&domain.domain),
        score(domain),
        prose(&domain.spoofing.sentence),
        capital(purpose(domain.purpose)),
        counts(&domain.findings),
    ));
    if let Some(why) = &domain.unfinished {
        out.push_str(&format!("<p class=\"doubtful\">Not everything could be asked: {}.</p>\n", escaped(why)));
    }
    findings(&domain.findings, &domain.domain, out);
    if let Some(tree) = &domain.spf {
        spf(tree, out);
    }
    fine(&domain.fine, out);
    out.push_str("</section>\n");
}

/// The look-ups of the record as a tree, which is shown when it is asked for.
fn spf(tree: &SpfTree, out: &mut String) {
    out.push_str(&format!("<details class=\"spf\"><summary><b>SPF</b> {}</summary>\n<ul>\n", escaped(&tree.sentence())));
    for term in &tree.terms {
        let depth = term.depth.min(DEEPEST);
        let (text, words) = (escaped(&term.text), term.words());
        out.push_str(&format!("<li style=\"margin-left:{depth}em\"><code>{text}</code> {words}</li>\n"));
    }
    out.push_str("</ul></details>\n");
}

pub(super) fn tenant(tenant: &TenantReport, out: &mut String) {
    out.push_str(&format!(
        "<section class=\"subject\" aria-labelledby=\"tenant\">\n<div class=\"title\"><h2 id=\"tenant\">Microsoft 365 tenant {}</h2></div>\n\
         <p class=\"quiet\">Configuration{}</p>\n",
        escaped(&tenant.name),
        counts(&tenant.findings),
    ));
    findings(&tenant.findings, &tenant.name, out);
    fine(&tenant.fine, out);
    out.push_str("</section>\n");
}

fn counts(findings: &[Finding]) -> String {
    let of = |severity: Severity| Some((count(findings, severity), severity)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> =
        SEVERITIES.into_iter().filter_map(of).map(|(count, severity)| format!("{count} {severity}")).collect();
    if counts.is_empty() { " · nothing was found".to_owned() } else { format!(" · {}", counts.join(", ")) }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn findings(findings: &[Finding], of: &str, out: &mut String) {
    if findings.is_empty() {
        return;
    }
    out.push_str("<div class=\"findings\">\n");
    for finding in findings {
        self::finding(finding, of, out);
    }
    out.push_str("</div>\n");
}

fn finding(finding: &Finding, of: &str, out: &mut String) {
    let about = if finding.subject.eq_ignore_ascii_case(of) {
        String::new()
    } else {
        format!("<span class=\"about\">{}</span>", escaped(&finding.subject))
    };
    out.push_str(&format!(
        "<article class=\"{0}\">\n<h3>{1} {2}</h3>\n{about}<p>{3}</p>\n<p class=\"risk\"><b>Risk</b> {4}</p>\n<p><b>Do</b> {5}</p>\n",
        finding.severity,
        badge(finding.severity),
        prose(&finding.title),
        prose(&finding.meaning),
        prose(&finding.risk),
        prose(&finding.advice),
    ));
    for record in &finding.publish {
        let (label, text) = match record.kind {
            Publish::FILE => {
                let lines: Vec<String> = record.value.lines().map(copied).collect();
                (format!("Serve at {}", escaped(&record.name)), lines.join("\n"))
            }
            _ => ("Publish".to_owned(), copied(&zone_line(record))),
        };
        out.push_str(&format!("<div class=\"copy\"><span>{label}</span><code>{text}</code></div>\n"));
        for old in &record.instead_of {
            out.push_str(&format!("<p class=\"old\">instead of <code>{}</code></p>\n", escaped(old)));
        }
    }
    for command in &finding.commands {
        out.push_str(&format!("<div class=\"copy\"><span>PowerShell</span><code>{}</code></div>\n", powershell(command)));
        match &command.undo {
            Some(undo) => out.push_str(&format!("<p class=\"old\">taken back by <code>{}</code></p>\n", powershell(undo))),
            None => out.push_str(&format!(
                "<p class=\"old\">{}</p>\n",
                escaped(command.note.as_deref().unwrap_or("Nothing takes this back."))
            )),
        }
    }
    if !finding.facts.is_empty() {
        out.push_str("<details><summary>What was seen</summary>\n<dl>\n");
        for fact in &finding.facts {
            out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(&fact.what), escaped(&fact.seen)));
        }
        out.push_str("</dl>\n</details>\n");
    }
    let mut see: Vec<String> = finding.references.iter().map(|page| link(page.url, page.title)).collect();
    see.extend(finding.baseline.iter().map(|id| format!("<span>CISA {}</span>", escaped(id))));
    see.push(format!("<span>{}</span>", escaped(finding.check)));
    out.push_str(&format!("<p class=\"see\">{}</p>\n</article>\n", see.join(" ")));
}

/// A command in which no line breaks within a name.
fn powershell(command: &CommandLine) -> String {
    let name = |name: &str| format!("<span class=\"nowrap\">{}</span>", copied(name));
    let mut out = name(&command.cmdlet);
    for (parameter, value) in command.words() {
        out.push_str(&format!(" {}{}", name(&format!("-{parameter}")), copied(&value)));
    }
    out
}

fn fine(fine: &[String], out: &mut String) {
    if fine.is_empty() {
        return;
    }
    out.push_str("<h3 class=\"fine\">As it should be</h3>\n<ul class=\"fine\">\n");
    for sentence in fine {
        out.push_str(&format!("<li>{}</li>\n", prose(sentence)));
    }
    out.push_str("</ul>\n");
}

pub(super) fn baseline(standings: &[Standing], out: &mut String) {
    if standings.is_empty() {
        return;
    }
    let of = |state: State| standings.iter().filter(|standing| standing.state == state).count();
    out.push_str(&format!(
        "<section aria-labelledby=\"baseline\">\n<h2 id=\"baseline\">CISA SCuBA baseline for mail</h2>\n<table class=\"baseline\">\n\
         <caption>{} controls met, {} not met, {} not checked here</caption>\n<thead><tr><th scope=\"col\">Control</th><th scope=\"col\">State</th>\
         <th scope=\"col\">What it asks for</th></tr></thead>\n<tbody>\n",
        of(State::Met),
        of(State::NotMet),
        of(State::NotChecked),
    ));
    for state in [State::NotMet, State::Met, State::NotChecked] {
        let (tone, word) = match state {
            State::NotMet => ("bad", "not met"),
            State::Met => ("good", "met"),
            State::NotChecked => ("quiet", "not checked"),
        };
        for standing in standings.iter().filter(|standing| standing.state == state) {
            let control = standing.control;
            out.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td><span class=\"{tone}\">{word}</span></td><td>{} <span class=\"quiet\">{}</span></td></tr>\n",
                escaped(control.id),
                escaped(control.title),
                escaped(control.level),
            ));
        }
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}
