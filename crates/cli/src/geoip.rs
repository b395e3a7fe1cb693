//! Places of IP addresses from a file of MaxMind's format, such as GeoLite2-City.mmdb.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use engine::{Geography, Whereabouts};
use maxminddb::{Reader, geoip2};

use crate::{failure::Failure, term};

/// The file that `path` names. It is read when a query first asks for an address: most never do, and such files are large.
pub(crate) fn open(path: &Path) -> Result<Arc<dyn Geography>, Failure> {
    std::fs::File::open(path).map_err(|error| Failure::input(format!("error: geoip: {}: {error}", path.display())))?;
    Ok(Arc::new(File { path: path.to_owned(), reader: OnceLock::new() }))
}

/// What is wrong with a file that can be opened, if anything.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    let reader = Reader::open_readfile(path);
    reader.map(|_| ()).map_err(|error| Failure::input(format!("error: geoip: {}: {error}", path.display())))
}

struct File {
    path: PathBuf,
    reader: OnceLock<Option<Reader<Vec<u8>>>>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("path", &self.path).finish_non_exhaustive()
    }
}

impl File {
    fn reader(&self) -> Option<&Reader<Vec<u8>>> {
        let open = || match Reader::open_readfile(&self.path) {
            Ok(reader) => Some(reader),
            Err(error) => {
                term::warn(&format!("geoip: {}: {error}; geo_info_from_ip_address() gives null", self.path.display()));
                None
            }
        };
        self.reader.get_or_init(open).as_ref()
    }
}

impl Geography for File {
    fn locate(&self, address: IpAddr) -> Option<Whereabouts> {
        // A file of countries only has the same fields, as far as it goes.
        let place: geoip2::City = self.reader()?.lookup(address).ok()?.decode().ok()??;
        let english = |names: &geoip2::Names| names.english.unwrap_or_default().to_owned();
        Some(Whereabouts {
            country: english(&place.country.names),
            state: place.subdivisions.first().map(|state| english(&state.names)).unwrap_or_default(),
            city: english(&place.city.names),
            latitude: place.location.latitude,
            longitude: place.location.longitude,
        })
    }
}

/// Several files, each of which knows something: places, or networks and whose they are.
struct Databases(Vec<Reader<Vec<u8>>>);

impl std::fmt::Debug for Databases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Databases").field(&self.0.len()).finish()
    }
}

/// What the files know together; `None` without a file.
pub(crate) fn databases(paths: &[PathBuf]) -> Result<Option<Arc<dyn sources::Geography>>, Failure> {
    let open = |path: &PathBuf| {
        Reader::open_readfile(path).map_err(|error| Failure::input(format!("error: geoip: {}: {error}", path.display())))
    };
    let readers = paths.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    if readers.is_empty() { Ok(None) } else { Ok(Some(Arc::new(Databases(readers)))) }
}

impl sources::Geography for Databases {
    fn locate(&self, address: IpAddr) -> Option<sources::Location> {
        let mut location = sources::Location::default();
        for reader in &self.0 {
            // A file that has other fields gives none of these.
            if let Ok(Some(place)) = reader.lookup(address).and_then(|found| found.decode::<geoip2::City>()) {
                place_into(&mut location, &place);
            }
            if let Ok(Some(network)) = reader.lookup(address).and_then(|found| found.decode::<geoip2::Asn>()) {
                location.as_number = network.autonomous_system_number.or(location.as_number);
                let owner = network.autonomous_system_organization.map(str::to_owned);
                location.as_organization = owner.unwrap_or(location.as_organization);
            }
        }
        (location != sources::Location::default()).then_some(location)
    }
}

/// Fills in what a file of places knows.
fn place_into(location: &mut sources::Location, place: &geoip2::City<'_>) {
    let english = |names: &geoip2::Names| names.english.unwrap_or_default().to_owned();
    let region = place.subdivisions.first();
    let country_code = place.country.iso_code.unwrap_or_default();
    let region_code = region.and_then(|region| region.iso_code).map(|code| format!("{country_code}-{code}"));
    for (known, found) in [
        (&mut location.continent, english(&place.continent.names)),
        (&mut location.country_code, country_code.to_owned()),
        (&mut location.country, english(&place.country.names)),
        (&mut location.region_code, region_code.unwrap_or_default()),
        (&mut location.region, region.map(|region| english(&region.names)).unwrap_or_default()),
        (&mut location.city, english(&place.city.names)),
    ] {
        if !found.is_empty() {
            *known = found;
        }
    }
    location.coordinates = place.location.latitude.zip(place.location.longitude).or(location.coordinates);
}

