//! A record as it was received, and what its numbers mean.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::client::{Client, client};

/// A record of the audit log.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) members: Map<String, Value>,
    client: OnceLock<Client>,
}

impl Record {
    pub(super) const fn new(members: Map<String, Value>) -> Self {
        Self { members, client: OnceLock::new() }
    }

    /// A member, unless it is null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A member as a keyword: numbers and truth values are their text. None for lists, objects and the empty text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        keyword(self.get(name)?).filter(|text| !text.is_empty())
    }

    /// Where the activity came from, by the first member that says so.
    pub(super) fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let names = ["ClientIPAddress", "ClientIP", "ActorIpAddress"];
            names.iter().find_map(|name| self.text(name)).map_or_else(Client::default, |text| client(&text))
        })
    }

    /// The name of the kind of record.
    pub(super) fn kind(&self) -> Option<String> {
        let written = self.text("RecordType")?;
        match written.parse::<u32>() {
            Ok(number) => RECORD_TYPES.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned()),
            // Exports of the portal write the name.
            Err(_) => Some(written),
        }
    }

    /// The name of the kind of user.
    pub(super) fn user_kind(&self) -> Option<String> {
        let written = self.text("UserType")?;
        let named = written.parse::<usize>().ok().and_then(|number| USER_TYPES.get(number));
        Some(named.map_or(written, |name| (*name).to_owned()))
    }

    /// The user agent, which sign-ins have among their further properties.
    pub(super) fn user_agent(&self) -> Option<String> {
        let further = || {
            let list = self.get("ExtendedProperties")?.as_array()?;
            let named = list.iter().find(|entry| entry.get("Name").and_then(Value::as_str) == Some("UserAgent"))?;
            keyword(named.get("Value")?).filter(|text| !text.is_empty())
        };
        further().or_else(|| self.text("UserAgent"))
    }
}

/// A scalar as a keyword.
pub(super) fn keyword(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Authority: the schema's page, "User Type".
const USER_TYPES: [&str; 11] = [
    "Regular",
    "Reserved",
    "Admin",
    "DcAdmin",
    "System",
    "Application",
    "ServicePrincipal",
    "CustomPolicy",
    "SystemPolicy",
    "PartnerTechnician",
    "Guest",
];

/// Authority: the schema's page, "AuditLogRecordType".
const RECORD_TYPES: [(u32, &str); 96] = [
    (1, "ExchangeAdmin"),
    (2, "ExchangeItem"),
    (3, "ExchangeItemGroup"),
    (4, "SharePoint"),
    (6, "SharePointFileOperation"),
    (7, "OneDrive"),
    (8, "AzureActiveDirectory"),
    (9, "AzureActiveDirectoryAccountLogon"),
    (10, "DataCenterSecurityCmdlet"),
    (11, "ComplianceDLPSharePoint"),
    (12, "Sway"),
    (13, "ComplianceDLPExchange"),
    (14, "SharePointSharingOperation"),
    (15, "AzureActiveDirectoryStsLogon"),
    (16, "SkypeForBusinessPSTNUsage"),
    (17, "SkypeForBusinessUsersBlocked"),
    (18, "SecurityComplianceCenterEOPCmdlet"),
    (19, "ExchangeAggregatedOperation"),
    (20, "PowerBIAudit"),
    (21, "CRM"),
    (22, "Yammer"),
    (23, "SkypeForBusinessCmdlets"),
    (24, "Discovery"),
    (25, "MicrosoftTeams"),
    (28, "ThreatIntelligence"),
    (29, "MailSubmission"),
    (30, "MicrosoftFlow"),
    (31, "AeD"),
    (32, "MicrosoftStream"),
    (33, "ComplianceDLPSharePointClassification"),
    (34, "ThreatFinder"),
    (35, "Project"),
    (36, "SharePointListOperation"),
    (37, "SharePointCommentOperation"),
    (38, "DataGovernance"),
    (39, "Kaizala"),
    (40, "SecurityComplianceAlerts"),
    (41, "ThreatIntelligenceUrl"),
    (42, "SecurityComplianceInsights"),
    (43, "MIPLabel"),
    (44, "WorkplaceAnalytics"),
    (45, "PowerAppsApp"),
    (46, "PowerAppsPlan"),
    (47, "ThreatIntelligenceAtpContent"),
    (48, "LabelContentExplorer"),
    (49, "TeamsHealthcare"),
    (50, "ExchangeItemAggregated"),
    (51, "HygieneEvent"),
    (52, "DataInsightsRestApiAudit"),
    (53, "InformationBarrierPolicyApplication"),
    (54, "SharePointListItemOperation"),
    (55, "SharePointContentTypeOperation"),
    (56, "SharePointFieldOperation"),
    (57, "MicrosoftTeamsAdmin"),
    (58, "HRSignal"),
    (59, "MicrosoftTeamsDevice"),
    (60, "MicrosoftTeamsAnalytics"),
    (61, "InformationWorkerProtection"),
    (62, "Campaign"),
    (63, "DLPEndpoint"),
    (64, "AirInvestigation"),
    (65, "Quarantine"),
    (66, "MicrosoftForms"),
    (67, "ApplicationAudit"),
    (68, "ComplianceSupervisionExchange"),
    (69, "CustomerKeyServiceEncryption"),
    (70, "OfficeNative"),
    (71, "MipAutoLabelSharePointItem"),
    (72, "MipAutoLabelSharePointPolicyLocation"),
    (73, "MicrosoftTeamsShifts"),
    (75, "MipAutoLabelExchangeItem"),
    (76, "CortanaBriefing"),
    (78, "WDATPAlerts"),
    (82, "SensitivityLabelPolicyMatch"),
    (83, "SensitivityLabelAction"),
    (84, "SensitivityLabeledFileAction"),
    (85, "AttackSim"),
    (86, "AirManualInvestigation"),
    (87, "SecurityComplianceRBAC"),
    (88, "UserTraining"),
    (89, "AirAdminActionInvestigation"),
    (90, "MSTIC"),
    (91, "PhysicalBadgingSignal"),
    (93, "AipDiscover"),
    (94, "AipSensitivityLabelAction"),
    (95, "AipProtectionAction"),
    (96, "AipFileDeleted"),
    (97, "AipHeartBeat"),
    (98, "MCASAlerts"),
    (99, "OnPremisesFileShareScannerDlp"),
    (100, "OnPremisesSharePointScannerDlp"),
    (101, "ExchangeSearch"),
    (102, "SharePointSearch"),
    (106, "SecurityComplianceUserChange"),
    (113, "MS365DCustomDetection"),
    (148, "ComplianceConnector"),
];
