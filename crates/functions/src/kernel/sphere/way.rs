//! Ways along lines: lengths, places on the way.

use super::{
    geojson::Line,
    point::{Point, length as size, minus, plus, times},
};

/// The arcs of lines.
pub fn arcs(lines: &[Line]) -> impl Iterator<Item = (&Point, &Point)> {
    lines.iter().flat_map(|line| line.iter().zip(line.iter().skip(1)))
}

/// The length in metres.
#[must_use]
pub fn length(lines: &[Line]) -> f64 {
    arcs(lines).map(|(start, end)| start.metres(end)).sum()
}

/// The place on arcs that is nearest to a place; `None` without arcs.
pub fn nearest<'a>(place: &Point, arcs: impl Iterator<Item = (&'a Point, &'a Point)>) -> Option<Point> {
    let feet = arcs.map(|(start, end)| place.nearest_on(start, end));
    feet.min_by(|a, b| a.angle(place).total_cmp(&b.angle(place)))
}

/// Where lines balance.
#[must_use]
pub fn centroid(lines: &[Line]) -> Option<Point> {
    let moment = arcs(lines).fold([0.0; 3], |sum, (start, end)| {
        let middle = plus(start.vector, end.vector);
        let across = size(minus(start.vector, end.vector));
        plus(sum, times(middle, across / size(middle)))
    });
    (size(moment) > 0.0).then(|| Point::towards(moment))
}

/// The place at a part of the way, from 0 to 1.
#[must_use]
pub fn at(line: &Line, part: f64) -> Option<Point> {
    let lines = std::slice::from_ref(line);
    let mut left = arcs(lines).map(|(start, end)| start.angle(end)).sum::<f64>() * part;
    for (start, end) in arcs(lines) {
        let arc = start.angle(end);
        if left < arc {
            return Some(start.between(end, left / arc));
        }
        left -= arc;
    }
    line.last().copied()
}

/// How far along the line its place lies that is nearest to a place, from 0 to 1.
#[must_use]
pub fn part(line: &Line, place: &Point) -> Option<f64> {
    let lines = std::slice::from_ref(line);
    let (mut before, mut best) = (0.0, None);
    for (start, end) in arcs(lines) {
        let foot = place.nearest_on(start, end);
        let away = foot.angle(place);
        if best.is_none_or(|(nearest, _)| away < nearest) {
            best = Some((away, before + start.angle(&foot)));
        }
        before += start.angle(end);
    }
    best.map(|(_, along)| (along / before).min(1.0))
}
