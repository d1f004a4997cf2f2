// Package takeover takes over a whole record from another authority's ledger. The
// record comes as an evidence package in which everything is shown, encrypted to
// the receiver; it is verified whole before anything is written. Each entry keeps
// its number, what it says, and who wrote it there when, with the hash of its leaf
// in the sender's log, so that the chain of custody can be checked entry by entry
// for ever. The package never merges two records, and drops nothing: what this
// ledger cannot read is kept word for word.
package takeover

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"caseledger/domain"
	"caseledger/domain/allocation"
	"caseledger/domain/disclosure"
	"caseledger/domain/record"
	"caseledger/eventstore"
	"caseledger/eventstore/proof/evidence"
	"caseledger/schema"
)

// What is refused. Test with errors.Is.
var (
	// ErrUnsound says that a package does not verify, or does not show a whole
	// record.
	ErrUnsound = errors.New("the package is not taken over")
	// ErrClosed says that a file was not encrypted to this receiver, or is damaged.
	ErrClosed = errors.New("the file does not open with this identity")
	// ErrTaken says that the record that the package belongs to has gone on as
	// another one.
	ErrTaken = errors.New("the record here holds entries that are not those of the package")
)

// maxFileBytes bounds an encrypted package.
const maxFileBytes = evidence.MaxPackageBytes + 1<<20

// Close encrypts a package to a receiver.
func Close(w io.Writer, pkg []byte, to age.Recipient) error {
	out, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("encrypt the package: %w", err)
	}
	if _, err := out.Write(pkg); err != nil {
		return fmt.Errorf("encrypt the package: %w", err)
	}
	return out.Close()
}

// Open decrypts a package that was encrypted to the identity.
func Open(r io.Reader, with age.Identity) ([]byte, error) { return openUpTo(r, with, maxFileBytes) }

func openUpTo(r io.Reader, with age.Identity, most int) ([]byte, error) {
	in, err := age.Decrypt(r, with)
	if err != nil {
		return nil, ErrClosed // age says no more than that, or repeats the file
	}
	pkg, err := io.ReadAll(io.LimitReader(in, int64(most)+1))
	if err != nil {
		return nil, ErrClosed
	}
	if len(pkg) > most {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrUnsound, most)
	}
	return pkg, nil
}

// Package is a record of another ledger that was verified.
type Package struct {
	Report evidence.Report
	// Entries are the record's, as they are to stand here, number by number.
	Entries []domain.Entry
	// Unread are those of kinds that this ledger does not know.
	Unread []uint64
}

// Read verifies a package whole. The report says what was found; the error is
// ErrUnsound unless every entry is shown in full, unaltered and in its place.
func Read(pkg []byte, trust evidence.Trust, codec schema.Codec) (Package, error) {
	report, whole, err := evidence.Read(bytes.NewReader(pkg), int64(len(pkg)), trust)
	p := Package{Report: report}
	switch _, isRecord := schema.RecordOf(report.Record); {
	case err != nil:
		return p, err
	case report.Overall != evidence.Valid:
		return p, fmt.Errorf("%w: the verdict is %s", ErrUnsound, report.Overall)
	case !isRecord || len(whole) == 0:
		return p, fmt.Errorf("%w: it is not of a person's record", ErrUnsound)
	}
	for i, w := range whole {
		e, known := codec.Foreign(w.Leaf.Type, w.Payload)
		e.Seq = uint64(i) + 1
		e.Transferred = append(e.Transferred, domain.Transferred{Ledger: w.Leaf.Ledger, Recorded: w.Leaf.Recorded, Leaf: w.Hash.String(), Package: report.Fingerprint})
		if !known {
			p.Unread = append(p.Unread, e.Seq)
		}
		p.Entries = append(p.Entries, e)
	}
	return p, nil
}

// checkpoint says under which state of the sender's log the package is proved.
func (p Package) checkpoint() string { return fmt.Sprintf("%d %s", p.Report.Size, p.Report.Root) }

// request names the entries that are written beside those of the package.
func (p Package) request() string { return "transfer " + p.Report.Fingerprint }

// from reports whether an entry came in this package.
func (p Package) from(e domain.Entry) bool {
	n := len(e.Transferred)
	return n > 0 && e.Transferred[n-1].Package == p.Report.Fingerprint
}

// Importer writes packages into a ledger.
type Importer struct {
	Records   *schema.Records
	Actor     domain.Actor
	Authority domain.Authority
}

// Outcome says what became of a package.
type Outcome struct {
	Record  domain.RecordID `json:"record"`
	Added   int             `json:"added"`   // entries, by this call
	Entries int             `json:"entries"` // of the record as it was taken over
	Unread  []uint64        `json:"unread,omitempty"`
}

