//! Well-known text (OGC 06-103r4, clause 7) to GeoJSON. Numbers keep their digits.

/// Shapes within shapes may be this deep.
const MAX_DEPTH: usize = 16;

/// Writes the shape that the text tells as GeoJSON; `None` if it tells none.
pub fn to_geojson(text: &str, out: &mut String) -> Option<()> {
    let rest = shape(text.trim(), 0, out)?;
    rest.trim().is_empty().then_some(())
}

/// Writes the shape at the start; returns what follows it.
fn shape<'t>(text: &'t str, depth: usize, out: &mut String) -> Option<&'t str> {
    let name_end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at(name_end);
    let rest = rest.trim_start();
    let (kind, levels) = match name.to_ascii_uppercase().as_str() {
        "POINT" => ("Point", 0),
        "LINESTRING" => ("LineString", 1),
        "POLYGON" => ("Polygon", 2),
        "MULTIPOINT" => ("MultiPoint", 1),
        "MULTILINESTRING" => ("MultiLineString", 2),
        "MULTIPOLYGON" => ("MultiPolygon", 3),
        "GEOMETRYCOLLECTION" if depth < MAX_DEPTH => return collection(rest, depth, out),
        _ => return None,
    };
    out.push_str(&format!(r#"{{"type":"{kind}","coordinates":"#));
    let rest = if levels == 0 {
        position(rest.strip_prefix('(')?, out)?.trim_start().strip_prefix(')')?
    } else {
        list(rest, levels, out)?
    };
    out.push('}');
    Some(rest)
}

fn collection<'t>(text: &'t str, depth: usize, out: &mut String) -> Option<&'t str> {
    out.push_str(r#"{"type":"GeometryCollection","geometries":["#);
    let mut rest = text.strip_prefix('(')?;
    loop {
        rest = shape(rest.trim_start(), depth + 1, out)?.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => {
                out.push(',');
                rest = more;
            }
            None => break,
        }
    }
    out.push_str("]}");
    rest.strip_prefix(')')
}

/// Writes `(..., ...)` of so many levels.
fn list<'t>(text: &'t str, levels: usize, out: &mut String) -> Option<&'t str> {
    let mut rest = text.trim_start().strip_prefix('(')?;
    out.push('[');
    loop {
        rest = rest.trim_start();
        rest = match (levels, rest.strip_prefix('(')) {
            // The points of a `MULTIPOINT` may have parentheses of their own.
            (1, Some(own)) => position(own, out)?.trim_start().strip_prefix(')')?,
            (1, None) => position(rest, out)?,
            _ => list(rest, levels - 1, out)?,
        };
        rest = rest.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => {
                out.push(',');
                rest = more;
            }
            None => break,
        }
    }
    out.push(']');
    rest.strip_prefix(')')
}

/// Writes two numbers; a height after them is left out.
fn position<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let end = text.find([',', ')']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let mut numbers = numbers.split_whitespace();
    let (x, y) = (number(numbers.next()?)?, number(numbers.next()?)?);
    out.push_str(&format!("[{x},{y}]"));
    numbers.all(|more| number(more).is_some()).then_some(rest)
}

/// A number in the form JSON has.
fn number(text: &str) -> Option<String> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    let json = text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && !text.ends_with('.') && !text.starts_with("-.");
    Some(if json { text.to_owned() } else { value.to_string() })
}
