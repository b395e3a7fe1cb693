-- Every combination of what the seed rules stumble over. Small tables of values, crossed; identifiers count the rows.
CREATE TABLE moments AS SELECT unnest([
    TIMESTAMPTZ '2026-10-20 23:59:59.999999+00', '2026-10-21 00:00:00+00', '2026-11-18 23:59:59.999999+00',
    '2026-11-19 23:00:00+00', '2026-11-19 23:00:00.000001+00', '2026-11-19 23:59:59.999999+00', '2026-11-20 00:00:00+00']) AS Timestamp;

CREATE TABLE details AS SELECT unnest([
    NULL, '', '{}', 'none', '"SPF"', '["SPF"]', '{"SPF":"temperror"', '{"SPF":"temperror","DKIM":"fail","DMARC":"pass"}', '{"spf":"temperror","dmarc":"temperror"}',
    '{"SPF":null,"DKIM":null,"DMARC":"temperror"}', '{"SPF":["temperror"],"DMARC":{"result":"temperror"}}', '{"SPF":"Temperror","DKIM":"failed","DMARC":"fail"}',
    '{ "SPF" : "pass" , "DKIM" : "fail" , "DMARC" : "temperror" }', '{"SPF":"temp\u0065rror","DKIM":"f\u0061il"}',
    'spf=fail dkim=none dmarc=bestguesspass', 'spf=softfail smtp.mailfrom=contoso.com; dkim=fail; dmarc=none', 'SPF=fail dkim=fail dmarc=fail', 'spf=none dkim=pass dmarc=fail'
]) AS AuthenticationDetails;

CREATE TABLE directions AS SELECT unnest(['Inbound', 'inbound', 'Intra-org', 'IntraOrg', NULL]) AS EmailDirection;

CREATE TABLE domains AS SELECT unnest(['contoso.com', 'Contoso.com', 'fabrikam.fr', 'example.org', '', NULL]) AS domain;

CREATE TABLE actions AS SELECT unnest(['Delivered', 'Blocked', NULL]) AS DeliveryAction;

CREATE TABLE EmailEvents AS
SELECT Timestamp, printf('00000000-0000-4000-8000-%012d', row_number() OVER ()) AS NetworkMessageId,
    'bounce@' || coalesce(envelope.domain, '') AS SenderMailFromAddress, 'sender@' || coalesce(header.domain, '') AS SenderFromAddress,
    envelope.domain AS SenderMailFromDomain, header.domain AS SenderFromDomain, '198.51.100.7' AS SenderIPv4,
    'user' || (row_number() OVER () % 7) || '@contoso.com' AS RecipientEmailAddress,
    CASE row_number() OVER () % 3 WHEN 0 THEN NULL WHEN 1 THEN 'Invoice, "quoted"' ELSE 'Réunion à 10 h' END AS Subject,
    EmailDirection, DeliveryAction, 'Inbox/folder' AS DeliveryLocation, NULL::VARCHAR AS ThreatTypes, '{"Spam":"High"}' AS ConfidenceLevel, AuthenticationDetails,
    row_number() OVER () AS EmailClusterId
FROM moments CROSS JOIN details CROSS JOIN directions CROSS JOIN domains AS envelope CROSS JOIN domains AS header CROSS JOIN actions;

CREATE TABLE parameters AS SELECT unnest([
    NULL, '', '{}', '{"Enabled":"False"}', '{"Enabled":false}', '{"Enabled":"false"}', '{"Enabled":"True","Identity":"contoso.com"}', '{"Identity":"Enabled:False"}'
]) AS parameters;

CREATE TABLE "o365.audit" AS
SELECT Timestamp AS "@timestamp", action AS "event.action", category AS "event.category", 'o365.audit' AS "event.dataset",
    'id' || row_number() OVER () AS "event.id", outcome AS "event.outcome", provider AS "event.provider", 'admin@contoso.com' AS "user.id",
    '192.0.2.4' AS "source.ip", 'contoso.com' AS "o365.audit.ObjectId", parameters AS "o365.audit.Parameters"
FROM moments CROSS JOIN parameters
CROSS JOIN (SELECT unnest(['Set-DkimSigningConfig', 'set-dkimsigningconfig', NULL]) AS action)
CROSS JOIN (SELECT unnest(['["web"]', '["iam","web"]', '["website"]', '[]', NULL]) AS category)
CROSS JOIN (SELECT unnest(['success', 'failure']) AS outcome)
CROSS JOIN (SELECT unnest(['Exchange', 'SharePoint']) AS provider);

CREATE TABLE CloudAppEvents AS
SELECT Timestamp, action AS ActionType, 'Admin' AS AccountDisplayName, '192.0.2.4' AS IPAddress, NULL::VARCHAR AS City, 'US' AS CountryCode, raw AS RawEventData
FROM moments
CROSS JOIN (SELECT unnest(['Set-DkimSigningConfig', 'set-dkimsigningconfig', NULL]) AS action)
CROSS JOIN (SELECT unnest([
    NULL, '{}', '{"Parameters":null}', '{"Parameters":[]}', '{"ObjectId":"contoso.com","Parameters":[{"Name":"Enabled","Value":"False"}]}',
    '{"ObjectId":"contoso.com","Parameters":[{"Name":"Identity","Value":"contoso.com"},{"Name":"Enabled","Value":"false"}]}',
    '{"ObjectId":"contoso.com","Parameters":[{"Name":"Enabled","Value":false}]}', '{"ObjectId":"contoso.com","Parameters":[{"Name":"Enabled","Value":"True"}]}',
    '{"ObjectId":"contoso.com","Parameters":[{"Name":"Enabled","Value":"False"},{"Name":"Enabled","Value":"False"}]}'
]) AS raw);