#[cfg(test)]
mod tests {
    use std::{error::Error, io::Write as _, path::Path};

    use engine::Whereabouts;

    use super::{check, open};

    /// A value of the format: <https://maxmind.github.io/MaxMind-DB/>, "Data Field Format".
    fn field(kind: u8, size: usize, bytes: &[u8]) -> Vec<u8> {
        let (length, more): (u8, Option<u8>) = match size {
            0..29 => (u8::try_from(size).unwrap_or_default(), None),
            _ => (29, u8::try_from(size - 29).ok()),
        };
        let mut out = if kind > 7 { vec![length, kind - 7] } else { vec![kind << 5 | length] };
        out.extend(more);
        out.extend(bytes);
        out
    }

    fn text(text: &str) -> Vec<u8> {
        field(2, text.len(), text.as_bytes())
    }

    fn short(number: u16) -> Vec<u8> {
        field(5, 2, &number.to_be_bytes())
    }

    fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let bytes: Vec<u8> = members.iter().flat_map(|(key, value)| [text(key), value.clone()].concat()).collect();
        field(7, members.len(), &bytes)
    }

    /// A file that knows one place, where all addresses below 128.0.0.0 are.
    fn file() -> Vec<u8> {
        let names = |name: &str| map(&[("names", map(&[("en", text(name))]))]);
        let degrees = |degrees: f64| field(3, 8, &degrees.to_be_bytes());
        let place = map(&[
            ("country", names("Norway")),
            ("city", names("Bergen")),
            ("subdivisions", field(11, 1, &names("Vestland"))),
            ("location", map(&[("latitude", degrees(60.39)), ("longitude", degrees(5.32))])),
        ]);
        // One node: a 0 bit leads to the data, a 1 bit to nothing.
        let tree = [0, 0, 17, 0, 0, 1];
        let metadata = map(&[
            ("binary_format_major_version", short(2)),
            ("binary_format_minor_version", short(0)),
            ("build_epoch", field(9, 1, &[1])),
            ("database_type", text("City")),
            ("description", map(&[])),
            ("ip_version", short(4)),
            ("languages", field(11, 1, &text("en"))),
            ("node_count", field(6, 1, &[1])),
            ("record_size", short(24)),
        ]);
        [&tree[..], &[0; 16], &place, b"\xab\xcd\xefMaxMind.com", &metadata].concat()
    }

    #[test]
    fn an_address_is_looked_up() -> Result<(), Box<dyn Error>> {
        let mut held = tempfile::NamedTempFile::new()?;
        held.write_all(&file())?;
        assert!(check(held.path()).is_ok());
        let geography = open(held.path()).map_err(|failure| format!("{failure:?}"))?;
        let bergen = Whereabouts {
            country: "Norway".to_owned(),
            state: "Vestland".to_owned(),
            city: "Bergen".to_owned(),
            latitude: Some(60.39),
            longitude: Some(5.32),
        };
        assert_eq!(geography.locate("1.2.3.4".parse()?), Some(bergen));
        assert_eq!(geography.locate("200.2.3.4".parse()?), None);
        assert_eq!(geography.locate("::1".parse()?), None);
        Ok(())
    }

    #[test]
    fn a_missing_file_is_an_error_and_a_broken_one_knows_nothing() -> Result<(), Box<dyn Error>> {
        assert!(open(Path::new("/nonexistent/city.mmdb")).is_err());
        let mut held = tempfile::NamedTempFile::new()?;
        held.write_all(b"no such format")?;
        assert!(check(held.path()).is_err());
        let geography = open(held.path()).map_err(|failure| format!("{failure:?}"))?;
        assert_eq!(geography.locate("1.2.3.4".parse()?), None);
        Ok(())
    }
}
