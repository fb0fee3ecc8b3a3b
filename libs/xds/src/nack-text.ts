/** An error of Envoy that lists resources as `name: reason, name: reason`. */
const LISTING = /Error adding\/updating (?:cluster|listener)\(s\) /;

/**
 * The resources, out of those that were sent, that the text of a NACK blames. Empty when it blames none: then
 * any of them may be the cause. Only the stages at which Envoy builds clusters, listeners and route tables name
 * resources; what stands in the debug dumps of earlier stages is not read, because its form is not stable.
 */
export function blamedNames(text: string, sent: readonly string[]): readonly string[] {
  const listing = LISTING.exec(text);
  const body = listing === null ? undefined : text.slice(listing.index + listing[0].length);
  return sent.filter((name) => (body !== undefined && isListed(body, name)) || isQuoted(text, name));
}

function isListed(body: string, name: string): boolean {
  const entry = `${name}: `;
  return body.startsWith(entry) || body.includes(`, ${entry}`);
}

function isQuoted(text: string, name: string): boolean {
  return (
    text.includes(`'${name}' has duplicate address`) ||
    text.includes(`duplicate name ${name} found among`) ||
    text.endsWith(` in route ${name}`) ||
    text.includes(` in route ${name}\n`)
  );
}
