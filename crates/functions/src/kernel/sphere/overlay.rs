//! What two shapes have in common, and what they cover together.
//!
//! Arcs are cut where they meet; of the pieces those are kept that bound the result, and put together to rings again. The inside of
//! a polygon is on the left of its arcs, and so it is for the result.

use super::{
    geojson::{Line, Shape},
    point::{Point, crossing},
    ring::{Polygon, Ring},
};

/// Points by number: those that cannot be told apart are one.
#[derive(Debug, Default)]
struct Places(Vec<Point>);

impl Places {
    fn number(&mut self, point: &Point) -> usize {
        match self.0.iter().position(|known| known.same(point)) {
            Some(number) => number,
            None => {
                self.0.push(*point);
                self.0.len() - 1
            }
        }
    }
}

/// A piece of an arc between two places, in its direction.
type Piece = (usize, usize);

/// The arcs of polygons, or of lines.
fn arcs_of(polygons: &[Polygon]) -> Vec<(Point, Point)> {
    polygons.iter().flat_map(Polygon::arcs).map(|(start, end)| (*start, *end)).collect()
}

fn arcs_of_lines(lines: &[Line]) -> Vec<(Point, Point)> {
    lines.iter().flat_map(|line| line.windows(2)).map(|pair| (pair[0], pair[1])).collect()
}

/// The pieces of arcs, cut where they meet the others.
fn cut(arcs: &[(Point, Point)], others: &[(Point, Point)], places: &mut Places) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (start, end) in arcs {
        let mut stops = vec![*start, *end];
        for (from, to) in others {
            stops.extend(crossing((start, end), (from, to)));
            stops.extend([from, to].into_iter().filter(|stop| stop.nearest_on(start, end).angle(stop) < 1e-14));
        }
        stops.sort_by(|a, b| a.angle(start).total_cmp(&b.angle(start)));
        let numbers: Vec<usize> = stops.iter().map(|stop| places.number(stop)).collect();
        for pair in numbers.windows(2).filter(|pair| pair[0] != pair[1]) {
            let piece = (pair[0], pair[1]);
            if !pieces.contains(&piece) {
                pieces.push(piece);
            }
        }
    }
    pieces
}

fn middle(piece: Piece, places: &Places) -> Point {
    places.0[piece.0].between(&places.0[piece.1], 0.5)
}

fn inside_any(polygons: &[Polygon], point: &Point) -> bool {
    polygons.iter().any(|polygon| polygon.is_inside(point))
}

/// What the polygons of both sides cover together.
#[must_use]
pub fn union(a: &[Polygon], b: &[Polygon]) -> Vec<Polygon> {
    let (places, [first, second]) = pieces_of(a, b);
    let outside = |pieces: &[Piece], own: &[Piece], other: &[Polygon], places: &Places| -> Vec<Piece> {
        let apart = |piece: &&Piece| !own.contains(piece) && !own.contains(&(piece.1, piece.0));
        pieces.iter().filter(apart).filter(|piece| !inside_any(other, &middle(**piece, places))).copied().collect()
    };
    let mut kept = outside(&first, &second, b, &places);
    kept.extend(outside(&second, &first, a, &places));
    kept.extend(first.iter().filter(|piece| second.contains(piece)));
    rings(kept, &places)
}

