// Package s3 keeps backups and mirrors in a bucket of an S3-compatible object
// store. It never sees a key of a ledger or of a repository, and leaves every
// rule of what is kept to package backup.
package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"caseledger/eventstore/backup"
)

const (
	scheme = "s3://"

	// marksFolder holds a mark of each program at work: an object store has no locks.
	marksFolder = "at-work"
	alonePrefix = "alone-"
	// staleAfter is how long the mark of a program counts that ended without
	// removing it. What works longer than that is not protected from a prune.
	staleAfter = 24 * time.Hour

	maxCredentialBytes = 4096
)

// Config says which bucket.
type Config struct {
	URL             string // s3://bucket/prefix; the prefix may be missing
	Endpoint        string // https://host:port of the store
	Region          string // empty for the store's own
	CredentialsFile string // two lines, the access key and its secret; its owner's alone
}

// Is reports whether a place is one of an object store.
func Is(place string) bool { return strings.HasPrefix(place, scheme) }

// Bucket is a backup.Destination in an object store.
type Bucket struct {
	client *minio.Client
	bucket string
	prefix string // ends with a slash, or is empty
}

// Open checks the settings. It does not ask the store anything.
func Open(c Config) (*Bucket, error) {
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(c.URL, scheme), "/")
	if !Is(c.URL) || bucket == "" {
		return nil, errors.New("s3: a place in an object store is s3://bucket/prefix")
	}
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	endpoint, err := url.Parse(c.Endpoint)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" {
		return nil, errors.New("s3: the endpoint is https://host or https://host:port")
	}
	access, secret, err := readCredentials(c.CredentialsFile)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: credentials.NewStaticV4(access, secret, ""), Secure: endpoint.Scheme == "https", Region: c.Region,
	})
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	return &Bucket{client: client, bucket: bucket, prefix: prefix}, nil
}

func readCredentials(path string) (access, secret string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", "", fmt.Errorf("s3: credentials: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 || info.Size() > maxCredentialBytes {
		return "", "", fmt.Errorf("s3: credentials: %s has mode %v and %d bytes, allowed are 0600 and %d", path, info.Mode().Perm(), info.Size(), maxCredentialBytes)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("s3: credentials: %w", err)
	}
	words := strings.Fields(string(text))
	if len(words) != 2 {
		return "", "", fmt.Errorf("s3: credentials: %s has not two lines, an access key and its secret", path)
	}
	return words[0], words[1], nil
}

// Put is backup.Destination's.
func (b *Bucket) Put(ctx context.Context, name string, content []byte) error {
	_, err := b.client.PutObject(ctx, b.bucket, b.prefix+name, bytes.NewReader(content), int64(len(content)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: len(content) < maxPartBytes})
	return explain(name, err)
}

// maxPartBytes is what the store takes at once; only a manifest of many TB is
// larger.
const maxPartBytes = 64 << 20

// Get is backup.Destination's.
func (b *Bucket) Get(ctx context.Context, name string, limit int64) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, explain(name, err)
	}
	defer object.Close()
	content, err := io.ReadAll(io.LimitReader(object, limit+1))
	if err != nil {
		return nil, explain(name, err)
	}
	if int64(len(content)) > limit {
		return nil, &backup.CorruptError{File: name, Reason: fmt.Sprintf("it has more than %d bytes", limit)}
	}
	return content, nil
}

// List is backup.Destination's.
func (b *Bucket) List(ctx context.Context, folder string) ([]backup.Kept, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // which ends the listing
	var out []backup.Kept
	for o := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix + folder + "/", Recursive: true}) {
		if o.Err != nil {
			return nil, explain(folder, o.Err)
		}
		out = append(out, backup.Kept{Name: strings.TrimPrefix(o.Key, b.prefix), Bytes: o.Size, Written: o.LastModified})
	}
	return out, nil
}

// Remove is backup.Destination's.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	return explain(name, b.client.RemoveObject(ctx, b.bucket, b.prefix+name, minio.RemoveObjectOptions{}))
}

// explain says what an error is about.
func explain(name string, err error) error {
	if err == nil {
		return nil
	}
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return fmt.Errorf("s3: %s: %w", name, fs.ErrNotExist)
	}
	return fmt.Errorf("s3: %s: %w", name, err)
}

// Lock is backup.Destination's. Everybody puts a mark and then looks at those of
// the others, so of two who exclude each other at most one goes on. A mark
// outlives a program that was killed, by a day at most.
func (b *Bucket) Lock(ctx context.Context, alone bool) (io.Closer, error) {
	name := "shared-" + rand.Text()
	if alone {
		name = alonePrefix + rand.Text()
	}
	own := mark{b, marksFolder + "/" + name}
	if err := b.Put(ctx, own.name, nil); err != nil {
		return nil, err
	}
	others, err := b.List(ctx, marksFolder)
	if err != nil {
		return nil, errors.Join(err, own.Close())
	}
	for _, o := range others {
		excludes := alone || strings.HasPrefix(o.Name, marksFolder+"/"+alonePrefix)
		if o.Name != own.name && excludes && time.Since(o.Written) < staleAfter {
			return nil, errors.Join(fmt.Errorf("s3: %s: %w", o.Name, backup.ErrLocked), own.Close())
		}
	}
	return own, nil
}

// mark is that of a program at work.
type mark struct {
	*Bucket
	name string
}

// closeTimeout bounds how long removing a mark takes.
const closeTimeout = 10 * time.Second

// Close removes the mark, also when the work was interrupted.
func (m mark) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return m.Remove(ctx, m.name)
}
