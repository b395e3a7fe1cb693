//! Watchlists: CSV files as the tables that `_GetWatchlist` gives.
//!
//! As in Sentinel, every column of the file is text, and beside them stand `_DTItemId`, `LastUpdatedTimeUTC` and `SearchKey`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, StringViewArray, TimestampMicrosecondArray},
    datatypes::{DataType, Field, Schema},
};
use datafusion::{catalog::TableProvider, datasource::MemTable};

use crate::{
    clock,
    config::{Config, Watchlist},
    failure::Failure,
};

/// The folder of watchlists in the data directory.
const FOLDER: &str = "watchlists";

/// Watchlists by alias, each as the table that `_GetWatchlist` gives.
pub(crate) type Lists = BTreeMap<String, Arc<dyn TableProvider>>;

/// The watchlists there are.
pub(crate) fn open(data: &Path, config: &Config, given: &[String]) -> Result<Lists, Failure> {
    let read = |(alias, list): (String, Watchlist)| {
        let table = table(&alias, &list)
            .map_err(|error| Failure::input(format!("error: watchlist {alias}: {}: {error}", list.file.display())))?;
        Ok((alias, table))
    };
    files(data, config, given)?.into_iter().map(read).collect()
}

/// Watchlists by alias: the files of the data directory, over them those of the configuration, over these those of
/// `--watchlist ALIAS=FILE`.
pub(crate) fn files(data: &Path, config: &Config, given: &[String]) -> Result<BTreeMap<String, Watchlist>, Failure> {
    let mut lists = own(&folder(data))?;
    lists.extend(config.watchlists.iter().map(|(alias, set)| (alias.clone(), set.value.clone())));
    for argument in given {
        let Some((alias, file)) = argument.split_once('=').filter(|(alias, _)| !alias.is_empty()) else {
            return Err(Failure::input(format!("error: --watchlist {argument}: write ALIAS=FILE, such as VIPUsers=vip.csv")));
        };
        lists.insert(alias.to_owned(), Watchlist { file: file.into(), search_key: None });
    }
    Ok(lists)
}

/// The folder of watchlists that are there without being named.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join(FOLDER)
}

/// The values of a watchlist's search key: what its rows are looked up by.
pub(crate) fn search_keys(list: &Watchlist) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut read = Read::of(list)?;
    Ok(if read.columns.is_empty() { Vec::new() } else { read.columns.swap_remove(read.key) })
}

/// The CSV files of the data directory, by their names.
fn own(folder: &Path) -> Result<BTreeMap<String, Watchlist>, Failure> {
    let mut lists = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(lists),
        Err(error) => return Err(Failure::input(format!("error: {}: {error}", folder.display()))),
    };
    for entry in entries {
        let path = entry?.path();
        let csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if let (true, Some(alias)) = (csv, path.file_stem().and_then(|stem| stem.to_str())) {
            lists.insert(alias.to_owned(), Watchlist { file: path.clone(), search_key: None });
        }
    }
    Ok(lists)
}

/// A watchlist as its file has it.
struct Read {
    names: Vec<String>,
    columns: Vec<Vec<String>>,
    /// Which of the columns is the search key.
    key: usize,
}

impl Read {
    fn of(list: &Watchlist) -> Result<Self, Box<dyn std::error::Error>> {
        // Lines may differ in length: what is missing is empty.
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_path(&list.file)?;
        let mut names: Vec<String> = Vec::new();
        for name in reader.headers()? {
            let name = name.trim_start_matches('\u{feff}');
            if name.is_empty() || names.iter().any(|known| known == name) {
                return Err(format!("line 1: every column needs a name of its own, and `{name}` is none").into());
            }
            names.push(name.to_owned());
        }
        let key = match &list.search_key {
            Some(wanted) => names.iter().position(|name| name == wanted).ok_or_else(|| {
                format!("there is no column `{wanted}` to be the search key; the columns are {}", names.join(", "))
            })?,
            None => names.iter().position(|name| name == "SearchKey").unwrap_or(0),
        };
        let mut columns: Vec<Vec<String>> = vec![Vec::new(); names.len()];
        for record in reader.records() {
            let record = record?;
            for (position, column) in columns.iter_mut().enumerate() {
                column.push(record.get(position).unwrap_or_default().to_owned());
            }
        }
        Ok(Self { names, columns, key })
    }
}

