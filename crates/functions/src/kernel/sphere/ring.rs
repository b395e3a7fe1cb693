//! Rings of arcs and polygons made of them.
//!
//! A ring encloses the smaller part of the globe, whichever way it goes; a shell is kept anticlockwise and a hole clockwise, so that
//! the inside of a polygon is on the left of every arc.

use super::point::{EARTH_RADIUS, Point, Vector, cross, dot, length, minus, plus, times, triangle, unit};

/// A closed way: its corners without the last, which is the first again.
#[derive(Debug, Clone)]
pub struct Ring {
    corners: Vec<Point>,
    /// Set where the corners are kept in the reverse of the order they were given in.
    turned: bool,
}

impl Ring {
    /// A ring of corners of which the last is the first; `None` if it is not, if there are fewer than three others, or if it comes
    /// back to a corner.
    #[must_use]
    pub fn closed(points: &[Point]) -> Option<Self> {
        let (last, corners) = points.split_last()?;
        let distinct = corners.iter().enumerate().all(|(at, corner)| corners[..at].iter().all(|other| !other.same(corner)));
        (corners.len() >= 3 && corners[0].same(last) && distinct).then(|| Self { corners: corners.to_vec(), turned: false })
    }

    /// A ring of corners; `None` if they are fewer than three.
    #[must_use]
    pub fn of(corners: Vec<Point>) -> Option<Self> {
        (corners.len() >= 3).then_some(Self { corners, turned: false })
    }

    /// The corners.
    #[must_use]
    pub fn corners(&self) -> &[Point] {
        &self.corners
    }

    /// The corners as they were given, the first one again at the end.
    #[must_use]
    pub fn given(&self) -> Vec<Point> {
        let mut given = self.corners.clone();
        if self.turned {
            given.reverse();
        }
        given.extend(given.first().copied());
        given
    }

    /// The arcs from corner to corner.
    pub fn arcs(&self) -> impl Iterator<Item = (&Point, &Point)> {
        self.corners.iter().zip(self.corners.iter().cycle().skip(1))
    }

    /// The enclosed area in steradians: positive if the corners go anticlockwise.
    #[must_use]
    pub fn area(&self) -> f64 {
        let fan = self.corners.windows(2).skip(1);
        let area: f64 = fan.map(|pair| triangle(&self.corners[0], &pair[0], &pair[1])).sum();
        let whole = 4.0 * std::f64::consts::PI;
        // What is not enclosed is larger: it is the inside, seen from the other side.
        if area.abs() > whole / 2.0 { area - whole.copysign(area) } else { area }
    }

    /// The same ring the other way round.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.corners.reverse();
        self.turned = !self.turned;
        self
    }

    /// The centre of the enclosed area, as long as that area is large; negative for a ring that goes clockwise.
    fn moment(&self) -> Vector {
        self.arcs().fold([0.0; 3], |sum, (start, end)| {
            let normal = cross(start.vector, end.vector);
            let length = length(normal);
            if length > 0.0 { plus(sum, times(normal, start.angle(end) / length / 2.0)) } else { sum }
        })
    }

    /// Whether the point is inside, by how often the ring goes round it.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        let turn: f64 = self
            .arcs()
            .map(|(start, end)| {
                let (from, to) = (minus(start.vector, point.vector), minus(end.vector, point.vector));
                let flat = |way: Vector| minus(way, times(point.vector, dot(way, point.vector)));
                let (from, to) = (flat(from), flat(to));
                let (x, y) = (dot(from, to), dot(point.vector, wide(from, to)));
                y.atan2(x)
            })
            .sum();
        // The point on the other side of the globe sees the ring go round as well.
        let centre = times(self.moment(), self.area().signum());
        turn.abs() > std::f64::consts::PI && dot(centre, point.vector) > 0.0
    }

    /// Whether the point lies on one of the arcs.
    #[must_use]
    pub fn touches(&self, point: &Point) -> bool {
        self.arcs().any(|(start, end)| point.nearest_on(start, end).angle(point) < 1e-14)
    }
}

