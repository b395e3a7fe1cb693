//! Shapes made of others: simpler ones, denser ones, and those around them.

use std::f64::consts::{PI, TAU};

use super::{
    geojson::Line,
    overlay,
    point::{EARTH_RADIUS, Point},
    ring::{Polygon, Ring},
};

/// The corners that are left when a way may be off by `metres`: each arc leads as far as all it passes over stay that near.
fn sparse(points: &[Point], metres: f64) -> Vec<Point> {
    let near = metres / EARTH_RADIUS;
    let mut kept: Vec<Point> = points.first().copied().into_iter().collect();
    let mut from = 0;
    while from + 1 < points.len() {
        let fits = |to: &usize| {
            let (start, end) = (&points[from], &points[*to]);
            points[from + 1..*to].iter().all(|point| point.nearest_on(start, end).angle(point) <= near)
        };
        let to = (from + 1..points.len()).take_while(fits).last().unwrap_or(from + 1);
        // Corners nearer than that to the one before are left out; the end stays.
        if to + 1 == points.len() || kept.last().is_none_or(|last| last.angle(&points[to]) > near) {
            kept.push(points[to]);
        }
        from = to;
    }
    kept
}

/// A line with fewer points; `None` if nothing is left of it.
#[must_use]
pub fn simpler_line(line: &[Point], metres: f64) -> Option<Line> {
    let kept = sparse(line, metres);
    let long = kept.windows(2).map(|pair| pair[0].metres(&pair[1])).any(|length| length > metres);
    (kept.len() >= 2 && (long || metres == 0.0)).then_some(kept)
}

/// A polygon with fewer corners; holes that vanish are left out. `None` if nothing is left of it.
#[must_use]
pub fn simpler_polygon(polygon: &Polygon, metres: f64) -> Option<Polygon> {
    let simpler = |ring: &Ring| {
        let mut kept = sparse(&ring.given(), metres);
        kept.pop();
        Ring::of(kept)
    };
    let (shell, holes) = polygon.rings().split_first()?;
    let shell = simpler(shell).filter(|ring| ring.area() > 0.0)?;
    Polygon::new(std::iter::once(shell).chain(holes.iter().filter_map(simpler)).collect())
}

/// A way whose arcs are no farther than `metres` from the straight lines of a flat map between its points.
#[must_use]
pub fn denser(points: &[Point], metres: f64) -> Vec<Point> {
    let mut dense: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        halve(&pair[0], &pair[1], metres, 0, &mut dense);
    }
    dense
}

/// Halves may be halved so often.
const MAX_HALVES: usize = 16;

fn halve(start: &Point, end: &Point, metres: f64, depth: usize, dense: &mut Vec<Point>) {
    let middle = Point::new((start.longitude + end.longitude) / 2.0, (start.latitude + end.latitude) / 2.0);
    match middle {
        Some(middle) if depth < MAX_HALVES && middle.nearest_on(start, end).metres(&middle) > metres => {
            halve(start, &middle, metres, depth + 1, dense);
            halve(&middle, end, metres, depth + 1, dense);
        }
        _ => dense.push(*end),
    }
}

/// A polygon whose arcs are no farther than `metres` from the straight lines of a flat map.
#[must_use]
pub fn denser_polygon(polygon: &Polygon, metres: f64) -> Option<Polygon> {
    let rings = polygon.rings().iter().map(|ring| {
        let mut dense = denser(&ring.given(), metres);
        dense.pop();
        Ring::of(dense)
    });
    Polygon::new(rings.collect::<Option<_>>()?)
}

/// How many corners stand for a circle, so that its polygon is off by no more than `tolerance` metres.
fn corners(radius: f64, tolerance: f64) -> usize {
    let off = (tolerance / radius).clamp(1e-6, 0.5);
    let step = 2.0 * (1.0 - off).acos();
    ((TAU / step).ceil() as usize).clamp(8, 5000)
}

/// The polygon around a point: its corners are `radius` metres away, and no arc is nearer by more than `tolerance`.
#[must_use]
pub fn around_point(point: &Point, radius: f64, tolerance: f64) -> Option<Polygon> {
    let count = corners(radius, tolerance);
    let corner = |number: usize| point.at(-TAU * number as f64 / count as f64, radius / EARTH_RADIUS);
    Polygon::new(vec![Ring::of((0..count).map(corner).collect())?])
}

