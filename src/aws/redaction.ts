const hidden = "[hidden]";
/** What is left of a secret that was cut off is known by so many characters. */
const tellingLength = 16;

/**
 * A text that came over the network without what was sent: a service that finds a signature wrong
 * says what it should have signed, session token and all ("The Canonical String for this request
 * should have been …"), and what stands in between may give a request back.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let [shown = ""] = text.split(/\s*The Canonical String for this request should have been/i, 1);
  for (const secret of secrets) {
    for (const form of formsOf(secret)) shown = shown.replace(patternOf(form), hidden);
  }
  return shown.replace(/\bSignature=[0-9a-f]+/gi, `Signature=${hidden}`);
}

/** As it is, and as it stands in a query, a form and a JSON text. */
function formsOf(secret: string): ReadonlySet<string> {
  if (secret === "") return new Set();
  const inForm = new URLSearchParams([["", secret]]).toString().slice(1);
  return new Set([secret, encodeURIComponent(secret), inForm, JSON.stringify(secret).slice(1, -1)]);
}

function patternOf(form: string): RegExp {
  const quoted = form.slice(0, tellingLength).replace(/[^\w]/g, "\\$&");
  // The digits of a code are no secret as a part of an account's number.
  if (/^\d+$/.test(form)) return new RegExp(`(?<!\\d)${quoted}(?!\\d)`, "g");
  return new RegExp(form.length < tellingLength ? quoted : `${quoted}[\\w+/=%.~:\\\\-]*`, "g");
}
