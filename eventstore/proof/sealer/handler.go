package sealer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/seal"
)

// Handler serves a log for reading as C2SP tlog-tiles has it: /checkpoint,
// /tile/<level>/<number> and, when Entries is set, /tile/entries/<number>.
// Everything else is 404. What it serves without entries are hashes, sizes and
// signatures.
type Handler struct {
	Log    Log
	Logger *slog.Logger // told of damage; must be set

	// Entries is the store whose leaves are served. Leaves hold pseudonyms,
	// types and times of events: leave it nil unless all readers may see them.
	Entries eventstore.Store
}

const (
	entriesPrefix = "tile/entries/"
	maxPathChars  = 100

	cacheNever   = "no-cache"
	cacheForever = "public, max-age=31536000, immutable"
)

// ServeHTTP implements http.Handler.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, kind, cache, err := h.resource(r.Context(), r.URL.Path)
	switch {
	case err != nil:
		h.Logger.Error("log resource", "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	case body == nil:
		w.Header().Set("Cache-Control", cacheNever)
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", cache)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Write(body) // an error is the reader's: it went away
	}
}

// resource returns what a path names, nil when it names nothing.
func (h Handler) resource(ctx context.Context, path string) (body []byte, kind, cache string, err error) {
	path, rooted := strings.CutPrefix(path, "/")
	if !rooted || len(path) > maxPathChars {
		return nil, "", "", nil
	}
	if path == checkpointName {
		body, err = h.Log.Checkpoint()
		return body, "text/plain; charset=utf-8", cacheNever, err
	}
	if rest, ok := strings.CutPrefix(path, entriesPrefix); ok {
		body, err = h.entries(ctx, rest)
	} else if t, ok := parseTilePath(path); ok {
		body, err = h.tile(t)
	}
	return body, "application/octet-stream", cacheForever, err
}

// tile returns a tile that is on disk under its very name.
func (h Handler) tile(t tlog.Tile) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(h.Log.dir, tilePath(t)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && len(data) != t.W*tlog.HashSize {
		return nil, &DamagedError{File: tilePath(t), Reason: fmt.Sprintf("it has %d bytes", len(data))}
	}
	return data, err
}

// entries returns a bundle of leaves: each with its length before it, in two
// bytes, big-endian.
func (h Handler) entries(ctx context.Context, path string) ([]byte, error) {
	t, ok := parseTilePath(c2spPrefix + "0/" + path)
	if !ok || h.Entries == nil {
		return nil, nil
	}
	text, err := h.Log.Checkpoint()
	if err != nil || text == nil {
		return nil, err
	}
	c, err := proof.ReadCheckpoint(text)
	if err != nil {
		return nil, err
	}
	begin, end := t.N*tileWidth, t.N*tileWidth+int64(t.W)
	if t.N > c.Size/tileWidth || end > c.Size {
		return nil, nil
	}
	return h.bundle(ctx, c, begin, end)
}

// bundle reads leaves from the store and checks them against the tree.
func (h Handler) bundle(ctx context.Context, c proof.Checkpoint, begin, end int64) ([]byte, error) {
	expected, err := h.Log.Leaves(c, begin, end)
	if err != nil {
		return nil, err
	}
	first, err := h.Log.Position(c, begin)
	if err != nil {
		return nil, err
	}
	var out []byte
	for e, err := range h.Entries.ReadLog(ctx, first-1) {
		if err != nil {
			return nil, fmt.Errorf("sealer: %w", err)
		}
		if seal.HashLeaf(e.Metadata) != expected[0] {
			return nil, &ForkError{What: "the store", Sealed: c.Size, Detail: fmt.Sprintf("position %d", e.Position)}
		}
		out = binary.BigEndian.AppendUint16(out, uint16(len(e.Metadata)))
		out = append(out, e.Metadata...)
		if expected = expected[1:]; len(expected) == 0 {
			return out, nil
		}
	}
	return nil, &RollbackError{What: "the store", Size: -1, Sealed: c.Size}
}
