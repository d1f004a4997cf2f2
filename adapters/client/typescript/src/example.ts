// Opens a record, records a referral, reads both back, and hears of them in the
// feed. Usage: node dist/example.js URL TOKEN
import { act, follow, ledger, open, problemOf } from './index.js';

const [url = '', token = ''] = process.argv.slice(2);
const api = ledger(url, token);
const purpose = 'assessment';
const basis = 'children-act-1989-s17';

const opened = await api.POST('/v1/records', {
  params: { header: open(purpose, basis, 'example-1') },
  body: { happened: '2026-03-02', person: '3a7c0c1e5d2b4f6f8a9b0c1d2e3f4a5b' },
});
if (!opened.data) throw new Error(problemOf(opened.error)?.code);
const { record, revision } = opened.data;

const referred = await api.POST('/v1/records/{id}/referrals', {
  params: { path: { id: record }, header: act(purpose, basis, 'example-2', revision) },
  body: { happened: '2026-03-02', referral: 'r1', source: '2A', need: 'N1' },
});
if (!referred.data) throw new Error(JSON.stringify(problemOf(referred.error)?.faults));

const seen = await api.GET('/v1/records/{id}', { params: { path: { id: record }, header: { Purpose: purpose } } });
if (seen.data?.revision !== referred.data.revision) throw new Error('the record is not at the revision of the referral');

const stale = await api.POST('/v1/records/{id}/referrals', {
  params: { path: { id: record }, header: act(purpose, basis, 'example-3', revision) },
  body: { happened: '2026-03-02', referral: 'r2', source: '2A' },
});
if (problemOf(stale.error)?.code !== 'stale-revision') throw new Error('a stale revision is taken');

for await (const notice of follow(url, token, purpose, 0)) {
  console.log(notice.type, notice.revision);
  if (notice.type === 'caseledger.referral.received') break;
}
process.exit(0); // the stream is still open
