package httpapi

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// harden sets what every answer says to browsers and caches. No origin is
// allowed to read answers from another one.
func (a *API) harden(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if a.Secure {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
	if a.MadeUp {
		h.Set("Caseledger-Demo", "made-up data")
	}
}

// clean reports whether an address is as it would be written: no dot segment, no
// empty one, nothing escaped that could be one.
func clean(u *url.URL) bool {
	return path.Clean(u.Path) == u.Path && !strings.Contains(u.RawPath, "%")
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	for name, value := range p.header {
		w.Header().Set(name, value)
	}
	switch p.Status {
	case http.StatusUnauthorized:
		challenge := "Bearer"
		if p.Code == codeBadToken {
			challenge = `Bearer error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	text, err := json.Marshal(p)
	if err != nil { // a Problem holds only texts of this package and numbers
		text = []byte("{}")
	}
	write(w, r, p.Status, problemMediaType, text)
}

// write sends an answer that is there whole, compressed where that is worth it.
func write(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Vary", "Accept-Encoding")
	if len(body) < compressFrom || !acceptsGzip(r.Header) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body) // the client has gone: nobody is left to tell
		return
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := compressors.Get().(*gzip.Writer)
	z.Reset(w)
	_, _ = z.Write(body)
	_ = z.Close()
	compressors.Put(z)
}

// compressors are used again: a new one takes more time, and a megabyte more of
// memory, than most answers that it compresses.
var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // a level that there is
	return z
}}

func acceptsGzip(h http.Header) bool { return names(h.Get("Accept-Encoding"), "gzip") }

// accepts reports whether a client asks for a media type by its name.
func accepts(h http.Header, kind string) bool { return names(h.Get("Accept"), kind) }

// names reports whether a list of what a client accepts names one.
func names(list, one string) bool {
	for given := range strings.SplitSeq(list, ",") {
		name, weight, _ := strings.Cut(given, ";")
		if strings.TrimSpace(name) == one && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}
