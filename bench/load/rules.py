"""The rules of the load: as many as wanted, of the kinds that published rules are, no two alike."""

import pathlib
import uuid

HEAD = """id: {id}
name: {name}
description: Part of the load of a benchmark.
severity: Medium
requiredDataConnectors: []
kind: {kind}
{schedule}tactics: [InitialAccess]
relevantTechniques: [T1566]
query: |
{query}
eventGroupingSettings:
  aggregationKind: AlertPerResult
version: 1.0.0
"""
SCHEDULE = "queryFrequency: 5m\nqueryPeriod: {period}\ntriggerOperator: gt\ntriggerThreshold: 0\n"

MARKED = """EmailEvents
| where Subject startswith "load marker"
| project Timestamp, NetworkMessageId, RecipientEmailAddress, SenderFromAddress, Subject"""

# Rules of single messages, for those that run when rows arrive. `{n}` makes each another rule.
BY_MESSAGE = [
    """EmailEvents
| where EmailDirection == "Inbound" and SenderFromDomain endswith "load{n}.example"
| extend Details = parse_json(AuthenticationDetails)
| where tostring(Details.DMARC) =~ "fail" and tostring(Details.SPF) =~ "fail"
| project Timestamp, NetworkMessageId, RecipientEmailAddress, SenderFromAddress, Subject""",
    """EmailEvents
| where AuthenticationDetails has "temperror" and RecipientEmailAddress has "load{n}"
| project Timestamp, NetworkMessageId, RecipientEmailAddress, SenderFromDomain""",
    """let Watched = dynamic(["load{n}.example", "brand{n}.example"]);
EmailEvents
| where EmailDirection == "Inbound" and SenderFromDomain in~ (Watched)
| where DeliveryAction == "Delivered" and AuthenticationDetails has_any ('"DKIM":"fail"', '"DMARC":"fail"')
| project Timestamp, NetworkMessageId, RecipientEmailAddress, SenderFromAddress""",
    """EmailEvents
| where Subject matches regex @"(?i)invoice\\s+load{n}[0-9]{{4,}}" and isnotempty(SenderIPv4)
| project Timestamp, NetworkMessageId, RecipientEmailAddress, Subject, SenderIPv4""",
]

# Rules that count or join, for those that run on a schedule.
BY_WINDOW = [
    """EmailEvents
| where AuthenticationDetails has "fail"
| summarize Messages = count(), Recipients = dcount(RecipientEmailAddress) by SenderFromDomain
| where Messages > {many} and SenderFromDomain endswith "load{n}.example\"""",
    """EmailEvents
| extend Details = parse_json(AuthenticationDetails)
| summarize Failed = countif(tostring(Details.DKIM) == "fail"), All = count() by SenderFromDomain, bin(Timestamp, 1m)
| where All > {many} and Failed * 2 > All and SenderFromDomain startswith "load{n}\"""",
    """EmailEvents
| where EmailDirection == "Inbound" and isnotempty(ThreatTypes)
| join kind=inner (EmailUrlInfo | where UrlDomain endswith "load{n}.example") on NetworkMessageId
| project Timestamp, NetworkMessageId, RecipientEmailAddress, Url""",
    """EmailEvents
| where SenderFromDomain =~ SenderMailFromDomain
| summarize Last = max(Timestamp), Senders = make_set(SenderFromAddress, 10) by SenderIPv4
| where array_length(Senders) > 9 and SenderIPv4 startswith "198.51.{n}.\"""",
]


def write(folder: pathlib.Path, count: int, continuous: int):
    """`count` rules in `folder`, `continuous` of which run when rows arrive; the first of these finds the marked messages."""
    folder.mkdir(parents=True)
    for number in range(count):
        runs_always = number < continuous
        kinds = BY_MESSAGE if runs_always else BY_WINDOW
        query = MARKED if number == 0 else kinds[number % len(kinds)].format(n=number, many=10 + number)
        text = HEAD.format(
            id=uuid.uuid5(uuid.NAMESPACE_DNS, f"load{number}.example"),
            name=f"Load {number}",
            kind="NRT" if runs_always else "Scheduled",
            schedule="" if runs_always else SCHEDULE.format(period=["5m", "30m", "1h"][number % 3]),
            query="\n".join(f"  {line}" for line in query.splitlines()),
        )
        (folder / f"load-{number:03}.yaml").write_text(text)
