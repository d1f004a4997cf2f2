package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"caseledger/eventstore"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
)

// What a data directory holds that is copied.
const (
	journalDir  = "journal"
	headsDir    = "log/heads"
	attestedDir = "log/attested"
	lastName    = "last-checkpoint/last-checkpoint"
	keysDir     = "keys"
	keysPrefix  = "keys-" // of a file of wrapped keys; epochs and locks have other names
	filesDir    = "files" // of the records, in a directory each; encrypted, under names that tell nothing
	logDir      = "log"
)

// restorable reports whether a path is one of a file that is copied.
func restorable(name string) bool {
	dir, base := path.Split(name)
	switch strings.TrimSuffix(dir, "/") {
	case journalDir:
		return path.Ext(base) == ".seg"
	case headsDir, attestedDir:
		_, ok := proof.ParseNumber(base)
		return ok
	case keysDir:
		return strings.HasPrefix(base, keysPrefix)
	}
	if record, found := strings.CutPrefix(dir, filesDir+"/"); found {
		sum, err := hex.DecodeString(base)
		return fs.ValidPath(name) && proof.ValidRecord(strings.TrimSuffix(record, "/")) && err == nil && len(sum) == sha256.Size
	}
	return name == lastName
}

// Source is what is backed up.
type Source struct {
	Dir        string // the data directory; it may be in use
	Checkpoint []byte // the last one that was signed
	Keys       bool   // with the wrapped keys of the records, though not what unwraps them
	// Progress is told how many bytes of how many were looked at; it may be nil.
	Progress func(done, total int64)
}

// Made is what making a backup has done.
type Made struct {
	Backup
	Objects int   // that were not in the repository
	Written int64 // bytes of them
	Again   bool  // the backup was there already
}

// Create makes a backup of the ledger as the checkpoint has it. What comes after
// the checkpoint is left to the next one. The manifest is written last: a backup
// that is listed is whole. The error wraps ErrOther and ErrOlder when the ledger
// is not the one that is in the repository.
func (r *Repository) Create(ctx context.Context, src Source) (Made, error) {
	held, err := r.at.Lock(ctx, false)
	if err != nil {
		return Made{}, err
	}
	defer held.Close()
	c, err := proof.ReadCheckpoint(src.Checkpoint)
	if err != nil {
		return Made{}, err
	}
	if c.Origin != r.of.Ledger {
		return Made{}, fmt.Errorf("backup: %w: it is that of %s, and this is %s", ErrOther, r.of.Ledger, c.Origin)
	}
	before, err := r.Find(ctx, "", 0)
	if err == nil {
		err = grewOut(src, before.Manifest, c)
	}
	if err != nil && !errors.Is(err, ErrNone) {
		return Made{}, err
	}
	files, err := journal.ReadFiles(ctx, filepath.Join(src.Dir, journalDir), eventstore.Position(c.Size))
	if err != nil {
		return Made{}, err
	}
	if files.Journal != r.of.Journal {
		return Made{}, fmt.Errorf("backup: %w: the ledger has the same name and another journal", ErrOther)
	}
	w, err := r.newWriter(ctx, src)
	if err != nil {
		return Made{}, err
	}
	w.manifest = Manifest{Format: title, Ledger: c.Origin, Journal: files.Journal, Checkpoint: string(src.Checkpoint)}
	return w.run(ctx, files, before.Manifest, c)
}

// grewOut checks that the ledger is the one of the newest backup, or what it has
// become.
func grewOut(src Source, newest Manifest, c proof.Checkpoint) error {
	old, err := newest.checkpoint()
	if err != nil {
		return err
	}
	switch {
	case old.Size > c.Size:
		return fmt.Errorf("backup: %w: it has %d entries under its last checkpoint, and the newest backup has %d", ErrOlder, c.Size, old.Size)
	case old.Size == c.Size && old.Root != c.Root:
		return fmt.Errorf("backup: %w: the newest backup has as many entries and another root", ErrOlder)
	case old.Size == c.Size:
		return nil
	}
	_, err = sealer.NewLog(filepath.Join(src.Dir, logDir)).ProveConsistency(old, proof.Signed{Checkpoint: c, Note: src.Checkpoint})
	var fork *sealer.ForkError
	if errors.As(err, &fork) {
		err = fmt.Errorf("%w: %w", ErrOlder, err)
	}
	if err != nil {
		return fmt.Errorf("backup: the newest backup: %w", err)
	}
	return nil
}

