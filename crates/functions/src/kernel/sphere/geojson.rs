//! Shapes as GeoJSON (RFC 7946): read, checked, written.

use super::{
    point::Point,
    ring::{Polygon, Ring},
};
use crate::kernel::json::{self, Kind};

/// A line: two points or more, no two neighbours the same.
pub type Line = Vec<Point>;

/// Lines of a `LineString` or `MultiLineString`; `None` for anything else and for what is no line.
#[must_use]
pub fn lines(text: &str) -> Option<Vec<Line>> {
    let coordinates = json::member(text, "coordinates")?;
    match &*json::text(json::member(text, "type")?) {
        "LineString" => Some(vec![line(coordinates)?]),
        "MultiLineString" => some(json::elements(coordinates)?.map(line).collect::<Option<_>>()?),
        _ => None,
    }
}

/// Polygons of a `Polygon` or `MultiPolygon`; `None` for anything else and for what is no polygon.
#[must_use]
pub fn polygons(text: &str) -> Option<Vec<Polygon>> {
    let coordinates = json::member(text, "coordinates")?;
    match &*json::text(json::member(text, "type")?) {
        "Polygon" => Some(vec![polygon(coordinates)?]),
        "MultiPolygon" => some(json::elements(coordinates)?.map(polygon).collect::<Option<_>>()?),
        _ => None,
    }
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn line(coordinates: &str) -> Option<Line> {
    let points = points(coordinates)?;
    let steps = points.windows(2).all(|pair| !pair[0].same(&pair[1]));
    (points.len() >= 2 && steps).then_some(points)
}

fn polygon(coordinates: &str) -> Option<Polygon> {
    let rings = json::elements(coordinates)?.map(|ring| Ring::closed(&points(ring)?)).collect::<Option<Vec<_>>>()?;
    Polygon::new(rings)
}

fn points(coordinates: &str) -> Option<Vec<Point>> {
    if json::kind(coordinates) != Kind::Array {
        return None;
    }
    json::elements(coordinates)?.map(point).collect()
}

fn point(coordinates: &str) -> Option<Point> {
    let mut parts = json::elements(coordinates)?;
    let (longitude, latitude) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Point::new(longitude, latitude)
}

/// A shape to be written.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A point.
    Point(Point),
    /// A line.
    Line(Line),
    /// A polygon.
    Polygon(Polygon),
}

/// Writes shapes as one: by itself, as many of one kind, or as a collection; an empty collection if there is none.
pub fn write(shapes: &[Shape], out: &mut String) {
    let kind = |shape: &Shape| match shape {
        Shape::Point(_) => "Point",
        Shape::Line(_) => "LineString",
        Shape::Polygon(_) => "Polygon",
    };
    match shapes {
        [only] => object(kind(only), out, |out| coordinates(only, out)),
        [first, others @ ..] if others.iter().all(|shape| kind(shape) == kind(first)) => {
            object(&format!("Multi{}", kind(first)), out, |out| list(shapes, out, coordinates));
        }
        _ => {
            // All of one kind are one member.
            let mut groups: Vec<Vec<Shape>> = Vec::new();
            for shape in shapes {
                match groups.iter_mut().find(|group| group.first().is_some_and(|first| kind(first) == kind(shape))) {
                    Some(group) => group.push(shape.clone()),
                    None => groups.push(vec![shape.clone()]),
                }
            }
            out.push_str(r#"{"type":"GeometryCollection","geometries":"#);
            list(&groups, out, |group, out| write(group, out));
            out.push('}');
        }
    }
}

fn object(kind: &str, out: &mut String, coordinates: impl FnOnce(&mut String)) {
    out.push_str(r#"{"type":""#);
    out.push_str(kind);
    out.push_str(r#"","coordinates":"#);
    coordinates(out);
    out.push('}');
}

fn coordinates(shape: &Shape, out: &mut String) {
    match shape {
        Shape::Point(point) => position(point, out),
        Shape::Line(line) => list(line, out, position),
        Shape::Polygon(polygon) => list(polygon.rings(), out, |ring, out| {
            list(&ring.given(), out, position);
        }),
    }
}

fn position(point: &Point, out: &mut String) {
    out.push('[');
    // Zero has no sign on a map.
    json::write_real(point.longitude + 0.0, out);
    out.push(',');
    json::write_real(point.latitude + 0.0, out);
    out.push(']');
}

fn list<T>(items: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push('[');
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}
