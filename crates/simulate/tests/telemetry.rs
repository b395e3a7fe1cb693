//! What the telemetry promises to whoever hunts in it: exact, repeatable, coherent, within the vocabulary, and with the
//! rows that the four published seed rules look for.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use schema::Registry;
use spoofwatch_simulate::{Label, Options, generate, scenarios, tables};
use support::{DAY, END, MONTH, Telemetry, host_is_reserved, ipv4_is_reserved, small};

type Tested = Result<(), Box<dyn Error>>;

#[test]
fn the_same_options_give_the_same_bytes_on_every_machine() -> Tested {
    let first = support::fingerprint(&small())?;
    assert_eq!(first, support::fingerprint(&small())?);
    // A change of code or data that changes the telemetry changes this number, and says so in the changelog.
    assert_eq!(first, support::GOLDEN, "the telemetry of seed 7 is not what it was");
    Ok(())
}

#[test]
fn another_seed_gives_other_telemetry() -> Tested {
    assert_ne!(support::fingerprint(&small())?, support::fingerprint(&Options { seed: 8, ..small() })?);
    Ok(())
}

#[test]
fn the_size_of_batches_changes_nothing_but_the_batches() -> Tested {
    let texts = |batch_rows| -> Result<Vec<String>, Box<dyn Error>> {
        let telemetry = Telemetry::make(&Options { batch_rows, ..small() })?;
        Ok(telemetry.texts("EmailEvents", "NetworkMessageId")?.into_iter().map(str::to_owned).collect())
    };
    assert_eq!(texts(1)?, texts(4096)?);
    Ok(())
}

#[test]
fn email_events_has_exactly_as_many_rows_as_asked() -> Tested {
    for messages in [0, 1, 2, 99, 1234] {
        let telemetry = Telemetry::make(&Options { messages, ..small() })?;
        assert_eq!(telemetry.rows("EmailEvents"), messages);
        assert_eq!(telemetry.summary.rows.get("EmailEvents"), Some(&messages));
    }
    let day = Telemetry::make(&Options { days: 1, messages: 300, batch_rows: 0, ..small() })?;
    assert_eq!(day.rows("EmailEvents"), 300);
    assert_eq!(MONTH.rows("EmailEvents"), 20_000);
    Ok(())
}