/// What both sides cover: polygons, and where they only touch, lines and points.
#[must_use]
pub fn intersection(a: &[Polygon], b: &[Polygon]) -> Vec<Shape> {
    let (places, [first, second]) = pieces_of(a, b);
    let inside = |pieces: &[Piece], own: &[Piece], other: &[Polygon], places: &Places| -> Vec<Piece> {
        let apart = |piece: &&Piece| !own.contains(piece) && !own.contains(&(piece.1, piece.0));
        pieces.iter().filter(apart).filter(|piece| inside_any(other, &middle(**piece, places))).copied().collect()
    };
    let mut kept = inside(&first, &second, b, &places);
    kept.extend(inside(&second, &first, a, &places));
    kept.extend(first.iter().filter(|piece| second.contains(piece)));
    let along: Vec<Piece> = first.iter().filter(|piece| second.contains(&(piece.1, piece.0))).copied().collect();
    let corners = |pieces: &[Piece]| pieces.iter().flat_map(|piece| [piece.0, piece.1]).collect::<Vec<usize>>();
    let (of_first, of_second) = (corners(&first), corners(&second));
    let (of_kept, of_along) = (corners(&kept), corners(&along));
    let touch = |place: &usize| {
        of_first.contains(place) && of_second.contains(place) && !of_kept.contains(place) && !of_along.contains(place)
    };
    let points: Vec<Shape> = (0..places.0.len()).filter(touch).map(|place| Shape::Point(places.0[place])).collect();
    let lines = chains(along, &places).into_iter().map(Shape::Line);
    let lines: Vec<Shape> = lines.collect();
    let polygons = rings(kept, &places).into_iter().map(Shape::Polygon);
    points.into_iter().chain(lines).chain(polygons).collect()
}

fn pieces_of(a: &[Polygon], b: &[Polygon]) -> (Places, [Vec<Piece>; 2]) {
    let mut places = Places::default();
    let (first, second) = (arcs_of(a), arcs_of(b));
    let pieces = [cut(&first, &second, &mut places), cut(&second, &first, &mut places)];
    (places, pieces)
}

/// The parts of lines that lie in polygons, and the points where they only touch.
#[must_use]
pub fn lines_within(lines: &[Line], polygons: &[Polygon]) -> Vec<Shape> {
    let mut places = Places::default();
    let (arcs, bounds) = (arcs_of_lines(lines), arcs_of(polygons));
    let pieces = cut(&arcs, &bounds, &mut places);
    let within = |piece: &&Piece| {
        let middle = middle(**piece, &places);
        polygons.iter().any(|polygon| polygon.contains(&middle))
    };
    let kept: Vec<Piece> = pieces.iter().filter(within).copied().collect();
    let covered = |place: &usize| kept.iter().any(|piece| piece.0 == *place || piece.1 == *place);
    let touches = |place: &usize| polygons.iter().any(|polygon| polygon.contains(&places.0[*place]));
    let points: Vec<Shape> = (0..places.0.len())
        .filter(|place| pieces.iter().any(|piece| piece.0 == *place || piece.1 == *place))
        .filter(|place| !covered(place) && touches(place))
        .map(|place| Shape::Point(places.0[place]))
        .collect();
    points.into_iter().chain(chains(kept, &places).into_iter().map(Shape::Line)).collect()
}

/// The points and lines that lines have in common.
#[must_use]
pub fn lines_in_common(a: &[Line], b: &[Line]) -> Vec<Shape> {
    let mut places = Places::default();
    let (first, second) = (arcs_of_lines(a), arcs_of_lines(b));
    let (first, second) = (cut(&first, &second, &mut places), cut(&second, &first, &mut places));
    let along = |piece: &&Piece| second.contains(piece) || second.contains(&(piece.1, piece.0));
    let kept: Vec<Piece> = first.iter().filter(along).copied().collect();
    let of = |pieces: &[Piece], place: usize| pieces.iter().any(|piece| piece.0 == place || piece.1 == place);
    let points: Vec<Shape> = (0..places.0.len())
        .filter(|&place| of(&first, place) && of(&second, place) && !of(&kept, place))
        .map(|place| Shape::Point(places.0[place]))
        .collect();
    points.into_iter().chain(chains(kept, &places).into_iter().map(Shape::Line)).collect()
}

