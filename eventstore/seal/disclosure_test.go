package seal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestTheRootIsThatOfRFC6962(t *testing.T) {
	var digests []Hash
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for n := range 200 {
		want, err := tlog.TreeHash(int64(n), reader)
		if err != nil || Hash(want) != RootOf(digests) {
			t.Fatalf("root of %d: %v", n, err)
		}
		digest := sha256.Sum256([]byte{byte(n)})
		hashes, err := tlog.StoredHashes(int64(n), digest[:], reader)
		if err != nil {
			t.Fatal(err)
		}
		digests, stored = append(digests, digest), append(stored, hashes...)
	}
}

// A reader gets all digests, and disclosures of some fields. The leaf proves
// them.
func TestAnyRedactionCanBeCheckedAgainstTheLeaf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := drawObject(t)
		leaf, blob, err := Seal(testHeader, payload, testKey, testEvent, count())
		if err != nil {
			t.Fatal(err)
		}
		o, err := Open(leaf, blob, testKey, testEvent)
		if err != nil {
			t.Fatal(err)
		}
		digests, fields := o.Digests(), o.Fields()
		for i, text := range o.Disclosures() {
			if !rapid.Bool().Draw(t, "disclosed") {
				continue
			}
			digest, field, err := VerifyDisclosure(text)
			if err != nil || field.Path != fields[i].Path || !bytes.Equal(field.Value, fields[i].Value) {
				t.Fatalf("%q: %v", text, err)
			}
			digests[i] = digest
			if one, err := o.Disclose(field.Path); err != nil || !bytes.Equal(one, text) {
				t.Fatalf("%s: %v", field.Path, err)
			}
		}
		if len(digests) != o.Leaf.Fields || RootOf(digests) != o.Leaf.Root {
			t.Fatal("the root is another")
		}
	})
}

func TestADisclosureIsTheTextOfTheSpecification(t *testing.T) {
	o := mustOpen(t, testPayload)
	text, err := o.Disclose("/text/1")
	if err != nil || !bytes.HasSuffix(text, []byte(`","/text/1"," Then — nothing."]`)) || len(text) != 2+43+len(`","/text/1"," Then — nothing."]`) {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := o.Disclose("/text/2"); !errors.Is(err, ErrNoField) {
		t.Error(err)
	}
}

func TestEveryFlippedByteOfADisclosureGivesAnotherDigestOrNone(t *testing.T) {
	o := mustOpen(t, testPayload)
	digests := o.Digests()
	for _, text := range o.Disclosures() {
		for i := range text {
			bad := bytes.Clone(text)
			bad[i] ^= 1
			if digest, _, err := VerifyDisclosure(bad); err == nil && slices.Contains(digests, digest) {
				t.Errorf("byte %d of %q", i, text)
			}
		}
	}
}

func TestTextsThatSealingDoesNotWriteAreNoDisclosures(t *testing.T) {
	salt := strings.Repeat("A", saltChars)
	for _, text := range []string{
		``, `[]`, `["` + salt + `"]`, `["` + salt + `","/a"]`,
		`["` + salt[1:] + `","/a",1]`, `["` + salt + `A","/a",1]`, `["` + salt[1:] + `B","/a",1]`, `["` + salt[1:] + `=","/a",1]`,
		`["` + salt[2:] + "\r\n" + `","/a",1]`, `["` + salt[1:] + `+","/a",1]`, `["` + salt[1:] + "\n" + `","/a",1]`,
		`["` + salt + `", "/a",1]`, `["` + salt + `","/a", 1]`, `["` + salt + `","/a",1] `, `["` + salt + `","/a",1 ]`,
		`["` + salt + `","a",1]`, `["` + salt + `","",1]`, `["` + salt + `","/",1]`, `["` + salt + `","/a~2",1]`, `["` + salt + `","/a~",1]`,
		`["` + salt + `","/a/",1]`, `["` + salt + `","/a/01",1]`, `["` + salt + `","/a/-1",1]`, `["` + salt + `","/a/b",1]`,
		`["` + salt + `","/a/0/0",1]`, `["` + salt + `","/a/10000",1]`, `["` + salt + `","/\u0061",1]`, `["` + salt + `","/é",1]`,
		`["` + salt + `","/a",]`, `["` + salt + `","/a",1,2]`, `["` + salt + `","/a",1]]`, `["` + salt + `","/a",[1]]`,
		`["` + salt + `","/a",{"b":1,"b":2}]`, `["` + salt + `","/a",9007199254740993]`, "[\"" + salt + "\",\"/a\",\"\xff\"]",
	} {
		if _, _, err := VerifyDisclosure([]byte(text)); !errors.Is(err, ErrDisclosure) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, f, err := VerifyDisclosure([]byte(`["` + salt + `","/a/0",[1]]`)); err != nil || f.Path != "/a/0" {
		t.Error(err)
	}
}

func TestFieldsThatNoPayloadHasDoNotJoin(t *testing.T) {
	for _, paths := range [][]string{
		{}, {"a"}, {"/a", "/a"}, {"/a/1"}, {"/a/0", "/a/2"}, {"/a/0", "/b", "/a/1"}, {"/a/0", "/b/1"}, {"/a", "/a/0"}, {"/a/0", "/a"},
	} {
		var fields []Field
		for _, p := range paths {
			fields = append(fields, Field{Path: p, Value: []byte("1")})
		}
		if payload, err := Join(fields); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %q, %v", paths, payload, err)
		}
	}
	for _, value := range []string{`1,"b":2`, `1}`, ` 1`, `[1]`, `]`, ``} {
		if payload, err := Join([]Field{{Path: "/a", Value: []byte(value)}}); !errors.Is(err, ErrRefused) {
			t.Errorf("%q: %q, %v", value, payload, err)
		}
	}
}

func FuzzVerifyDisclosure(f *testing.F) {
	for _, text := range mustOpen(f, testPayload).Disclosures() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, field, err := VerifyDisclosure(text)
		if err != nil {
			return
		}
		if want := fmt.Sprintf(`%s","%s",%s]`, text[:2+saltChars], field.Path, field.Value); want != string(text) {
			t.Errorf("%q is written %q", text, want)
		}
		if _, index, _ := parsePath(field.Path); index > 0 {
			return // only the first element stands alone
		}
		if _, err := Join([]Field{field}); err != nil {
			t.Errorf("%q is a field of no payload: %v", text, err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	leaf, blob := mustSeal(f, testPayload)
	f.Add(leaf, blob)
	f.Fuzz(func(t *testing.T, badLeaf, badBlob []byte) {
		_, err := Open(badLeaf, badBlob, testKey, testEvent)
		same := bytes.Equal(leaf, badLeaf) && bytes.Equal(blob, badBlob)
		if same != (err == nil) {
			t.Errorf("opened: %v", err)
		}
	})
}
