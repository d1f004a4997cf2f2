package evidence

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func verdicts(r Report) (out []Verdict) {
	for _, e := range r.Entries {
		out = append(out, e.Verdict)
	}
	return out
}

func TestAGoodPackageIsGoodAndSaysWhatIsWithheldAndErased(t *testing.T) {
	w := testWorld()
	r := verify(w.files, w.trust)
	if r.Bad() || r.Overall != Erased || len(r.Problems) > 0 {
		t.Fatalf("%s %q %v", r.Overall, r.Problems, r.Entries)
	}
	if got := verdicts(r); !slices.Equal(got, []Verdict{Valid, Redacted, Erased, Valid}) {
		t.Error(got)
	}
	if e := r.Entries[1]; e.Shown != 2 || e.Withheld != 1 || !slices.Equal(e.Grounds, []string{"third party"}) {
		t.Error(e)
	}
	if !strings.Contains(r.Head, "had 4 and no more") {
		t.Error(r.Head)
	}
	if text, err := json.Marshal(r); err != nil || !bytes.Contains(text, []byte(`"verdict":"REDACTED"`)) {
		t.Errorf("%s %v", text, err)
	}
	if r := verify(w.other, w.trust); r.Overall != Valid {
		t.Error(r.Overall, r.Problems)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	w := testWorld()
	if !bytes.Equal(pack(w.build(w.input)), pack(w.files)) {
		t.Error("other bytes")
	}
}

func TestTheZeroReportIsBad(t *testing.T) {
	if (Report{}).Bad() != true {
		t.Error("nothing was checked and it is good")
	}
}

// absent is the package about a record that there is not.
func absent(w *world) map[string][]byte {
	in := w.input
	in.Record, in.Redactions, in.Entries = "record-7f3cc", nil, w.ledger.stored("record-7f3cc")
	in.Head = &Head{Root: w.input.Head.Root, Proof: w.ledger.proveHead(w.input.Head.Root, in.Record), Event: w.input.Head.Event}
	return w.build(in)
}

func TestARecordThatDoesNotExistIsShownNotToExist(t *testing.T) {
	w := testWorld()
	if r := verify(absent(w), w.trust); r.Bad() || !strings.Contains(r.Head, "did not exist") {
		t.Error(r)
	}
}

func TestACutOffLeavesOutWhatWasRecordedLaterAndSaysWhatThatDoesNotShow(t *testing.T) {
	w := testWorld()
	in := w.input
	in.KnownAt, in.Destroyed = testTime.Add(3*60*1e9), nil
	r := verify(w.build(in), w.trust)
	if r.Overall != Missing || !slices.Equal(verdicts(r), []Verdict{Valid, Redacted, Missing, Missing}) {
		t.Error("a head of later was taken for one of then:", r.Overall, verdicts(r))
	}
	in.Head = nil
	files := w.build(in)
	if r := verify(files, w.trust); r.Overall != Missing {
		t.Error(r.Overall)
	}
	trust := w.trust
	trust.OpenEnd = true
	if r := verify(files, trust); r.Overall != Redacted || len(r.Entries) != 2 || !strings.Contains(r.Head, "Nothing shows how far") {
		t.Error(r.Overall, r.Head)
	}
}

func TestWhatIsNotAskedForIsSaidNotToBeChecked(t *testing.T) {
	w := testWorld()
	r := verify(w.files, Trust{Keys: w.trust.Keys})
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{"no witness policy", "no time-stamp was", "no checkpoint that you hold"} {
		if r.Bad() || !strings.Contains(notes, want) {
			t.Errorf("%q is not in %q", want, notes)
		}
	}
}

func TestAVerifierWithoutKeysRefuses(t *testing.T) {
	packed := pack(testWorld().files)
	if r, err := Verify(bytes.NewReader(packed), int64(len(packed)), Trust{}); err == nil || !r.Bad() {
		t.Error(r.Overall, err)
	}
}
