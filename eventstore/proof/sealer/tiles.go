package sealer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/eventstore/proof"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight

	tlogPrefix = "tile/8/" // of tlog's own paths, which name the height
	c2spPrefix = "tile/"
)

// tilePath is the path of a tile as C2SP tlog-tiles has it.
func tilePath(t tlog.Tile) string { return c2spPrefix + strings.TrimPrefix(t.Path(), tlogPrefix) }

// parseTilePath reads what tilePath writes.
func parseTilePath(path string) (tlog.Tile, bool) {
	rest, ok := strings.CutPrefix(path, c2spPrefix)
	if !ok {
		return tlog.Tile{}, false
	}
	t, err := tlog.ParseTilePath(tlogPrefix + rest)
	return t, err == nil && t.H == tileHeight && t.L >= 0 && tilePath(t) == path
}

// tiles are the tiles of a directory.
type tiles struct{ dir string }

// Height is tlog.TileReader's.
func (tiles) Height() int { return tileHeight }

// SaveTiles is tlog.TileReader's: they are saved already.
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles is tlog.TileReader's.
func (d tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(wanted))
	for i, t := range wanted {
		data, err := d.read(t)
		if err != nil {
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// read returns a tile, or the beginning of the full one when the partial one
// has been removed.
func (d tiles) read(t tlog.Tile) ([]byte, error) {
	path := tilePath(t)
	data, err := os.ReadFile(filepath.Join(d.dir, path))
	if errors.Is(err, fs.ErrNotExist) && t.W < tileWidth {
		full := t
		full.W = tileWidth
		data, err = os.ReadFile(filepath.Join(d.dir, tilePath(full)))
		data = data[:min(len(data), t.W*tlog.HashSize)]
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &DamagedError{File: path, Reason: "it is missing"}
	}
	if err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	if len(data) != t.W*tlog.HashSize {
		return nil, &DamagedError{File: path, Reason: fmt.Sprintf("it has %d bytes", len(data))}
	}
	return data, nil
}

// reader returns the hashes of a tree. Whatever it reads it checks against the
// tree's root.
func (d tiles) reader(t tlog.Tree) tlog.HashReader { return tlog.TileHashReader(t, d) }

// growth are the hashes of a tree with leaves added to it.
type growth struct {
	base  int64           // how many hashes were stored before
	old   tlog.HashReader // those
	fresh []tlog.Hash     // and the new ones
}

// ReadHashes is tlog.HashReader's.
func (g *growth) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	var stored, places []int64
	for i, index := range at {
		if index < g.base {
			stored, places = append(stored, index), append(places, int64(i))
			continue
		}
		out[i] = g.fresh[index-g.base]
	}
	if len(stored) == 0 {
		return out, nil
	}
	hashes, err := g.old.ReadHashes(stored)
	if err != nil {
		return nil, err
	}
	for i, h := range hashes {
		out[places[i]] = h
	}
	return out, nil
}

// grow adds leaves to the tree on disk and returns the tree that it has become.
// A tile that was left by a write that did not end is made again and must be
// the same.
func (d tiles) grow(on disk, old tlog.Tree, leaves []proof.Hash) (tlog.Tree, error) {
	g := &growth{base: tlog.StoredHashCount(old.N), old: d.reader(old), fresh: make([]tlog.Hash, 0, 2*len(leaves)+64)}
	for i, leaf := range leaves {
		hashes, err := tlog.StoredHashesForRecordHash(old.N+int64(i), tlog.Hash(leaf), g)
		if err != nil {
			return old, fmt.Errorf("sealer: tree: %w", err)
		}
		g.fresh = append(g.fresh, hashes...)
	}
	grown := tlog.Tree{N: old.N + int64(len(leaves))}
	root, err := tlog.TreeHash(grown.N, g)
	if err != nil {
		return old, fmt.Errorf("sealer: tree: %w", err)
	}
	grown.Hash = root
	return grown, d.save(on, tlog.NewTiles(tileHeight, old.N, grown.N), g)
}

func (d tiles) save(on disk, made []tlog.Tile, g *growth) error {
	files := map[string][]byte{}
	for _, t := range made {
		data, err := tlog.ReadTileData(t, g)
		if err != nil {
			return fmt.Errorf("sealer: tile %s: %w", tilePath(t), err)
		}
		standing, err := os.ReadFile(filepath.Join(d.dir, tilePath(t)))
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("sealer: %w", err)
		case err == nil && !bytes.Equal(standing, data):
			return &DamagedError{File: tilePath(t), Reason: "it holds other hashes than the stored events give"}
		}
		files[tilePath(t)] = data // again: what stands may not be durable
	}
	if err := putFiles(on, d.dir, files); err != nil {
		return err
	}
	return d.dropPartial(on, made)
}

// dropPartial removes partial tiles whose full tile stands.
func (d tiles) dropPartial(on disk, made []tlog.Tile) error {
	for _, t := range made {
		if t.W < tileWidth {
			continue
		}
		if err := on.removeAll(filepath.Join(d.dir, tilePath(t)+".p")); err != nil {
			return fmt.Errorf("sealer: %w", err)
		}
	}
	return nil
}
