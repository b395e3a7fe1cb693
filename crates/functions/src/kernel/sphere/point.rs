//! Points of the globe as unit vectors, and what arcs between them measure. The Earth is a sphere, as in the reference.
//!
//! Formulas are those that stay exact for points that are close together: W. Kahan, "Computing Cross-Products and Rotations in
//! 2- and 3-Dimensional Euclidean Spaces" (2016), and the cross product of sum and difference.

/// The radius of the sphere in metres: the mean radius that Kusto measures with.
pub const EARTH_RADIUS: f64 = 6_371_010.0;

/// Points nearer than this angle are one.
const SAME: f64 = 1e-14;

/// A vector from the centre of the sphere.
pub type Vector = [f64; 3];

/// A point of the globe.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
    /// The same as a unit vector.
    pub vector: Vector,
}

impl Point {
    /// The point at a longitude and latitude in degrees; `None` for what is on no globe.
    #[must_use]
    pub fn new(longitude: f64, latitude: f64) -> Option<Self> {
        let valid = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
        let (east, north) = (longitude.to_radians(), latitude.to_radians());
        let vector = [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()];
        valid.then_some(Self { longitude, latitude, vector })
    }

    /// The point in a direction from the centre, which has a length.
    #[must_use]
    pub fn towards(vector: Vector) -> Self {
        let vector = unit(vector);
        let [x, y, z] = vector;
        Self { longitude: y.atan2(x).to_degrees(), latitude: z.atan2(x.hypot(y)).to_degrees(), vector }
    }

    /// The angle to another point, in radians.
    #[must_use]
    pub fn angle(&self, other: &Self) -> f64 {
        length(cross(self.vector, other.vector)).atan2(dot(self.vector, other.vector))
    }

    /// The distance to another point in metres.
    #[must_use]
    pub fn metres(&self, other: &Self) -> f64 {
        self.angle(other) * EARTH_RADIUS
    }

    /// Whether the two cannot be told apart.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        length(minus(self.vector, other.vector)) < SAME
    }

    /// The point that lies at a part of the way to another, from 0 to 1.
    #[must_use]
    pub fn between(&self, other: &Self, part: f64) -> Self {
        let way = self.angle(other);
        if part <= 0.0 || way == 0.0 {
            return *self;
        }
        if part >= 1.0 {
            return *other;
        }
        let (near, far) = (((1.0 - part) * way).sin() / way.sin(), (part * way).sin() / way.sin());
        Self::towards(plus(times(self.vector, near), times(other.vector, far)))
    }

    /// The point of the arc from `start` to `end` that is nearest.
    #[must_use]
    pub fn nearest_on(&self, start: &Self, end: &Self) -> Self {
        let normal = cross(start.vector, end.vector);
        if length(normal) > 0.0 {
            let normal = unit(normal);
            let foot = minus(self.vector, times(normal, dot(self.vector, normal)));
            if length(foot) > 0.0 && dot(cross(normal, start.vector), foot) >= 0.0 && dot(cross(normal, end.vector), foot) <= 0.0
            {
                return Self::towards(foot);
            }
        }
        if self.angle(start) <= self.angle(end) { *start } else { *end }
    }

    /// On which side of the way from `start` to `end` the point lies: positive on the left, 0 on it.
    #[must_use]
    pub fn side(&self, start: &Self, end: &Self) -> f64 {
        let side = dot(self.vector, cross(start.vector, end.vector));
        if side.abs() < 1e-15 * length(minus(end.vector, start.vector)).max(1e-7) { 0.0 } else { side }
    }

    /// The direction of another point, in radians clockwise from north, from 0 to 2 pi; `None` where there is none: the same point, or
    /// the one on the other side of the globe.
    #[must_use]
    pub fn heading(&self, to: &Self) -> Option<f64> {
        if self.same(to) || length(plus(self.vector, to.vector)) < SAME {
            return None;
        }
        let (from_north, to_north) = (self.latitude.to_radians(), to.latitude.to_radians());
        let turn = (to.longitude - self.longitude).to_radians();
        let east = turn.sin() * to_north.cos();
        let north = from_north.cos() * to_north.sin() - from_north.sin() * to_north.cos() * turn.cos();
        Some(east.atan2(north).rem_euclid(std::f64::consts::TAU))
    }

    /// The point that lies in a direction (radians from north, clockwise) at a distance (radians).
    #[must_use]
    pub fn at(&self, direction: f64, distance: f64) -> Self {
        let east = self.longitude.to_radians();
        let north_of = [
            -self.latitude.to_radians().sin() * east.cos(),
            -self.latitude.to_radians().sin() * east.sin(),
            self.latitude.to_radians().cos(),
        ];
        let east_of = [-east.sin(), east.cos(), 0.0];
        let heading = plus(times(north_of, direction.cos()), times(east_of, direction.sin()));
        Self::towards(plus(times(self.vector, distance.cos()), times(heading, distance.sin())))
    }
}

