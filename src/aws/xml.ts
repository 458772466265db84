/**
 * The text between the first start tag of this name and its end tag, or undefined. The replies of
 * STS have neither attributes with `>` in them, nor CDATA, nor an element inside one of its own
 * name, so that no tree is needed; a page that is not XML simply has no such element.
 */
export function innerXml(xml: string, name: string): string | undefined {
  const opening = `<${name}`;
  for (let start = xml.indexOf(opening); start !== -1; start = xml.indexOf(opening, start + 1)) {
    const behind = xml[start + opening.length] ?? "";
    // Another element, whose name only begins so.
    if (behind !== ">" && behind.trim() !== "") continue;
    const from = xml.indexOf(">", start) + 1;
    const to = from === 0 ? -1 : xml.indexOf(`</${name}>`, from);
    return to === -1 ? undefined : xml.slice(from, to);
  }
  return undefined;
}

/** What stands in each element of this name, as `innerXml` finds the first. */
export function innerElements(xml: string, name: string): readonly string[] {
  const end = `</${name}>`;
  return xml
    .split(end)
    .slice(0, -1)
    .flatMap((part) => innerXml(part + end, name) ?? []);
}

/** The decoded text of the first element of this name, trimmed; undefined where there is none. */
export function elementText(xml: string, name: string): string | undefined {
  const inner = innerXml(xml, name);
  return inner === undefined ? undefined : decodeEntities(inner).trim();
}

const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|[a-z]+);/g, (whole, entity: string) => {
    if (!entity.startsWith("#")) return named.get(entity) ?? whole;
    const code = entity.startsWith("#x")
      ? Number.parseInt(entity.slice(2), 16)
      : Number.parseInt(entity.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
