"""Sends records, a JSON object a line on standard input, with elasticsearch-py as its users do, and prints what it was told.

Arguments: the address, the API key. Started by the test in crates/cli/tests/cli/serve/elastic.rs.
"""

import json
import sys

from elasticsearch import Elasticsearch, helpers

address, key = sys.argv[1:]
records = [json.loads(line) for line in sys.stdin]
client = Elasticsearch(address, api_key=key, http_compress=True)
told = {"version": client.info()["version"]["number"], "ping": client.ping()}

# As streams are filled: `create`, under the record's own id.
actions = [
    {"_op_type": "create", "_index": "logs-o365.audit-default", "_id": record["Id"], "_source": record}
    for record in records
]
told["sent"], _ = helpers.bulk(client, actions, refresh=True)
told["again"], _ = helpers.bulk(client, actions)

# One that cannot be a row is told by itself, and those around it are stored.
mixed = [
    {"_index": "logs-o365.audit-default", "_source": {"event": {"dataset": "o365.audit"}}},
    {"_index": "logs-o365.audit-default", "_source": {"@timestamp": records[0]["CreationTime"] + "Z", "event": {"id": "shaped"}}},
]
told["mixed"], faults = helpers.bulk(client, mixed, raise_on_error=False)
told["faults"] = [[fault["index"]["status"], fault["index"]["error"]["type"]] for fault in faults]

told["index"] = client.index(index="logs-o365.audit-default", document=records[0])["result"]
try:
    client.search(index="logs-*")
except Exception as error:
    told["search"] = str(error)
print(json.dumps(told))
