package drafts

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"caseledger/eventstore/seal/keys"
)

// shelf is a store whose clock stands still until it is moved.
type shelf struct {
	*Store
	t    testing.TB
	path string
	keys keys.Store
	mu   sync.Mutex
	now  time.Time
}

func newShelf(t testing.TB) *shelf {
	t.Helper()
	s := &shelf{t: t, path: filepath.Join(t.TempDir(), "drafts.db"), keys: keys.NewMemory(), now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	s.open()
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func (s *shelf) open() {
	s.t.Helper()
	var err error
	s.Store, err = Open(Options{Path: s.path, Keys: s.keys, Secret: make([]byte, 32), Gather: time.Nanosecond, Now: func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	}})
	must(s.t, err)
}

func (s *shelf) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(s string) jsontext.Value { return jsontext.Value(`{"text":"` + s + `"}`) }

// save saves a text after the versions given, and returns the version and those
// that are current.
func (s *shelf) save(author, id, what string, after ...uint64) string {
	s.t.Helper()
	out, err := s.Save(s.t.Context(), Save{Author: author, ID: id, After: after, Content: text(what)})
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(out.Version, out.Current)
}

func (s *shelf) wants(got, want string) {
	s.t.Helper()
	if got != want {
		s.t.Errorf("%s, want %s", got, want)
	}
}

// told is what an author is shown of a draft: number, text, and * for current.
func (s *shelf) told(author, id string) string {
	s.t.Helper()
	d, err := s.Get(s.t.Context(), author, id)
	if err != nil {
		return err.Error()
	}
	var all []string
	for _, v := range d.Versions {
		mark := ""
		if v.Current {
			mark = "*"
		}
		all = append(all, fmt.Sprintf("%d%s%s", v.Number, mark, strings.TrimSuffix(strings.TrimPrefix(string(v.Content), `{"text":"`), `"}`)))
	}
	return strings.Join(all, " ")
}

func TestTwoDevicesThatSaveOneDraftKeepBothVersionsAndTheAuthorChooses(t *testing.T) {
	s := newShelf(t)
	s.wants(s.save("ann", "d", "a"), "1 [1]")
	s.wants(s.save("ann", "d", "ab", 1), "2 [2]")   // the desk
	s.wants(s.save("ann", "d", "ax", 1), "3 [2 3]") // the telephone, which did not know
	s.wants(s.save("ann", "d", "axy", 3), "4 [2 4]")
	s.wants(s.told("ann", "d"), "1a 2*ab 3ax 4*axy")
	s.wants(s.save("ann", "d", "abxy", 2, 4), "5 [5]")
	s.wants(s.save("ann", "d", "new"), "6 [5 6]") // a device that knows of no version at all
}

func TestARepeatedSaveKeepsOneVersion(t *testing.T) {
	s := newShelf(t)
	s.wants(s.save("ann", "d", "a"), "1 [1]")
	s.wants(s.save("ann", "d", "a"), "1 [1]")
	s.wants(s.save("ann", "d", "ab", 1), "2 [2]")
	s.wants(s.save("ann", "d", "a"), "1 [2]") // late, and known
	s.wants(s.save("ann", "d", "ab", 1), "2 [2]")
	s.wants(s.save("ann", "d", "ab", 2), "3 [3]") // the same text at another time is another version
}

func TestNobodyButItsAuthorFindsADraft(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "d", "a")
	if _, err := s.Get(t.Context(), "bob", "d"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if err := s.Discard(t.Context(), "bob", "d"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if all, err := s.List(t.Context(), "bob"); len(all) > 0 || err != nil {
		t.Error(all, err)
	}
	s.wants(s.save("bob", "d", "b"), "1 [1]")
	s.wants(s.save("bob", "d", "b2", 7), ErrStale.Error())
	s.wants(s.told("ann", "d"), "1*a")
	s.wants(s.told("bob", "d"), "1*b")
}

func TestADraftIsThereAfterTheStoreIsOpenedAnew(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "d", "a")
	must(t, s.Close())
	s.open()
	s.wants(s.told("ann", "d"), "1*a")
}

func TestTheFileTellsNeitherWhoWritesNorWhat(t *testing.T) {
	s := newShelf(t)
	s.save("canary-author", "canary-draft", "canary-text")
	must(t, s.Finish(t.Context(), "canary-author", "canary-draft", 1, text("canary-answer")))
	s.save("canary-author", "canary-other", "canary-text")
	must(t, s.Close())
	files, err := filepath.Glob(s.path + "*")
	must(t, err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		must(t, err)
		if bytes.Contains(b, []byte("canary")) {
			t.Errorf("%s holds what was written", filepath.Base(file))
		}
	}
	s.open()
	info, err := os.Stat(s.path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
}

func TestAVersionThatIsMovedOrAlteredOpensNoMore(t *testing.T) {
	for name, statement := range map[string]string{
		"given to another author": "UPDATE version SET author = x'00'",
		"given another number":    "UPDATE version SET number = 9",
		"altered":                 "UPDATE version SET sealed = zeroblob(length(sealed))",
	} {
		s := newShelf(t)
		s.save("ann", "d", "a")
		_, err := s.db.Exec(statement)
		must(t, err)
		if name == "given to another author" {
			_, err = s.db.Exec("UPDATE draft SET author = x'00'")
			must(t, err)
			d := s.hide("draft", "ann/d")
			_, err = s.read(t.Context(), place{[]byte{0}, d}, "")
		} else {
			_, err = s.Get(t.Context(), "ann", "d")
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADraftExpiresUnlessItStays(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "d", "a")
	s.later(Lifetime - time.Second)
	s.wants(s.told("ann", "d"), "1*a")
	s.wants(s.save("ann", "d", "ab", 1), "2 [2]") // and lives anew
	if _, err := s.Save(t.Context(), Save{Author: "ann", ID: "kept", Content: text("k"), Stays: true}); err != nil {
		t.Fatal(err)
	}
	s.wants(s.save("ann", "kept", "k2", 1), "2 [2]")
	s.later(Lifetime)
	s.wants(s.told("ann", "d"), ErrNone.Error())
	s.wants(s.told("ann", "kept"), "1k 2*k2")
	s.wants(s.save("ann", "d", "new", 2), ErrStale.Error())
	s.wants(s.save("ann", "d", "new"), "1 [1]")
	s.later(Lifetime)
	must(t, s.Sweep(t.Context()))
	var left int
	must(t, s.db.QueryRow("SELECT count(*) FROM version").Scan(&left))
	if left != 2 {
		t.Errorf("%d versions are left", left)
	}
}

func TestASignedDraftIsGoneAndItsAnswerStays(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "d", "a")
	if _, err := s.Answer(t.Context(), "ann", "d"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	must(t, s.Finish(t.Context(), "ann", "d", 1, text("receipt")))
	s.wants(s.told("ann", "d"), ErrNone.Error())
	s.wants(s.save("ann", "d", "ab", 1), ErrSigned.Error())
	got, err := s.Answer(t.Context(), "ann", "d")
	must(t, err)
	s.wants(string(got), string(text("receipt")))
	if _, err := s.Answer(t.Context(), "bob", "d"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	s.later(Lifetime)
	s.wants(s.save("ann", "d", "b"), "1 [1]")
}

func TestAVersionSavedWhileAnotherWasSignedIsNotLost(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "d", "a")
	s.save("ann", "d", "ab", 1)
	must(t, s.Finish(t.Context(), "ann", "d", 1, text("receipt")))
	s.wants(s.told("ann", "d"), "2*ab")
	s.wants(s.save("ann", "d", "abc", 2), ErrSigned.Error())
	must(t, s.Discard(t.Context(), "ann", "d"))
	s.wants(s.told("ann", "d"), ErrNone.Error())
	if _, err := s.Answer(t.Context(), "ann", "d"); err != nil {
		t.Error(err)
	}
}

func TestDraftsHaveLimits(t *testing.T) {
	s := newShelf(t)
	for n := range uint64(30) {
		s.wants(s.save("ann", "long", fmt.Sprint(n), slices.DeleteFunc([]uint64{n}, func(n uint64) bool { return n == 0 })...), fmt.Sprintf("%d [%d]", n+1, n+1))
	}
	d, err := s.Get(t.Context(), "ann", "long")
	must(t, err)
	if len(d.Versions) != keptBehind+1 || d.Versions[0].Number != 20 {
		t.Errorf("%d versions from %d", len(d.Versions), d.Versions[0].Number)
	}
	for n := range MaxCurrent {
		s.save("ann", "wide", fmt.Sprint(n))
	}
	s.wants(s.save("ann", "wide", "one more"), ErrDivided.Error())
	s.wants(s.save("ann", "wide", "chosen", 1, 2, 3, 4, 5, 6, 7, 8), "9 [9]")
	for _, id := range []string{"", "a/b", "a b", "é", strings.Repeat("a", MaxID+1)} {
		s.wants(s.save("ann", id, "a"), ErrID.Error())
	}
	if _, err := s.Save(t.Context(), Save{Author: "ann", ID: "d", Content: make([]byte, MaxBytes+1)}); !errors.Is(err, ErrFull) {
		t.Error(err)
	}
	s.wants(s.save("ann", "d", "a", 0), ErrStale.Error())
}

func TestAnAuthorWhoHasTooManyDraftsHindersNobodyElse(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "d", "a")
	// In the place of as many saves: rows of which only the number and size count.
	have := func(drafts, bytes int) {
		_, err := s.db.Exec("DELETE FROM version WHERE key = ''")
		must(t, err)
		_, err = s.db.Exec(`WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO version SELECT ?, CAST(i AS BLOB), 1, TRUE, 0, x'', '', ?, x'' FROM n`, drafts, s.hide("author", "ann"), bytes)
		must(t, err)
	}
	have(MaxOfAuthor-1, 1)
	s.wants(s.save("ann", "more", "a"), ErrFull.Error())
	s.wants(s.save("ann", "d", "ab", 1), "2 [2]")
	have(MaxOfAuthor-2, 1)
	s.wants(s.save("ann", "more", "a"), "1 [1]")
	have(1, MaxKept)
	s.wants(s.save("ann", "d", "abc", 2), ErrFull.Error())
	s.wants(s.save("bob", "more", "a"), "1 [1]")
}

func TestAListHoldsTheCurrentVersionsLastSavedFirst(t *testing.T) {
	s := newShelf(t)
	s.save("ann", "one", "a")
	s.later(time.Second)
	s.save("ann", "two", "b")
	s.later(time.Second)
	s.save("ann", "one", "ab", 1)
	all, err := s.List(t.Context(), "ann")
	must(t, err)
	var told []string
	for _, d := range all {
		told = append(told, fmt.Sprint(d.ID, " ", d.Current(), len(d.Versions)))
	}
	s.wants(strings.Join(told, " "), "one [2] 1 two [1] 1")
}

func TestManyWhoSaveAtOnceAreAllServed(t *testing.T) {
	s := newShelf(t)
	s.Gather = 10 * time.Millisecond
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			author := fmt.Sprint("author", n)
			s.wants(s.save(author, "d", "a"), "1 [1]")
			s.wants(s.save(author, "d", "stale", 8), ErrStale.Error()) // hinders nobody in its turn
			s.wants(s.save(author, "d", "ab", 1), "2 [2]")
		})
	}
	all.Wait()
	for n := range 100 {
		s.wants(s.told(fmt.Sprint("author", n), "d"), "1a 2*ab")
	}
}