/// Whether lines, or boundaries, have a point in common.
#[must_use]
pub fn meet(a: &[(Point, Point)], b: &[(Point, Point)]) -> bool {
    let on = |point: &Point, arc: &(Point, Point)| point.nearest_on(&arc.0, &arc.1).angle(point) < 1e-14;
    a.iter().any(|first| {
        b.iter().any(|second| {
            crossing((&first.0, &first.1), (&second.0, &second.1)).is_some()
                || on(&first.0, second)
                || on(&first.1, second)
                || on(&second.0, first)
                || on(&second.1, first)
        })
    })
}

/// Whether lines have a point in common.
#[must_use]
pub fn lines_meet(a: &[Line], b: &[Line]) -> bool {
    meet(&arcs_of_lines(a), &arcs_of_lines(b))
}

/// Whether a line has a point in a polygon.
#[must_use]
pub fn lines_reach(lines: &[Line], polygons: &[Polygon]) -> bool {
    let starts = lines.iter().filter_map(|line| line.first());
    starts.into_iter().any(|start| polygons.iter().any(|polygon| polygon.contains(start)))
        || meet(&arcs_of_lines(lines), &arcs_of(polygons))
}

/// Whether polygons have a point in common.
#[must_use]
pub fn polygons_meet(a: &[Polygon], b: &[Polygon]) -> bool {
    let corner_in = |of: &[Polygon], others: &[Polygon]| {
        let corners = of.iter().filter_map(|polygon| polygon.rings().first()?.corners().first());
        corners.into_iter().any(|corner| others.iter().any(|polygon| polygon.contains(corner)))
    };
    corner_in(a, b) || corner_in(b, a) || meet(&arcs_of(a), &arcs_of(b))
}

/// Lines put together, each piece once.
#[must_use]
pub fn joined(lines: &[Line]) -> Vec<Line> {
    let mut places = Places::default();
    let mut pieces: Vec<Piece> = Vec::new();
    for (start, end) in arcs_of_lines(lines) {
        let piece = (places.number(&start), places.number(&end));
        if !pieces.contains(&piece) && !pieces.contains(&(piece.1, piece.0)) {
            pieces.push(piece);
        }
    }
    chains(pieces, &places)
}

/// Pieces put together to lines that are as long as can be without a choice.
fn chains(mut pieces: Vec<Piece>, places: &Places) -> Vec<Line> {
    let mut chains = Vec::new();
    let degree = |pieces: &[Piece], place: usize| pieces.iter().filter(|piece| piece.0 == place || piece.1 == place).count();
    let whole = pieces.clone();
    while !pieces.is_empty() {
        // A line begins where no other piece leads on.
        let begin = pieces.iter().position(|piece| degree(&whole, piece.0) != 2).unwrap_or(0);
        let (start, mut end) = pieces.remove(begin);
        let mut line = vec![places.0[start], places.0[end]];
        while degree(&whole, end) == 2
            && let Some(next) = pieces.iter().position(|piece| piece.0 == end || piece.1 == end)
        {
            let (from, to) = pieces.remove(next);
            end = if from == end { to } else { from };
            line.push(places.0[end]);
        }
        chains.push(line);
    }
    chains
}

/// Pieces put together to rings, and rings to polygons.
fn rings(mut pieces: Vec<Piece>, places: &Places) -> Vec<Polygon> {
    pieces.dedup();
    let (mut shells, mut holes): (Vec<Ring>, Vec<Ring>) = (Vec::new(), Vec::new());
    while let Some((start, mut place)) = pieces.pop() {
        let (mut before, mut way) = (start, vec![start]);
        while place != start {
            way.push(place);
            let Some(next) = leftmost(&pieces, before, place, places) else { break };
            (before, place) = pieces.remove(next);
        }
        if place != start {
            continue;
        }
        if let Some(ring) = Ring::of(way.into_iter().map(|place| places.0[place]).collect()) {
            if ring.area() > 0.0 { shells.push(ring) } else { holes.push(ring) }
        }
    }
    let within = |hole: &Ring, shell: &Ring| hole.corners().iter().any(|corner| !shell.touches(corner) && shell.contains(corner));
    shells
        .into_iter()
        .filter_map(|shell| {
            let own = holes.iter().filter(|hole| within(hole, &shell)).cloned();
            Polygon::new(std::iter::once(shell.clone()).chain(own).collect())
        })
        .collect()
}

