//! How evidence is collected: how much is asked, how much of it at once, and where it ends.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mailauth::dns::{Answer, Kind, Resolver, Zone};
use spoofwatch_posture::{
    Severity, Spoofing, Today,
    evidence::{DomainEvidence, NoFetch, Question},
    findings,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const ZONE: &str = "\
$ORIGIN example.com.
@      IN MX 10 mail
@      IN TXT \"v=spf1 mx -all\"
_dmarc IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"
mail   IN A 192.0.2.25
";

/// Answers from a zone after others had their turn, and counts.
#[derive(Debug)]
struct Counting {
    zone: Zone,
    asked: Mutex<BTreeMap<String, usize>>,
    waiting: AtomicUsize,
    most_waiting: AtomicUsize,
}

#[async_trait]
impl Resolver for Counting {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        if let Ok(mut asked) = self.asked.lock() {
            *asked.entry(format!("{name} {kind}")).or_default() += 1;
        }
        let now = self.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_waiting.fetch_max(now, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        self.zone.answer(name, kind)
    }
}

fn counting(zone: &str) -> Result<Arc<Counting>, Box<dyn std::error::Error>> {
    let zone = Zone::parse(zone)?;
    Ok(Arc::new(Counting { zone, asked: Mutex::default(), waiting: AtomicUsize::new(0), most_waiting: AtomicUsize::new(0) }))
}

/// Never answers.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl Resolver for Silent {
    async fn lookup(&self, _name: &str, _kind: Kind) -> Answer {
        std::future::pending().await
    }
}

fn question(resolver: Arc<dyn Resolver>) -> Question {
    Question::new(resolver, Arc::new(NoFetch), 0)
}

fn run<T>(future: impl Future<Output = T>) -> Result<T, std::io::Error> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(future))
}

#[test]
fn a_domain_costs_a_bounded_number_of_questions() -> Outcome {
    let resolver = counting(ZONE)?;
    run(DomainEvidence::collect("example.com", &question(Arc::clone(&resolver) as Arc<dyn Resolver>)))??;
    let asked = resolver.asked.lock().map_err(|_| "poisoned")?;
    let all: usize = asked.values().sum();
    assert!(all <= 120, "{all} questions about one ordinary domain");
    Ok(())
}

#[test]
fn the_questions_about_a_domain_are_asked_at_once() -> Outcome {
    let resolver = counting(ZONE)?;
    run(DomainEvidence::collect("example.com", &question(Arc::clone(&resolver) as Arc<dyn Resolver>)))??;
    let most = resolver.most_waiting.load(Ordering::SeqCst);
    assert!(most >= 10, "no more than {most} questions waited at the same time");
    Ok(())
}

#[test]
fn a_hundred_domains_are_collected_in_their_order_and_no_more_at_once_than_wanted() -> Outcome {
    let hundred: Vec<String> = (0..100).map(|number| format!("d{number}.example")).collect();
    let zone: String =
        hundred.iter().map(|name| format!("{name}. IN MX 10 mail.{name}.\nmail.{name}. IN A 192.0.2.25\n")).collect();
    let alone = counting(&zone)?;
    let of_one = [(hundred[0].clone(), question(Arc::clone(&alone) as Arc<dyn Resolver>))];
    run(DomainEvidence::collect_all(&of_one, 1))?;
    let resolver = counting(&zone)?;
    let domains: Vec<(String, Question)> =
        hundred.iter().map(|name| (name.clone(), question(Arc::clone(&resolver) as Arc<dyn Resolver>))).collect();
    let found = run(DomainEvidence::collect_all(&domains, 8))?;
    let names: Vec<String> =
        found.into_iter().map(|evidence| evidence.map(|evidence| evidence.domain)).collect::<Result<_, _>>()?;
    assert_eq!(names, hundred);
    let (most, of_one) = (resolver.most_waiting.load(Ordering::SeqCst), alone.most_waiting.load(Ordering::SeqCst));
    assert!(most > of_one && most <= 8 * of_one, "{most} questions at once, {of_one} of a single domain");
    Ok(())
}

#[test]
fn name_servers_that_never_answer_end_in_a_finding() -> Outcome {
    let mut question = question(Arc::new(Silent));
    question.limits.time = Duration::ZERO;
    let evidence = run(DomainEvidence::collect("example.com", &question))??;
    let found = findings(&evidence);
    let missing: Vec<&str> = found.iter().map(|finding| finding.check).filter(|check| !check.ends_with("-trouble")).collect();
    assert_eq!(missing, [""; 0], "nothing may be called missing that nobody answered for");
    let trouble = found.iter().find(|finding| finding.check == "dns-trouble").ok_or("no finding")?;
    assert_eq!(trouble.severity, Severity::High);
    assert_eq!(trouble.facts[0].seen, "the 0 seconds for all questions about example.com were over");
    assert_eq!(Spoofing::of(&evidence, &found).today, Today::Unknown);
    Ok(())
}

#[test]
fn records_that_send_us_from_name_to_name_end_in_a_finding() -> Outcome {
    let mut question = question(counting(ZONE)?);
    question.limits.questions = 5;
    let evidence = run(DomainEvidence::collect("example.com", &question))??;
    assert_eq!(evidence.unfinished.as_deref(), Some("more than 5 questions were needed about example.com"));
    assert!(findings(&evidence).iter().any(|finding| finding.check == "dns-trouble"));
    Ok(())
}

#[test]
fn very_many_records_are_looked_at_in_part_and_it_is_said() -> Outcome {
    let mut zone = String::from("$ORIGIN example.com.\n");
    for number in 0..300 {
        zone.push_str(&format!(
            "@ IN MX {number} mx{number}\n_dmarc IN TXT \"v=DMARC1; p=none; x={number}{}\"\n",
            "y".repeat(200)
        ));
    }
    let evidence = run(DomainEvidence::collect("example.com", &question(Arc::new(Zone::parse(&zone)?))))??;
    let found = findings(&evidence);
    let words = evidence.unfinished.as_deref().unwrap_or_default();
    assert!(words.contains("of 300 mail exchangers, 20 were looked at"), "{words}");
    assert!(found.iter().all(|finding| finding.facts.len() <= 51));
    assert!(found.iter().any(|finding| finding.check == "dmarc-multiple"));
    Ok(())
}

#[test]
fn what_is_no_domain_is_refused_before_anything_is_asked() -> Outcome {
    let error = run(DomainEvidence::collect("exa..mple", &question(Arc::new(Silent))))?.map(drop);
    assert_eq!(error.map_err(|error| error.to_string()), Err("`exa..mple` is no domain that could be asked about".to_owned()));
    Ok(())
}
