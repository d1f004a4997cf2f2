package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"caseledger/eventstore/seal"
)

const (
	lockName    = "LOCK"
	keysPrefix  = "keys-"
	epochPrefix = "epoch-"
)

// Dirs says where a Directory is.
type Dirs struct {
	Keys string
	// Epochs holds the epoch key. It must not be in any backup of Keys: then
	// such a backup opens nothing once the epoch has been renewed. Empty stands
	// for the directory "epochs" in Keys.
	Epochs string
}

func (d Dirs) epochs() string {
	if d.Epochs != "" {
		return d.Epochs
	}
	return filepath.Join(d.Keys, "epochs")
}

func (d Dirs) keysFile(epoch uint64) string {
	return filepath.Join(d.Keys, fmt.Sprint(keysPrefix, epoch))
}

func (d Dirs) epochFile(epoch uint64) string {
	return filepath.Join(d.epochs(), fmt.Sprint(epochPrefix, epoch))
}

var _ Store = (*Directory)(nil)

// Directory is the embedded key store. All keys are held
// in memory, about 200 bytes each.
type Directory struct {
	dirs Dirs
	kms  KMS
	disk disk
	lock io.Closer

	// writing is held by the one that changes files. It guards what follows.
	writing  sync.Mutex
	epoch    uint64
	epochKey []byte
	file     file
	size     int64
	chain    *chain

	// mu is held for moments only, and guards what follows. Only the holder of
	// both changes entries, byID, byPlace and flight, so that each may read them.
	mu      sync.Mutex
	entries []*entry // in the order of the file; replaced or appended to, never changed
	byID    map[[16]byte]*entry
	byPlace map[[32]byte]*entry
	flight  *batch // keys that are being written
	next    *batch // keys that wait for the next write
	cause   error  // set for good when a write went wrong or the store was closed
}

// batch is what one write and one sync make durable.
type batch struct {
	entries []*entry
	byPlace map[[32]byte]*entry
	written bool // guarded by writing, like err
	err     error
}

func newBatch() *batch { return &batch{byPlace: make(map[[32]byte]*entry)} }

// CreateDirectory makes an empty key store. It refuses directories that hold
// anything of another one: ErrExists.
func CreateDirectory(ctx context.Context, dirs Dirs, k KMS) (*Directory, error) {
	return create(ctx, dirs, k, osDisk{}, nil)
}

func create(ctx context.Context, dirs Dirs, k KMS, d disk, entries []*entry) (*Directory, error) {
	for _, dir := range []string{dirs.Keys, dirs.epochs()} {
		if err := errors.Join(d.MakeDir(dir), d.SyncDir(filepath.Dir(dir))); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
	}
	s, err := locked(dirs, k, d)
	if err != nil {
		return nil, err
	}
	if err := s.initialise(ctx, entries); err != nil {
		return nil, errors.Join(fmt.Errorf("keys: %s: %w", dirs.Keys, err), s.lock.Close())
	}
	return s, nil
}

// OpenDirectory opens a key store and checks every byte of it. Nothing is
// written unless all is well; then what an interrupted write left is removed.
func OpenDirectory(ctx context.Context, dirs Dirs, k KMS) (*Directory, error) {
	return open(ctx, dirs, k, osDisk{})
}

func open(ctx context.Context, dirs Dirs, k KMS, d disk) (*Directory, error) {
	s, err := locked(dirs, k, d)
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("keys: %s: %w", dirs.Keys, err), s.lock.Close())
	}
	return s, nil
}

// locked returns a Directory without content that no other process can open.
func locked(dirs Dirs, k KMS, d disk) (*Directory, error) {
	for _, dir := range []string{dirs.Keys, dirs.epochs()} {
		switch err := d.Private(dir); {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("keys: %w: %s does not exist", ErrMissing, dir)
		case err != nil:
			return nil, fmt.Errorf("keys: %w", err)
		}
	}
	lock, err := d.Lock(filepath.Join(dirs.Keys, lockName))
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", dirs.Keys, err)
	}
	return &Directory{dirs: dirs, kms: k, disk: d, lock: lock, next: newBatch(), flight: newBatch()}, nil
}

func (s *Directory) initialise(ctx context.Context, entries []*entry) error {
	for dir, prefix := range map[string]string{s.dirs.Keys: keysPrefix, s.dirs.epochs(): epochPrefix} {
		names, err := s.disk.Names(dir)
		if err != nil {
			return err
		}
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				return fmt.Errorf("%w: %s", ErrExists, filepath.Join(dir, name))
			}
		}
	}
	if err := s.know(entries); err != nil {
		return err
	}
	key, text, err := newEpoch(ctx, s.kms, 1)
	if err != nil {
		return err
	}
	return s.begin(1, key, text)
}

// begin makes the files of an epoch from the entries, first its key, and goes
// over to them. The epoch has begun when its file of keys has its name.
func (s *Directory) begin(epoch uint64, key, text []byte) error {
	err := writeFile(s.disk, s.dirs.epochFile(epoch), func(f file) error {
		_, err := f.WriteAt(text, 0)
		return err
	})
	if err != nil {
		return err
	}
	return s.rewrite(epoch, key, s.entries)
}

// chunkRecords bounds the memory of a rewrite.
const chunkRecords = 4096

