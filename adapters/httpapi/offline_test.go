package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"caseledger/projections"
)

// done is one item of an upload: its key is "k" and its sequence.
func done(sequence int, command, record, body string) string {
	return fmt.Sprintf(`{"key":"k%d","sequence":%d,"at":"2026-11-21T09:%02d:00Z","seen":4,"command":%q,%s,"body":%s}`, sequence, sequence, sequence%60, command, record, body)
}

func onRecord(path string) string {
	return `"record":"` + strings.TrimPrefix(path, "/v1/records/") + `"`
}

// visitNote is a note that differs from others in its id alone.
func visitNote(id string) string {
	return `{"happened":"2026-11-20","note":"` + id + `","kind":"visit","text":[{"text":"Seen at home."}]}`
}

func (w *world) upload(role string, items ...string) []OfflineResult {
	w.t.Helper()
	got := w.call(role, http.MethodPost, "/v1/offline", `{"device":"tablet-7","items":[`+strings.Join(items, ",")+`]}`)
	w.says(got, 200, "")
	var out OfflineResults
	got.as(w.t, &out)
	return out.Results
}

// told is what became of the items: the status, the revision or the code, and
// whether it is kept.
func told(all []OfflineResult) string {
	var texts []string
	for _, r := range all {
		switch {
		case r.Receipt != nil && r.Repeated:
			texts = append(texts, fmt.Sprint("again ", r.Receipt.Revision))
		case r.Receipt != nil:
			texts = append(texts, fmt.Sprint(r.Status, " ", r.Receipt.Revision))
		case r.Kept:
			texts = append(texts, fmt.Sprint(r.Status, " kept ", r.Problem.Code))
		default:
			texts = append(texts, fmt.Sprint(r.Status, " ", r.Problem.Code))
		}
	}
	return strings.Join(texts, ", ")
}

func (w *world) wants(got, want string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s, want %s", got, want)
	}
}

func (w *world) entries(record string) []projections.AuditRow {
	w.t.Helper()
	var all Entries
	w.call("manager", http.MethodGet, record+"/entries", "").as(w.t, &all)
	return all.Entries
}

func TestEachActOfAnOfflineQueueIsRecordedWithItsAuthorTimeAndOrder(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.wants(told(w.upload("social-worker",
		done(1, "note.write", onRecord(record), visitNote("n1")),
		done(2, "note.write", onRecord(record), visitNote("n2")), // all but alike
		done(5, "person.name", onRecord(record), `{"happened":"2026-11-20","kind":"known-as","given":"Annie","family":"Example"}`),
		done(6, "person.name", onRecord(record), `{"happened":"2026-11-20","kind":"known-as","given":"Annie","family":"Example"}`), // quite alike
	)), "201 5, 201 6, 201 7, 201 8")
	for i, row := range w.entries(record)[4:] {
		sequence := []uint64{1, 2, 5, 6}[i]
		if row.Actor != "social-worker-1" || row.Device != "tablet-7" || row.Sequence == nil || *row.Sequence != sequence ||
			row.Captured.Minute() != int(sequence) || *row.Lateness != 2 || row.Seen == nil || *row.Seen != 4 {
			t.Errorf("entry %d: %+v", row.Entry, row)
		}
	}
	if row := w.entries(record)[0]; row.Device != "" || row.Sequence != nil || !row.Captured.IsZero() {
		t.Errorf("%+v", row)
	}
}

func TestAnUploadThatIsRepeatedRecordsNothingTwiceAndLosesNothing(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	first := done(1, "note.write", onRecord(record), visitNote("n1"))
	w.wants(told(w.upload("manager", first)), "201 5")
	w.wants(told(w.upload("manager", first, done(2, "note.write", onRecord(record), visitNote("n2")))), "again 5, 201 6")
	w.wants(told(w.upload("manager", first, done(2, "note.write", onRecord(record), visitNote("n2")))), "again 5, again 6")
}

func TestARecordOpenedOfflineIsWrittenOnByTheKeyThatOpenedIt(t *testing.T) {
	w := newWorld(t)
	got := w.upload("manager",
		done(1, "person.register", `"other":0`, person), // a member that no item has
		`{"key":"open","sequence":2,"at":"2026-11-21T09:00:00Z","command":"person.register","body":`+person+`}`,
		done(3, "note.write", `"openedBy":"open"`, visitNote("n1")),
		done(4, "note.write", `"openedBy":"another"`, visitNote("n2")),
		done(5, "note.write", onRecord("")+`,"openedBy":"open"`, visitNote("n3")))
	w.wants(told(got), "422 invalid, 201 1, 201 2, 404 kept not-found, 201 3")
}