/// The plain vector product, for vectors that need not be close.
fn wide(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// A shell with holes.
#[derive(Debug, Clone)]
pub struct Polygon(Vec<Ring>);

impl Polygon {
    /// A polygon of a shell and its holes; `None` without a shell, or if a ring encloses nothing.
    #[must_use]
    pub fn new(rings: Vec<Ring>) -> Option<Self> {
        let turned = rings.into_iter().enumerate().map(|(at, ring)| {
            let area = ring.area();
            (area != 0.0).then(|| if (area > 0.0) == (at == 0) { ring } else { ring.reversed() })
        });
        let rings: Vec<Ring> = turned.collect::<Option<_>>()?;
        (!rings.is_empty()).then_some(Self(rings))
    }

    /// The shell, then the holes.
    #[must_use]
    pub fn rings(&self) -> &[Ring] {
        &self.0
    }

    /// The arcs of all rings.
    pub fn arcs(&self) -> impl Iterator<Item = (&Point, &Point)> {
        self.0.iter().flat_map(Ring::arcs)
    }

    /// Whether the point is inside or on the boundary.
    #[must_use]
    pub fn contains(&self, point: &Point) -> bool {
        self.0.iter().any(|ring| ring.touches(point)) || self.is_inside(point)
    }

    /// Whether the point is inside the shell and in none of the holes; of the boundary nothing is said.
    #[must_use]
    pub fn is_inside(&self, point: &Point) -> bool {
        let Some((shell, holes)) = self.0.split_first() else { return false };
        shell.contains(point) && !holes.iter().any(|hole| hole.contains(point))
    }

    /// The area in square metres.
    #[must_use]
    pub fn area(&self) -> f64 {
        self.0.iter().map(Ring::area).sum::<f64>() * EARTH_RADIUS * EARTH_RADIUS
    }

    /// The length of the boundary in metres.
    #[must_use]
    pub fn perimeter(&self) -> f64 {
        self.arcs().map(|(start, end)| start.metres(end)).sum()
    }

    /// Where the area balances, as long as the area is large.
    #[must_use]
    pub fn moment(&self) -> Vector {
        self.0.iter().map(Ring::moment).fold([0.0; 3], plus)
    }
}

/// The centre of polygons that do not overlap.
#[must_use]
pub fn centroid(polygons: &[Polygon]) -> Option<Point> {
    let moment = polygons.iter().map(Polygon::moment).fold([0.0; 3], plus);
    (length(moment) > 0.0).then(|| Point::towards(unit(moment)))
}

#[cfg(test)]
mod tests {
    use super::{Point, Polygon, Ring};

    fn square(from: f64, to: f64) -> Option<Ring> {
        let corners = [(from, from), (to, from), (to, to), (from, to), (from, from)];
        Ring::closed(&corners.into_iter().map(|(x, y)| Point::new(x, y)).collect::<Option<Vec<_>>>()?)
    }

    #[test]
    fn a_hole_is_outside() -> Result<(), &'static str> {
        let rings = vec![square(0.0, 10.0).ok_or("shell")?, square(4.0, 6.0).ok_or("hole")?];
        let polygon = Polygon::new(rings).ok_or("polygon")?;
        let inside = |x, y| Point::new(x, y).is_some_and(|point| polygon.contains(&point));
        assert!(inside(1.0, 1.0) && !inside(5.0, 5.0) && !inside(11.0, 1.0) && !inside(-179.0, -1.0));
        assert!(inside(0.0, 0.0), "a corner");
        Ok(())
    }

    #[test]
    fn the_way_round_does_not_matter() -> Result<(), &'static str> {
        let (one, other) = (square(0.0, 10.0).ok_or("ring")?, square(0.0, 10.0).ok_or("ring")?.reversed());
        assert!((one.area() + other.area()).abs() < 1e-12);
        let areas = [one, other].map(|ring| Polygon::new(vec![ring]).map(|polygon| polygon.area()));
        assert!(areas[0].zip(areas[1]).is_some_and(|(a, b)| (a - b).abs() < 1.0 && a > 1.2e12));
        Ok(())
    }

    #[test]
    fn a_ring_that_comes_back_is_none() {
        let points = [(0.0, 0.0), (10.0, 10.0), (10.0, 10.0), (0.0, 0.0)].map(|(x, y)| Point::new(x, y));
        assert!(points.into_iter().collect::<Option<Vec<_>>>().is_some_and(|points| Ring::closed(&points).is_none()));
    }
}
