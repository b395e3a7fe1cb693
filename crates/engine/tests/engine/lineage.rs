//! A plan tells whether its rows come from single stored rows, and by which columns groups are known.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::{DataType, Field, Schema, TimeUnit},
    datasource::MemTable,
};
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, Planned};

type Checked = Result<(), Box<dyn std::error::Error>>;

async fn planned(query: &str) -> Result<Planned, Box<dyn std::error::Error>> {
    let mail = Schema::new(vec![
        Field::new("Timestamp", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
        Field::new("Subject", DataType::Utf8View, true),
    ]);
    let mut catalog = MemoryCatalog::default();
    for table in ["EmailEvents", "EmailUrlInfo"] {
        catalog.insert(table, Arc::new(MemTable::try_new(Arc::new(mail.clone()), vec![vec![]])?));
    }
    let environment = Environment::new(Arc::new(catalog), schema::text::datetime::UNIX_EPOCH_TICKS);
    Ok(Engine::new(Limits::default())?.check(query, &environment).await?)
}

#[tokio::test]
async fn a_query_that_looks_at_one_row_at_a_time_is_told_from_one_that_counts() -> Checked {
    let stored = |name: &str| name.starts_with("Email");
    for by_row in [
        "EmailEvents",
        "EmailEvents | where Timestamp > ago(1h) and Subject has 'x' | extend L = strlen(Subject) | project L, Subject",
        "EmailEvents | parse Subject with 'Re: ' Rest | where Rest != '' | sort by Timestamp desc",
        "EmailEvents | mv-expand Word = split(Subject, ' ')",
        "union EmailEvents, EmailUrlInfo | where Subject == 'x'",
        "let Bad = datatable(Subject: string)['x', 'y']; EmailEvents | where Subject in (Bad)",
        "let Bad = datatable(Subject: string)['x', 'y']; EmailEvents | lookup Bad on Subject",
        "let Bad = datatable(Subject: string)['x', 'y']; EmailEvents | join kind=leftanti Bad on Subject",
    ] {
        assert!(planned(by_row).await?.is_by_row(&stored), "{by_row}");
    }
    for several in [
        "EmailEvents | count",
        "EmailEvents | summarize count() by Subject",
        "EmailEvents | take 5",
        "EmailEvents | top 3 by Timestamp",
        "EmailEvents | distinct Subject",
        "EmailEvents | serialize Before = prev(Subject)",
        "EmailEvents | join kind=inner EmailUrlInfo on Subject",
        "EmailEvents | where Subject in ((EmailUrlInfo | project Subject))",
        "let Last = toscalar(EmailEvents | summarize max(Timestamp)); EmailEvents | where Timestamp == Last",
        "let Bad = datatable(Subject: string)['x']; Bad | join kind=leftanti EmailEvents on Subject",
        "print 1",
    ] {
        assert!(!planned(several).await?.is_by_row(&stored), "{several}");
    }
    Ok(())
}

#[tokio::test]
async fn groups_are_known_by_what_they_are_grouped_by() -> Checked {
    for (query, keys) in [
        ("EmailEvents | summarize count() by Subject", Some(vec!["Subject"])),
        (
            "EmailEvents | summarize Count = count() by Subject, Hour = bin(Timestamp, 1h) | where Count > 3",
            Some(vec!["Hour", "Subject"]),
        ),
        ("EmailEvents | summarize count() by Subject | project Named = Subject, count_ | top 5 by count_", Some(vec!["Named"])),
        ("EmailEvents | summarize count() by Subject | extend Note = strcat('about ', Subject)", Some(vec!["Subject"])),
        // Two groups could not be told apart.
        ("EmailEvents | summarize count() by Subject, bin(Timestamp, 1h) | project Subject, count_", None),
        ("EmailEvents | summarize count() by Subject | project Changed = toupper(Subject), count_", None),
        ("EmailEvents | where Subject == 'x'", None),
        ("EmailEvents | summarize count()", Some(vec![])),
    ] {
        let found = planned(query).await?.grouped_by().map(|mut keys| {
            keys.sort();
            keys
        });
        assert_eq!(found, keys.map(|keys| keys.into_iter().map(str::to_owned).collect()), "{query}");
    }
    Ok(())
}