func TestARefusedOfflineActIsKeptAsADraftOfItsAuthorToBeMendedAndSigned(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	bad := strings.Replace(visitNote("n1"), "2026-11-20", "2027-01-01", 1) // in the future
	queue := []string{
		done(1, "note.write", onRecord(record), bad),
		done(2, "note.write", onRecord(record), visitNote("n2")),
		done(3, "note.sign-off", onRecord(record), `{"happened":"2026-11-20","note":"n2"}`),
	}
	w.wants(told(w.upload("social-worker", queue...)), "422 kept invalid, 201 5, 403 kept forbidden")
	w.wants(told(w.upload("social-worker", queue...)), "422 kept invalid, again 5, 403 kept forbidden")
	w.says(w.call("manager", http.MethodGet, "/v1/drafts/k1", ""), 404, "not-found")
	var d DraftVersions
	w.call("social-worker", http.MethodGet, "/v1/drafts/k1", "").as(t, &d)
	if len(d.Versions) != 1 || d.Versions[0].Refused == nil || d.Versions[0].Refused.Faults[0].Rule != "in-the-future" || !d.Expires.IsZero() {
		t.Fatalf("%+v", d)
	}
	mended := fmt.Sprintf(`{"command":"note.write",%s,"body":%s,"captured":{"device":"tablet-7","sequence":1,"at":"2026-11-21T09:01:00Z","seen":4}}`,
		onRecord(record), visitNote("n1"))
	w.says(w.put("social-worker", "k1", mended, `"1"`), 200, "")
	w.says(w.sign("social-worker", "k1", `"2"`, `{"revision":5}`), 201, "")
	w.wants(told(w.upload("social-worker", queue...)), "again 6, again 5, 403 kept forbidden")
	rows := w.entries(record)
	if last := rows[len(rows)-1]; last.Device != "tablet-7" || *last.Sequence != 1 {
		t.Errorf("%+v", last)
	}
}

func TestAnOfflineQueueThatIsNotInOrderIsKeptAndRecordedOnlyInOrder(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.wants(told(w.upload("manager",
		done(2, "note.write", onRecord(record), visitNote("n2")),
		done(1, "note.write", onRecord(record), visitNote("n1")),
		strings.Replace(done(3, "note.write", onRecord(record), visitNote("n3")), `"k3"`, `"k2"`, 1), // another act under a key that was used
		strings.Replace(done(4, "note.write", onRecord(record), visitNote("n4")), `"k4"`, `"k 4"`, 1),
		`7`)), "201 5, 422 kept invalid, 422 kept idempotency-key-reused, 422 invalid, 400 malformed")
}

func TestAnOfflineActIsDecidedOnTheRecordAsItIsNow(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.says(w.act("manager", record+"/notes", visitNote("n1"), "meanwhile", 4), 201, "")
	w.wants(told(w.upload("social-worker",
		done(1, "note.write", onRecord(record), visitNote("n1")), // which somebody else has written since
		done(2, "note.write", onRecord(record), visitNote("n2")),
		done(3, "no.command", onRecord(record), `{}`),
		done(4, "note.write", onRecord(strings.Repeat("0", 32)), visitNote("n2")),
		done(5, "note.write", `"record":""`, visitNote("n2")))), "422 kept invalid, 201 6, 422 kept invalid, 404 kept not-found, 422 kept invalid")
}

func TestNothingIsRecordedAfterAnActThatTheServerCouldNotTake(t *testing.T) {
	w := newWorld(t)
	record := w.child("AT1")
	w.broken.Store(true) // a denial cannot be accounted for
	w.wants(told(w.upload("social-worker",
		done(1, "note.write", onRecord(record), visitNote("n1")),
		done(2, "note.sign-off", onRecord(record), `{"happened":"2026-11-20","note":"n1"}`),
		done(3, "note.write", onRecord(record), visitNote("n3")))), "201 5, 503 access-not-recorded, 503 access-not-recorded")
	w.broken.Store(false)
	w.wants(told(w.upload("social-worker",
		done(1, "note.write", onRecord(record), visitNote("n1")),
		done(2, "note.sign-off", onRecord(record), `{"happened":"2026-11-20","note":"n1"}`),
		done(3, "note.write", onRecord(record), visitNote("n3")))), "again 5, 403 kept forbidden, 201 6")
}
