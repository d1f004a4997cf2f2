package esdbgrpc

import (
	"encoding/base32"
	"strings"

	"caseledger/eventstore"
)

// kind says what a stream is to this server.
type kind int

const (
	absent  kind = iota // nothing is there, and nothing can be
	ledger              // a stream of the ledger
	scratch             // a stream that Options.Scratch allows
	view                // computed from the log: $ce-…, $et-…
)

// place is where a stream that a client names is found.
type place struct {
	name string // as clients know it
	kind kind
	at   string // name in the store, for ledger and scratch
}

const (
	metaPrefix     = "$$"        // of the stream that holds a stream's settings
	scratchPlain   = "scratch.n" // before a name that the store accepts
	scratchEncoded = "scratch.x" // before one that had to be encoded
	maxNameBytes   = 500
)

// nameEncoding is that of scratch names in the store: one case, no padding.
var nameEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

func (s *Server) place(name string) (place, error) {
	p := place{name: name}
	switch {
	case name == "" || len(name) > maxNameBytes:
		return p, invalid("a stream's name is 1 to 500 bytes")
	case isView(name):
		p.kind = view
	case s.isScratch(name):
		p.kind, p.at = scratch, scratchName(name)
		if len(p.at) > eventstore.MaxStreamBytes {
			return p, invalid("the stream's name is too long")
		}
	case validName(name):
		p.kind, p.at = ledger, name
	}
	return p, nil
}

// isScratch asks Options.Scratch. Settings of a stream are what the stream is.
func (s *Server) isScratch(name string) bool {
	if s.opts.Scratch == nil {
		return false
	}
	owner, _ := strings.CutPrefix(name, metaPrefix)
	return owner != "" && s.opts.Scratch(owner)
}

// isSystem reports whether only an administrator may use the stream.
func isSystem(name string) bool { return strings.HasPrefix(name, "$") && !isView(name) }

func scratchName(name string) string {
	if validName(name) {
		return scratchPlain + name
	}
	return scratchEncoded + nameEncoding.EncodeToString([]byte(name))
}

// clientName is the reverse of place for a stream in the store.
func (s *Server) clientName(stored string) (name string, isScratch bool) {
	if s.opts.Scratch == nil {
		return stored, false
	}
	if name, found := strings.CutPrefix(stored, scratchPlain); found {
		return name, true
	}
	if text, found := strings.CutPrefix(stored, scratchEncoded); found {
		if name, err := nameEncoding.DecodeString(text); err == nil {
			return string(name), true
		}
	}
	return stored, false
}

func validName(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return 0 < len(name) && len(name) <= eventstore.MaxStreamBytes
}
