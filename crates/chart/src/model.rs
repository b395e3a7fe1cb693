//! The chart as a caller describes it: a kind, an x axis, series of values. No rule about drawing lives here.

/// Which drawing. The names are those of KQL's `render`; its `table` is no chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Lines over time.
    Timechart,
    /// Lines over numbers, times or categories.
    Linechart,
    /// Areas, each from the zero line (stacked where [`Stacking`] says so).
    Areachart,
    /// Areas, one on top of the other.
    Stackedareachart,
    /// Vertical columns.
    Columnchart,
    /// Horizontal bars.
    Barchart,
    /// A pie of shares; with several series and one x value, the series are the slices.
    Piechart,
    /// Points without lines.
    Scatterchart,
    /// Lines over time with [`Series::anomalies`] marked.
    Anomalychart,
    /// The first value of each series as a large number.
    Card,
}

/// How several series share columns, bars or areas (`kind=` in KQL). Other kinds ignore it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Stacking {
    /// What the kind does by itself: [`Kind::Stackedareachart`] stacks, all others do not.
    #[default]
    Default,
    /// Side by side, or one in front of the other.
    Unstacked,
    /// One on top of the other.
    Stacked,
    /// One on top of the other, as shares of 100 %.
    Stacked100,
}

/// The x values, in any order; lines are drawn in the order of x.
#[derive(Debug, Clone, PartialEq)]
pub enum X {
    /// Microseconds since 1970-01-01T00:00:00 UTC. Times outside the years 1 to 9999 are moved to the nearest of them.
    Time(Vec<i64>),
    /// Numbers; what is not finite is left out.
    Number(Vec<f64>),
    /// Names, in the order they are shown.
    Category(Vec<String>),
}

impl X {
    /// How many x values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Time(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Category(values) => values.len(),
        }
    }

    /// Whether there is no x value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One line, one colour of columns, one set of slices.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// The name in the legend.
    pub name: String,
    /// One value for each x. `None`, NaN and infinities are gaps, and so are values missing at the end; values beyond
    /// the last x are ignored.
    pub values: Vec<Option<f64>>,
    /// Places in `values` marked as anomalies; places outside are ignored. Only [`Kind::Anomalychart`] shows them.
    pub anomalies: Vec<usize>,
    /// Its colour as `#rrggbb`, for what has one of its own wherever it is shown; `None` is the next of the palette. Pies and terminals keep
    /// to the palette.
    pub colour: Option<&'static str>,
}

impl Series {
    /// A series without anomalies, in a colour of the palette.
    #[must_use]
    pub fn new(name: impl Into<String>, values: Vec<Option<f64>>) -> Self {
        Self { name: name.into(), values, anomalies: Vec::new(), colour: None }
    }
}

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Which drawing.
    pub kind: Kind,
    /// How series share columns, bars or areas.
    pub stacking: Stacking,
    /// The heading; empty for none.
    pub title: String,
    /// What x means, with its unit; empty for none. Time axes add `UTC` by themselves.
    pub x_title: String,
    /// What the values mean, with their unit; empty for none.
    pub y_title: String,
    /// The x values.
    pub x: X,
    /// The series, in the order of the legend.
    pub series: Vec<Series>,
    /// Whether there may be a legend; it is drawn only where there are several series.
    pub legend: bool,
    /// Whether the value axis is logarithmic: values up to 0 are then gaps. Pies, cards and shares of 100 % ignore it.
    pub y_log: bool,
    /// The lower end of the value axis, if it is not to be found from the data.
    pub y_min: Option<f64>,
    /// The upper end of the value axis, if it is not to be found from the data.
    pub y_max: Option<f64>,
}

impl Chart {
    /// A chart without series, titles and wishes, with the legend on.
    #[must_use]
    pub fn new(kind: Kind, x: X) -> Self {
        Self {
            kind,
            stacking: Stacking::Default,
            title: String::new(),
            x_title: String::new(),
            y_title: String::new(),
            x,
            series: Vec::new(),
            legend: true,
            y_log: false,
            y_min: None,
            y_max: None,
        }
    }

    /// Whether values pile up, and if so whether to 100 %.
    pub(crate) fn pile(&self) -> Pile {
        match (self.kind, self.stacking) {
            (Kind::Stackedareachart, Stacking::Stacked100) => Pile::Shares,
            (Kind::Stackedareachart, _) => Pile::Sums,
            (Kind::Areachart | Kind::Columnchart | Kind::Barchart, Stacking::Stacked) => Pile::Sums,
            (Kind::Areachart | Kind::Columnchart | Kind::Barchart, Stacking::Stacked100) => Pile::Shares,
            _ => Pile::None,
        }
    }
}

/// What [`Stacking`] means once the kind is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pile {
    /// Each series stands by itself.
    None,
    /// Values add up.
    Sums,
    /// Values add up to 100 %.
    Shares,
}

/// The size of a picture in CSS pixels. Drawing keeps it within 240 × 160 and 3000 × 3000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Default for Size {
    /// 960 × 480: half a page of a report.
    fn default() -> Self {
        Self { width: 960, height: 480 }
    }
}

impl Size {
    /// The size that is really drawn: a smaller picture has no room for an axis, a larger one no memory on small machines.
    pub(crate) fn bounded(self) -> Self {
        Self { width: self.width.clamp(240, 3000), height: self.height.clamp(160, 3000) }
    }
}
