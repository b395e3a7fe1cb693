//! Places of addresses looked up in a query. Watchlists are tested where files are read, and by `tests/kql/functions/lookups.md`.

use std::{
    error::Error,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use arrow::array::AsArray;
use spoofwatch_engine::{Engine, Environment, Geography, Limits, MemoryCatalog, Whereabouts};

/// Knows one address, and counts how often it is asked.
#[derive(Debug, Default)]
struct OneAddress(AtomicUsize);

impl Geography for OneAddress {
    fn locate(&self, address: IpAddr) -> Option<Whereabouts> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let known = address == IpAddr::from([1, 2, 3, 4]);
        known.then(|| Whereabouts { country: "Norway".to_owned(), latitude: Some(60.5), ..Whereabouts::default() })
    }
}

/// The texts of the first column.
async fn texts(query: &str, source: &Arc<OneAddress>) -> Result<Vec<String>, Box<dyn Error>> {
    let mut env = Environment::new(Arc::new(MemoryCatalog::default()), 0);
    env.lookups.geography = Some(Arc::clone(source) as Arc<dyn Geography>);
    let results = Engine::new(Limits { partitions: Some(1), ..Limits::default() })?.query(query, &env).await?;
    let column = results.batches.iter().flat_map(|batch| batch.column(0).as_string_view().iter().collect::<Vec<_>>());
    Ok(column.map(|text| text.unwrap_or("null").to_owned()).collect())
}

#[tokio::test]
async fn a_bag_holds_what_is_known() -> Result<(), Box<dyn Error>> {
    let source = Arc::new(OneAddress::default());
    let bag = r#"{"country":"Norway","latitude":60.5}"#;
    assert_eq!(texts("print geo_info_from_ip_address('1.2.3.4')", &source).await?, [bag]);
    assert_eq!(texts("print tostring(geo_info_from_ip_address('1.2.3.4').country)", &source).await?, ["Norway"]);
    for nothing in ["'9.9.9.9'", "''", "'no address'", "'1.2.3.4/32'"] {
        assert_eq!(texts(&format!("print geo_info_from_ip_address({nothing})"), &source).await?, ["null"]);
    }
    Ok(())
}

#[tokio::test]
async fn an_address_that_comes_again_is_looked_up_once() -> Result<(), Box<dyn Error>> {
    let source = Arc::new(OneAddress::default());
    let query = "range n from 1 to 1000 step 1 | extend ip = iff(n % 2 == 0, '1.2.3.4', '9.9.9.9') \
        | summarize count() by country = tostring(geo_info_from_ip_address(ip).country) | order by country asc";
    assert_eq!(texts(query, &source).await?, ["", "Norway"]);
    assert!(source.0.load(Ordering::Relaxed) <= 4, "{source:?}");
    Ok(())
}
