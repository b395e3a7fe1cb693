//! `docs/reference/errors.md` is what the lists of codes say; and the examples of `docs/kql-coverage.md`, whose page `names` writes.
#![expect(clippy::disallowed_methods, reason = "the page is a file, and BLESS says to write it")]

use std::{env, error::Error, fmt::Write, fs, path::Path, sync::Arc};

use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, codes};

/// An example of every operator that can follow `|`.
const OPERATORS: &[(&str, &str)] = &[
    ("as", "as Messages"),
    ("assert-schema", "project Subject | assert-schema (Subject: string)"),
    ("consume", "consume"),
    ("count", "count"),
    ("distinct", "distinct SenderFromDomain"),
    ("evaluate", "evaluate bag_unpack(AdditionalFields)"),
    ("execute-and-cache", "execute-and-cache"),
    ("extend", "extend Size = EmailSize / 1024"),
    ("facet", "facet by SenderFromDomain"),
    ("filter", "filter EmailDirection == 'Inbound'"),
    ("fork", "fork (count) (take 1)"),
    ("getschema", "getschema"),
    ("graph-mark-components", "graph-mark-components"),
    ("graph-match", "graph-match (a)-->(b) project a.Name"),
    ("graph-shortest-paths", "graph-shortest-paths (a)-->(b) project a.Name"),
    ("graph-to-table", "graph-to-table nodes"),
    ("graph-where-edges", "graph-where-edges true"),
    ("graph-where-nodes", "graph-where-nodes true"),
    ("invoke", "invoke f()"),
    ("join", "join kind=inner EmailUrlInfo on NetworkMessageId"),
    ("limit", "limit 10"),
    ("lookup", "lookup EmailUrlInfo on NetworkMessageId"),
    ("macro-expand", "macro-expand G as X (X.T)"),
    ("make-graph", "make-graph SenderFromAddress --> RecipientEmailAddress"),
    ("make-series", "make-series count() on Timestamp from ago(7d) to now() step 1d"),
    ("mv-apply", "mv-apply Address = To on (take 1)"),
    ("mv-expand", "mv-expand To"),
    ("mvapply", "mvapply Address = To on (take 1)"),
    ("mvexpand", "mvexpand To"),
    ("order", "order by Timestamp asc"),
    ("parse", "parse Subject with 'RE: ' Rest"),
    ("parse-kv", "parse-kv Subject as (Case: string) with (pair_delimiter = ';', kv_delimiter = ':')"),
    ("parse-where", "parse-where Subject with 'RE: ' Rest"),
    ("partition", "partition by SenderFromDomain (take 1)"),
    ("project", "project Timestamp, Subject"),
    ("project-away", "project-away *Id"),
    ("project-by-names", "project-by-names 'Subject', 'Sender*'"),
    ("project-keep", "project-keep Sender*"),
    ("project-rename", "project-rename Title = Subject"),
    ("project-reorder", "project-reorder Subject, *"),
    ("reduce", "reduce by Subject"),
    ("render", "render timechart"),
    ("sample", "sample 10"),
    ("sample-distinct", "sample-distinct 10 of SenderFromDomain"),
    ("scan", "sort by Timestamp | scan with (step s: true;)"),
    ("search", "search 'invoice'"),
    ("serialize", "serialize"),
    ("sort", "sort by Timestamp asc"),
    ("summarize", "summarize count() by SenderFromDomain"),
    ("take", "take 10"),
    ("top", "top 10 by Timestamp"),
    ("top-hitters", "top-hitters 10 of SenderFromDomain"),
    ("top-nested", "top-nested 3 of SenderFromDomain by count()"),
    ("union", "union EmailUrlInfo"),
    ("where", "where EmailDirection == 'Inbound'"),
];

/// An example of all else a query is made of.
const STATEMENTS: &[(&str, &str)] = &[
    ("let, a value", "let Limit = 10; print Limit"),
    ("let, a table", "let Mail = EmailEvents | where EmailDirection == 'Inbound'; Mail"),
    ("let, a function", "let From = (domain: string) { EmailEvents | where SenderFromDomain == domain }; From('contoso.com')"),
    ("let, a function of a table", "let Newest = (T: (*)) { T | top 1 by Timestamp }; Newest(EmailEvents)"),
    ("set", "set notruncation; EmailEvents"),
    ("declare query_parameters", "declare query_parameters(domain: string = 'contoso.com'); print domain"),
    ("declare pattern", "declare pattern App; EmailEvents"),
    ("alias database", "alias database Other = cluster('c').database('d'); EmailEvents"),
    ("restrict access", "restrict access to (EmailEvents); EmailEvents"),
    ("several queries in one text", "print 1; print 2"),
    ("print", "print now()"),
    ("range", "range Day from ago(7d) to now() step 1d"),
    ("datatable", "datatable(Domain: string) ['contoso.com']"),
    ("union, with wildcards", "union withsource = Table Email*, UrlClickEvents"),
    ("externaldata", "externaldata(Domain: string) ['https://example.com/domains.csv']"),
    ("find", "find in (EmailEvents) where Subject has 'invoice'"),
    ("search", "search in (EmailEvents) 'invoice'"),
    ("evaluate", "datatable(d: dynamic)[dynamic({'a': 1})] | evaluate bag_unpack(d)"),
    ("materialize", "let Mail = materialize(EmailEvents | take 10); Mail | count"),
    ("toscalar", "print toscalar(EmailEvents | count)"),
    ("in, over a table", "EmailEvents | where NetworkMessageId in (EmailUrlInfo | project NetworkMessageId)"),
    ("table()", "table('EmailEvents') | count"),
    ("workspace(), cluster(), database()", "workspace('other').EmailEvents | count"),
];

