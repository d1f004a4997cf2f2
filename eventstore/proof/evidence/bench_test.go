package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/evidence/browsertest"
	"caseledger/eventstore/proof/sealer"
)

const (
	benchEntries = 3_000
	benchOthers  = 7_000 // events of other records in the same log
	benchFields  = 20
	benchBytes   = 2_000 // of a payload
)

// largeInput is a record of many entries, one field of every tenth withheld.
func largeInput(t testing.TB) (Input, Trust) {
	t.Helper()
	l := newLedger(t.TempDir(), testWorld().ledger.signer, 4)
	sentence := strings.Repeat("a", benchBytes/benchFields-10)
	payload := fmt.Sprintf(`{"actor":"sw-1","text":[%s]}`, strings.TrimSuffix(strings.Repeat(`"`+sentence+`",`, benchFields-1), ","))
	in := Input{Ledger: testLedger, Record: testRecord, Open: l, Prove: l.log(), Keys: l.known, System: "version 1\n"}
	for i := range benchEntries + benchOthers {
		record := testRecord
		if i%10 >= 10*benchEntries/(benchEntries+benchOthers) {
			record = fmt.Sprintf("record-%04d", i%100)
		}
		l.add(record, "k-7f01", "note.written/1", payload)
		if seq := int(l.ends[testRecord].Seq); record == testRecord && seq%10 == 0 {
			in.Redactions = append(in.Redactions, Redaction{Seq: seq, Path: "/actor", Ground: "third party", DecidedBy: "team-manager", Date: testTime})
		}
	}
	var root proof.HeadsRoot
	l.seal(func(s *sealer.Sealer) { root = must(s.BuildHeads(context.Background())) })
	l.add(SystemRecord, "k-0001", HeadsType, fmt.Sprintf(`{"root":%s}`, must(json.Marshal(string(root.Text())))))
	in.Checkpoint = l.seal(func(*sealer.Sealer) {})
	in.Entries = l.stored(testRecord)
	in.Head = &Head{Root: root, Proof: l.proveHead(root, testRecord), Event: l.last(HeadsField)}
	return in, Trust{Keys: l.known}
}

func BenchmarkPackageOf3000Entries(b *testing.B) {
	in, trust := largeInput(b)
	var packed bytes.Buffer
	if err := Build(&packed, in); err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		b.SetBytes(int64(packed.Len()))
		for b.Loop() {
			if err := Build(io.Discard, in); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(int64(packed.Len()))
		for b.Loop() {
			if r := must(Verify(bytes.NewReader(packed.Bytes()), int64(packed.Len()), trust)); r.Overall != Redacted {
				b.Fatal(r.Overall, r.Problems)
			}
		}
	})
	b.Run("sha256", func(b *testing.B) { // the same bytes and nothing else
		b.SetBytes(int64(packed.Len()))
		for b.Loop() {
			sha256.Sum256(packed.Bytes())
		}
	})
	b.Run("browser", func(b *testing.B) {
		b.SetBytes(int64(packed.Len()))
		p := pageRig{browsertest.Open(b, "verifier.html"), b.TempDir()}
		p.give("keys", trust.Keys.Text())
		p.Choose("file", p.write("package.zip", packed.Bytes()))
		for b.Loop() {
			p.Eval(`document.getElementById("form").requestSubmit(); ` + finished)
		}
		if got := p.Text(`document.getElementById("verdict").textContent`); got != string(Redacted) {
			b.Fatal(got)
		}
	})
}