/// The polygon around an arc: half circles around its ends.
fn around_arc(start: &Point, end: &Point, radius: f64, tolerance: f64) -> Option<Polygon> {
    let half = corners(radius, tolerance) / 2 + 1;
    let distance = radius / EARTH_RADIUS;
    // Anticlockwise: from the right of the end round its far side to the left, then the same at the start.
    let cap = |centre: &Point, ahead: f64| -> Vec<Point> {
        (0..=half).map(|number| centre.at(ahead + PI / 2.0 - PI * number as f64 / half as f64, distance)).collect()
    };
    let mut points = cap(end, end.heading(start)? + PI);
    points.extend(cap(start, start.heading(end)? + PI));
    Polygon::new(vec![Ring::of(points)?])
}

/// The polygons around lines.
#[must_use]
pub fn around_lines(lines: &[Line], radius: f64, tolerance: f64) -> Option<Vec<Polygon>> {
    let mut all: Vec<Polygon> = Vec::new();
    for pair in lines.iter().flat_map(|line| line.windows(2)) {
        all = overlay::union(&all, &[around_arc(&pair[0], &pair[1], radius, tolerance)?]);
    }
    Some(all)
}

/// The polygons around polygons, which are among them.
#[must_use]
pub fn around_polygons(polygons: &[Polygon], radius: f64, tolerance: f64) -> Option<Vec<Polygon>> {
    let mut all = together(polygons);
    for (start, end) in polygons.iter().flat_map(Polygon::arcs) {
        all = overlay::union(&all, &[around_arc(start, end, radius, tolerance)?]);
    }
    Some(all)
}

/// Polygons of which none overlaps another.
#[must_use]
pub fn together(polygons: &[Polygon]) -> Vec<Polygon> {
    polygons.iter().fold(Vec::new(), |all, polygon| overlay::union(&all, std::slice::from_ref(polygon)))
}

#[cfg(test)]
mod tests {
    use super::{around_lines, around_point, around_polygons, denser, simpler_line, together};
    use crate::kernel::sphere::{point::Point, ring::Polygon};

    fn way(points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().filter_map(|&(x, y)| Point::new(x, y)).collect()
    }

    #[test]
    fn a_circle_has_about_its_area() -> Result<(), &'static str> {
        let centre = Point::new(10.0, 50.0).ok_or("point")?;
        let circle = around_point(&centre, 1000.0, 1.0).ok_or("circle")?;
        assert!((circle.area() / (std::f64::consts::PI * 1e6) - 1.0).abs() < 0.01);
        assert!(circle.is_inside(&centre));
        Ok(())
    }

    #[test]
    fn what_is_around_a_way_holds_the_way() -> Result<(), &'static str> {
        let line = way(&[(10.0, 50.0), (10.02, 50.0), (10.02, 50.01)]);
        let around = around_lines(std::slice::from_ref(&line), 100.0, 1.0).ok_or("buffer")?;
        assert_eq!(around.len(), 1);
        assert!(line.iter().all(|point| around[0].contains(point)));
        let length: f64 = line.windows(2).map(|pair| pair[0].metres(&pair[1])).sum();
        let area: f64 = around.iter().map(Polygon::area).sum();
        assert!((area / (length * 200.0 + std::f64::consts::PI * 1e4) - 1.0).abs() < 0.02, "{area}");
        let wider = around_polygons(&around, 50.0, 1.0).ok_or("buffer of a polygon")?;
        assert!(wider.len() == 1 && wider[0].area() > area);
        Ok(())
    }

    #[test]
    fn straight_ways_have_two_ends() {
        let straight = way(&[(0.0, 0.0), (0.0, 0.001), (0.0, 0.002), (0.0, 0.003)]);
        assert_eq!(simpler_line(&straight, 10.0).map(|line| line.len()), Some(2));
        assert!(simpler_line(&straight, 1000.0).is_none());
        assert_eq!(denser(&way(&[(50.0, 50.0), (51.0, 51.0)]), 10.0).len(), 9);
        assert!(together(&[]).is_empty());
    }
}
