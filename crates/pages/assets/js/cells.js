// What a grid does with values, without a page: filters on them, their order, rows as text of other programs.

/** A filter on a value, as a line of a query. */
export function filterLine(column, type, value, not) {
  const name = /^[A-Za-z_]\w*$/.test(column) ? column : `['${column.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
  const text = (words) => `"${words.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`;
  if (value === null) return `| where ${not ? "isnotnull" : "isnull"}(${name})`;
  if (type === "dynamic" || typeof value === "object") {
    return `| where tostring(${name}) ${not ? "!=" : "=="} ${text(typeof value === "string" ? value : JSON.stringify(value))}`;
  }
  const literals = { datetime: `datetime(${value})`, timespan: `time(${value})`, guid: `guid(${value})`, decimal: `decimal(${value})`, real: `real(${value})` };
  const literal = type === "string" ? text(String(value)) : (literals[type] ?? String(value));
  if (type === "real" && value === "NaN") return `| where ${not ? "not(isnan(" : "isnan("}${name})${not ? ")" : ""}`;
  return `| where ${name} ${not ? "!=" : "=="} ${literal}`;
}

/** A filter put behind the steps of a query, but before what draws it. */
export function withFilter(query, line) {
  const body = query.trimEnd().replace(/;$/, "");
  const drawn = /\n?\s*\|\s*render\b[^\n]*(\n\s*(with\s*)?\([^)]*\))?\s*$/.exec(body);
  return drawn ? `${body.slice(0, drawn.index)}\n${line}\n${drawn[0].trim()}` : `${body}\n${line}`;
}

const plain = (value) => (value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** Rows as text of other programs: `csv`, `json`, `markdown` or `datatable`. `columns` are `{name, type}`. */
export function copied(form, columns, rows) {
  if (form === "json") {
    return JSON.stringify(rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]]))), null, 2);
  }
  if (form === "csv") {
    const cell = (value) => {
      const words = plain(value);
      // A spreadsheet computes what begins so (CWE-1236); numbers are left.
      const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(words) ? `'${words}` : words;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [columns.map(({ name }) => name), ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
  }
  if (form === "markdown") {
    const cell = (value) => plain(value).replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\r?\n/g, " ");
    const line = (cells) => `| ${cells.join(" | ")} |`;
    return [line(columns.map(({ name }) => cell(name))), line(columns.map(() => "---")), ...rows.map((row) => line(row.map(cell)))].join("\n");
  }
  const quoted = (words) => `"${words.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\r", "\\r").replaceAll("\n", "\\n")}"`;
  const literal = (value, type) => {
    if (value === null) return type === "string" ? '""' : type === "dynamic" ? "dynamic(null)" : `${type}(null)`;
    if (type === "string") return quoted(String(value));
    if (type === "dynamic") return `dynamic(${JSON.stringify(value)})`;
    return ["int", "long", "bool"].includes(type) ? String(value) : `${type === "timespan" ? "time" : type}(${String(value).replace("Infinity", "+inf").replace("-+inf", "-inf").replace("NaN", "nan")})`;
  };
  const name = (words) => (/^[A-Za-z_]\w*$/.test(words) ? words : `['${words.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`);
  const head = columns.map((column) => `${name(column.name)}: ${column.type}`).join(", ");
  return `datatable(${head}) [\n${rows.map((row) => `  ${row.map((value, at) => literal(value, columns[at].type)).join(", ")}`).join(",\n")}\n]`;
}

/** How two values of a column are put in order: nothing last, numbers by size, all else by its text. */
export function compared(one, other) {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  if (typeof one === "number" && typeof other === "number") return one - other;
  return plain(one).localeCompare(plain(other), "en", { numeric: true });
}

export { plain };
