package s3

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"caseledger/adapters/s3/s3test"
	"caseledger/eventstore/backup"
)

// bucket is a part of a new bucket.
func bucket(t *testing.T, s s3test.Server, prefix string) *Bucket {
	t.Helper()
	b, err := Open(Config{URL: scheme + s.Bucket + "/" + prefix, Endpoint: s.Endpoint, Region: "us-east-1", CredentialsFile: s.CredentialsFile})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestABucketKeepsThePromisesThatADirectoryKeeps(t *testing.T) {
	server := s3test.Start(t)
	for name, at := range map[string]backup.Destination{
		"directory": backup.NewDir(t.TempDir()), "bucket": bucket(t, server, "a/b"), "bucket without prefix": bucket(t, server, ""),
	} {
		t.Run(name, func(t *testing.T) { keepsPromises(t, at) })
	}
}

func keepsPromises(t *testing.T, at backup.Destination) {
	ctx := t.Context()
	if _, err := at.Get(ctx, "journal/x", 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	if kept, err := at.List(ctx, "journal"); len(kept) > 0 || err != nil {
		t.Errorf("an empty folder: %v %v", kept, err)
	}
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	for name, content := range map[string][]byte{
		"journal/1.seg/00000001": large, "journal/1.seg/00000000": []byte("zero"), "journal/1.seg/00000001+0000003": []byte("tail"),
		"journals": []byte("beside"), "journal/1.seg/empty": {},
	} {
		for _, version := range [][]byte{[]byte("before"), content} { // the second takes the place of the first
			if err := at.Put(ctx, name, version); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := at.Get(ctx, name, int64(len(content))); !bytes.Equal(got, content) || err != nil {
			t.Errorf("%s: %d bytes: %v", name, len(got), err)
		}
	}
	var corrupt *backup.CorruptError
	if _, err := at.Get(ctx, "journal/1.seg/00000000", 3); !errors.As(err, &corrupt) {
		t.Errorf("beyond the limit: %v", err)
	}
	kept, err := at.List(ctx, "journal")
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, k := range kept {
		got += fmt.Sprintf("%s %d\n", k.Name, k.Bytes)
	}
	if want := fmt.Sprintf("journal/1.seg/00000000 4\njournal/1.seg/00000001 %d\njournal/1.seg/00000001+0000003 4\njournal/1.seg/empty 0\n", len(large)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	for range 2 { // also what is not there
		if err := at.Remove(ctx, "journal/1.seg/00000000"); err != nil {
			t.Error(err)
		}
	}
	if _, err := at.Get(ctx, "journal/1.seg/00000000", 10); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was removed: %v", err)
	}
	excludes(t, at)
}

// excludes checks that whoever is alone shuts out others, and they him.
func excludes(t *testing.T, at backup.Destination) {
	t.Helper()
	for _, tt := range []struct {
		first, second bool
		locked        bool
	}{{false, false, false}, {false, true, true}, {true, false, true}, {true, true, true}} {
		first, err := at.Lock(t.Context(), tt.first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := at.Lock(t.Context(), tt.second)
		if tt.locked != errors.Is(err, backup.ErrLocked) {
			t.Errorf("alone %v, then alone %v: %v", tt.first, tt.second, err)
		}
		if err == nil {
			err = second.Close()
		} else {
			err = nil
		}
		if err := errors.Join(err, first.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestBadSettingsAreRefusedBeforeAnythingIsAsked(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good")
	exposed := filepath.Join(t.TempDir(), "exposed")
	for path, mode := range map[string]os.FileMode{good: 0o600, exposed: 0o644} {
		if err := os.WriteFile(path, []byte("access\nsecret\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []Config{
		{"s3://", "https://s3.example", "", good},
		{"/mnt", "https://s3.example", "", good},
		{"s3://b", "s3.example", "", good},
		{"s3://b", "ftp://s3.example", "", good},
		{"s3://b", "https://s3.example", "", exposed},
		{"s3://b", "https://s3.example", "", good + ".not"},
	} {
		if _, err := Open(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
	if _, err := Open(Config{"s3://b/p", "https://s3.example:9000", "", good}); err != nil {
		t.Error(err)
	}
}
