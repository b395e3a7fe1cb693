"""Figures as the page docs/mail-benchmarks.md. Knows nothing of how they came about."""

import datetime
import pathlib
import platform
import statistics

OURS = "spoofwatch milter"


def speeds(rounds):
    """Messages by second of processor, of each round."""
    return [entry["count"] / entry["processor"] for entry in rounds if entry["processor"] > 0]


def amount(value):
    """Three figures or so, thousands apart."""
    if value >= 1000:
        return f"{round(value, -2 if value >= 10000 else -1):,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values):
    """The median, and from where to where the rounds go."""
    if not values:
        return "—"
    return f"{amount(statistics.median(values))} ({amount(min(values))} to {amount(max(values))})"


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) >> 20
    return f"{models[0] if models else platform.machine()}, {len(models)} cores, {memory} GB of memory, {platform.system()} {platform.release()}"


HEAD = """# Mail benchmarks

Written by `bench/mail/run --record`; run it to see your own machine's figures.

- **Machine**: {machine}
- **Versions**: {versions}
- **Date**: {date}

Messages are made for this: {size} bytes on average, of {domains} domains, signed with RSA-2048 keys by code that is not the verifier's. A figure is
messages by second of *processor time*, of the program's own threads and of the system on its behalf, so that neither waiting nor whatever
else runs on the machine counts; the median of the rounds, and from where to where they go. Programs are measured on one core; who sends the messages and
BIND 9, which answers for the DNS, are on another. Everybody has asked everything once before, and remembers what they do remember.
"""


def text(found):
    parts = [head(found), library(found), beside(found), waiting(found), ingested(found), left_out(found)]
    return "\n".join(part for part in parts if part)


def head(found):
    versions = [found.get("version", "spoofwatch")] + [record["version"] for name, record in found.get("peers", {}).items() if name not in (OURS, "opendkim")]
    versions += found.get("others", []) + [f"Python {platform.python_version()}"]
    known = found.get("library", {})
    size = " and ".join(str(size) for size in known.get("bytes", {}).values()) or "4100"
    values = {"machine": machine(), "versions": ", ".join(versions), "date": datetime.date.today().isoformat(), "size": size, "domains": known.get("keys", 213)}
    return HEAD.format(**values)


WORKS = {
    "rsa": ("RSA-2048 verifications alone, with the same keys", "the floor: aws-lc checks a signature of a hash that is already there, and nothing else is done"),
    "spf-one": ("SPF alone", "from the envelope to the verdict with its reason; every answer of the DNS is in memory"),
    "dkim-one": ("DKIM alone, one signature", "the message is cut, canonicalised, hashed and checked"),
    "full-one": ("**Everything, one signature each**", "SPF, DKIM, ARC and DMARC by the tree walk of RFC 9989, from the message's bytes to four verdicts with their reasons"),
    "full-mix": ("Everything, a mixture", "40 % one signature, 15 % two, 15 % forwarded with one or two ARC sets, 10 % SPF alone, 10 % changed after signing, 5 % forged, 5 % of domains that publish nothing"),
}


def library(found):
    if "library" not in found:
        return ""
    rounds = found["library"]["rounds"]
    lines = ["## The verifier", "", "One thread of the library, the DNS behind a memory of answers, those that say there is nothing among them.", "", "| | a second | µs each | |", "| --- | ---: | ---: | --- |"]
    for work, (title, words) in WORKS.items():
        values = speeds(rounds.get(work, []))
        if values:
            lines.append(f"| {title} | {spread(values)} | {1e6 / statistics.median(values):.1f} | {words} |")
    wrong = found["library"]["wrong"]
    total = sum(found["library"]["messages"].values())
    faults = ", ".join(f"{count} of {method.upper()}" for method, count in wrong.items() if count)
    lines += ["", f"Verdicts that are not what the makers of the {total} messages meant: {faults or 'none'}."]
    if speeds(rounds.get("full-one", [])) and speeds(rounds.get("rsa", [])):
        bare, full = (1e6 / statistics.median(speeds(rounds[name])) for name in ("rsa", "full-one"))
        lines += ["", f"Of the {full:.0f} µs of a message with one signature, {bare:.0f} are the RSA verification: {bare / full:.0%}. No verifier of one signature a message can be more than {full / bare:.1f} times as fast on this core."]
    return "\n".join(lines) + "\n"


DOES = {
    "opendkim": "DKIM",
    "opendkim and opendmarc": "DKIM, SPF (opendmarc's own), DMARC; no seals",
    "rspamd": "SPF, DKIM, ARC, DMARC; every other module is off, yet it takes each message apart",
    OURS: "SPF, DKIM, ARC, DMARC; writes a row for each message into its tables",
}


