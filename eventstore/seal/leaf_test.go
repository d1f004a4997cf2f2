package seal

import (
	"errors"
	"strings"
	"testing"
	"time"

	"caseledger/eventstore"
)

func TestALeafReadsBackByteForByteOrIsRefused(t *testing.T) {
	good, _ := mustSeal(t, testPayload)
	l, err := ParseLeaf(good)
	if err != nil || string(l.Text()) != string(good) {
		t.Fatalf("%v\n%s", err, l.Text())
	}
	replace := func(old, new string) string { return strings.Replace(string(good), old, new, 1) }
	for name, text := range map[string]string{
		"empty":                 "",
		"no last line end":      strings.TrimSuffix(string(good), "\n"),
		"one line more":         string(good) + "note x\n",
		"an empty line more":    string(good) + "\n",
		"CR LF":                 strings.ReplaceAll(string(good), "\n", "\r\n"),
		"a later version":       replace("/v1", "/v2"),
		"two lines exchanged":   replace("seq 1\nprev "+strings.Repeat("0", 64), "prev "+strings.Repeat("0", 64)+"\nseq 1"),
		"a leading zero":        replace("seq 1\n", "seq 01\n"),
		"a sign":                replace("seq 1\n", "seq +1\n"),
		"a seq of 2^64":         replace("seq 1\n", "seq 18446744073709551616\n"),
		"another time zone":     replace("123456Z", "123456+00:00"),
		"less of a second":      replace(".123456Z", ".123Z"),
		"no such day":           replace("2026-11-22", "2026-11-31"),
		"two spaces":            replace("fields 8 ", "fields 8  "),
		"a fields line cut":     replace("fields 8 ", "fields 8"),
		"no fields":             replace("fields 8 ", "fields 0 "),
		"capitals in a hash":    replace("prev 0", "prev A"),
		"a short hash":          replace("prev 00", "prev 0"),
		"a hash that is none":   replace("cipher ", "cipher x"),
		"a record with a space": replace("record-7f3c", "record 7f3c"),
		"too long":              replace("record-7f3c", strings.Repeat("r", MaxLeafBytes)),
	} {
		if text == string(good) {
			t.Errorf("%s: the test changes nothing", name)
		}
		if _, err := ParseLeaf([]byte(text)); !errors.Is(err, ErrLeaf) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALeafsTimeIsInUTCWithSixDecimals(t *testing.T) {
	east := time.FixedZone("", 5*3600+1800)
	for _, at := range []time.Time{
		time.Unix(0, 0), time.Unix(0, 1000).In(east), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 2, 29, 1, 2, 3, 120_000_000, east), time.Date(2026, 1, 1, 0, 0, 0, 7_000, east),
	} {
		if got, want := string(appendTime(nil, at)), at.UTC().Format("2006-01-02T15:04:05.000000Z"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestTheLongestLeafIsInsideItsLimit(t *testing.T) {
	long := strings.Repeat("r", MaxNameChars)
	h := testHeader
	h.Ledger, h.Record, h.Type, h.Seq, h.Prev = long, long, long, 1<<63-1, Hash{1}
	key := testKey
	key.ID = "k-" + strings.Repeat("f", maxKeyChars)
	leaf, blob, err := Seal(h, []byte(wide(MaxFields, 40*MaxFields)), key, testEvent, count())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(leaf, blob, key, testEvent); err != nil || len(leaf) > MaxLeafBytes {
		t.Errorf("%d bytes: %v", len(leaf), err)
	}
}

func TestWhateverIsSealedFitsIntoAStore(t *testing.T) {
	if MaxPayloadBytes+blobOverhead+MaxLeafBytes > eventstore.MaxEventBytes {
		t.Error("the largest sealed event is over the store's limit")
	}
	if MaxNameChars > eventstore.MaxStreamBytes || MaxNameChars > eventstore.MaxTypeBytes {
		t.Error("names of leaves are over the store's limits")
	}
}

func TestAChainFindsGapsRepeatsForksAndStrangers(t *testing.T) {
	start := Chain{Ledger: testHeader.Ledger, Record: testHeader.Record}
	var leaves [][]byte
	chain := start
	for range 3 {
		leaf, _, err := Seal(chain.Header(testHeader.Recorded, "a/1"), []byte(`{"a":1}`), testKey, testEvent, count())
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leaf)
		if chain, _, err = chain.Next(leaf); err != nil {
			t.Fatal(err)
		}
	}
	if chain.Seq != 3 || chain.Head != HashLeaf(leaves[2]) {
		t.Errorf("the chain ends at %d", chain.Seq)
	}
	one, _, _ := start.Next(leaves[0])
	skipping := one.Header(testHeader.Recorded, "a/1")
	skipping.Seq++
	skip, _, err := Seal(skipping, []byte(`{"a":1}`), testKey, testEvent, count())
	if err != nil {
		t.Fatal(err)
	}
	fork := one
	fork.Head[0] ^= 1
	for name, tt := range map[string]struct {
		at   Chain
		leaf []byte
	}{
		"a gap":          {one, leaves[2]},
		"a hidden gap":   {one, skip},
		"a repeat":       {one, leaves[0]},
		"a fork":         {fork, leaves[1]},
		"another record": {Chain{Ledger: one.Ledger, Record: "record-8", Seq: 1, Head: one.Head}, leaves[1]},
		"another ledger": {Chain{Ledger: "x", Record: one.Record, Seq: 1, Head: one.Head}, leaves[1]},
	} {
		if after, _, err := tt.at.Next(tt.leaf); !errors.Is(err, ErrChain) || after != tt.at {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseLeaf(f *testing.F) {
	leaf, _ := mustSeal(f, testPayload)
	f.Add(leaf)
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ParseLeaf(text)
		if err != nil {
			return
		}
		if string(l.Text()) != string(text) {
			t.Errorf("%q is written %q", text, l.Text())
		}
	})
}