/// The scalar product.
#[must_use]
pub fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The vector product, exact for vectors that are nearly the same.
#[must_use]
pub fn cross(a: Vector, b: Vector) -> Vector {
    times(product(plus(b, a), minus(b, a)), 0.5)
}

fn product(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The sum.
#[must_use]
pub fn plus(a: Vector, b: Vector) -> Vector {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

/// The difference.
#[must_use]
pub fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// The vector so many times as long.
#[must_use]
pub fn times(a: Vector, factor: f64) -> Vector {
    a.map(|part| part * factor)
}

/// The length.
#[must_use]
pub fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

/// The vector of length 1 in the same direction.
#[must_use]
pub fn unit(a: Vector) -> Vector {
    let length = length(a);
    if length > 0.0 { times(a, 1.0 / length) } else { a }
}

/// The signed area of a triangle in steradians: positive if its corners go anticlockwise (Van Oosterom and Strackee, 1983).
#[must_use]
pub fn triangle(a: &Point, b: &Point, c: &Point) -> f64 {
    let volume = dot(a.vector, product(minus(b.vector, a.vector), minus(c.vector, a.vector)));
    2.0 * volume.atan2(1.0 + dot(a.vector, b.vector) + dot(b.vector, c.vector) + dot(c.vector, a.vector))
}

/// Where two arcs cross within both; `None` where they only touch, lie on each other or are apart.
#[must_use]
pub fn crossing(a: (&Point, &Point), b: (&Point, &Point)) -> Option<Point> {
    let (first, second) = (b.0.side(a.0, a.1), b.1.side(a.0, a.1));
    let (third, fourth) = (a.0.side(b.0, b.1), a.1.side(b.0, b.1));
    if first * second >= 0.0 || third * fourth >= 0.0 {
        return None;
    }
    let line = product(unit(cross(a.0.vector, a.1.vector)), unit(cross(b.0.vector, b.1.vector)));
    let middle = plus(plus(a.0.vector, a.1.vector), plus(b.0.vector, b.1.vector));
    let towards = if dot(line, middle) < 0.0 { times(line, -1.0) } else { line };
    let point = Point::towards(towards);
    // Arcs on opposite sides of the globe have great circles that cross as well.
    let middle_of = |arc: (&Point, &Point)| plus(arc.0.vector, arc.1.vector);
    (dot(point.vector, middle_of(a)) > 0.0 && dot(point.vector, middle_of(b)) > 0.0).then_some(point)
}

#[cfg(test)]
mod tests {
    use super::{Point, crossing};

    fn at(longitude: f64, latitude: f64) -> Point {
        Point::new(longitude, latitude).unwrap_or_else(|| Point::towards([1.0, 0.0, 0.0]))
    }

    #[test]
    fn a_quarter_of_the_globe() {
        assert!((at(0.0, 0.0).angle(&at(90.0, 0.0)) - std::f64::consts::FRAC_PI_2).abs() < 1e-15);
        assert!(at(0.0, 0.0).between(&at(90.0, 0.0), 0.5).same(&at(45.0, 0.0)));
        assert!(at(10.0, 20.0).at(0.0, 0.1).latitude > 20.0);
        assert!(at(10.0, 20.0).at(std::f64::consts::FRAC_PI_2, 0.1).longitude > 10.0);
    }

    #[test]
    fn arcs_cross_within_both_or_not_at_all() {
        let (west, east, south, north) = (at(-1.0, 0.0), at(1.0, 0.0), at(0.0, -1.0), at(0.0, 1.0));
        assert!(crossing((&west, &east), (&south, &north)).is_some_and(|point| point.same(&at(0.0, 0.0))));
        assert!(crossing((&west, &east), (&at(0.0, 0.5), &north)).is_none());
        assert!(crossing((&west, &east), (&at(180.0, -1.0), &at(180.0, 1.0))).is_none());
        // A touch is no crossing.
        assert!(crossing((&west, &east), (&at(0.0, 0.0), &north)).is_none());
    }

    #[test]
    fn what_is_on_no_globe_is_no_point() {
        assert!(Point::new(181.0, 0.0).is_none() && Point::new(0.0, -91.0).is_none() && Point::new(f64::NAN, 0.0).is_none());
    }
}