fn table(alias: &str, list: &Watchlist) -> Result<Arc<dyn TableProvider>, Box<dyn std::error::Error>> {
    let modified = std::fs::metadata(&list.file)?.modified()?;
    let Read { names, columns, key } = Read::of(list)?;
    let rows = columns.first().map_or(0, Vec::len);
    let updated = clock::micros_of(modified);
    let mut fields = vec![
        (Field::new("_DTItemId", DataType::Utf8View, false), texts((0..rows).map(|row| format!("{alias}-{}", row + 1)))),
        (
            Field::new("LastUpdatedTimeUTC", schema::Type::Datetime.storage_type(), true),
            Arc::new(TimestampMicrosecondArray::from(vec![updated; rows]).with_timezone("UTC")) as ArrayRef,
        ),
    ];
    if !names.iter().any(|name| name == "SearchKey") {
        let keys = columns.get(key).cloned().unwrap_or_default();
        fields.push((Field::new("SearchKey", DataType::Utf8View, false), texts(keys.into_iter())));
    }
    for (name, column) in names.into_iter().zip(columns) {
        fields.push((Field::new(name, DataType::Utf8View, false), texts(column.into_iter())));
    }
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = fields.into_iter().unzip();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))
}

fn texts(texts: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(texts.map(Some).collect::<StringViewArray>())
}

#[cfg(test)]
mod tests {
    use std::{error::Error, path::Path, sync::Arc};

    use engine::{Engine, Environment, Limits, MemoryCatalog};

    use super::open;
    use crate::config::Config;

    /// The rows that a query gives as JSON, with the watchlists of a data directory.
    async fn rows(data: &Path, given: &[String], query: &str) -> Result<String, Box<dyn Error>> {
        let mut env = Environment::new(Arc::new(MemoryCatalog::default()), 0);
        env.lookups.watchlists = open(data, &Config::default(), given).map_err(|failure| format!("{failure:?}"))?;
        let results = Engine::new(Limits::default())?.query(query, &env).await?;
        let mut out = String::new();
        crate::output::rows_json(&results, &mut out);
        Ok(out)
    }

    #[tokio::test]
    async fn files_of_the_data_directory_are_watchlists() -> Result<(), Box<dyn Error>> {
        let data = tempfile::tempdir()?;
        let folder = data.path().join("watchlists");
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("VIP.csv"), "\u{feff}User Name, Score\nann,1\n\"b,ob\"\n")?;
        std::fs::write(folder.join("notes.txt"), "no watchlist")?;
        let query = "_GetWatchlist('vip') | project SearchKey, ['User Name'], Score, _DTItemId, isnotnull(LastUpdatedTimeUTC)";
        let wanted = r#"[["ann","ann","1","VIP-1",true],["b,ob","b,ob","","VIP-2",true]]"#;
        assert_eq!(rows(data.path(), &[], query).await?, wanted);
        assert_eq!(rows(data.path(), &[], "_GetWatchlistAlias").await?, r#"[["VIP"]]"#);
        // What the command line names comes first.
        let other = data.path().join("other.csv");
        std::fs::write(&other, "Host,SearchKey\nh,k\n")?;
        let given = [format!("VIP={}", other.display())];
        assert_eq!(rows(data.path(), &given, "_GetWatchlist('VIP') | project Host, SearchKey").await?, r#"[["h","k"]]"#);
        Ok(())
    }

    #[test]
    fn files_that_cannot_be_used_are_named() -> Result<(), Box<dyn Error>> {
        let data = tempfile::tempdir()?;
        let file = data.path().join("w.csv");
        std::fs::write(&file, "a,a\n1,2\n")?;
        for (given, words) in [
            ("VIP".to_owned(), "write ALIAS=FILE"),
            ("VIP=/nonexistent.csv".to_owned(), "watchlist VIP: /nonexistent.csv"),
            (format!("VIP={}", file.display()), "every column needs a name of its own"),
        ] {
            let failure = format!("{:?}", open(data.path(), &Config::default(), &[given]).err());
            assert!(failure.contains(words), "{failure}");
        }
        Ok(())
    }
}