#[test]
fn the_index_of_errors_is_current() -> Result<(), Box<dyn Error>> {
    let mut page = "\
# Errors

Written by `cargo xtask codegen` from the lists of codes; do not edit. A code never changes its meaning. `hunt` prints it before the
message (`error[K0102]: ...`), `hunt --batch` as `code`. Words in `<>` are filled in.
"
    .to_owned();
    let elastic: Vec<Row> = elastic_query::codes::ALL.iter().map(|code| (code.id, code.form, code.help)).collect();
    let syntax: Vec<Row> = kql::codes::ALL.iter().map(|code| (code.id, code.form, code.help)).collect();
    let all: Vec<Row> = codes::ALL.iter().map(|code| (code.id, code.form, code.help)).collect();
    let within = |range: &[&str]| -> Vec<Row> {
        all.iter().filter(|(id, ..)| range.iter().any(|start| id.starts_with(start))).copied().collect()
    };
    let chapters = [
        ("The text of the query", syntax),
        ("The text of a query of Kibana", elastic),
        ("Names", within(&["K01"])),
        ("Types and values", within(&["K02"])),
        ("What is not built, and limits of planning", within(&["K03", "K09"])),
        ("While the query runs", within(&["E"])),
    ];
    assert_eq!(chapters[2..].iter().map(|(_, rows)| rows.len()).sum::<usize>(), all.len(), "a code has no chapter");
    for (title, rows) in chapters {
        write!(page, "\n## {title}\n\n| code | message | what to do |\n| --- | --- | --- |\n")?;
        for (id, form, help) in rows {
            writeln!(page, "| {id} | {} | {} |", cell(form), cell(help))?;
        }
    }
    current("errors.md", &page)
}

type Row = (&'static str, &'static str, &'static str);

/// The chapters of examples in `docs/kql-coverage.md`: each is planned, and says whether it runs.
pub(crate) async fn examples() -> Result<String, Box<dyn Error>> {
    let keywords: Vec<&str> = OPERATORS.iter().map(|(name, _)| *name).collect();
    let mut known: Vec<&str> = kql::operators().collect();
    known.sort_unstable();
    assert_eq!(keywords, known, "every operator that can follow `|` has an example here");
    let mut page =
        "\n## An example of each operator after `|`\n\n| operator | runs | example |\n| --- | --- | --- |\n".to_owned();
    for (name, example) in OPERATORS {
        // `invoke` calls a function of a table.
        let runs = runs(&format!("let f = (T: (*)) {{ T }}; EmailEvents | {example}")).await?;
        writeln!(page, "| `{name}` | {runs} | {} |", code(example))?;
    }
    page.push_str("\n## Examples of statements, and of what begins a query\n\n| what | runs | example |\n| --- | --- | --- |\n");
    for (name, example) in STATEMENTS {
        writeln!(page, "| {name} | {} | {} |", runs(example).await?, code(example))?;
    }
    Ok(page)
}

/// `yes`, or `no` where the planner says that it has not got this.
async fn runs(query: &str) -> Result<&'static str, Box<dyn Error>> {
    let clock = schema::text::datetime::parse("2026-01-01T00:00:00Z").ok_or("no time")?;
    let env = Environment::new(Arc::new(MemoryCatalog::default()), clock);
    match Engine::new(Limits::default())?.check(query, &env).await {
        Ok(_) => Ok("yes"),
        Err(error) if error.code() == codes::UNSUPPORTED => Ok("no"),
        Err(error) => Err(format!("{query}: {} {error}", error.code()).into()),
    }
}

/// Compares a page with its file; with BLESS set, writes the file.
fn current(name: &str, page: &str) -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(name);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, page)?;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/reference/{name} is stale: run `cargo xtask codegen`");
    Ok(())
}

/// Text of a table's cell; `<what>` would be taken for HTML.
fn cell(text: &str) -> String {
    let mut out = String::new();
    // Between backquotes nothing but the pipe means anything.
    for (position, part) in text.replace('|', "\\|").split('`').enumerate() {
        if position > 0 {
            out.push('`');
        }
        out.push_str(&if position % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() });
    }
    out
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