#[test]
fn options_out_of_range_are_refused_with_words() {
    let refuse = |options: Options| {
        let made: Result<_, spoofwatch_simulate::Error> = generate(&options, &mut |_, _| Ok(()));
        made.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(refuse(Options { days: 0, ..small() }), "cannot simulate 0 days: give 1 to 3653");
    assert!(refuse(Options { days: 4000, ..small() }).contains("4000 days"));
    assert!(refuse(Options { end: 5, ..small() }).contains("tick 5"));
    assert!(refuse(Options { end: i64::MAX, ..small() }).contains("years 1 to 9999"));
}

#[test]
fn an_error_of_the_sink_stops_at_once() {
    let mut calls = 0;
    let made: Result<_, spoofwatch_simulate::Error> = generate(&small(), &mut |_, _| {
        calls += 1;
        Err(spoofwatch_simulate::Error::Days { days: 0, most: 0 })
    });
    assert!(made.is_err());
    assert_eq!(calls, 1);
}

#[test]
fn every_scenario_occurs_in_a_month_and_labels_say_what_it_is() -> Tested {
    let labels = MONTH.texts("SimulationLabels", "Label")?;
    let names = MONTH.texts("SimulationLabels", "Scenario")?;
    let found: BTreeSet<(&str, &str)> = names.into_iter().zip(labels).collect();
    for scenario in scenarios() {
        assert!(found.contains(&(scenario.name, scenario.label.name())), "{} does not occur", scenario.name);
        assert!(scenario.summary.ends_with('.'), "{}", scenario.name);
    }
    let attacks = scenarios().iter().filter(|scenario| scenario.label == Label::Attack).count();
    assert_eq!((attacks, scenarios().len()), (20, 38));
    Ok(())
}

#[test]
fn every_message_has_one_label() -> Tested {
    let mut labelled = MONTH.texts("SimulationLabels", "NetworkMessageId")?;
    labelled.retain(|id| !id.is_empty());
    let distinct: BTreeSet<&str> = labelled.iter().copied().collect();
    assert_eq!(distinct.len(), labelled.len());
    assert_eq!(distinct, MONTH.texts("EmailEvents", "NetworkMessageId")?.into_iter().collect());
    Ok(())
}

#[test]
fn every_audit_event_has_one_label() -> Tested {
    let mut labelled = MONTH.texts("SimulationLabels", "EventId")?;
    labelled.retain(|id| !id.is_empty());
    let mut events = MONTH.texts("CloudAppEvents", "ReportId")?;
    labelled.sort_unstable();
    events.sort_unstable();
    assert_eq!(labelled, events);
    assert!(events.windows(2).all(|pair| pair[0] != pair[1]), "an id occurs twice");
    Ok(())
}

#[test]
fn an_intruder_weakens_the_tenant_and_administrators_do_not() -> Tested {
    let (actions, texts) = (MONTH.texts("CloudAppEvents", "ActionType")?, MONTH.texts("CloudAppEvents", "RawEventData")?);
    let ids: BTreeMap<&str, &str> =
        MONTH.texts("SimulationLabels", "EventId")?.into_iter().zip(MONTH.texts("SimulationLabels", "Label")?).collect();
    let reports = MONTH.texts("CloudAppEvents", "ReportId")?;
    let labels = |action: &str, parameter: &str| -> Vec<&str> {
        let hits = (0..actions.len()).filter(|row| actions[*row] == action && texts[*row].contains(parameter));
        hits.filter_map(|row| ids.get(reports[row]).copied()).collect()
    };
    let weaker = r#"{"Name":"EnableSpoofIntelligence","Value":"False"}"#;
    assert_eq!(labels("Set-AntiPhishPolicy", weaker), ["attack"]);
    assert_eq!(labels("Set-AntiPhishPolicy", &weaker.replace("False", "True")), ["look-alike"]);
    assert_eq!(labels("Set-SafeLinksPolicy", r#"{"Name":"EnableSafeLinksForEmail","Value":"False"}"#), ["attack"]);
    assert_eq!(labels("New-TransportRule", r#"{"Name":"SetSCL","Value":"-1"}"#), ["look-alike", "attack"]);
    assert_eq!(labels("Set-OrganizationConfig", r#"{"Name":"RejectDirectSend","Value":"False"}"#), ["attack"]);
    assert_eq!(labels("Rotate-DkimSigningConfig", r#""contoso.com""#), ["look-alike"]);
    Ok(())
}

#[test]
fn an_answer_goes_to_another_address_than_the_one_it_answers() -> Tested {
    let events = |column| MONTH.texts("EmailEvents", column);
    let scenario: BTreeMap<&str, &str> = MONTH
        .texts("SimulationLabels", "NetworkMessageId")?
        .into_iter()
        .zip(MONTH.texts("SimulationLabels", "Scenario")?)
        .collect();
    let (ids, directions, subjects) = (events("NetworkMessageId")?, events("EmailDirection")?, events("Subject")?);
    let (froms, tos) = (events("SenderFromAddress")?, events("RecipientEmailAddress")?);
    for name in ["reply-to-fraud", "reply-elsewhere"] {
        let rows: Vec<usize> = (0..ids.len()).filter(|row| scenario.get(ids[*row]) == Some(&name)).collect();
        let answers = rows.iter().filter(|row| directions[**row] == "Outbound");
        let mut answered = 0;
        for answer in answers {
            let of =
                |row: &&usize| subjects[*answer].strip_prefix("RE: ") == Some(subjects[**row]) && tos[**row] == froms[*answer];
            if let Some(first) = rows.iter().find(of) {
                assert_ne!(tos[*answer], froms[*first], "{name}");
                answered += 1;
            }
        }
        assert!(answered > 0, "{name}: {answered} answers to {} messages", rows.len());
    }
    Ok(())
}

#[test]
fn every_table_has_rows_in_the_order_of_time_within_the_period() -> Tested {
    for table in tables() {
        let times = MONTH.times(table)?;
        assert!(!times.is_empty(), "{table} is empty");
        assert!(times.is_sorted(), "{table} is out of order");
        assert!(times.first().is_some_and(|first| *first >= END - 30 * DAY), "{table} begins too early");
        assert!(times.last().is_some_and(|last| *last < END), "{table} ends too late");
    }
    Ok(())
}

#[test]
fn columns_hold_only_values_of_their_vocabulary() -> Tested {
    for name in tables() {
        let table = Registry::builtin().table(name).ok_or("no such table")?;
        for (column, _) in spoofwatch_simulate::columns(name).ok_or("no such table")? {
            let values = table.column(column).map(|column| column.values.as_slice()).unwrap_or_default();
            if values.is_empty() {
                continue;
            }
            for found in MONTH.texts(name, column)?.into_iter().collect::<BTreeSet<&str>>() {
                assert!(found.is_empty() || values.iter().any(|value| value == found), "{name}.{column}: {found}");
            }
        }
    }
    Ok(())
}

#[test]
fn urls_and_attachments_agree_with_the_counts_of_their_message() -> Tested {
    let mut urls: BTreeMap<&str, i64> = BTreeMap::new();
    for id in MONTH.texts("EmailUrlInfo", "NetworkMessageId")? {
        *urls.entry(id).or_default() += 1;
    }
    let mut attachments: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let copies = MONTH.texts("EmailAttachmentInfo", "NetworkMessageId")?;
    for copy in copies.into_iter().zip(MONTH.texts("EmailAttachmentInfo", "RecipientEmailAddress")?) {
        *attachments.entry(copy).or_default() += 1;
    }
    let ids = MONTH.texts("EmailEvents", "NetworkMessageId")?;
    let recipients = MONTH.texts("EmailEvents", "RecipientEmailAddress")?;
    let url_counts = MONTH.numbers("EmailEvents", "UrlCount")?;
    let attachment_counts = MONTH.numbers("EmailEvents", "AttachmentCount")?;
    for row in 0..ids.len() {
        assert_eq!(urls.get(ids[row]).copied().unwrap_or(0), url_counts[row], "URLs of {}", ids[row]);
        let attached = attachments.get(&(ids[row], recipients[row])).copied().unwrap_or(0);
        assert_eq!(attached, attachment_counts[row], "attachments of {}", ids[row]);
    }
    assert_eq!(urls.len(), ids.iter().filter(|id| urls.contains_key(*id)).collect::<BTreeSet<_>>().len());
    Ok(())
}

#[test]
fn clicks_and_purges_belong_to_messages_that_are_there() -> Tested {
    let messages: BTreeSet<&str> = MONTH.texts("EmailEvents", "NetworkMessageId")?.into_iter().collect();
    let urls: BTreeSet<&str> = MONTH.texts("EmailUrlInfo", "Url")?.into_iter().collect();
    for table in ["EmailPostDeliveryEvents", "UrlClickEvents"] {
        assert!(MONTH.texts(table, "NetworkMessageId")?.iter().all(|id| messages.contains(id)), "{table}");
    }
    assert!(MONTH.texts("UrlClickEvents", "Url")?.iter().all(|url| urls.contains(url)));
    Ok(())
}

#[test]
fn a_working_day_has_several_times_the_mail_of_a_day_off() -> Tested {
    let mut days: BTreeMap<i64, u32> = BTreeMap::new();
    for time in MONTH.times("EmailEvents")? {
        *days.entry(time.div_euclid(DAY)).or_default() += 1;
    }
    // 1970-01-01 was a Thursday: Saturday is 2, Sunday 3. Sunday is a working day in Cairo and Monday has begun in Osaka.
    let (mut off, mut on): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for (day, count) in days.iter().filter(|(day, _)| **day > (END / DAY) - 30 && **day < END / DAY) {
        if matches!(day.rem_euclid(7), 2 | 3) { off.push(*count) } else { on.push(*count) }
    }
    let mean = |counts: &[u32]| counts.iter().sum::<u32>() / u32::try_from(counts.len().max(1)).unwrap_or(1);
    assert!(mean(&on) > 3 * mean(&off), "{on:?} {off:?}");
    Ok(())
}

#[test]
fn seven_in_ten_messages_come_in_and_one_in_ten_goes_out() -> Tested {
    let directions = MONTH.texts("EmailEvents", "EmailDirection")?;
    let share = |wanted| directions.iter().filter(|direction| **direction == wanted).count() * 100 / directions.len();
    assert!((66..=74).contains(&share("Inbound")), "{}", share("Inbound"));
    assert!((8..=12).contains(&share("Outbound")), "{}", share("Outbound"));
    assert!((17..=23).contains(&share("Intra-org")), "{}", share("Intra-org"));
    Ok(())
}

#[test]
fn authentication_details_have_few_values_with_any_number_of_keys() -> Tested {
    let values: BTreeSet<&str> = MONTH.texts("EmailEvents", "AuthenticationDetails")?.into_iter().collect();
    assert!((40..300).contains(&values.len()), "{}", values.len());
    let keys = |value: &&str| value.matches("\":\"").count();
    assert_eq!(values.iter().map(keys).collect::<BTreeSet<usize>>(), BTreeSet::from([0, 1, 2, 3, 4]));
    assert!(values.contains("") && values.contains("{}"));
    for word in ["none", "softfail", "neutral", "temperror", "permerror", "bestguesspass", "softpass"] {
        assert!(values.iter().any(|value| value.contains(&format!("\"{word}\""))), "no {word}");
    }
    Ok(())
}

#[test]
fn only_reserved_domains_and_addresses_occur() -> Tested {
    for column in ["SenderFromDomain", "SenderMailFromDomain", "RecipientDomain"] {
        for domain in MONTH.texts("EmailEvents", column)?.into_iter().collect::<BTreeSet<_>>() {
            assert!(host_is_reserved(domain), "{column} {domain:?}");
        }
    }
    for host in MONTH.texts("EmailUrlInfo", "UrlDomain")?.into_iter().collect::<BTreeSet<_>>() {
        assert!(host_is_reserved(host), "{host:?}");
    }
    for (table, column) in [("EmailEvents", "SenderIPv4"), ("CloudAppEvents", "IPAddress"), ("UrlClickEvents", "IPAddress")] {
        for address in MONTH.texts(table, column)?.into_iter().collect::<BTreeSet<_>>() {
            assert!(address.is_empty() || ipv4_is_reserved(address), "{table} {address:?}");
        }
    }
    for address in MONTH.texts("EmailEvents", "SenderIPv6")?.into_iter().collect::<BTreeSet<_>>() {
        let parsed = address.parse::<std::net::Ipv6Addr>();
        assert!(address.is_empty() || parsed.is_ok_and(|address| address.segments()[..2] == [0x2001, 0xdb8]), "{address:?}");
    }
    Ok(())
}

#[test]
fn dkim_failures_have_a_weekly_rhythm_and_a_spike() -> Tested {
    let times = MONTH.times("EmailEvents")?;
    let mut days = vec![0_u32; 30];
    for (time, details) in times.into_iter().zip(MONTH.texts("EmailEvents", "AuthenticationDetails")?) {
        if details.contains("DKIM\":\"fail") {
            days[usize::try_from((time - (END - 30 * DAY)) / DAY)?] += 1;
        }
    }
    let mut sorted = days.clone();
    sorted.sort_unstable();
    let (median, most) = (sorted[15], sorted[29]);
    assert!(sorted[0] > 0, "every day has some: {days:?}");
    assert!(most >= 3 * median, "{days:?}");
    assert!(sorted[27] < 2 * median, "but few days are like that: {days:?}");
    Ok(())
}

#[test]
fn accepted_domains_meet_temperror_from_attackers_and_from_honest_senders() -> Tested {
    let scenario: BTreeMap<&str, &str> =
        MONTH.texts("SimulationLabels", "NetworkMessageId")?.into_iter().zip(MONTH.texts("SimulationLabels", "Label")?).collect();
    let events = |column| MONTH.texts("EmailEvents", column);
    let (ids, directions) = (events("NetworkMessageId")?, events("EmailDirection")?);
    let (domains, details) = (events("SenderMailFromDomain")?, events("AuthenticationDetails")?);
    let hits: Vec<&str> = (0..ids.len())
        .filter(|row| directions[*row] == "Inbound" && ["contoso.com", "fabrikam.fr"].contains(&domains[*row]))
        .filter(|row| details[*row].contains("DMARC\":\"temperror") || details[*row].contains("SPF\":\"temperror"))
        .filter_map(|row| scenario.get(ids[row]).copied())
        .collect();
    let count = |label| hits.iter().filter(|hit| **hit == label).count();
    assert!(count("attack") >= 4 && count("look-alike") >= 5 && hits.len() < 100, "{hits:?}");
    Ok(())
}

#[test]
fn the_last_hour_has_mail_whose_envelope_is_not_its_from() -> Tested {
    let times = MONTH.times("EmailEvents")?;
    let (envelopes, froms) =
        (MONTH.texts("EmailEvents", "SenderMailFromDomain")?, MONTH.texts("EmailEvents", "SenderFromDomain")?);
    let hits = (0..times.len()).filter(|row| times[*row] > END - DAY / 24 && envelopes[*row] != froms[*row]).count();
    assert!((3..60).contains(&hits), "{hits}");
    Ok(())
}

#[test]
fn dkim_signing_is_disabled_in_the_last_half_hour_in_all_three_audit_tables() -> Tested {
    let late = |table: &str| -> Result<Vec<usize>, Box<dyn Error>> {
        Ok(MONTH.times(table)?.iter().enumerate().filter(|(_, time)| **time >= END - DAY / 48).map(|(row, _)| row).collect())
    };
    let (actions, parameters) = (MONTH.texts("o365.audit", "event.action")?, MONTH.texts("o365.audit", "o365.audit.Parameters")?);
    let disabled = r#"{"Identity":"fabrikam.fr","Enabled":"False"}"#;
    let hits =
        late("o365.audit")?.into_iter().filter(|row| actions[*row] == "Set-DkimSigningConfig" && parameters[*row] == disabled);
    assert_eq!(hits.count(), 1);
    for (table, action, parameters) in
        [("CloudAppEvents", "ActionType", "RawEventData"), ("OfficeActivity", "Operation", "Parameters")]
    {
        let (actions, texts) = (MONTH.texts(table, action)?, MONTH.texts(table, parameters)?);
        let disabled = r#"{"Name":"Enabled","Value":"False"}"#;
        let hits =
            late(table)?.into_iter().filter(|row| actions[*row] == "Set-DkimSigningConfig" && texts[*row].contains(disabled));
        assert_eq!(hits.count(), 1, "{table}");
        assert_eq!(actions.iter().filter(|action| **action == "Set-DkimSigningConfig").count(), 5, "{table}");
    }
    Ok(())
}

#[test]
fn outbound_mail_is_unsigned_only_while_signing_is_off() -> Tested {
    let (actions, texts) = (MONTH.texts("CloudAppEvents", "ActionType")?, MONTH.texts("CloudAppEvents", "RawEventData")?);
    let changes: Vec<i64> = MONTH
        .times("CloudAppEvents")?
        .into_iter()
        .enumerate()
        .filter(|(row, _)| actions[*row] == "Set-DkimSigningConfig" && texts[*row].contains("\"contoso.com\""))
        .map(|(_, time)| time)
        .collect();
    let [off, on] = changes[..] else { return Err(format!("{} changes", changes.len()).into()) };
    let events = |column| MONTH.texts("EmailEvents", column);
    let (directions, domains, details) =
        (events("EmailDirection")?, events("SenderFromDomain")?, events("AuthenticationDetails")?);
    let mut unsigned = 0;
    for (row, time) in MONTH.times("EmailEvents")?.into_iter().enumerate() {
        if directions[row] == "Outbound" && domains[row] == "contoso.com" && details[row].contains("DKIM") {
            let is_off = (off..on).contains(&time);
            assert_eq!(details[row].contains("DKIM\":\"none"), is_off, "{}", details[row]);
            unsigned += usize::from(is_off);
        }
    }
    assert!(unsigned > 10, "{unsigned}");
    Ok(())
}
