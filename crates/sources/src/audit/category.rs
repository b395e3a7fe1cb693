//! ECS categories and types of an activity.
//!
//! Authority: <https://www.elastic.co/docs/reference/ecs/ecs-category-field-values-reference>, and what Elastic's integration of
//! Microsoft 365 gives each activity: rules are written against that.

/// What an activity is called in ECS, and its categories and types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Categorised {
    pub(super) action: String,
    pub(super) categories: Vec<&'static str>,
    pub(super) types: Vec<&'static str>,
}

/// Activities that ECS has other names for: the kind of record, the activity, its name, and what it is.
type Renamed = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const RENAMED: [Renamed; 6] = [
    ("AzureActiveDirectory", "Add user.", "added-user-account", &["iam"], &["user", "creation"]),
    ("AzureActiveDirectory", "Delete user.", "deleted-user-account", &["iam"], &["user", "deletion"]),
    ("AzureActiveDirectory", "Update user.", "modified-user-account", &["iam"], &["user", "change"]),
    ("MicrosoftTeams", "Delete user.", "deleted-user-account", &["iam"], &["user", "deletion"]),
    ("MicrosoftTeams", "MemberAdded", "added-users-to-group", &["iam"], &["group", "change"]),
    ("MicrosoftTeams", "TeamCreated", "added-group-account-to", &["iam"], &["group", "creation"]),
];

/// Activities by what they do with a file or a setting.
const BY_ACTIVITY: [(&str, &[&str], &[&str]); 16] = [
    ("ComplianceSettingChanged", &["configuration"], &["change"]),
    ("FileAccessed", &["file"], &["access"]),
    ("FileDeleted", &["file"], &["deletion"]),
    ("FileDownloaded", &["file"], &["access"]),
    ("FileModified", &["file"], &["change"]),
    ("FileMoved", &["file"], &["change"]),
    ("FileRenamed", &["file"], &["change"]),
    ("FileRestored", &["file"], &["change"]),
    ("FileUploaded", &["file"], &["creation"]),
    ("FolderCopied", &["file"], &["creation"]),
    ("FolderCreated", &["file"], &["creation"]),
    ("FolderDeleted", &["file"], &["deletion"]),
    ("FolderModified", &["file"], &["change"]),
    ("FolderMoved", &["file"], &["change"]),
    ("FolderRenamed", &["file"], &["change"]),
    ("FolderRestored", &["file"], &["change"]),
];

/// Activities of Yammer.
const YAMMER: [(&str, &[&str], &[&str]); 14] = [
    ("FileCreated", &["file"], &["creation"]),
    ("FileDownloaded", &["file"], &["access"]),
    ("FileShared", &["file"], &["access"]),
    ("FileUpdateDescription", &["file"], &["access"]),
    ("FileUpdateName", &["file"], &["creation"]),
    ("FileVisited", &["file"], &["access"]),
    ("GroupCreation", &["iam"], &["creation", "group"]),
    ("GroupDeletion", &["iam"], &["deletion", "group"]),
    ("NetworkConfigurationUpdated", &["configuration"], &["change"]),
    ("NetworkSecurityConfigurationUpdated", &["configuration", "iam"], &["change", "admin"]),
    ("NetworkUserSuspended", &["iam"], &[]),
    ("ProcessProfileFields", &["configuration"], &["change"]),
    ("SoftDeleteSettingsUpdated", &["configuration"], &["change"]),
    ("SupervisorAdminToggled", &["configuration"], &["change"]),
];

/// What an activity is; `alert` is the category of an alert of the compliance centre.
pub(super) fn categorised(kind: &str, activity: &str, alert: Option<&str>) -> Categorised {
    let mut found = Categorised { action: activity.to_owned(), categories: vec!["web"], types: vec!["info"] };
    if let Some((_, _, name, categories, types)) = RENAMED.iter().find(|(of, from, ..)| *of == kind && *from == activity) {
        found.action = (*name).to_owned();
        found.add(categories, types);
    }
    if let Some((_, categories, types)) = BY_ACTIVITY.iter().find(|(name, ..)| *name == activity) {
        found.add(categories, types);
    }
    match kind {
        "AzureActiveDirectoryStsLogon" => found.add(&["authentication"], &["start", "access"]),
        "ComplianceDLPSharePoint" | "ComplianceDLPExchange" => found.add(&["file"], &["access"]),
        "SecurityComplianceAlerts" => found.add(
            match alert {
                Some("DataGovernance" | "DataLossPrevention") => &["file"],
                Some("ThreatManagement") => &["malware"],
                Some(_) => &["authentication"],
                None => &[],
            },
            &[],
        ),
        "Yammer" => {
            if let Some((_, categories, types)) = YAMMER.iter().find(|(name, ..)| *name == activity) {
                found.add(categories, types);
            }
        }
        _ => {}
    }
    found
}

impl Categorised {
    fn add(&mut self, categories: &[&'static str], types: &[&'static str]) {
        for category in categories {
            if !self.categories.contains(category) {
                self.categories.push(category);
            }
        }
        for ty in types {
            if !self.types.contains(ty) {
                self.types.push(ty);
            }
        }
    }
}

/// How an activity ended: what says nothing of a failure has succeeded.
pub(super) fn outcome(status: Option<&str>) -> &'static str {
    match status.map(str::to_lowercase).as_deref() {
        Some("failed" | "false") => "failure",
        _ => "success",
    }
}

#[cfg(test)]
mod tests {
    use super::{categorised, outcome};

    #[test]
    fn activities_have_their_categories() {
        let table = [
            ("ExchangeAdmin", "Set-DkimSigningConfig", "Set-DkimSigningConfig: web / info"),
            ("AzureActiveDirectoryStsLogon", "UserLoggedIn", "UserLoggedIn: web authentication / info start access"),
            ("SharePointFileOperation", "FileAccessed", "FileAccessed: web file / info access"),
            ("AzureActiveDirectory", "Add user.", "added-user-account: web iam / info user creation"),
        ];
        for (kind, activity, expected) in table {
            let found = categorised(kind, activity, None);
            let shown = format!("{}: {} / {}", found.action, found.categories.join(" "), found.types.join(" "));
            assert_eq!(shown, expected);
        }
        assert_eq!(
            categorised("SecurityComplianceAlerts", "AlertTriggered", Some("ThreatManagement")).categories,
            ["web", "malware"]
        );
    }

    #[test]
    fn a_missing_status_is_success() {
        for (status, expected) in [
            (None, "success"),
            (Some("True"), "success"),
            (Some("Failed"), "failure"),
            (Some("False"), "failure"),
            (Some("Other"), "success"),
        ] {
            assert_eq!(outcome(status), expected, "{status:?}");
        }
    }
}
