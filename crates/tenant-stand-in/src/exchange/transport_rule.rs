//! `Get-`, `New-`, `Set-`, `Enable-`, `Disable-`, `Remove-TransportRule`: mail-flow rules.
//!
//! Authority: <https://learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule>. A rule's priority is its place in the list.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::cmdlet::Outcome;
use super::error::{Kind, Refusal};
use super::parameters::{Bound, of};
use crate::clock::exchange;
use crate::tenant::{Object, Tenant, object};

/// The longest name of a rule, in characters.
const LONGEST_NAME: usize = 64;
/// Parameters that are neither conditions nor actions.
const GENERAL: [&str; 13] = [
    "ActivationDate",
    "Comments",
    "Confirm",
    "DlpPolicy",
    "Enabled",
    "ExpiryDate",
    "Mode",
    "Name",
    "Priority",
    "RuleErrorAction",
    "RuleSubType",
    "SenderAddressLocation",
    "WhatIf",
];
/// How the names of actions begin.
const ACTIONS: [&str; 22] = [
    "AddManagerAsRecipientType",
    "AddToRecipients",
    "ApplyClassification",
    "ApplyHtmlDisclaimer",
    "ApplyOME",
    "ApplyRightsProtection",
    "BlindCopyTo",
    "CopyTo",
    "DeleteMessage",
    "GenerateIncidentReport",
    "GenerateNotification",
    "LogEventText",
    "ModerateMessageBy",
    "NotifySender",
    "PrependSubject",
    "Quarantine",
    "RedirectMessageTo",
    "RejectMessage",
    "Remove",
    "RouteMessageOutbound",
    "Set",
    "SmtpRejectMessage",
];
/// Parameters that are given together or not at all.
const PAIRS: [(&str, &str); 6] = [
    ("HeaderContainsMessageHeader", "HeaderContainsWords"),
    ("HeaderMatchesMessageHeader", "HeaderMatchesPatterns"),
    ("ExceptIfHeaderContainsMessageHeader", "ExceptIfHeaderContainsWords"),
    ("ExceptIfHeaderMatchesMessageHeader", "ExceptIfHeaderMatchesPatterns"),
    ("SetHeaderName", "SetHeaderValue"),
    ("ApplyHtmlDisclaimerText", "ApplyHtmlDisclaimerFallbackAction"),
];

/// A mail-flow rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub(crate) guid: String,
    pub(crate) name: String,
    pub(crate) is_enabled: bool,
    pub(crate) mode: String,
    pub(crate) changed: DateTime<Utc>,
    /// Its conditions, exceptions, actions and remarks, by the names of the parameters.
    pub(crate) settings: Object,
}

impl Rule {
    fn is_named(&self, identity: &str) -> bool {
        self.name.eq_ignore_ascii_case(identity) || self.guid.eq_ignore_ascii_case(identity)
    }

    /// The rule as it is written out.
    fn row(&self, priority: usize) -> Object {
        let mut row = object(json!({
            "Priority": priority,
            "DlpPolicy": null,
            "DlpPolicyId": "00000000-0000-0000-0000-000000000000",
            "Comments": null,
            "CreatedBy": "",
            "LastModifiedBy": "",
            "ManuallyModified": false,
            "ActivationDate": null,
            "ExpiryDate": null,
            "RuleVersion": "15.0.5.2",
            "Size": self.settings.len(),
            "Conditions": self.kinds(is_condition),
            "Exceptions": self.kinds(is_exception),
            "Actions": self.kinds(is_action),
            "State": if self.is_enabled { "Enabled" } else { "Disabled" },
            "Mode": self.mode,
            "RuleErrorAction": "Ignore",
            "SenderAddressLocation": "Header",
            "RuleSubType": "None",
            "StopRuleProcessing": false,
            "UseLegacyRegex": false,
            "Quarantine": false,
            "DeleteMessage": false,
        }));
        for parameter in of("New-TransportRule") {
            if !GENERAL.contains(&parameter.name) && !row.contains_key(parameter.name) {
                row.insert(parameter.name.to_owned(), Value::Null);
            }
        }
        for (name, value) in &self.settings {
            row.insert(name.clone(), value.clone());
        }
        let named = [("Identity", &self.name), ("Name", &self.name), ("Guid", &self.guid), ("Id", &self.name)];
        for (name, value) in named {
            row.insert(name.to_owned(), Value::from(value.clone()));
        }
        row.insert("ImmutableId".to_owned(), Value::from(self.guid.clone()));
        row.insert("IsValid".to_owned(), Value::from(true));
        row.insert("WhenChanged".to_owned(), Value::from(exchange(self.changed)));
        row
    }

    fn kinds(&self, is_of: fn(&str) -> bool) -> Vec<Value> {
        let set = self.settings.iter().filter(|(_, value)| is_set(value));
        let prefix = "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.";
        set.filter(|(name, _)| is_of(name)).map(|(name, _)| Value::from(format!("{prefix}{name}"))).collect()
    }
}

/// True for a setting that does something.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Object(_) => true,
    }
}

fn is_exception(name: &str) -> bool {
    name.starts_with("ExceptIf")
}

fn is_action(name: &str) -> bool {
    ACTIONS.iter().any(|action| name.starts_with(action))
}

fn is_condition(name: &str) -> bool {
    !is_exception(name)
        && !is_action(name)
        && !GENERAL.contains(&name)
        && !["StopRuleProcessing", "UseLegacyRegex"].contains(&name)
}

