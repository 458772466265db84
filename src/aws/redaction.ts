const hidden = "[hidden]";
/** More of a text than anybody is shown; what is longer is not looked at, so as not to take long. */
const longestText = 16_384;
/** So many characters in a row that a secret has too are no accident. */
const tellingLength = 12;
/** The same for a text as a whole, where the blanks between words do not count. */
const tellingLengthInAll = 24;
/** A code of an MFA device has so many digits; what is shorter hides nothing, but every text. */
const shortestSecret = 6;

/**
 * A text that came over the network without what was sent: a service that finds a signature wrong
 * says what it should have signed, session token and all ("The Canonical String for this request
 * should have been …"), and what stands in between may give any part of a request back, written in
 * its own way.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const start = text.slice(0, longestText);
  const end = start.search(/The Canonical String for this request should have been/i);
  let shown = end === -1 ? start : start.slice(0, end).trimEnd();
  const long: string[] = [];
  for (const secret of secrets) {
    const letters = lettersOf(secret);
    if (letters.length >= tellingLength) long.push(letters);
    else for (const form of formsOf(secret)) shown = shown.replace(patternOf(form), hidden);
  }
  const isTelling = searchIn(long, tellingLength);
  const pieces = shown
    .replace(run, (found) => (isTelling(found) ? hidden : found))
    .replace(/\bSignature=[0-9a-f]+/gi, `Signature=${hidden}`);
  // One that was broken into pieces, as by line ends, is whole again without what stands between. AWS's
  // own words share a few letters with some secrets, so it takes more of them here.
  return searchIn(long, tellingLengthInAll)(pieces) ? hidden : pieces;
}

/** Whether a text has a secret, or a telling part of one, in it. */
export function isRevealing(text: string, secrets: readonly string[]): boolean {
  return withoutSecrets(text, secrets) !== text;
}

/** What tokens and keys are made of, the characters that URLs, JSON and HTML write otherwise included. */
const run =
  /(?:[\w+/.~%-]|\\(?:u[\da-f]{4}|x[\da-f]{2}|\S)|&(?:amp;)*(?:#x?[\da-f]{1,7}|[a-z]{1,8});)+=*/gi;

/** Tells whether a text has so many letters in a row with one of these in common, or all it has. */
function searchIn(letters: readonly string[], length: number): (text: string) => boolean {
  let windows: readonly Set<string>[] | undefined;
  return (text) => {
    if (text.length < tellingLength) return false;
    windows ??= letters.map((one) => new Set(windowsOf(one, Math.min(length, one.length))));
    const plain = lettersOf(text);
    return windows.some((known, index) => {
      const width = Math.min(length, letters[index]?.length ?? 0);
      return windowsOf(plain, width).some((window) => known.has(window));
    });
  };
}

function windowsOf(letters: string, length: number): readonly string[] {
  const count = Math.max(0, letters.length - length + 1);
  return Array.from({ length: count }, (_, index) => letters.slice(index, index + length));
}

/** How often a text may have been written in another's form, as a URL in JSON in a page. */
const mostForms = 3;

/**
 * Letters and digits alone, in one case, behind what URLs, JSON and HTML make of a character: so the
 * same text is the same, whatever wrote it.
 */
function lettersOf(text: string): string {
  let plain = text;
  for (let round = 0; round < mostForms; round++) {
    const before = plain;
    plain = plain.replace(written, characterOf);
    if (plain === before) break;
  }
  return plain.toLowerCase().replace(/[^a-z\d]/g, "");
}

const written =
  /%([\da-f]{2})|\\u([\da-f]{4})|\\x([\da-f]{2})|&#x([\da-f]{1,7});|&#(\d{1,7});|&([a-z]{1,8});/gi;

function characterOf(_: string, ...groups: readonly (string | undefined)[]): string {
  const [percent, unicode, byte, hexadecimal, decimal, name] = groups;
  if (name !== undefined) return markOf(name.toLowerCase());
  const digits = percent ?? unicode ?? byte ?? hexadecimal;
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

/** Of the named characters only those count that begin another form; none of the others is a letter. */
function markOf(name: string): string {
  if (name === "amp") return "&";
  if (name === "percnt") return "%";
  return name === "bsol" ? "\\" : "";
}

/** A short secret as it is, and as it stands in a query, a form and a JSON text. */
function formsOf(secret: string): ReadonlySet<string> {
  if (secret.length < shortestSecret) return new Set();
  const inForm = new URLSearchParams([["", secret]]).toString().slice(1);
  return new Set([secret, encodeURIComponent(secret), inForm, JSON.stringify(secret).slice(1, -1)]);
}

function patternOf(form: string): RegExp {
  const quoted = form.replace(/[^\w]/g, "\\$&");
  // The digits of a code are no secret as a part of an account's number.
  return new RegExp(/^\d+$/.test(form) ? `(?<!\\d)${quoted}(?!\\d)` : quoted, "g");
}
