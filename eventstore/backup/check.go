package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"

	"caseledger/eventstore/durable"
)

// Checked is what Check has read.
type Checked struct {
	Files   int
	Bytes   int64
	Backups int
	Unused  int // objects that no backup needs: prune removes them
}

// Check reads every file of the repository, and returns each that is not as it
// was written, and each object that a backup lacks, as a *CorruptError. The
// error is another one when it could not go on.
func (r *Repository) Check(ctx context.Context, progress func(done, total int64)) (Checked, []error, error) {
	held, err := r.at.Lock(ctx, false)
	if err != nil {
		return Checked{}, nil, err
	}
	defer held.Close()
	c := checker{Repository: r, there: make(map[string]int64), needed: make(map[string]bool)}
	if err := c.first(ctx); err != nil {
		return c.seen, c.wrong, err
	}
	objects, err := r.at.List(ctx, objectsFolder)
	if err != nil {
		return c.seen, c.wrong, err
	}
	total := int64(0)
	for _, k := range objects {
		total += k.Bytes
	}
	for _, k := range objects {
		if err := c.kept(ctx, k); err != nil {
			return c.seen, c.wrong, err
		}
		if progress != nil {
			progress(c.seen.Bytes, total)
		}
	}
	return c.backups(ctx)
}

// damaged is the size of an object that has been found so.
const damaged = -1

type checker struct {
	*Repository
	there  map[string]int64 // objects, by name
	needed map[string]bool
	seen   Checked
	wrong  []error
}

// found keeps what is damaged, and passes on what is not about a file.
func (c *checker) found(err error) error {
	var corrupt *CorruptError
	if errors.As(err, &corrupt) {
		c.wrong = append(c.wrong, corrupt)
		return nil
	}
	return err
}

// first checks the wrapped key; the first file was read when the repository was
// opened.
func (c *checker) first(ctx context.Context) error {
	c.seen.Files++
	if c.of.Wrapped == "" {
		return nil
	}
	wrapped, err := c.at.Get(ctx, wrappedName, maxAgeBytes)
	sum := sha256.Sum256(wrapped)
	if err != nil || hex.EncodeToString(sum[:]) != c.of.Wrapped {
		return c.found(&CorruptError{wrappedName, "it is missing, or not what was written"})
	}
	c.seen.Files++
	return nil
}

// kept checks an object.
func (c *checker) kept(ctx context.Context, k Kept) error {
	name := path.Base(k.Name)
	if durable.Unfinished(k.Name) {
		return ctx.Err()
	}
	if !validName(name) || objectName(name) != k.Name {
		return c.found(&CorruptError{k.Name, "its name is not that of an object"})
	}
	content, err := c.object(ctx, name)
	c.there[name] = int64(len(content))
	if err != nil {
		c.there[name] = damaged
	}
	c.seen.Files++
	c.seen.Bytes += k.Bytes
	return errors.Join(c.found(err), ctx.Err())
}

// backups checks the manifests, and that what they need is there.
func (c *checker) backups(ctx context.Context) (Checked, []error, error) {
	kept, err := c.at.List(ctx, backupsFolder)
	for _, k := range kept {
		if durable.Unfinished(k.Name) || err != nil {
			continue
		}
		var b Backup
		b, err = c.Repository.manifest(ctx, k.Name)
		if err = c.found(err); err != nil {
			continue
		}
		c.seen.Files++
		c.seen.Backups++
		c.seen.Bytes += k.Bytes
		c.lacks(b.Manifest)
	}
	for name := range c.there {
		if !c.needed[name] {
			c.seen.Unused++
		}
	}
	return c.seen, c.wrong, err
}

// lacks finds the objects that a backup needs and that are not there.
func (c *checker) lacks(m Manifest) {
	for _, f := range m.Files {
		for i, name := range f.Objects {
			size, ok := c.there[name]
			if !c.needed[name] && size != damaged && (!ok || size != pieceSize(f, i)) {
				c.wrong = append(c.wrong, &CorruptError{objectName(name), "it is missing, and a backup needs it for " + f.Path})
			}
			c.needed[name] = true
		}
	}
}
