"""Figures as lines for the terminal and as the page docs/console-benchmarks.md. Knows nothing of how they came about."""

import statistics

# What a page may take to its first byte where no query runs.
WANTED = 50.0


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def amount(ms):
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.1f}"


def spread(values, unit="ms", factor=1):
    """Median, 95 %, 99 %, longest, and of how many."""
    if not values:
        return "none"
    cells = [factor * value for value in (statistics.median(values), share(values, 0.95), share(values, 0.99), max(values))]
    middle, most, nearly, longest = [f"{cell:.2f}" if unit == "s" else amount(cell) for cell in cells]
    return f"median {middle} {unit}, 95 % within {most} {unit}, 99 % within {nearly} {unit}, longest {longest} {unit} ({len(values)})"


def slow(figures):
    """Pages on which no query runs whose usual first byte comes late, the worst first."""
    late = [(statistics.median(page["warm"]), known) for known, page in figures["pages"].items() if not page["query"]]
    return [f"`{known}` {amount(median)} ms" for median, known in sorted(late, reverse=True) if median > WANTED]


def verdict(figures):
    plain = [page for page in figures["pages"].values() if not page["query"]]
    late = slow(figures)
    seldom = sum(max(page["warm"]) > WANTED for page in plain)
    cold = sum(page["cold"] > WANTED for page in plain)
    words = f"{len(plain)} pages without a query: the first byte of {len(plain) - len(late)} comes within {WANTED:.0f} ms (median)"
    words += f"; later: {', '.join(late)}" if late else ""
    return f"{words}. {seldom} of them took longer at least once, {cold} the very first time after the start."


def rows(figures):
    """What came of people at work, by name."""
    latency = [delay for delay in figures["delays"]]
    without = figures["marked"] - len(latency)
    faults = len(figures["faults"])
    return {
        "People": f"{figures['people']}, each with a session and a stream of events of their own, thinking {figures['think'][0]:.0f} to {figures['think'][1]:.0f} s between two things done; {figures['seconds']:.0f} s",
        "Requests": f"{sum(len(figures[kind]) for kind in ('pages', 'asking', 'details'))} pages and {len(figures['hunts'])} hunts; {faults} failed, {figures['refused']:.0f} refused",
        "First byte of a page": spread(figures["pages"]),
        "First byte of an alert's page": spread(figures["details"]),
        "First byte of a page on which a query runs": spread(figures["asking"]),
        "A hunt over an hour to a day, from the button to its rows": spread(figures["hunts"], "s", 0.001),
        "Messages sent": f"{figures['sent']} in {figures['took']:.0f} s: {figures['sent'] / figures['took']:.0f} a second, in requests of {figures['body']}; {figures['stored']:.0f} stored: {figures['stored'] / figures['took']:.0f} a second",
        "From sending a request to its answer, when its rows are on disk": spread(figures["answers"], "s"),
        "From sending a marked message to its alert at the webhook": f"{spread(latency, 's')}; {without} without an alert",
        "Events told to open pages": f"{figures['events']}",
        "Processor": f"{figures['processor']:.2f} cores",
        "Memory at most": f"{figures['memory']:.0f} MB",
    }


def part(name, figures):
    """What was measured now, for the terminal."""
    if name == "pages":
        return verdict(figures["pages"])
    return "\n".join(f"{key}: {value}" for key, value in rows(figures["people"]).items())


HEAD = """# Benchmarks of the console

Written by `bench/console/run --record`; run it to see your own machine's figures.

How long people wait for pages: from sending a request over an open connection to the first byte of the answer. The browser's part, style and scripts that
it keeps, the network are not in it. The sender of messages, the people and the program share the machine.

- **Machine**: {machine}
- **Version**: {version}
- **Date**: {date}
- **Data**: {messages} messages of a month with their links, attachments, clicks, audit records and DMARC reports, {size:.1f} GB of Parquet; {rules} rules with
  {runs} runs kept, {alerts} alerts

## Every page

Each page once after the start, and again {times} times, after one that is not counted, in turn with all others, by one person; milliseconds. Where a query
runs over the messages for the page, it is named: what it takes is the query's.

{verdict} Memory at most: {memory:.0f} MB.

"""


def page(figures):
    measured, working, data = figures["pages"], figures["people"], figures["data"]
    dates = sorted({measured["date"], working["date"]})
    head = HEAD.format(
        machine=measured["machine"], version=measured["version"], date=" and ".join(dates), messages=f"{data['wanted']['messages']:,}",
        size=data["bytes"] / 1e9, rules=data["rules"], runs=f"{data['runs']:,}", alerts=f"{data['alerts']:,}", times=measured["times"],
        verdict=verdict(measured), memory=measured["memory"],
    )
    lines = ["| page | first | min | median | max | KB | query |", "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for known, found in measured["pages"].items():
        median = statistics.median(found["warm"])
        late = not found["query"] and median > WANTED
        middle = f"**{amount(median)}**" if late else amount(median)
        lines.append(f"| `{known}` | {amount(found['cold'])} | {amount(min(found['warm']))} | {middle} | {amount(max(found['warm']))} | {found['bytes'] / 1000:.0f} | {found['query']} |")
    lines += ["", f"Not measured, because nothing leads to them in this installation: {', '.join(f'`{known}`' for known in measured['missing'])}." if measured["missing"] else ""]
    lines += ["", "## People at work while mail arrives", ""]
    lines += [f"Of a hundred things that somebody does, {working['mix'][0]} are opening an alert, {working['mix'][1]} a hunt, the others pages: the queue and its pages, the overview, incidents, rules,",
              "domains, messages, reports, and what these lead to. Rules run meanwhile, and marked messages raise alerts.", "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in rows(working).items()]
    return head + "\n".join(lines) + "\n"
