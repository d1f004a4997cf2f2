package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"caseledger/adapters/docx"
	"caseledger/adapters/enclosures"
	"caseledger/domain"
	"caseledger/domain/access"
	"caseledger/schema"
)

// Limits on files that come in or go out.
const (
	MaxFileBytes    = 64 << 20 // of a document that is uploaded
	maxTransfers    = 4        // files that are held at one time
	transferTime    = 5 * time.Minute
	fileMediaType   = "application/octet-stream"
	documentsFolder = "document/"
)

// KeptFile is a document that is none of the ledger's, and goes with a record.
type KeptFile struct {
	Record domain.RecordID `json:"record"`
	SHA256 string          `json:"sha256"` // by which the sections of a bundle name it
	Type   string          `json:"type"`
	Bytes  int             `json:"bytes"`
}

// bindable are the types of files that can be bound into a bundle, by how they
// begin.
var bindable = map[string]bool{"application/pdf": true, "image/jpeg": true, "image/png": true}

// Uploaded returns a document of a record that was uploaded, by its SHA-256 in
// small hexadecimal: enclosures.ErrNone where none was.
func Uploaded(ctx context.Context, s *enclosures.Store, id domain.RecordID, hash string) ([]byte, error) {
	return s.Get(ctx, schema.Stream(id), documentsFolder+hash)
}

// keepFile keeps a document, by its hash. A repeat writes nothing, unless the one
// that is kept is damaged: what was written anew would be backed up anew.
func (a *API) keepFile(ctx context.Context, r *request) (reply, error) {
	if err := a.exists(ctx, r.record); err != nil {
		return reply{}, err
	}
	kind := http.DetectContentType(r.body)
	if !bindable[kind] {
		return reply{}, problem(codeInvalid, Fault{Rule: "file-unknown", Reason: "The file is no PDF, JPEG or PNG."})
	}
	sum := sha256.Sum256(r.body)
	hash := hex.EncodeToString(sum[:])
	_, err := Uploaded(ctx, a.Files, r.record, hash)
	if errors.Is(err, enclosures.ErrNone) || errors.Is(err, enclosures.ErrDamaged) {
		err = a.Files.Put(ctx, schema.Stream(r.record), documentsFolder+hash, r.body)
	}
	if err != nil {
		return reply{}, fileProblem(err)
	}
	return reply{body: KeptFile{r.record, hash, kind, len(r.body)}}, nil
}

func fileProblem(err error) error {
	switch {
	case errors.Is(err, enclosures.ErrNone):
		return problem(codeNotFound)
	case errors.Is(err, enclosures.ErrFull):
		return problem(codeFilesFull)
	}
	return err
}

// keptFile gives a document as it was uploaded. Nothing can be left out of it:
// whoever may read the record, and all of it, is given it.
func (a *API) keptFile(ctx context.Context, r *request) (reply, error) {
	rec, about, err := a.about(ctx, r)
	if err != nil {
		return reply{}, err
	}
	hash := r.PathValue("sha")
	if len(hash) != 2*sha256.Size || strings.Trim(hash, "0123456789abcdef") != "" {
		return reply{}, problem(codeNotFound)
	}
	content, err := Uploaded(ctx, a.Files, r.record, hash)
	if err != nil {
		return reply{}, fileProblem(err)
	}
	all, err := a.sieve(r, rec).all(uint64(len(rec.Entries)), "")
	if err != nil {
		return reply{}, err
	}
	if !all {
		return reply{}, a.refused(ctx, r)
	}
	return given(http.DetectContentType(content), hash, content, access.Released{Revision: about.Revision, View: "sha256=" + hash, Rows: 1}), nil
}

// refused denies what the caller was let in to ask for.
func (a *API) refused(ctx context.Context, r *request) error {
	if err := a.denied(ctx, r, codeForbidden); err != nil {
		return err
	}
	return problem(codeForbidden)
}

// given answers with a file.
func given(kind, name string, content []byte, release access.Released) reply {
	return reply{release: &release, stream: func(_ context.Context, w http.ResponseWriter) {
		h := w.Header()
		h.Set("Content-Disposition", "attachment; filename="+name+extensions[kind])
		h.Set("Content-Type", kind)
		h.Set("Content-Length", strconv.Itoa(len(content)))
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(content) // the client has gone: nobody is left to tell
	}}
}

// extensions are what the names of files end with, by their types.
var extensions = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "application/json": ".json", "application/zip": ".zip",
	docx.MediaType: ".docx"}
