//! Geometry of the globe: points, arcs of great circles, polygons, and GeoJSON in and out. Start with [`point::Point`].
//!
//! Written for these functions; shapes have some hundred corners, and everything that compares two goes through both.

pub mod change;
pub mod geojson;
pub mod overlay;
pub mod point;
pub mod read;
pub mod ring;
pub mod way;
pub mod wkt;
