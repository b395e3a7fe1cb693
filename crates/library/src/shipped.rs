//! The functions that come with the program. Written by `cargo xtask codegen`; do not edit.

/// Name and text of every file under `content/functions/`.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("AssignedIPAddresses.kql", include_str!("../../../content/functions/AssignedIPAddresses.kql")),
    ("DeviceFromIP.kql", include_str!("../../../content/functions/DeviceFromIP.kql")),
    ("FileProfile.kql", include_str!("../../../content/functions/FileProfile.kql")),
    ("GraphAPIAuditEvents.kql", include_str!("../../../content/functions/GraphAPIAuditEvents.kql")),
    ("SeenBy.kql", include_str!("../../../content/functions/SeenBy.kql")),
    ("_Im_AuditEvent.kql", include_str!("../../../content/functions/_Im_AuditEvent.kql")),
    ("_Im_Authentication.kql", include_str!("../../../content/functions/_Im_Authentication.kql")),
    ("_Im_Dns.kql", include_str!("../../../content/functions/_Im_Dns.kql")),
    ("_Im_EmailEvent.kql", include_str!("../../../content/functions/_Im_EmailEvent.kql")),
    ("_Im_FileEvent.kql", include_str!("../../../content/functions/_Im_FileEvent.kql")),
    ("_Im_NetworkSession.kql", include_str!("../../../content/functions/_Im_NetworkSession.kql")),
    ("_Im_ProcessCreate.kql", include_str!("../../../content/functions/_Im_ProcessCreate.kql")),
    ("_Im_ProcessEvent.kql", include_str!("../../../content/functions/_Im_ProcessEvent.kql")),
    ("_Im_ProcessTerminate.kql", include_str!("../../../content/functions/_Im_ProcessTerminate.kql")),
    ("_Im_RegistryEvent.kql", include_str!("../../../content/functions/_Im_RegistryEvent.kql")),
    ("_Im_UserManagement.kql", include_str!("../../../content/functions/_Im_UserManagement.kql")),
    ("_Im_WebSession.kql", include_str!("../../../content/functions/_Im_WebSession.kql")),
];
