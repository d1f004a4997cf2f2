package witness

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func TestAWitnessFollowsALogThatOnlyGrows(t *testing.T) {
	l := newTree(t).grow(t, 40, "leaf")
	c, q := newCosigner(t, "witness.example/w1"), newMLDSACosigner(t, "witness.example/w1-pq")
	w, _ := enrolled(t, l, c.signer, q.signer)
	from := int64(0)
	for _, to := range []int64{0, 1, 1, 2, 7, 8, 33, 40} {
		lines, err := w.Add(l.step(t, from, to))
		if err != nil {
			t.Fatalf("%d to %d: %v", from, to, err)
		}
		signed := append(bytes.Clone(l.at(t, to)), lines...)
		if n, err := note.Open(signed, note.VerifierList(c.key(t), q.key(t))); err != nil || len(n.Sigs) != 2 {
			t.Errorf("%d to %d: %v", from, to, err)
		}
		from = to
	}
}

func TestTheAnswersAreThoseOfTheProtocol(t *testing.T) {
	l := newTree(t).grow(t, 12, "leaf")
	stranger := newTree(t).grow(t, 12, "leaf")
	c := newCosigner(t, "witness.example/w1")
	w, _ := enrolled(t, l, c.signer)
	handler := w.Handler(quiet())
	if rec := post(t, handler, l.step(t, 0, 5).Text()); rec.Code != http.StatusOK {
		t.Fatal(rec.Code, rec.Body)
	}
	fork := l.fork(t, 3, 12)
	change := func(r Request, f func(*Request)) []byte { f(&r); return r.Text() }
	tests := []struct {
		name string
		body []byte
		code int
		text string // "" for any
	}{
		{"the same again", l.step(t, 5, 5).Text(), 200, ""},
		{"a wrong old size", l.step(t, 4, 12).Text(), 409, "5\n"},
		{"an old size of nought", l.step(t, 0, 12).Text(), 409, "5\n"},
		{"a rollback", l.step(t, 0, 4).Text(), 409, "5\n"},
		{"a rollback from the right size", change(l.step(t, 0, 4), func(r *Request) { r.Old = 5 }), 400, ""},
		{"another root of the same size", fork.step(t, 5, 5).Text(), 409, "5\n"},
		{"a fork with its own proof", fork.step(t, 5, 12).Text(), 422, ""},
		{"no proof", change(l.step(t, 5, 12), func(r *Request) { r.Proof = nil }), 422, ""},
		{"a proof too long", change(l.step(t, 5, 12), func(r *Request) { r.Proof = append(r.Proof, r.Proof[0]) }), 422, ""},
		{"a proof where none is needed", change(l.step(t, 5, 5), func(r *Request) { r.Proof = fork.step(t, 5, 12).Proof }), 422, ""},
		{"another key of the log's name", stranger.step(t, 5, 12).Text(), 403, ""},
		{"an unknown log", Request{Old: 5, Note: sign(t, "other.example/log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", l.signer)}.Text(), 404, ""},
		{"a signature spoiled", bytes.Replace(l.step(t, 5, 12).Text(), []byte("\n12\n"), []byte("\n11\n"), 1), 403, ""},
		{"a tree beyond the limit", Request{Old: 5, Note: sign(t, origin+"\n9223372036854775807\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", l.signer)}.Text(), 400, ""},
		{"a size with a leading zero", Request{Old: 5, Note: sign(t, origin+"\n012\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", l.signer)}.Text(), 400, ""},
		{"no signature", []byte("old 5\n\n" + origin + "\n12\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"), 400, ""},
		{"nothing", nil, 400, ""},
		{"too much", make([]byte, MaxRequest+1), 400, ""},
		{"the log goes on", l.step(t, 5, 12).Text(), 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := post(t, handler, tt.body)
			if rec.Code != tt.code || tt.text != "" && rec.Body.String() != tt.text {
				t.Errorf("got %d %q", rec.Code, rec.Body)
			}
			if kind := rec.Header().Get("Content-Type"); rec.Code == 409 && kind != sizeType {
				t.Errorf("content type %q", kind)
			}
			if rec.Code != 200 && strings.Contains(rec.Body.String(), "—") {
				t.Errorf("a refusal holds a signature: %q", rec.Body)
			}
		})
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/add-checkpoint", nil))
	if rec.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", rec.Code)
	}
}

func TestOfTwoBranchesAtOnceOneIsCosigned(t *testing.T) {
	l := newTree(t).grow(t, 20, "leaf")
	c := newCosigner(t, "witness.example/w1")
	for range 20 {
		w, _ := enrolled(t, l, c.signer)
		if _, err := w.Add(l.step(t, 0, 5)); err != nil {
			t.Fatal(err)
		}
		requests := []Request{l.step(t, 5, 20), l.step(t, 5, 19), l.fork(t, 5, 20).step(t, 5, 20), l.fork(t, 5, 18).step(t, 5, 18)}
		errs := make([]error, len(requests))
		var all sync.WaitGroup
		for i, r := range requests {
			all.Go(func() { _, errs[i] = w.Add(r) })
		}
		all.Wait()
		cosigned := 0
		for _, err := range errs {
			var conflict *ConflictError
			if err == nil {
				cosigned++
			} else if !errors.As(err, &conflict) {
				t.Error(err)
			}
		}
		if cosigned != 1 {
			t.Fatalf("%d of %d branches cosigned: %v", cosigned, len(requests), errs)
		}
	}
}

