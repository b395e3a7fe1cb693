//! Kusto's ten scalar types, their names and how each is held in Arrow.

use arrow_schema::{DataType, TimeUnit};

/// A Kusto scalar type.
///
/// Source: Microsoft's reference, page `scalar-data-types`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// `true`, `false` or null.
    Bool,
    /// 32-bit signed integer.
    Int,
    /// 64-bit signed integer.
    Long,
    /// 64-bit IEEE 754 number.
    Real,
    /// Decimal number with up to 34 significant digits.
    Decimal,
    /// Unicode text; never null, a missing text is `""`.
    String,
    /// A moment, counted in ticks of 100 ns since 0001-01-01T00:00:00Z.
    Datetime,
    /// A span of time in ticks of 100 ns.
    Timespan,
    /// A 128-bit identifier.
    Guid,
    /// A JSON value: a scalar, an array or a property bag.
    Dynamic,
}

/// Precision and scale of the Arrow form of `decimal`.
pub const DECIMAL_PRECISION: u8 = 38;
/// Digits after the point in the Arrow form of `decimal`.
pub const DECIMAL_SCALE: i8 = 16;

impl Type {
    /// Every type, in the order of the reference.
    pub const ALL: [Self; 10] = [
        Self::Bool,
        Self::Datetime,
        Self::Decimal,
        Self::Dynamic,
        Self::Guid,
        Self::Int,
        Self::Long,
        Self::Real,
        Self::String,
        Self::Timespan,
    ];

    /// The type's Kusto name, as `getschema` and the CLI's JSON print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Long => "long",
            Self::Real => "real",
            Self::Decimal => "decimal",
            Self::String => "string",
            Self::Datetime => "datetime",
            Self::Timespan => "timespan",
            Self::Guid => "guid",
            Self::Dynamic => "dynamic",
        }
    }

    /// The type a name stands for; every spelling of the reference (`boolean`, `date`, `double`, `time`, `uuid`, ...).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Bool,
            "int" | "int32" | "uint" | "uint32" | "int16" | "uint16" | "int8" | "uint8" | "byte" | "sbyte" => Self::Int,
            "long" | "int64" | "ulong" | "uint64" => Self::Long,
            "real" | "double" | "float" => Self::Real,
            "decimal" => Self::Decimal,
            "string" => Self::String,
            "datetime" | "date" => Self::Datetime,
            "timespan" | "time" => Self::Timespan,
            "guid" | "uuid" | "uniqueid" => Self::Guid,
            "dynamic" | "object" => Self::Dynamic,
            _ => return None,
        })
    }

    /// How the query engine holds a column of this type.
    ///
    /// `datetime` and `timespan` are ticks in an `Int64` (no Arrow time type reaches year 1 to 9999 at 100 ns);
    /// `guid` is lower-case text with dashes; `dynamic` is compact JSON text, where Arrow's null is Kusto's null.
    #[must_use]
    pub const fn engine_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int => DataType::Int32,
            Self::Long | Self::Datetime | Self::Timespan => DataType::Int64,
            Self::Real => DataType::Float64,
            Self::Decimal => DataType::Decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
            Self::String | Self::Guid | Self::Dynamic => DataType::Utf8View,
        }
    }

    /// How a column of this type is stored and handed from sources to the lake: as [`Type::engine_type`], but
    /// `datetime` is a UTC timestamp in microseconds and text is `Utf8`, which every reader of the files understands.
    #[must_use]
    pub fn storage_type(self) -> DataType {
        match self {
            Self::Datetime => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::String | Self::Guid | Self::Dynamic => DataType::Utf8,
            other => other.engine_type(),
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
