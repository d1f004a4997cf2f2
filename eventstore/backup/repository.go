package backup

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"filippo.io/age"
	"github.com/go-json-experiment/json"

	"caseledger/eventstore/durable"
)

// What a repository holds.
const (
	configName    = "repository" // which ledger it is of; with it the repository begins
	wrappedName   = "key.age"    // the key for age recipients, if there are any
	objectsFolder = "objects"
	backupsFolder = "backups" // the manifests

	idChars        = 12 // of a manifest's name in the id of a backup
	maxConfigBytes = 64 << 10
)

// config is the first file of a repository.
type config struct {
	Format  string `json:"format"`
	Ledger  string `json:"ledger"`
	Journal string `json:"journal"`
	Wrapped string `json:"wrapped,omitempty"` // SHA-256 of the file of the wrapped key
}

// Repository holds the backups of one ledger at one destination.
type Repository struct {
	at  Destination
	key Key
	of  config
}

// Exists reports whether there is a repository at a destination. One without its
// first file is a *CorruptError.
func Exists(ctx context.Context, at Destination) (bool, error) {
	_, err := at.Get(ctx, configName, maxConfigBytes)
	if !errors.Is(err, fs.ErrNotExist) {
		return err == nil, err
	}
	kept, err := at.List(ctx, backupsFolder)
	if err == nil && len(kept) > 0 {
		err = &CorruptError{configName, "it is missing"}
	}
	return false, err
}