fn place(tenant: &Tenant, bound: &Bound) -> Result<usize, Refusal> {
    let identity = bound.text("Identity").unwrap_or_default();
    tenant.rules.iter().position(|rule| rule.is_named(identity)).ok_or_else(|| Refusal::not_found(identity))
}

fn check(name: &str, settings: &Object, others: &[Rule]) -> Result<(), Refusal> {
    let is_given = |name: &str| settings.get(name).is_some_and(is_set);
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Refusal::validation(format!(
            "The length of the name of a rule must be between 1 and {LONGEST_NAME} characters."
        )));
    }
    if others.iter().any(|rule| rule.name.eq_ignore_ascii_case(name)) {
        return Err(Refusal::new(
            Kind::Exists,
            format!("The rule can't be saved because a rule with the name '{name}' already exists."),
        ));
    }
    for (one, other) in PAIRS {
        if is_given(one) != is_given(other) {
            return Err(Refusal::validation(format!("The parameters {one} and {other} must be specified together.")));
        }
    }
    if is_given("Quarantine") && is_given("DeleteMessage") {
        return Err(Refusal::validation("The actions Quarantine and DeleteMessage can't be used together in a rule."));
    }
    if !settings.iter().any(|(name, value)| is_action(name) && is_set(value)) {
        return Err(Refusal::validation("The rule must have at least one action."));
    }
    Ok(())
}

fn priority(bound: &Bound, most: usize) -> Result<Option<usize>, Refusal> {
    let Some(given) = bound.number("Priority") else { return Ok(None) };
    let fitting = usize::try_from(given).ok().filter(|given| *given <= most);
    let words = || Refusal::validation(format!("The priority {given} isn't valid. Valid values are from 0 to {most}."));
    fitting.map(Some).ok_or_else(words)
}

pub(crate) fn get(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    if bound.text("Identity").is_some() {
        let place = place(tenant, bound)?;
        return Ok(Outcome::rows(tenant.rules.get(place).map(|rule| rule.row(place)).into_iter().collect()));
    }
    let state = bound.text("State");
    let rows = tenant.rules.iter().enumerate().map(|(priority, rule)| rule.row(priority));
    let rows: Vec<Object> = rows.filter(|row| state.is_none_or(|state| row.get("State") == Some(&Value::from(state)))).collect();
    Ok(Outcome::rows(rows))
}

pub(crate) fn new(tenant: &mut Tenant, bound: &Bound, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let name = bound.text("Name").unwrap_or_default().to_owned();
    let settings = settings(bound);
    check(&name, &settings, &tenant.rules)?;
    let place = priority(bound, tenant.rules.len())?.unwrap_or(tenant.rules.len());
    let made = Rule {
        guid: tenant.fresh("rule"),
        is_enabled: bound.is("Enabled") != Some(false),
        mode: bound.text("Mode").unwrap_or("Enforce").to_owned(),
        changed: now,
        settings,
        name,
    };
    let row = made.row(place);
    let outcome = Outcome { rows: vec![row], ..Outcome::changed(&made.name) };
    tenant.rules.insert(place, made);
    Ok(outcome)
}

fn settings(bound: &Bound) -> Object {
    const APART: [&str; 7] = ["Confirm", "Enabled", "Identity", "Mode", "Name", "Priority", "WhatIf"];
    bound
        .0
        .iter()
        .filter(|(name, _)| !APART.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

pub(crate) fn set(tenant: &mut Tenant, bound: &Bound, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let place = place(tenant, bound)?;
    let target = priority(bound, tenant.rules.len().saturating_sub(1))?.unwrap_or(place);
    let before = tenant.rules.remove(place);
    let mut rule = before.clone();
    rule.settings.extend(settings(bound));
    if let Some(name) = bound.text("Name") {
        name.clone_into(&mut rule.name);
    }
    if let Some(mode) = bound.text("Mode") {
        mode.clone_into(&mut rule.mode);
    }
    if let Err(refusal) = check(&rule.name, &rule.settings, &tenant.rules) {
        tenant.rules.insert(place, before);
        return Err(refusal);
    }
    let outcome = if rule == before && target == place { Outcome::unchanged(&rule.name) } else { Outcome::changed(&before.name) };
    if outcome.warnings.is_empty() {
        rule.changed = now;
    }
    tenant.rules.insert(target, rule);
    Ok(outcome)
}

pub(crate) fn enable(tenant: &mut Tenant, bound: &Bound, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let place = place(tenant, bound)?;
    if let (Some(rule), Some(mode)) = (tenant.rules.get_mut(place), bound.text("Mode")) {
        mode.clone_into(&mut rule.mode);
    }
    switch(tenant, place, true, now)
}

pub(crate) fn disable(tenant: &mut Tenant, bound: &Bound, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let place = place(tenant, bound)?;
    switch(tenant, place, false, now)
}

fn switch(tenant: &mut Tenant, place: usize, is_enabled: bool, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let Some(rule) = tenant.rules.get_mut(place) else { return Err(Refusal::not_found("")) };
    rule.is_enabled = is_enabled;
    rule.changed = now;
    Ok(Outcome::changed(&rule.name))
}

pub(crate) fn remove(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let place = place(tenant, bound)?;
    let removed = tenant.rules.remove(place);
    Ok(Outcome::changed(&removed.name))
}

#[cfg(test)]
mod tests;
