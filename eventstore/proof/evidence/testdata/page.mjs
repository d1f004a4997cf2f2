// Runs the script of verifier.html outside a browser: reads the page and a
// directory of packages, prints a line of verdicts for each.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { webcrypto } from "node:crypto";

const [page, dir] = process.argv.slice(2);
const script = /<script>\n([\s\S]*)<\/script>/.exec(readFileSync(page, "utf8"))[1];
globalThis.crypto ??= webcrypto;
const verifyPackage = new Function(script + "\nreturn verifyPackage;")();
const trust = {
  keys: readFileSync(join(dir, "keys"), "utf8"), known: [readFileSync(join(dir, "known"), "utf8")],
  readme: readFileSync(join(dir, "readme"), "utf8"), page: readFileSync(page, "utf8"),
};
for (const name of readdirSync(dir).filter((n) => n.endsWith(".zip")).sort()) {
  const r = await verifyPackage(new Uint8Array(readFileSync(join(dir, name))), trust);
  console.log([name, r.overall, ...r.entries.map((e) => e.seq + " " + e.verdict)].join(", "));
  if (process.env.EXPLAIN) console.log(r.problems, r.entries.map((e) => e.reasons));
}
