//! `buildschema`: the least schema that all of a group's dynamic values fit.

use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{
        group::{
            self,
            sketch::{Sketch, Summarize},
        },
        json::{self, Kind},
        native::argument,
    },
};

/// `buildschema(expr)`.
pub static FUNCTION: Function = Function {
    name: "buildschema",
    aliases: &[],
    section: Section::Aggregate,
    doc: "buildschema-aggregation-function",
    summary: "The least schema that all of the group's values fit: names of types, bags of them, and arrays of what may be one or the other; the elements of an array are under `` `indexer` ``.",
    params: &[Param::required("expr", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("schema"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(buildschema),
    examples: &[
        Example::gives(
            "Several bags",
            r#"datatable(x: dynamic)[dynamic({"x":1, "y":3.5}), dynamic({"x":"somevalue", "z":[1, 2, 3]}), dynamic({"y":{"w":"zzz"}, "t":["aa", "bb"], "z":["foo"]})] | summarize buildschema(x)"#,
            r#"dynamic({"x":["long","string"],"y":["double",{"w":"string"}],"z":{"`indexer`":["long","string"]},"t":{"`indexer`":"string"}})"#,
        ),
        Example::gives(
            "One type",
            "datatable(x: dynamic)[dynamic(1), dynamic(2)] | summarize buildschema(x)",
            r#"dynamic("long")"#,
        ),
        Example::gives(
            "Null fits everything",
            r#"datatable(x: dynamic)[dynamic(null), dynamic({"a":null}), dynamic({"a":true})] | summarize buildschema(x)"#,
            r#"dynamic({"a":"bool"})"#,
        ),
        Example::gives("No rows", "datatable(x: dynamic)[] | summarize buildschema(x)", "dynamic({})"),
    ],
};

/// What values were seen in one place.
#[derive(Debug, Default)]
struct Schema {
    /// Names of types in the order they came.
    scalars: Vec<String>,
    /// How many of them came before the first bag, and its members by their keys, as these stand between quotes.
    bag: Option<(usize, Vec<(String, Schema)>)>,
}

/// The key under which an array's elements stand.
const INDEXER: &str = "`indexer`";

impl Schema {
    fn add(&mut self, value: &str) {
        match json::kind(value) {
            Kind::Null => {}
            Kind::Bool => self.scalar("bool"),
            Kind::Number if value.parse::<i64>().is_ok() => self.scalar("long"),
            Kind::Number => self.scalar("double"),
            Kind::String => self.scalar("string"),
            Kind::Array => {
                let elements = self.member(INDEXER);
                json::elements(value).into_iter().flatten().for_each(|element| elements.add(element));
            }
            Kind::Bag => {
                self.bag();
                for (key, value) in json::members(value).into_iter().flatten() {
                    self.member(key).add(value);
                }
            }
        }
    }

    fn scalar(&mut self, name: &str) {
        if !self.scalars.iter().any(|known| known == name) {
            self.scalars.push(name.to_owned());
        }
    }

    fn bag(&mut self) -> &mut Vec<(String, Self)> {
        let place = self.scalars.len();
        &mut self.bag.get_or_insert_with(|| (place, Vec::new())).1
    }

    fn member(&mut self, key: &str) -> &mut Self {
        let members = self.bag();
        let place = members.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            members.push((key.to_owned(), Self::default()));
            members.len() - 1
        });
        &mut members[place].1
    }

    /// Adds a schema as [`Schema::write`] wrote it.
    fn merge(&mut self, written: &str) {
        match json::kind(written) {
            Kind::String => self.scalar(&json::text(written)),
            Kind::Array => json::elements(written).into_iter().flatten().for_each(|form| self.merge(form)),
            Kind::Bag => {
                self.bag();
                for (key, schema) in json::members(written).into_iter().flatten() {
                    self.member(key).merge(schema);
                }
            }
            Kind::Null | Kind::Bool | Kind::Number => {}
        }
    }

    fn write(&self, out: &mut String) {
        let place = self.bag.as_ref().map(|(place, _)| *place);
        let count = self.scalars.len() + usize::from(place.is_some());
        if count == 0 {
            out.push_str("null");
            return;
        }
        out.push_str(if count > 1 { "[" } else { "" });
        for number in 0..count {
            out.push_str(if number > 0 { "," } else { "" });
            let scalar = number - usize::from(place.is_some_and(|place| place < number));
            match (&self.bag, self.scalars.get(scalar)) {
                (Some((place, members)), _) if *place == number => write_bag(members, out),
                (_, Some(name)) => json::quote(name, out),
                (_, None) => {}
            }
        }
        out.push_str(if count > 1 { "]" } else { "" });
    }

    fn size(&self) -> usize {
        let of_member = |(key, schema): &(String, Self)| key.len() + size_of::<(String, Self)>() + schema.size();
        let scalars: usize = self.scalars.iter().map(|name| name.len() + size_of::<String>()).sum();
        scalars + self.bag.iter().flat_map(|(_, members)| members).map(of_member).sum::<usize>()
    }
}

fn write_bag(members: &[(String, Schema)], out: &mut String) {
    out.push('{');
    for (number, (key, schema)) in members.iter().enumerate() {
        out.push_str(if number > 0 { ",\"" } else { "\"" });
        out.push_str(key);
        out.push_str("\":");
        schema.write(out);
    }
    out.push('}');
}

/// The schemas of dynamic values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct BuildSchema;

impl Sketch for BuildSchema {
    type Summary = Schema;

    fn name(&self) -> &'static str {
        "buildschema"
    }

    fn arity(&self) -> usize {
        1
    }

    fn start(&self) -> Schema {
        Schema::default()
    }

    fn add(&self, summary: &mut Schema, value: &[u8], _weight: i64) {
        if let Ok(value) = std::str::from_utf8(value) {
            summary.add(value);
        }
    }

    fn merge(&self, summary: &mut Schema, written: &str) {
        summary.merge(written);
    }

    fn write(&self, summary: &Schema, out: &mut String) {
        if summary.scalars.is_empty() && summary.bag.is_none() { out.push_str("{}") } else { summary.write(out) }
    }

    fn size(summary: &Schema) -> usize {
        summary.size()
    }
}

fn buildschema(call: &Call) -> Result<Aggregated, CallError> {
    Ok(Aggregated::plain(group::aggregate(Summarize(BuildSchema), vec![argument(call.args, 0)], None)))
}
