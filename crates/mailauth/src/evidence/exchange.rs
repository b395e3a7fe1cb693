//! X-MS-Exchange-Organization-*, X-MS-Exchange-CrossTenant-* and their neighbours: how Exchange Online handled a message.

use serde::Serialize;

/// The headers that are known, read. Of those of the organisation and of the crossing of tenants, the organisation's come first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// Network message id, a GUID, as written.
    pub network_message_id: Option<String>,
    /// Which header it was taken from.
    pub network_message_id_from: Option<String>,
    /// AuthAs: `Anonymous`, `Internal`, `Partner` or `External`.
    pub auth_as: Option<String>,
    /// AuthSource: the host that said so.
    pub auth_source: Option<String>,
    /// AuthMechanism: two hexadecimal digits.
    pub auth_mechanism: Option<String>,
    /// CrossTenant-Id: the tenant, a GUID.
    pub tenant: Option<String>,
    /// OriginalArrivalTime, in microseconds since 1970.
    pub arrived: Option<i64>,
    /// OriginalArrivalTime as written.
    pub arrived_text: Option<String>,
    /// MessageDirectionality: `Incoming` or `Originating`.
    pub directionality: Option<String>,
    /// X-MS-Exchange-Organization-SCL.
    pub scl: Option<i32>,
    /// X-MS-Exchange-Organization-PCL.
    pub pcl: Option<i32>,
    /// CrossTenant-FromEntityHeader: `HybridOnPrem`, `Internet`, `Hosted`.
    pub from_entity: Option<String>,
    /// X-MS-PublicTrafficType.
    pub traffic: Option<String>,
    /// X-MS-TrafficTypeDiagnostic.
    pub traffic_diagnostic: Option<String>,
    /// X-EOPAttributedMessage: which of the tenants.
    pub attributed: Option<String>,
    /// X-EOPTenantAttributedMessage, as written: `tenant:0`.
    pub attributed_tenant: Option<String>,
    /// X-MS-Exchange-Organization-… headers that name connectors and transport rules, names and values.
    pub organization: Vec<(String, String)>,
}