// Establish makes a repository for a ledger where there is none. Whoever has an
// identity of one of the age recipients, of which there may be none, can open it
// without the key.
func Establish(ctx context.Context, at Destination, key Key, ledger, journal string, recipients []string) (*Repository, error) {
	switch there, err := Exists(ctx, at); {
	case err != nil:
		return nil, err
	case there:
		return nil, fmt.Errorf("backup: repository: %w", ErrThere)
	}
	r := &Repository{at: at, key: key, of: config{Format: title, Ledger: ledger, Journal: journal}}
	if len(recipients) > 0 {
		wrapped, err := key.wrap(recipients)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(wrapped)
		r.of.Wrapped = hex.EncodeToString(sum[:])
		if err := at.Put(ctx, wrappedName, wrapped); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(r.of, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	name, sealed, err := r.sealed(text)
	if err != nil {
		return nil, err
	}
	return r, at.Put(ctx, configName, append([]byte(title+"\n"+name+"\n"), sealed...))
}

// Open opens a repository with its key.
func Open(ctx context.Context, at Destination, key Key) (*Repository, error) {
	b, err := at.Get(ctx, configName, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backup: repository: %w", ErrNone)
	}
	if err != nil {
		return nil, err
	}
	parts := bytes.SplitN(b, []byte("\n"), 3)
	if len(parts) != 3 || string(parts[0]) != title || !validName(string(parts[1])) {
		return nil, &CorruptError{configName, "it is not the first file of a repository"}
	}
	r := &Repository{at: at, key: key}
	text, err := key.open(string(parts[1]), parts[2])
	if err != nil {
		return nil, fmt.Errorf("backup: %s: %w", configName, ErrKey)
	}
	if err := json.Unmarshal(text, &r.of, json.RejectUnknownMembers(true)); err != nil || r.of.Format != title {
		return nil, &CorruptError{configName, "it is not in a format that this program reads"}
	}
	return r, nil
}

// OpenWrapped opens a repository with an identity of one of its age recipients.
func OpenWrapped(ctx context.Context, at Destination, identities []age.Identity) (*Repository, error) {
	wrapped, err := at.Get(ctx, wrappedName, maxAgeBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backup: %s: %w", wrappedName, ErrNone)
	}
	if err != nil {
		return nil, err
	}
	key, err := unwrap(wrapped, identities)
	if err != nil {
		return nil, err
	}
	return Open(ctx, at, key)
}

// Ledger is the name of the ledger whose backups these are.
func (r *Repository) Ledger() string { return r.of.Ledger }

func objectName(name string) string { return objectsFolder + "/" + name[:2] + "/" + name }

// sealed is a content as it is kept, and its name.
func (r *Repository) sealed(content []byte) (name string, sealed []byte, err error) {
	if name, err = r.key.name(content); err == nil {
		sealed, err = r.key.seal(name, content)
	}
	return name, sealed, err
}

// read opens what is kept in a file under a name.
func (r *Repository) read(ctx context.Context, file, name string, limit int64) ([]byte, error) {
	b, err := r.at.Get(ctx, file, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &CorruptError{file, "it is missing"}
	}
	if err != nil {
		return nil, err
	}
	content, err := r.key.open(name, b)
	if err != nil {
		return nil, &CorruptError{file, err.Error()}
	}
	return content, nil
}

func (r *Repository) object(ctx context.Context, name string) ([]byte, error) {
	return r.read(ctx, objectName(name), name, pieceBytes+overhead)
}

// List returns all backups, that of the smallest checkpoint first. When some are
// damaged it returns the rest, and every *CorruptError, joined.
func (r *Repository) List(ctx context.Context) ([]Backup, error) {
	kept, err := r.at.List(ctx, backupsFolder)
	if err != nil {
		return nil, err
	}
	var out []Backup
	var damages []error
	for _, k := range kept {
		if durable.Unfinished(k.Name) {
			continue
		}
		b, err := r.manifest(ctx, k.Name)
		var corrupt *CorruptError
		if errors.As(err, &corrupt) {
			damages = append(damages, corrupt)
			continue
		}
		if err != nil {
			return nil, err
		}
		b.Made = k.Written
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b Backup) int {
		return cmp.Or(cmp.Compare(a.Size, b.Size), cmp.Compare(len(a.Manifest.Files), len(b.Manifest.Files)))
	})
	return out, errors.Join(damages...)
}

func manifestFile(size int64, name string) string {
	return fmt.Sprintf("%s/%020d-%s", backupsFolder, size, name)
}

// parseManifestFile reads what manifestFile writes.
func parseManifestFile(file string) (size int64, name string, ok bool) {
	digits, name, _ := strings.Cut(strings.TrimPrefix(file, backupsFolder+"/"), "-")
	size, err := strconv.ParseInt(digits, 10, 64)
	return size, name, err == nil && validName(name) && manifestFile(size, name) == file
}

// manifest reads the backup in a file.
func (r *Repository) manifest(ctx context.Context, file string) (Backup, error) {
	size, name, ok := parseManifestFile(file)
	if !ok {
		return Backup{}, &CorruptError{file, "its name is not that of a backup"}
	}
	text, err := r.read(ctx, file, name, maxManifestBytes)
	if err != nil {
		return Backup{}, err
	}
	m, err := decodeManifest(text)
	if err != nil {
		return Backup{}, &CorruptError{file, err.Error()}
	}
	c, err := m.checkpoint()
	if err != nil {
		return Backup{}, &CorruptError{file, err.Error()}
	}
	if c.Size != size || c.Origin != r.of.Ledger || m.Ledger != r.of.Ledger || m.Journal != r.of.Journal {
		return Backup{}, &CorruptError{file, "it is of another ledger or checkpoint than its place says"}
	}
	return Backup{ID: backupID(size, name), Size: size, Manifest: m}, nil
}

func backupID(size int64, name string) string { return fmt.Sprintf("%d-%s", size, name[:idChars]) }

// Find returns the backup with an id, the newest one when the id is "" and size
// 0, and otherwise the newest one of the checkpoint of a size. Damage to another
// one than the one that is named is passed over.
func (r *Repository) Find(ctx context.Context, id string, size int64) (Backup, error) {
	all, err := r.List(ctx)
	if err != nil && id == "" && size == 0 {
		return Backup{}, err
	}
	for _, b := range slices.Backward(all) {
		if (id == "" || b.ID == id) && (size == 0 || b.Size == size) {
			return b, nil
		}
	}
	if err != nil {
		return Backup{}, err
	}
	return Backup{}, fmt.Errorf("backup: backup: %w", ErrNone)
}
