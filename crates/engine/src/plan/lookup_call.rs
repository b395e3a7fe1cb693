//! Calls that look something up beside the tables: `_GetWatchlist`, `_GetWatchlistAlias`, `geo_info_from_ip_address`.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringViewArray, new_empty_array};
use diag::{Diagnostic, Span};
use functions::Typed;
use kql::ast::{Argument, Call};
use schema::Type;

use super::{Names, Planner};
use crate::{
    catalog::StoredTable,
    error::{At, Result, codes, fault},
    kernel,
    relation::{Column, Relation},
    source,
};

/// What every watchlist has beside its own columns.
/// <https://learn.microsoft.com/azure/sentinel/watchlists-queries>
const WATCHLIST: [(&str, Type); 3] =
    [("_DTItemId", Type::String), ("LastUpdatedTimeUTC", Type::Datetime), ("SearchKey", Type::String)];

impl Planner<'_> {
    /// The table that one of these functions gives; `None` for another name.
    pub(super) fn lookup_table(&self, call: &Call, span: Span, names: Names) -> Result<Option<Relation>> {
        match call.name.text.as_str() {
            "_GetWatchlist" => self.watchlist(call, span, names).map(Some),
            "_GetWatchlistAlias" => self.watchlist_aliases(span).map(Some),
            _ => Ok(None),
        }
    }

    /// `_GetWatchlist(alias [, ...])`. The list is what it is now: a moment given beside the alias narrows nothing.
    fn watchlist(&self, call: &Call, span: Span, names: Names) -> Result<Relation> {
        let Some(Argument { value, .. }) = call.arguments.first() else {
            return fault(codes::ARGUMENT_COUNT, "_GetWatchlist() takes the alias of a watchlist", span);
        };
        let alias = self.constant(value, names, "the alias of a watchlist")?;
        let Some(alias) = alias.as_text() else {
            return fault(codes::ARGUMENT_TYPE, "_GetWatchlist() takes the alias of a watchlist, a string", value.span);
        };
        if let Some(provider) = self.env.lookups.watchlist(alias) {
            let stored = StoredTable { provider: Arc::clone(provider), canonical: true };
            return source::scan(&format!("watchlist {alias}"), &stored, false, span);
        }
        self.unknown_watchlist(alias, span)
    }

    /// A watchlist that is not there is empty, with the columns the query wants of it: a rule that excludes what is listed
    /// runs and excludes nothing.
    fn unknown_watchlist(&self, alias: &str, span: Span) -> Result<Relation> {
        self.open_ended.set(true);
        let mut columns: Vec<Column> = WATCHLIST.iter().map(|(name, ty)| Column::new(*name, *ty)).collect();
        let assumed = &self.answers.assumed;
        columns.extend(assumed.iter().map(|name| Column::new(name, Type::String)));
        let known: Vec<&str> = self.env.lookups.watchlists.keys().map(String::as_str).collect();
        let near = schema::nearest(alias, known.iter().copied());
        let columns_of = if assumed.is_empty() { String::new() } else { format!(", with these columns: {}", assumed.join(", ")) };
        let help = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("put {alias}.csv into the folder `watchlists` of the data directory, or use --watchlist {alias}=FILE")
            }
        };
        let message = format!("there is no watchlist `{alias}`: it counts as empty{columns_of}");
        self.warn_of_setup(Diagnostic::warning(codes::UNKNOWN_WATCHLIST, message, span).with_help(help));
        let arrays = columns.iter().map(|column| new_empty_array(&column.ty.engine_type())).collect();
        source::memory("watchlist", columns, arrays, span)
    }

    /// `_GetWatchlistAlias`: every alias.
    fn watchlist_aliases(&self, span: Span) -> Result<Relation> {
        let aliases: StringViewArray = self.env.lookups.watchlists.keys().map(Some).collect();
        let columns = vec![Column::new("WatchlistAlias", Type::String)];
        source::memory("watchlists", columns, vec![Arc::new(aliases) as ArrayRef], span)
    }

    /// `geo_info_from_ip_address(ip)`.
    pub(super) fn geo_info(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let args = call.arguments.iter().map(|argument| self.scalar(&argument.value, names)).collect::<Result<Vec<_>>>()?;
        // The declaration counts and converts the arguments; without anything to look into, its answer is null.
        let nothing = self.apply("geo_info_from_ip_address", args.clone(), span)?;
        match (&self.env.lookups.geography, args.into_iter().next()) {
            (Some(geography), Some(address)) => {
                let text = functions::coerce(address, Type::String).at(span)?;
                self.fold(kernel::geography(text.expr, Arc::clone(geography)), span)
            }
            _ => {
                let help = "name a file of MaxMind's format, such as GeoLite2-City.mmdb, with --geoip FILE or in spoofwatch.toml";
                let message = "geo_info_from_ip_address() has no file to look into, and gives null";
                self.warn_of_setup(Diagnostic::warning(codes::NO_GEOGRAPHY, message, call.name.span).with_help(help));
                Ok(nothing)
            }
        }
    }
}
