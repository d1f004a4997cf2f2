package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// frozen is a journal that was written once and is never written again.
const frozen = "testdata/v1"

func TestAProgramInAnotherLanguageReadsTheSame(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	dir := t.TempDir()
	s := smallJournal(t, dir)
	for name, dir := range map[string]string{"in use": dir, "frozen": frozen} {
		out, err := exec.CommandContext(t.Context(), python, "testdata/read.py", dir).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
		if want := listed(t, opened(t, copied(t, dir), Options{})); string(out) != want {
			t.Errorf("%s: read.py says\n%swant\n%s", name, out, want)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, "testdata/read.py", dir).CombinedOutput()
	if again := opened(t, dir, Options{}); err != nil || string(out) != listed(t, again) {
		t.Errorf("closed: %v: read.py says\n%s", err, out)
	}
}

// listed is what read.py prints.
func listed(t *testing.T, s *Store) string {
	t.Helper()
	var b bytes.Buffer
	for r, err := range s.ReadLog(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, `{"position": %d, "stream": %q, "revision": %d, "id": "%x", "type": %q, "metadata": "%x", "data": "%x"}`+"\n",
			r.Position, r.Stream, r.Revision, r.ID, r.Type, r.Metadata, r.Data)
	}
	return b.String()
}

func TestTheFormatIsFrozen(t *testing.T) {
	s := opened(t, copied(t, frozen), Options{})
	holds(t, s, 6)
	if got := s.Stats(); got.Segments != 4 || got.Streams != 2 {
		t.Errorf("%+v", got)
	}
	want := header{ledger: ledgerID([]byte("a frozen journal")), first: 4, salt: 42}
	b, err := os.ReadFile(segmentPath(frozen, 4))
	if err != nil || !bytes.Equal(b[:headerBytes], want.encode()) {
		t.Errorf("the header is %x, want %x", b[:headerBytes], want.encode())
	}
}

func TestAJournalOfANewerVersionIsReportedAsNewerNotAsDamaged(t *testing.T) {
	dir := t.TempDir()
	smallJournal(t, dir).Close()
	path := segmentPath(dir, 1)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(b[8:], 2)
	binary.LittleEndian.PutUint32(b[12:], crc32.Checksum(b[:12], castagnoli))
	b[versionBytes]++ // whatever follows the version
	replace(t, path, b)
	_, err = Open(dir, Options{})
	var newer *NewerError
	if !errors.As(err, &newer) || newer.Version != 2 || newer.File != path {
		t.Errorf("%v, want that the version is newer", err)
	}
	binary.LittleEndian.PutUint32(b[8:], 3) // without its checksum
	replace(t, path, b)
	var corrupt *CorruptError
	if _, err = Open(dir, Options{}); !errors.As(err, &corrupt) {
		t.Errorf("%v, want damage", err)
	}
}

func TestASealedSegmentNeverChangesAgain(t *testing.T) {
	dir := t.TempDir()
	s := smallJournal(t, dir)
	sealed := func() (all string) {
		v := s.view.Load()
		for i := range v.full {
			path := segmentPath(dir, v.full[i].first)
			b, err := os.ReadFile(path)
			info, statErr := os.Stat(path)
			if err != nil || statErr != nil || info.Mode() != 0o444 {
				t.Fatalf("%s: mode %v, %v, %v", path, info.Mode(), err, statErr)
			}
			all += hex.EncodeToString(b)
		}
		return all
	}
	before := sealed()
	extend(t, s, "a", 3, 1)
	s.Close()
	s = opened(t, dir, Options{})
	extend(t, s, "a", 4, 1)
	if after := sealed(); after[:len(before)] != before {
		t.Error("a sealed segment has changed")
	}
}

func TestASegmentIsNoLargerThanItMayBe(t *testing.T) {
	dir := t.TempDir()
	const most = 2000
	s := opened(t, dir, Options{SegmentBytes: most})
	for i := range 50 {
		extend(t, s, "a", 3*i, 3)
	}
	s.Close()
	files, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d segments, %v", len(files), err)
	}
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil || info.Size() > most {
			t.Errorf("%s has %d bytes, %v", path, info.Size(), err)
		}
	}
}