/// The piece that leads on most to the left: rings that touch in a corner stay apart.
fn leftmost(pieces: &[Piece], before: usize, place: usize, places: &Places) -> Option<usize> {
    let (from, here) = (places.0[before], places.0[place]);
    let angle = |to: &Point| {
        let back = turn(&here, &from);
        (back - turn(&here, to)).rem_euclid(std::f64::consts::TAU)
    };
    let on = pieces.iter().enumerate().filter(|(_, piece)| piece.0 == place);
    // Anticlockwise angles: the first one clockwise from where the way came.
    on.min_by(|a, b| positive(angle(&places.0[a.1.1])).total_cmp(&positive(angle(&places.0[b.1.1])))).map(|(number, _)| number)
}

/// The way straight back comes last.
fn positive(angle: f64) -> f64 {
    if angle < 1e-12 { std::f64::consts::TAU } else { angle }
}

/// The direction of another point, anticlockwise from east.
fn turn(here: &Point, to: &Point) -> f64 {
    let (east, north) = (here.longitude.to_radians(), here.latitude.to_radians());
    let way = super::point::minus(to.vector, here.vector);
    let x = super::point::dot(way, [-east.sin(), east.cos(), 0.0]);
    let y = super::point::dot(way, [-north.sin() * east.cos(), -north.sin() * east.sin(), north.cos()]);
    y.atan2(x)
}

#[cfg(test)]
mod tests {
    use super::{intersection, union};
    use crate::kernel::sphere::{
        geojson::{Shape, polygons, write},
        ring::Polygon,
    };

    fn square(x: i32, y: i32) -> Vec<Polygon> {
        let text = format!(
            r#"{{"type":"Polygon","coordinates":[[[{x},{y}],[{a},{y}],[{a},{b}],[{x},{b}],[{x},{y}]]]}}"#,
            a = x + 2,
            b = y + 2
        );
        polygons(&text).unwrap_or_default()
    }

    fn area(polygons: &[Polygon]) -> f64 {
        polygons.iter().map(Polygon::area).sum()
    }

    #[test]
    fn what_overlaps_counts_once() {
        let (a, b) = (square(0, 0), square(1, 1));
        let together = union(&a, &b);
        let common: Vec<Polygon> = intersection(&a, &b)
            .into_iter()
            .filter_map(|shape| match shape {
                Shape::Polygon(polygon) => Some(polygon),
                Shape::Point(_) | Shape::Line(_) => None,
            })
            .collect();
        assert_eq!((together.len(), common.len()), (1, 1));
        assert!((area(&together) + area(&common) - area(&a) - area(&b)).abs() < 10.0);
    }

    #[test]
    fn what_is_apart_stays_apart() {
        assert_eq!(union(&square(0, 0), &square(5, 5)).len(), 2);
        assert!(intersection(&square(0, 0), &square(5, 5)).is_empty());
        assert_eq!(union(&square(0, 0), &square(0, 0)).len(), 1);
    }

    #[test]
    fn a_common_corner_is_a_point_and_a_common_side_a_line() {
        let text = |a: Vec<Polygon>, b: Vec<Polygon>| {
            let mut out = String::new();
            write(&intersection(&a, &b), &mut out);
            out
        };
        assert_eq!(text(square(0, 0), square(2, 2)), r#"{"type":"Point","coordinates":[2.0,2.0]}"#);
        assert_eq!(text(square(0, 0), square(2, 0)), r#"{"type":"LineString","coordinates":[[2.0,0.0],[2.0,2.0]]}"#);
        assert_eq!(union(&square(0, 0), &square(2, 0)).len(), 1);
    }
}
