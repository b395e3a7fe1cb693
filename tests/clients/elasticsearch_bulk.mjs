// Sends records, a JSON object a line on standard input, with @elastic/elasticsearch as its users do, and prints what it was told.
//
// Arguments: the address, the API key. Started by the test in crates/cli/tests/cli/serve/elastic_clients.rs.

import { readFileSync } from "node:fs";
import { Client } from "@elastic/elasticsearch";

const [address, apiKey] = process.argv.slice(2);
const records = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const client = new Client({ node: address, auth: { apiKey }, compression: true });
const index = "logs-o365.audit-default";
const told = { version: (await client.info()).version.number, ping: await client.ping() };

// As streams are filled: `create`, under the record's own id; then again, in many small bodies at a time.
const created = (record) => ({ create: { _index: index, _id: record.Id } });
told.sent = (await client.helpers.bulk({ datasource: records, onDocument: created, refreshOnCompletion: index })).successful;
told.again = (await client.helpers.bulk({ datasource: records, onDocument: created, flushBytes: 1000, concurrency: 4 })).successful;

// One that cannot be a row is dropped by itself, and those around it are stored.
const dropped = [];
const mixed = [{ event: { dataset: "o365.audit" } }, records[0]];
const onDrop = ({ status, error }) => dropped.push([status, error.type]);
told.mixed = (await client.helpers.bulk({ datasource: mixed, onDocument: () => ({ index: { _index: index } }), onDrop })).successful;
told.dropped = dropped;

told.index = (await client.index({ index, id: "one", document: records[0] })).result;
told.exists = await client.indices.exists({ index });
try {
  await client.search({ index: "logs-*" });
} catch (error) {
  told.search = String(error);
}
console.log(JSON.stringify(told));