// writer makes one backup.
type writer struct {
	*Repository
	src      Source
	there    map[string]int64 // objects in the repository, by name
	manifest Manifest
	made     Made
	done     int64
	total    int64
	piece    []byte
}

func (r *Repository) newWriter(ctx context.Context, src Source) (*writer, error) {
	kept, err := r.at.List(ctx, objectsFolder)
	if err != nil {
		return nil, err
	}
	w := &writer{Repository: r, src: src, there: make(map[string]int64, len(kept)), piece: make([]byte, pieceBytes)}
	for _, k := range kept {
		w.there[path.Base(k.Name)] = k.Bytes
	}
	return w, nil
}

func (w *writer) run(ctx context.Context, files journal.Files, before Manifest, c proof.Checkpoint) (Made, error) {
	for _, p := range files.Parts {
		w.total += p.Size()
	}
	for _, p := range files.Parts {
		if err := w.segment(ctx, p, before); err != nil {
			return w.made, err
		}
	}
	if err := w.content(ctx, lastName, w.src.Checkpoint); err != nil {
		return w.made, err
	}
	for _, dir := range []string{headsDir, attestedDir} {
		if err := w.bySize(ctx, dir, c.Size); err != nil {
			return w.made, err
		}
	}
	if err := w.files(ctx); err != nil {
		return w.made, err
	}
	if w.src.Keys {
		if err := w.keys(ctx); err != nil {
			return w.made, err
		}
	}
	return w.finish(ctx, c)
}

// finish writes the manifest.
func (w *writer) finish(ctx context.Context, c proof.Checkpoint) (Made, error) {
	text, err := w.manifest.encode()
	if err != nil {
		return w.made, err
	}
	name, sealed, err := w.sealed(text)
	if err != nil {
		return w.made, err
	}
	file := manifestFile(c.Size, name)
	w.made.Backup = Backup{ID: backupID(c.Size, name), Size: c.Size, Manifest: w.manifest}
	if standing, err := w.at.Get(ctx, file, maxManifestBytes); err == nil && bytes.Equal(standing, sealed) {
		w.made.Again = true
		return w.made, nil
	}
	return w.made, w.at.Put(ctx, file, sealed)
}

// segment copies a segment of the journal, unless an earlier backup has it.
func (w *writer) segment(ctx context.Context, p journal.Part, before Manifest) error {
	name := journalDir + "/" + p.Name
	if f, ok := before.reuse(name, p.Digest, p.Size()); ok && w.has(f) {
		w.manifest.Files = append(w.manifest.Files, f)
		w.progress(p.Size())
		return nil
	}
	src, err := os.Open(filepath.Join(w.src.Dir, journalDir, p.Name))
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer src.Close()
	content := io.MultiReader(io.LimitReader(src, p.Bytes), bytes.NewReader(p.Footer))
	return w.file(ctx, File{Path: name, Bytes: p.Size(), Digest: p.Digest}, content)
}

// has reports whether all objects of a file are in the repository.
func (w *writer) has(f File) bool {
	for i, name := range f.Objects {
		if w.there[name] != pieceSize(f, i)+overhead {
			return false
		}
	}
	return true
}

// pieceSize is the size of one piece of a file.
func pieceSize(f File, i int) int64 { return min(pieceBytes, f.Bytes-int64(i)*pieceBytes) }

// file copies a file in pieces.
func (w *writer) file(ctx context.Context, f File, src io.Reader) error {
	for left := f.Bytes; left > 0; {
		b := w.piece[:min(left, pieceBytes)]
		if _, err := io.ReadFull(src, b); err != nil {
			return fmt.Errorf("backup: %s: %w", f.Path, err)
		}
		name, err := w.object(ctx, b)
		if err != nil {
			return err
		}
		f.Objects = append(f.Objects, name)
		left -= int64(len(b))
		w.progress(int64(len(b)))
	}
	w.manifest.Files = append(w.manifest.Files, f)
	return nil
}

