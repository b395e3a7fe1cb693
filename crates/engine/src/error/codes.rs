//! Every code an error of a query can carry once its text was read, with the form of its message and what to do: a list of
//! same-shaped items.
//!
//! Codes are stable: a code is never given a second meaning. `K` codes name a fault of the query and its place, `E` codes
//! what stopped it while it ran. The codes of syntax are `kql::codes`.

/// A kind of error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable code.
    pub id: &'static str,
    /// The form of the message; words in `<>` are filled in.
    pub form: &'static str,
    /// What to do, as the index of errors prints it.
    pub help: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $form:literal, $help:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $id;)*

        /// Every code, in order.
        pub const ALL: &[Code] = &[$(Code { id: $id, form: $form, help: $help }),*];
    };
}

codes! {
    /// The query needed more memory than it was allowed, even with spilling to disk.
    MEMORY = "E0001", "the query needs more than the <limit> MB of memory it was allowed", "Narrow the time range, project fewer columns before a `sort` or `join`, or raise `--memory-limit`.";
    /// The query ran out of time.
    TIMEOUT = "E0002", "the query ran longer than <seconds> s", "Narrow the time range, or raise `--timeout`.";
    /// A row, or the data it came from, could not be processed.
    EXECUTION = "E0003", "<what the data did not allow>", "The message names the value or the file. `spoofwatch lake info` shows whether the table can be read.";
    /// Stored data, or the disk that holds it, could not be read.
    STORAGE = "E0004", "the data cannot be read: <cause>", "The cause names the file. Restore it from a backup, or move the table's folder away and ingest again.";
    /// The program itself is at fault.
    INTERNAL = "E0900", "internal error: <cause>", "Please report it with the query.";
    /// A table that does not exist.
    UNKNOWN_TABLE = "K0101", "there is no table `<name>`", "Names of tables are case-sensitive; the message names the nearest. `spoofwatch lake info` lists what is stored, `--table NAME=FILE` reads a file as a table.";
    /// A column or variable that does not exist.
    UNKNOWN_NAME = "K0102", "there is no column `<name>`", "Names are case-sensitive; the message names the nearest, or the columns there are at this place of the query. A column that only some exports have: `column_ifexists(\"Name\", \"\")`.";
    /// A function that does not exist.
    UNKNOWN_FUNCTION = "K0103", "the function `<name>` is not known", "The message names the nearest; `spoofwatch functions` lists all. A function saved in a workspace can be put before the query with `let`.";
    /// A name that stands for the other kind of thing: a table where a value is wanted, or the reverse.
    KIND = "K0104", "a table is wanted here, and this is a value", "Use `toscalar(...)` to make a value of a table; end the text with a query, not with a definition.";
    /// A type that does not exist.
    UNKNOWN_TYPE = "K0105", "there is no type `<name>`", "Types are bool, int, long, real, decimal, string, datetime, timespan, guid and dynamic.";
    /// A stored table that is there and cannot be opened.
    UNREADABLE_TABLE = "K0106", "the table `<name>` cannot be read: <cause>", "The cause names the file. Restore the table's folder from a backup, or move it away and ingest again.";
    /// A saved function whose text leads back to itself.
    RECURSION = "K0107", "the function `<name>` calls itself: <name> → <name>", "Functions cannot be recursive. Inside a function named like a table, `table(\"name\")` reads the table.";
    /// Something `externaldata` names that is allowed and cannot be read.
    EXTERNAL = "K0108", "`<address>` cannot be read: <cause>", "The cause names what is wrong with the file or the host.";
    /// A watchlist nobody has given: a warning.
    UNKNOWN_WATCHLIST = "K0109", "there is no watchlist `<alias>`: it counts as empty", "Put `<alias>.csv` into the folder `watchlists` of the data directory, or name a file with `--watchlist <alias>=FILE`.";
    /// Nothing to look the place of an address up in: a warning.
    NO_GEOGRAPHY = "K0110", "geo_info_from_ip_address() has no file to look into, and gives null", "Name a file of MaxMind's format, such as GeoLite2-City.mmdb, with `--geoip FILE` or in `spoofwatch.toml`.";
    /// A field of a search that no row has: a warning.
    UNKNOWN_FIELD = "K0111", "no row has the field `<name>`", "Names of fields are case-sensitive; the message names the nearest. Members of a list of objects are reached by `list:{ member:value }`.";
    /// Operands an operator is not defined for.
    OPERANDS = "K0201", "operator `<operator>` cannot be used on <type> and <type>", "Convert one side, such as with `tostring`, `tolong`, `todatetime`.";
    /// An argument of the wrong type.
    ARGUMENT_TYPE = "K0202", "<function>() takes <type> as argument <position>, and got <type>", "Convert the argument; `spoofwatch functions NAME` shows what the function takes.";
    /// Too few or too many arguments.
    ARGUMENT_COUNT = "K0203", "<function>() takes <count>, and got <count>", "`spoofwatch functions NAME` shows the arguments. A query parameter without a default is given with `--param NAME=VALUE`.";
    /// An argument with a value that cannot be used.
    ARGUMENT_VALUE = "K0204", "<function>(): argument <position> <problem>", "The message says which values can be used. Some arguments must be constants.";
    /// A value that does not convert.
    CONVERSION = "K0205", "a <type> cannot be used as <type>", "Convert through `tostring`, or write a literal of the wanted type.";
    /// A literal that cannot be read.
    LITERAL = "K0206", "`<text>` is not a <type>", "Write the value as the type's literals are written: `datetime(2026-01-31)`, `1.5h`, `guid(...)`.";
    /// An aggregate where none may stand, or none where one must.
    AGGREGATE = "K0207", "<function>() is an aggregate: it can stand in `summarize` and `make-series` only", "To compare with an aggregate, `summarize` first and use its column in a `where` after it.";
    /// A setting or word an operator does not know.
    SETTING = "K0208", "`<operator>` has no setting `<name>`", "The message names the settings or values there are.";
    /// A function of neighbouring rows over rows that have no order.
    SERIALIZED = "K0209", "<function>() needs rows in an order", "Put `sort by ...` before it, or `serialize` to take the rows as they come.";
    /// Something the language has and the engine does not.
    UNSUPPORTED = "K0301", "<feature> is not supported", "[What is planned](../kql-coverage.md) and what only parses. Often another operator gives the same rows.";
    /// A query that grows past what may be planned.
    TOO_LARGE = "K0302", "<what> grows past <limit>", "Use a longer step or a shorter range; `join` with a table instead of a list of its values.";
    /// Something `externaldata` names that the caller has not allowed.
    EXTERNAL_REFUSED = "K0303", "`<address>` may not be read", "`--allow-external FOLDER` allows the files of a folder, `--allow-external HOST` those of a host; both can be given more than once.";
    /// Columns or rows that are not as the query demands.
    SCHEMA = "K0304", "the columns are not those that are demanded", "The message names the first that differs.";
    /// DataFusion refused the plan.
    PLANNING = "K0901", "this could not be planned: <cause>", "Please report it with the query.";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
    }
}
