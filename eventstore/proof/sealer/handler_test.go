package sealer

import (
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

func get(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path = path
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// webTiles reads tiles as a client would.
type webTiles struct {
	t *testing.T
	h http.Handler
}

func (webTiles) Height() int                     { return tileHeight }
func (webTiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (c webTiles) ReadTiles(wanted []tlog.Tile) (out [][]byte, err error) {
	for _, tile := range wanted {
		w := get(c.t, c.h, "GET", "/"+tilePath(tile))
		if w.Code != http.StatusOK {
			c.t.Fatalf("%s: %d", tilePath(tile), w.Code)
		}
		out = append(out, w.Body.Bytes())
	}
	return out, nil
}

func TestAClientCanProveEveryEntryFromWhatIsServed(t *testing.T) {
	r := newRig(t)
	r.addMany(600, 9)
	h := Handler{Log: NewLog(r.cfg.Dir), Logger: slog.New(slog.DiscardHandler)}
	if w := get(t, h, "GET", "/checkpoint"); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
	r.seal()
	w := get(t, h, "GET", "/checkpoint")
	c, err := r.cfg.Keys.Open(w.Body.Bytes())
	if err != nil || w.Header().Get("Cache-Control") != cacheNever {
		t.Fatal(err, w.Header())
	}
	hashes := tlog.TileHashReader(c.Tree(), webTiles{t, h})
	for i, leaf := range r.leaves() {
		p, err := tlog.ProveRecord(c.Size, int64(i), hashes)
		if err != nil || proof.VerifyInclusion(leaf, proof.InclusionProof{Index: int64(i), Hashes: fromTlog(p)}, c.Checkpoint) != nil {
			t.Fatal(i, err)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	r := newRig(t)
	r.addMany(600, 9)
	r.seal()
	h := Handler{Log: NewLog(r.cfg.Dir), Logger: slog.New(slog.DiscardHandler)}
	for _, path := range []string{
		"", "/", "checkpoint", "/state", "/positions", "/LOCK", "/chains", "/tile", "/tile/", "/tile/0", "/tile/0/", "/tile/0/0", "/tile/0/00", "/tile/0/0000",
		"/tile/0/002", "/tile/0/002.p/89", "/tile/0/002.p/088", "/tile/0/000.p/256", "/tile/0/000.p/0", "/tile/00/000", "/tile/-1/000", "/tile/8/0/000",
		"/tile/0/x000/000", "/tile/0/000.new", "/tile/0/002.p/88.new", "/tile/0/../state", "/tile/0/000/../000", "//tile/0/000", "/tile/data/000",
		"/tile/64/000", "/tile/0/999", "/tile/entries/000", "/tile/entries/002.p/88", "/../last/last-checkpoint", "/checkpoint/", "/" + strings.Repeat("a", 1000),
	} {
		if w := get(t, h, "GET", path); w.Code != http.StatusNotFound {
			t.Errorf("%q: %d", path, w.Code)
		}
	}
	if w := get(t, h, "POST", "/checkpoint"); w.Code != http.StatusMethodNotAllowed {
		t.Error(w.Code)
	}
	for _, path := range []string{"/tile/0/000", "/tile/0/001", "/tile/0/002.p/88", "/tile/1/000.p/2"} {
		if w := get(t, h, "GET", path); w.Code != http.StatusOK || w.Header().Get("Cache-Control") != cacheForever {
			t.Errorf("%q: %d", path, w.Code)
		}
	}
}

func TestLeavesAreServedOnlyWhenTheyAreMadePublic(t *testing.T) {
	r := newRig(t)
	r.addMany(300, 9)
	c := r.seal()
	r.addMany(5, 9) // not under the checkpoint
	h := Handler{Log: NewLog(r.cfg.Dir), Logger: slog.New(slog.DiscardHandler), Entries: r.store}
	for _, path := range []string{"/tile/entries/001", "/tile/entries/001.p/45", "/tile/entries/999"} {
		if w := get(t, h, "GET", path); w.Code != http.StatusNotFound {
			t.Errorf("%q: %d", path, w.Code)
		}
	}
	body := append(get(t, h, "GET", "/tile/entries/000").Body.Bytes(), get(t, h, "GET", "/tile/entries/001.p/44").Body.Bytes()...)
	for i, leaf := range r.leaves()[:c.Size] {
		n := int(binary.BigEndian.Uint16(body))
		if seal.HashLeaf(body[2:2+n]) != leaf {
			t.Fatalf("entry %d is another", i)
		}
		body = body[2+n:]
	}
	if len(body) > 0 {
		t.Error("more entries than leaves")
	}
}