// rewrite puts a file with these entries in the place of the epoch's file of
// keys and goes over to it.
func (s *Directory) rewrite(epoch uint64, key []byte, entries []*entry) error {
	header, c, err := newFile(epoch, key)
	if err != nil {
		return err
	}
	path, size := s.dirs.keysFile(epoch), int64(len(header))
	err = writeFile(s.disk, path, func(f file) error {
		if _, err := f.WriteAt(header, 0); err != nil {
			return err
		}
		for chunk := range slices.Chunk(entries, chunkRecords) {
			b := c.appendAll(chunk)
			if _, err := f.WriteAt(b, size); err != nil {
				return err
			}
			size += int64(len(b))
		}
		return nil
	})
	if err != nil {
		return err
	}
	f, err := s.disk.Open(path)
	if err != nil {
		return err
	}
	s.retire()
	s.epoch, s.epochKey, s.file, s.size, s.chain = epoch, key, f, size, c
	s.adopt(entries)
	return nil
}

// retire overwrites the file of keys that another has taken the place of. When
// it does not succeed the file has still lost its name.
func (s *Directory) retire() {
	if s.file != nil {
		scrub(s.file, int(s.size))
		s.file.Close()
	}
}

// adopt makes entries what the store knows.
func (s *Directory) adopt(entries []*entry) {
	byID := make(map[[16]byte]*entry, len(entries))
	byPlace := make(map[[32]byte]*entry, len(entries))
	for _, e := range entries {
		byID[e.id], byPlace[e.place] = e, e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries, s.byID, s.byPlace = entries, byID, byPlace
}

func (s *Directory) load(ctx context.Context) error {
	epoch, err := s.latest()
	if err != nil {
		return err
	}
	text, err := s.disk.Read(s.dirs.epochFile(epoch))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: epoch %d", ErrNoEpoch, epoch)
	}
	if err != nil {
		return err
	}
	if s.epochKey, err = openEpoch(ctx, s.kms, epoch, text); err != nil {
		return err
	}
	b, err := s.disk.Read(s.dirs.keysFile(epoch))
	if err != nil {
		return err
	}
	entries, c, sound, err := decode(b, epoch, s.epochKey)
	if err != nil {
		return err
	}
	s.epoch, s.chain, s.size = epoch, c, int64(sound)
	if err := s.know(entries); err != nil {
		return err
	}
	return s.recover(len(b))
}

// know adopts entries that were read.
func (s *Directory) know(entries []*entry) error {
	s.adopt(entries)
	if len(s.byID) != len(entries) || len(s.byPlace) != len(entries) {
		return fmt.Errorf("%w: a key stands twice", ErrCorrupt)
	}
	return nil
}

// latest returns the epoch of the newest file of keys.
func (s *Directory) latest() (uint64, error) {
	names, err := s.disk.Names(s.dirs.Keys)
	if err != nil {
		return 0, err
	}
	var latest uint64
	for _, name := range names {
		if n, ok := number(name, keysPrefix); ok {
			latest = max(latest, n)
		}
	}
	if latest == 0 {
		return 0, fmt.Errorf("%w: no file of keys", ErrMissing)
	}
	return latest, nil
}

// recover cuts off what was never acknowledged and removes what an interrupted
// write left behind.
func (s *Directory) recover(length int) (err error) {
	if s.file, err = s.disk.Open(s.dirs.keysFile(s.epoch)); err != nil {
		return err
	}
	if s.size < int64(length) {
		err = s.file.Truncate(s.size)
		if err == nil {
			err = s.file.Sync()
		}
	}
	if err == nil {
		err = s.tidy()
	}
	if err != nil {
		return errors.Join(err, s.file.Close())
	}
	return nil
}

// tidy destroys the files of all other epochs, keys of epochs first: files of
// keys are worth nothing without.
func (s *Directory) tidy() error {
	for _, dir := range []struct{ path, prefix string }{{s.dirs.epochs(), epochPrefix}, {s.dirs.Keys, keysPrefix}} {
		names, err := s.disk.Names(dir.path)
		if err != nil {
			return err
		}
		for _, name := range names {
			whole, unfinished := strings.CutSuffix(name, newSuffix)
			n, ours := number(whole, dir.prefix)
			if !ours || n == s.epoch && !unfinished {
				continue
			}
			if err := scrubAndRemove(s.disk, filepath.Join(dir.path, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends the use of the store and forgets its keys.
func (s *Directory) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	closed := errors.Is(s.cause, ErrClosed)
	s.cause, s.entries, s.byID, s.byPlace = ErrClosed, nil, nil, nil
	s.mu.Unlock()
	if closed {
		return nil
	}
	clear(s.epochKey)
	return errors.Join(s.file.Close(), s.lock.Close())
}

// ForOpening implements Store.
func (s *Directory) ForOpening(_ context.Context, id string) (seal.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.cause, ErrClosed) {
		return seal.Key{}, s.cause
	}
	if raw, ok := parseID(id); ok {
		if e, ok := s.byID[raw]; ok {
			return e.key()
		}
	}
	if !seal.ValidKeyID(id) {
		return seal.Key{}, fmt.Errorf("%w: not the id of a key", ErrUnknown)
	}
	return seal.Key{}, fmt.Errorf("%w %s", ErrUnknown, id)
}

// List implements Store.
func (s *Directory) List(context.Context) ([]Entry, error) {
	s.mu.Lock()
	entries, cause := s.entries, s.cause
	s.mu.Unlock()
	if errors.Is(cause, ErrClosed) {
		return nil, cause
	}
	out := make([]Entry, len(entries))
	for i, e := range entries {
		out[i] = e.public()
	}
	return out, nil
}