// probe looks at the disk at the moment when the answer begins to leave, and
// then loses the answer as a crash would.
type probe struct {
	*httptest.ResponseRecorder
	look func()
}

func (p probe) Write([]byte) (int, error) {
	p.look()
	panic(http.ErrAbortHandler)
}

func TestACrashBeforeTheAnswerLeavesTheWitnessAhead(t *testing.T) {
	l := newTree(t).grow(t, 9, "leaf")
	c := newCosigner(t, "witness.example/w1")
	w, dir := enrolled(t, l, c.signer)
	looked := false
	func() {
		defer func() { recover() }()
		rw := probe{httptest.NewRecorder(), func() {
			b, err := os.ReadFile(statePath(dir, origin))
			if err != nil {
				t.Error(err)
			}
			if last, err := parseState(b); err != nil || last.Size != 6 {
				t.Errorf("the cosignature leaves while the disk has %+v, %v", last, err)
			}
			looked = true
		}}
		w.Handler(quiet()).ServeHTTP(rw, httptest.NewRequest(http.MethodPost, "/add-checkpoint", bytes.NewReader(l.step(t, 0, 6).Text())))
	}()
	if !looked {
		t.Fatal("no answer was begun")
	}
	w.Close()
	again := reopened(t, dir, l, c.signer)
	var conflict *ConflictError
	if _, err := again.Add(l.step(t, 0, 6)); !errors.As(err, &conflict) || conflict.Size != 6 {
		t.Errorf("asked as before: %v", err)
	}
	if _, err := again.Add(l.fork(t, 2, 6).step(t, 6, 6)); !errors.As(err, &conflict) {
		t.Errorf("fork: %v", err)
	}
	if _, err := again.Add(l.step(t, 6, 6)); err != nil {
		t.Errorf("asked from the size told: %v", err)
	}
}

func TestNothingIsCosignedWhenTheStateCannotBeWritten(t *testing.T) {
	l := newTree(t).grow(t, 9, "leaf")
	w, dir := enrolled(t, l, newCosigner(t, "witness.example/w1").signer)
	away := dir + "-away"
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	handler := w.Handler(quiet())
	if rec := post(t, handler, l.step(t, 0, 6).Text()); rec.Code != http.StatusInternalServerError {
		t.Fatalf("%d %q", rec.Code, rec.Body)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	if rec := post(t, handler, l.step(t, 0, 6).Text()); rec.Code != http.StatusInternalServerError {
		t.Errorf("went on without being opened again: %d", rec.Code)
	}
}

func TestAWitnessWithoutItsMemoryDoesNotStart(t *testing.T) {
	l := newTree(t).grow(t, 9, "leaf")
	c := newCosigner(t, "witness.example/w1")
	w, dir := enrolled(t, l, c.signer)
	if _, err := w.Add(l.step(t, 0, 6)); err != nil {
		t.Fatal(err)
	}
	key, err := ParseLogKey(l.vkey)
	if err != nil {
		t.Fatal(err)
	}
	logs := []Log{{origin, []note.Verifier{key}}}
	if _, err := Open(dir, logs, []note.Signer{c.signer}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second process: %v", err)
	}
	w.Close()
	if err := Enrol(dir, origin); !errors.Is(err, os.ErrExist) {
		t.Errorf("enrolled twice: %v", err)
	}
	path := statePath(dir, origin)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := parseState(bad); !errors.Is(err, ErrState) {
			t.Errorf("byte %d altered: %v", i, err)
		}
	}
	if err := os.WriteFile(path, good[:len(good)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, logs, []note.Signer{c.signer}); !errors.Is(err, ErrState) {
		t.Errorf("half a state: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, logs, []note.Signer{c.signer}); !errors.Is(err, ErrState) {
		t.Errorf("no state: %v", err)
	}
}

// filesIn returns the names in a directory.
func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

func TestWritingLeavesNoOtherFiles(t *testing.T) {
	l := newTree(t).grow(t, 9, "leaf")
	w, dir := enrolled(t, l, newCosigner(t, "witness.example/w1").signer)
	before := filesIn(t, dir)
	if _, err := w.Add(l.step(t, 0, 6)); err != nil {
		t.Fatal(err)
	}
	if after := filesIn(t, dir); !slices.Equal(before, after) {
		t.Errorf("%v, before %v", after, before)
	}
}

func FuzzParseRequest(f *testing.F) {
	l := newTree(f).grow(f, 12, "leaf")
	w, _ := enrolled(f, l, newCosigner(f, "witness.example/w1").signer)
	f.Add(l.step(f, 5, 12).Text())
	f.Add(l.step(f, 0, 12).Text())
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseRequest(body)
		if err != nil {
			return
		}
		if !bytes.Equal(r.Text(), body) {
			t.Errorf("%q became %q", body, r.Text())
		}
		w.Add(r)
	})
}

func BenchmarkAdd(b *testing.B) {
	l := newTree(b).grow(b, 1000, "leaf")
	w, _ := enrolled(b, l, newCosigner(b, "witness.example/w1").signer)
	if _, err := w.Add(l.step(b, 0, 1000)); err != nil {
		b.Fatal(err)
	}
	again := l.step(b, 1000, 1000)
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Add(again); err != nil {
				b.Fatal(err)
			}
		}
	})
}
