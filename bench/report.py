"""Figures as lines for the terminal and as the page docs/benchmarks.md. Knows nothing of how they came about."""

import datetime
import pathlib
import platform
import statistics
import subprocess

from engines import PEERS

NAMES = {**PEERS, "spoofwatch": "spoofwatch"}


def amount(ms):
    """Milliseconds with three figures or so."""
    return f"{ms:.0f}" if ms >= 100 else f"{ms:.1f}" if ms >= 10 else f"{ms:.2f}"


def ratio(times):
    """The fastest peer, and how many times its median spoofwatch's median is; None where one is missing."""
    medians = {name: statistics.median(runs) for name, runs in times.items() if runs}
    peers = {name: median for name, median in medians.items() if name in PEERS}
    if "spoofwatch" not in medians or not peers:
        return None, None
    fastest = min(peers, key=peers.get)
    return fastest, medians["spoofwatch"] / peers[fastest]


def row(title, times):
    cells = [f"{NAMES[name]} {amount(min(runs))}/{amount(statistics.median(runs))}" for name, runs in times.items() if runs]
    fastest, factor = ratio(times)
    verdict = f"  → {factor:.2f} × {NAMES[fastest]}" if fastest else ""
    return f"{title:<18} ms min/median: " + "  ".join(cells) + verdict


def line(hunt, times):
    return row(hunt.name, times)


def words(factor):
    """A ratio as a reader says it."""
    if factor is None:
        return "—"
    return f"**{1 / factor:.1f} × faster**" if factor <= 0.95 else "equal" if factor <= 1.05 else f"{factor:.1f} × slower"


def table(titles, all_times):
    lines = ["| hunt | " + " | ".join(NAMES.values()) + " | against the fastest peer |", "| --- |" + " ---: |" * len(NAMES) + " --- |"]
    for title, times in zip(titles, all_times):
        fastest, factor = ratio(times)
        cells = [f"{amount(statistics.median(times[name]))} ({amount(min(times[name]))})" if times.get(name) else "—" for name in NAMES]
        lines.append(f"| {title} | " + " | ".join(cells) + f" | {words(factor)}{f' ({NAMES[fastest]})' if fastest else ''} |")
    return "\n".join(lines)


def machine(spoofwatch):
    information = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [entry.split(":", 1)[1].strip() for entry in information if entry.startswith("model name")]
    memory = next(entry for entry in pathlib.Path("/proc/meminfo").read_text().splitlines() if entry.startswith("MemTotal:"))
    version = subprocess.run([spoofwatch, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "cpu": models[0] if models else platform.processor(), "cores": len(models), "gigabytes": round(int(memory.split()[1]) / 2**20),
        "system": f"{platform.system()} {platform.release()}", "version": version, "date": datetime.date.today().isoformat(),
    }


INTRODUCTION = """# Benchmarks

Written by `bench/run --record`; run it to see your own machine's figures.

The same hunts over the same rows in DuckDB, ClickHouse (chdb), Polars and spoofwatch, in one run, the engines taking turns. A figure is the median
of {repetitions} runs in milliseconds, the fastest run in brackets; one run before them is not counted, so files are in the operating system's cache
for everyone. Each engine is a process that is started once, and is timed from a query's text to its rows in memory: nobody's start-up counts. Peers
have {threads} threads. All give the same rows, which is checked in the same run. The hunts are in `bench/hunts/`, one file each, in KQL, both dialects of SQL,
and Polars' expressions; if you know how to say one better for a peer, change it there.

"""


def page(figures, hunts):
    facts = figures["machine"]
    text = [INTRODUCTION.format(**figures)]
    versions = ", ".join(figures["sets"][0]["versions"].values())
    sizes = ", ".join(f"{name} {size / 1e9:.2f} GB" for name, size in figures["bytes"].items())
    text.append(
        f"- **Machine**: {facts['cpu']}, {facts['cores']} cores, {facts['gigabytes']} GB of memory, {facts['system']}\n"
        f"- **Versions**: {facts['version']}, {versions}\n- **Date**: {facts['date']}\n"
        f"- **Data**: `spoofwatch simulate --messages {figures['messages']} --days 30 --seed 1`: {sizes} as Parquet\n"
    )
    text += [f"- {note}\n" for note in figures["notes"]]
    for part in figures["sets"]:
        text.append(f"\n## {part['label']}\n\n")
        text.append(table([hunt.title for hunt in hunts], [part["times"][hunt.name] for hunt in hunts]) + "\n")
        peaks = ", ".join(f"{NAMES[name]} {peak} MB" for name, peak in part["peaks"].items())
        text.append(f"\nMost memory held while hunting: {peaks}.\n")
        text += [f"\n- Fault: {fault}\n" for fault in part["faults"]]
    notes = [f"- {hunt.title}: {hunt.note}\n" for hunt in hunts if hunt.note]
    text += ["\n## Notes on the hunts\n\n", *notes]
    if taken := figures["ingest"]:
        text.append(f"\n## Ingest\n\n{taken['messages']} rows of EmailEvents, {taken['bytes'] / 1e9:.2f} GB of NDJSON. spoofwatch, start-up included, fills a lake: rows are checked, told\n"
                    "from those already there, sorted and committed. The peers write one Parquet file.\n\n")
        text.append(table(["NDJSON to columns"], [taken["times"]]) + "\n")
        text += [f"\n- Fault: {fault}\n" for fault in sorted(set(taken["faults"]))]
    if whole := figures["whole"]:
        text.append(f"\n## A hunt as a whole process\n\n{whole['hunt']}: {whole['wall']:.2f} s from start to end, {whole['cpu']:.2f} s of processor, {whole['megabytes']:.0f} MB at most.\n")
    return "".join(text)