def beside(found):
    known = found.get("peers", {})
    if not known:
        return ""
    lines = ["## Beside others", "", "Whole programs, each given the same messages eight at a time over a socket of the file system: milters over the milter protocol with a connection a message, rspamd over HTTP.", "",
             "| | checks | one signature each | mixture | of that in the system | memory |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for name, record in known.items():
        rounds = record["rounds"]
        entries = [entry for some in rounds.values() for entry in some]
        system = sum(entry["system"] for entry in entries) / max(1e-9, sum(entry["processor"] for entry in entries))
        bold = "**" if name == OURS else ""
        cells = [spread(speeds(rounds.get(of, []))) for of in ("one", "mix")]
        lines.append(f"| {bold}{name}{bold} | {DOES.get(name, '')} | {cells[0]} | {cells[1]} | {system:.0%} | {record.get('memory', 0):.0f} MB |")
    lines += ["", *compared(found), "", "### Do they agree?", "", f"Each was asked about {max(record['asked'] for record in known.values())} messages of the mixture, and every verdict was held against that of the library.", ""]
    for name, record in known.items():
        methods = ", ".join(method.upper() for method in record["methods"])
        if not record["differences"]:
            lines.append(f"- {name}: the same {methods} for every message.")
        for method, kind, ours, theirs, count in record["differences"]:
            lines.append(f"- {name}: {method.upper()} of {count} messages ({kind}) is `{theirs}`, where ours is `{ours}`.")
    return "\n".join(lines) + "\n"


def compared(found):
    """In a sentence: how the library, and the milter, stand to those that do the same."""
    sentences = []
    library = {"one": speeds(found["library"]["rounds"].get("full-one", [])), "mix": speeds(found["library"]["rounds"].get("full-mix", []))}
    peers = found["peers"]
    for name in ("rspamd", "opendkim and opendmarc"):
        if name not in peers:
            continue
        theirs = {of: speeds(rounds) for of, rounds in peers[name]["rounds"].items()}
        factor = lambda ours: " and ".join(f"{statistics.median(ours[of]) / statistics.median(theirs[of]):.1f}" for of in ("one", "mix") if ours.get(of) and theirs.get(of))
        sentence = f"The library does {factor(library)} times as many messages a second as {name} (one signature, mixture)"
        if OURS in peers:
            sentence += f"; the milter, which like it talks over a socket, {factor({of: speeds(rounds) for of, rounds in peers[OURS]['rounds'].items()})} times"
        sentences.append(sentence + ".")
    if sentences:
        if OURS in peers and speeds(peers[OURS]["rounds"].get("mix", [])):
            whole, verified = (1e6 / statistics.median(values) for values in (speeds(peers[OURS]["rounds"]["mix"]), library["mix"]))
            sentences.append(f"Of the milter's {whole:.0f} µs for a message of the mixture, {verified:.0f} are what the library takes to verify it; the rest goes into the protocol, into taking the message apart for the tables, and into writing them.")
        sentences.append("The library has no socket to read from and the programs have: the milter's figure is the one to hold against theirs.")
    return [" ".join(sentences)]


def waiting(found):
    known = found.get("latency")
    if not known:
        return ""
    rate = next(iter(known.values()))["rate"]
    lines = ["## What a message waits for", "", f"{rate} messages a second of the mixture, due at even intervals, each over a connection of its own; milliseconds, from the end of the message to the milter's verdict, and from the connection to it.", "",
             "| | end to verdict, median | 95 % | 99 % | longest | connection to verdict, median | 99 % |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, record in known.items():
        middle = lambda part, which: statistics.median(entry[part][which] for entry in record["rounds"])
        cells = [middle("end", which) for which in ("median", "95", "99")] + [max(entry["end"]["longest"] for entry in record["rounds"])] + [middle("whole", which) for which in ("median", "99")]
        lines.append(f"| {name}{' (DKIM alone)' if name == 'opendkim' else ''} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    plain, asking = (known.get(name) for name in ("Postfix without a milter", "Postfix with spoofwatch milter"))
    if plain and asking:
        less, more = ({which: statistics.median(entry["end"][which] for entry in record["rounds"]) for which in ("median", "99")} for record in (plain, asking))
        lines += ["", f"Behind Postfix, whose queue is in memory here, the milter adds {more['median'] - less['median']:.2f} ms to the median message and {more['99'] - less['99']:.2f} ms to the 99th percentile, from the last line of the message to `250`."]
    lines += ["", "Here time passes on the clock, and others on the machine count. The sender is a Python program on the other core, whose own delays are in the figures of both."]
    return "\n".join(lines) + "\n"


def ingested(found):
    known = found.get("ingest")
    if not known:
        return ""
    count, size = known["messages"], known["bytes"]
    lines = ["## Ingest", "", f"{count} messages of {size / count / 1000:.0f} KB on average, {size / 1e6:.0f} MB in all: the mixture, every fifth with a file of 20 to 200 KB. By the clock, start-up included.", "",
             "| | seconds | messages a second | MB a second | processor | memory |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name, runs in known["ways"].items():
        seconds = statistics.median(run["seconds"] for run in runs)
        processor = statistics.median(run["processor"] for run in runs)
        memory = max(run["memory"] for run in runs)
        lines.append(f"| {name} | {spread([run['seconds'] for run in runs])} | {amount(count / seconds)} | {amount(size / 1e6 / seconds)} | {processor:.1f} s | {memory:.0f} MB |")
    lines += ["", "Who only reads takes the message apart, decodes its parts and forgets them. spoofwatch fills a lake: rows for the message, each URL and each file with its SHA-256, told from those already there, sorted and committed."]
    return "\n".join(lines) + "\n"


def left_out(found):
    lines = [f"- {what}: {why}." for what, why in [*found["skipped"], *found["failed"]]]
    return "\n".join(["## Not measured", "", *lines]) + "\n" if lines else ""