func TestACallerWhoWaitsNoLongerIsToldSo(t *testing.T) {
	s := newShelf(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.one.Lock() // nobody commits
	leads := make(chan error, 1)
	go func() { _, err := s.Save(t.Context(), Save{Author: "ann", ID: "d", Content: text("a")}); leads <- err }()
	for joined := false; !joined; {
		s.turns.mu.Lock()
		joined = s.next != nil
		s.turns.mu.Unlock()
		runtime.Gosched()
	}
	follows := make(chan error, 1)
	go func() { _, err := s.Save(ctx, Save{Author: "bob", ID: "d", Content: text("b")}); follows <- err }()
	cancel()
	if err := <-follows; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.one.Unlock()
	must(t, <-leads)
}

func TestAFileOfAnotherProgramIsNotTouched(t *testing.T) {
	s := newShelf(t)
	_, err := s.db.Exec("PRAGMA application_id = 7")
	must(t, err)
	if other, err := Open(s.Options); err == nil {
		t.Error("it was opened")
		must(t, other.Close())
	}
}

// TestDraftsAreWhatANaiveListOfVersionsSays saves at random from three devices
// and compares with a list that forgets nothing.
func TestDraftsAreWhatANaiveListOfVersionsSays(t *testing.T) {
	s := newShelf(t)
	rapid.Check(t, func(t *rapid.T) {
		author := rand.Text()
		var texts []string
		current := map[uint64]bool{}
		seen := map[string][]uint64{}
		for i := range rapid.IntRange(1, 12).Draw(t, "saves") {
			device := rapid.SampledFrom([]string{"desk", "telephone", "tablet"}).Draw(t, "device")
			if rapid.Bool().Draw(t, "looks") {
				seen[device] = nil
				for v := range current {
					seen[device] = append(seen[device], v)
				}
			}
			out, err := s.Save(context.Background(), Save{Author: author, ID: "d", After: seen[device], Content: text(fmt.Sprint(i))})
			left := 1
			for v := range current {
				if !slices.Contains(seen[device], v) {
					left++
				}
			}
			if left > MaxCurrent {
				if !errors.Is(err, ErrDivided) {
					t.Fatal(err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range seen[device] {
				delete(current, v)
			}
			texts = append(texts, fmt.Sprint(i))
			current[uint64(len(texts))] = true
			seen[device] = []uint64{uint64(len(texts))}
			if out.Version != uint64(len(texts)) || len(out.Current) != len(current) {
				t.Fatalf("version %d of %v, want %d of %v", out.Version, out.Current, len(texts), current)
			}
		}
		d, err := s.Get(context.Background(), author, "d")
		if err != nil {
			t.Fatal(err)
		}
		for v := range current {
			one, ok := d.Find(v)
			if !ok || !one.Current || string(one.Content) != string(text(texts[v-1])) {
				t.Fatalf("version %d: %+v", v, one)
			}
		}
		if len(d.Current()) != len(current) {
			t.Fatalf("%v, want %v", d.Current(), current)
		}
	})
}
