//! `IdentityInfo`: the users of the organisation, as the directory had them on a day.
//!
//! Authority: Microsoft's page `advanced-hunting-identityinfo-table`.

use schema::Type::{Bool, Datetime, Dynamic, String as Text};

use super::{Layout, Table};
use crate::calendar::DAY;
use crate::cast::{Cast, User};
use crate::text::{domain, local_part};
use crate::window::Window;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "IdentityInfo",
    columns: &[
        ("Timestamp", Datetime),
        ("ReportId", Text),
        ("AccountObjectId", Text),
        ("AccountUpn", Text),
        ("OnPremSid", Text),
        ("AccountDisplayName", Text),
        ("AccountName", Text),
        ("AccountDomain", Text),
        ("Type", Text),
        ("GivenName", Text),
        ("Surname", Text),
        ("Department", Text),
        ("JobTitle", Text),
        ("EmailAddress", Text),
        ("SipProxyAddress", Text),
        ("City", Text),
        ("Country", Text),
        ("IsAccountEnabled", Bool),
        ("Manager", Text),
        ("CreatedDateTime", Datetime),
        ("CompanyName", Text),
        ("EmployeeId", Text),
        ("AssignedRoles", Dynamic),
        ("AccountTenantId", Text),
        ("MailAddress", Text),
        ("UserType", Text),
    ],
};

/// The directory is read at the start and every week after it.
pub(crate) const EVERY: i64 = 7 * DAY;

/// Writes the whole directory as it is at a moment.
pub(crate) fn push_all(table: &mut Table, moment: i64, cast: &Cast, window: &Window) {
    for user in &cast.users {
        push(table, moment, cast, user, window.start);
    }
}

fn push(table: &mut Table, moment: i64, cast: &Cast, user: &User, start: i64) {
    let (city, country) = cast.sites.get(user.site).map_or(("", ""), |site| (site.city.as_str(), site.country.as_str()));
    let roles = match user.title.as_str() {
        "Exchange Administrator" => "[\"Exchange Administrator\"]",
        "Chief Information Security Officer" | "Detection Engineer" => "[\"Security Administrator\"]",
        "SOC Analyst" => "[\"Security Reader\"]",
        "IT Director" => "[\"Global Administrator\"]",
        _ => "[]",
    };
    table
        .row()
        .time("Timestamp", moment)
        .text("ReportId", &user.object_id)
        .text("AccountObjectId", &user.object_id)
        .text("AccountUpn", &user.address)
        .text("OnPremSid", &user.sid)
        .text("AccountDisplayName", &user.name)
        .text("AccountName", local_part(&user.address))
        .text("AccountDomain", domain(&user.address))
        .text("Type", "User")
        .text("GivenName", &user.given)
        .text("Surname", &user.surname)
        .text("Department", &user.department)
        .text("JobTitle", &user.title)
        .text("EmailAddress", &user.address)
        .text("SipProxyAddress", if user.is_person { &user.address } else { "" })
        .text("City", city)
        .text("Country", country)
        .bool("IsAccountEnabled", user.enabled)
        .text("Manager", &user.manager)
        .time("CreatedDateTime", start - i64::from(user.tenure) * DAY)
        .text("CompanyName", &cast.organisation)
        .text("EmployeeId", &user.employee_id)
        .text("AssignedRoles", roles)
        .text("AccountTenantId", &cast.tenant_id)
        .text("MailAddress", &user.address)
        .text("UserType", "Member");
}
