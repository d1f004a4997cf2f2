package witness

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// sizeType is the content type of a conflict's answer.
const sizeType = "text/x.tlog.size"

// Handler serves POST /add-checkpoint. What goes wrong here, and a signed
// checkpoint that does not continue the log, is logged; nothing else is.
func (w *Witness) Handler(logger *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, MaxRequest))
		if err != nil {
			http.Error(rw, "the body is broken off or too large", http.StatusBadRequest)
			return
		}
		request, err := ParseRequest(body)
		var lines []byte
		if err == nil {
			lines, err = w.Add(request)
		}
		if err != nil {
			refuse(rw, err, request, logger)
			return
		}
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		rw.Write(lines)
	})
	return mux
}

// NewServer returns a server with the time-outs that a witness on an open
// network needs. The caller listens and shuts down.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

func refuse(rw http.ResponseWriter, err error, r Request, logger *slog.Logger) {
	var conflict *ConflictError
	switch {
	case errors.As(err, &conflict):
		logFork(conflict, r, logger)
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", conflict.Size)
	case errors.Is(err, ErrMalformed):
		http.Error(rw, err.Error(), http.StatusBadRequest)
	case errors.Is(err, ErrUnknownLog):
		http.Error(rw, err.Error(), http.StatusNotFound)
	case errors.Is(err, ErrUntrusted):
		http.Error(rw, err.Error(), http.StatusForbidden)
	case errors.Is(err, ErrProof):
		logger.Warn("a signed checkpoint does not continue the log", "request", string(r.Text()))
		http.Error(rw, err.Error(), http.StatusUnprocessableEntity)
	default:
		logger.Error("nothing was cosigned", "error", err)
		http.Error(rw, "the witness cannot cosign now", http.StatusInternalServerError)
	}
}

// logFork keeps the proof of a fork: a checkpoint that the log signed, of a
// size at which another root was cosigned.
func logFork(c *ConflictError, r Request, logger *slog.Logger) {
	if next, _, err := parseSigned(r.Note); err == nil && r.Old == c.Size && next.Size == c.Size {
		logger.Error("the log signed two trees of one size", "checkpoint", string(r.Note))
	}
}
