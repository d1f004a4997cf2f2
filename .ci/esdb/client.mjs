// Appends, reads, follows and runs a persistent subscription with an official
// Node client: node client.mjs MODULE CONNECTION. Fails at the first difference.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";

const [module, connection] = process.argv.slice(2);
const db = (await import(pathToFileURL(module))).default;
const client = (db.KurrentDBClient ?? db.EventStoreDBClient).connectionString(connection);
const { jsonEvent, START, FORWARDS, BACKWARDS, NO_STREAM, streamNameFilter } = db;
const stream = `node-${randomUUID()}`;
const events = [1, 2, 3].map((n) => jsonEvent({ type: `${stream}.counted-${n}`, data: { n }, metadata: { by: "node" } }));
const at = (revision) => ({ expectedRevision: revision, streamState: revision }); // its old and its new name
setTimeout(() => { console.error("too slow"); process.exit(1); }, 60_000).unref();

const written = await client.appendToStream(stream, events, at(NO_STREAM));
assert.equal(written.success, true);
assert.equal(written.nextExpectedRevision, 2n);
const wrong = await client.appendToStream(stream, events.slice(0, 1), at(7n)).catch((e) => e);
assert.equal(wrong.type, "wrong-expected-version");
await assert.rejects(async () => { for await (const _ of client.readStream(`${stream}-missing`)); }, (e) => e.type === "stream-not-found");

const read = async (events) => { const seen = []; for await (const { event } of events) seen.push(event?.data?.n); return seen; };
assert.deepEqual(await read(client.readStream(stream, { direction: FORWARDS, fromRevision: START })), [1, 2, 3]);
assert.deepEqual(await read(client.readStream(stream, { direction: BACKWARDS, fromRevision: "end" })), [3, 2, 1]);
assert.deepEqual(await read(client.readStream(`$et-${stream}.counted-2`, { resolveLinkTos: true })), [2]);
assert.deepEqual((await read(client.readAll({ direction: BACKWARDS, fromPosition: "end", maxCount: 3 }))), [3, 2, 1]);

async function follow(subscription, wanted, append) {
  const seen = [];
  for await (const { event } of subscription) {
    seen.push(event.data.n);
    if (seen.length === 3) await append();
    if (seen.length === wanted) break;
  }
  return seen;
}
const more = (n) => () => client.appendToStream(stream, jsonEvent({ type: "counted", data: { n } }), at(BigInt(n - 2)));
assert.deepEqual(await follow(client.subscribeToStream(stream), 4, more(4)), [1, 2, 3, 4]);
const filter = streamNameFilter({ prefixes: [stream] });
assert.deepEqual(await follow(client.subscribeToAll({ filter }), 5, more(5)), [1, 2, 3, 4, 5]);

const settings = (db.persistentSubscriptionToStreamSettingsFromDefaults)({ startFrom: START });
await client.createPersistentSubscriptionToStream(stream, "group", settings);
const taken = [];
let parked = 0;
const group = client.subscribeToPersistentSubscriptionToStream(stream, "group", { bufferSize: 2 });
for await (const resolved of group) {
  const n = resolved.event.data.n;
  if (n === 2 && parked === 0) {
    parked++;
    await group.nack("park", "not now", resolved);
    continue;
  }
  await group.ack(resolved);
  taken.push(n);
  if (taken.length === 4) { // the answer to the second event travels on another call
    const waiting = async () => (await client.getPersistentSubscriptionToStreamInfo(stream, "group")).stats.parkedMessageCount;
    while (Number(await waiting()) === 0) await new Promise((done) => setTimeout(done, 50));
    await client.replayParkedMessagesToStream(stream, "group");
  }
  if (taken.length === 5) break;
}
assert.deepEqual(taken, [1, 3, 4, 5, 2]);
const info = await client.getPersistentSubscriptionToStreamInfo(stream, "group");
assert.equal(info.groupName, "group");
await client.deletePersistentSubscriptionToStream(stream, "group");
await assert.rejects(client.getPersistentSubscriptionToStreamInfo(stream, "group"), (e) => e.type === "persistent-subscription-does-not-exist");
await client.dispose();
console.log("append, read, follow and persistent subscription work");
process.exit(0);