// object puts a piece into the repository, if it is not there, and returns its
// name.
func (w *writer) object(ctx context.Context, content []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	name, err := w.key.name(content)
	if err != nil {
		return "", err
	}
	if w.there[name] == int64(len(content))+overhead {
		return name, nil
	}
	sealed, err := w.key.seal(name, content)
	if err != nil {
		return "", err
	}
	if err := w.at.Put(ctx, objectName(name), sealed); err != nil {
		return "", err
	}
	w.there[name] = int64(len(sealed))
	w.made.Objects++
	w.made.Written += int64(len(sealed))
	return name, nil
}

func (w *writer) progress(n int64) {
	w.done += n
	if w.src.Progress != nil {
		w.src.Progress(w.done, w.total)
	}
}

func (w *writer) content(ctx context.Context, name string, b []byte) error {
	w.total += int64(len(b))
	return w.file(ctx, File{Path: name, Bytes: int64(len(b))}, bytes.NewReader(b))
}

// bySize copies the files of a directory that are named by the size of a
// checkpoint, up to that of the backup. They are never changed in place.
func (w *writer) bySize(ctx context.Context, dir string, limit int64) error {
	found, err := os.ReadDir(filepath.Join(w.src.Dir, filepath.FromSlash(dir)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	for _, f := range found {
		if size, ok := proof.ParseNumber(f.Name()); !ok || size > limit {
			continue
		}
		b, err := readSmall(filepath.Join(w.src.Dir, filepath.FromSlash(dir), f.Name()))
		if err == nil {
			err = w.content(ctx, dir+"/"+f.Name(), b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(b) > maxFileBytes {
		err = fmt.Errorf("%s has more than %d bytes", name, int64(maxFileBytes))
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return b, nil
}

// files copies the files of the records, which are encrypted as the entries are. They
// are read after the checkpoint was: what its entries name is among them.
func (w *writer) files(ctx context.Context) error {
	found, err := fs.Glob(os.DirFS(w.src.Dir), filesDir+"/*/*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	for _, name := range found {
		if !restorable(name) {
			continue
		}
		if err := w.fileOf(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// fileOf copies a file that is never changed, though another may get its name
// meanwhile.
func (w *writer) fileOf(ctx context.Context, name string) error {
	in, err := os.Open(filepath.Join(w.src.Dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it went with its record
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	w.total += info.Size()
	return w.file(ctx, File{Path: name, Bytes: info.Size()}, in)
}

// keysTries is how often the keys are read: whoever destroys a key, or renews
// the epoch, puts another file in the place of the one being read, and
// overwrites that.
const keysTries = 5

// keys copies the wrapped keys. They are read after the checkpoint was, so they
// are not older than its entries.
func (w *writer) keys(ctx context.Context) error {
	dir := filepath.Join(w.src.Dir, keysDir)
	for range keysTries {
		found, err := readKeys(dir)
		if errors.Is(err, errReplaced) {
			continue
		}
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := w.content(ctx, keysDir+"/"+f.name, f.content); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("backup: keys: %w, again and again", errReplaced)
}

var errReplaced = errors.New("the file was replaced while it was read")

type keyFile struct {
	name    string
	content []byte
}

func readKeys(dir string) ([]keyFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	var out []keyFile
	for _, e := range entries {
		if !restorable(keysDir+"/"+e.Name()) || strings.HasSuffix(e.Name(), ".new") {
			continue
		}
		b, err := readSteady(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, keyFile{e.Name(), b})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("backup: keys: %w", ErrNone)
	}
	return out, nil
}

// readSteady reads a file that has the same name afterwards.
func readSteady(name string) ([]byte, error) {
	before, err := os.Stat(name)
	if err != nil {
		return nil, errReplaced // it was there a moment ago
	}
	b, err := readSmall(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errReplaced
	}
	if err != nil {
		return nil, err
	}
	after, err := os.Stat(name)
	if err != nil || !os.SameFile(before, after) {
		return nil, errReplaced
	}
	return b, nil
}