// Take writes what is not yet written of a package: everything, nothing where it
// was taken over before, or the rest after an interruption. The last entry says
// what was taken over, by whom and from where.
func (i Importer) Take(ctx context.Context, p Package) (Outcome, error) {
	if err := eventstore.Validate(struct {
		Actor     domain.Actor     `json:"actor"`
		Authority domain.Authority `json:"authority"`
	}{i.Actor, i.Authority}); err != nil {
		return Outcome{}, err
	}
	all := append(p.Entries[:len(p.Entries):len(p.Entries)], i.arrival(p)...)
	id, at, err := i.place(ctx, p, all)
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Record: id, Entries: p.Whole(), Unread: p.Unread}
	if int(at.Revision) >= out.Entries {
		return out, nil
	}
	done, err := i.Records.Ledger.Adopt(ctx, at, all[at.Revision:])
	out.Added = int(done.Revision - at.Revision)
	return out, err
}

// arrival are the entries after the last one that was taken over: what was taken
// over, and that whoever held the case at the sender's holds it no more. A worker
// here may go by the same pseudonym, and has no part in the case.
func (i Importer) arrival(p Package) []domain.Entry {
	today := domain.Dated{Happened: i.Records.Setting().Today}
	by := domain.Circumstances{Actor: i.Actor, Authority: i.Authority, Request: p.request()}
	entries := []domain.Entry{{Circumstances: by, Event: disclosure.Received{Dated: today, Ledger: p.Report.Ledger, Stream: p.Report.Record,
		Known: uint64(len(p.Entries)), Package: p.Report.Fingerprint, Checkpoint: p.checkpoint(), Unread: p.Unread}}}
	for _, a := range p.Held() {
		entries = append(entries, domain.Entry{Circumstances: by, Event: allocation.Ended{Dated: today, Allocation: a, Reason: "taken over from another authority"}})
	}
	return entries
}

// Whole is how many entries the record has when all of the package was taken over.
func (p Package) Whole() int { return len(p.Entries) + 1 + len(p.Held()) }

// Held are the allocations of the case that were open at the sender's.
func (p Package) Held() []allocation.ID {
	var held []allocation.ID
	for _, a := range record.Fold(p.Entries).Allocations {
		if a.Open() {
			held = append(held, a.ID)
		}
	}
	return held
}

// place returns the record that the package belongs to here and where it has got
// to. It is the sender's own id, so that what other records say of this one
// holds, unless this ledger has another record under it: a child who comes back
// gets a record beside the old one, and somebody decides what joins them. All are
// the entries that the record begins with when it was taken over.
func (i Importer) place(ctx context.Context, p Package, all []domain.Entry) (domain.RecordID, eventstore.Tail, error) {
	id, _ := schema.RecordOf(p.Report.Record)
	sum := sha256.Sum256([]byte("caseledger/transfer/v1\n" + p.Report.Fingerprint))
	other := domain.RecordID(hex.EncodeToString(sum[:16]))
	if !ValidID(id) {
		id = other
	}
	at, err := i.Records.Folds.Load(ctx, i.Records.Ledger, schema.Stream(id))
	if err == nil && id != other && at.Revision > 0 && !p.from(at.State.Entries[0]) {
		id = other
		at, err = i.Records.Folds.Load(ctx, i.Records.Ledger, schema.Stream(id))
	}
	if err != nil {
		return id, eventstore.Tail{}, err
	}
	for n, e := range at.State.Entries[:min(len(at.State.Entries), len(all))] {
		arrived := e.Request == p.request() && e.Event.About() == all[n].Event.About()
		if n < len(p.Entries) && !p.from(e) || n >= len(p.Entries) && !arrived {
			return id, eventstore.Tail{}, fmt.Errorf("%w: entry %d", ErrTaken, n+1)
		}
	}
	return id, at.Tail, nil
}

// ValidID reports whether a record can have the id.
func ValidID(id domain.RecordID) bool {
	raw, err := hex.DecodeString(string(id))
	return err == nil && len(raw) == 16 && hex.EncodeToString(raw) == string(id)
}

// Check compares a record here with the package that it came in, entry by entry:
// the leaf that the sender's log proves, and everything that the entry says. It
// returns the entries that are not those of the package.
func Check(codec schema.Codec, entries []domain.Entry, p Package) ([]uint64, error) {
	var differ []uint64
	for i, want := range p.Entries {
		if i >= len(entries) {
			differ = append(differ, want.Seq)
			continue
		}
		same, err := equal(codec, entries[i], want)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", want.Seq, err)
		}
		if !same {
			differ = append(differ, want.Seq)
		}
	}
	return differ, nil
}

func equal(codec schema.Codec, a, b domain.Entry) (bool, error) {
	kind, text, err := codec.Encode(a)
	if err != nil {
		return false, err
	}
	other, wanted, err := codec.Encode(b)
	return kind == other && bytes.Equal(text, wanted), err
}
