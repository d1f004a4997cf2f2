// Reads an AsyncAPI document with the parser of its makers, and fails with every
// fault that it finds. Usage: NODE_PATH=… node asyncapi.mjs FILE
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const { Parser } = createRequire(process.env.NODE_PATH + '/')('@asyncapi/parser');
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const faults = diagnostics.filter((d) => d.severity <= 1); // errors and warnings
for (const d of faults) console.log(d.code, d.path.join('.'), d.message);
if (!document || faults.length) process.exit(1);
console.log(`${document.channels().length} channels, ${document.operations().length} operations, ${document.allMessages().length} messages`);
