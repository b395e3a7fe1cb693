// Work that a page began for its reader alone ends with the page: a query, a preview, a backtest that nobody waits for any more. A page that is
// hidden behind another still waits; one that is loaded anew is back before the server gives its work up.

const open = new Map(); // Jobs under way, each with the mark of forms.

const address = (id, verb) => `/jobs/${encodeURIComponent(id)}/${verb}`;

/** Says that this page waits for a job. */
export function began(id, csrf) {
  open.set(id, csrf);
}

/** Says that it does no longer: the job has ended. */
export function ended(id) {
  open.delete(id);
}

/** Cancels a job. */
export function cancel(id, csrf) {
  ended(id);
  return fetch(address(id, "cancel"), { method: "POST", headers: { "x-csrf-token": csrf }, body: new URLSearchParams({ csrf }) });
}

// A page is left for good, or for the while it is kept to be come back to: a browser tells no earlier, and nothing else is sent from then on.
addEventListener("pagehide", () => {
  for (const [id, csrf] of open) navigator.sendBeacon(address(id, "leave"), new URLSearchParams({ csrf }));
});
