package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"caseledger/domain"
	"caseledger/domain/settings"
	"caseledger/eventstore/proof"
	"caseledger/eventstore/proof/sealer"
	"caseledger/eventstore/proof/timestamp"
	"caseledger/eventstore/proof/witness"
)

// attestedRow is what one witness or time-stamp authority said.
type attestedRow struct {
	Who    string    `json:"who"`
	Kind   string    `json:"kind"`   // witness or time-stamp
	Result string    `json:"result"` // ok, or why not
	At     time.Time `json:"at"`
}

// attests reports whether who was asked said yes.
func (r attestedRow) attests() bool { return r.Result == "ok" }

// warnOf says of each who did not attest, why.
func warnOf(to io.Writer, rows []attestedRow) {
	for _, row := range rows {
		if !row.attests() {
			fmt.Fprintf(to, "caseledger: warning: %s %s: %s\n", row.Kind, row.Who, row.Result)
		}
	}
}

// attestation is a checkpoint with what others say of it.
type attestation struct {
	proof.Signed // with all cosignatures
	stamps       [][]byte
	rows         []attestedRow // one for each who was asked
}

// attest asks the witnesses of a policy and the authorities of a list about the
// newest checkpoint, and keeps what they say. Whoever has said something of
// this very checkpoint is not asked again. That one of them does not answer is
// a row, and no error: whoever verifies says whether the rest is enough.
func (a *app) attest(ctx context.Context, f verifierFlags) (attestation, error) {
	signed, err := a.checkpoint(ctx)
	if err != nil {
		return attestation{}, err
	}
	policy, err := f.witnesses()
	if err != nil {
		return attestation{}, err
	}
	stampers, err := f.stampers()
	if err != nil {
		return attestation{}, err
	}
	said, err := a.log.proofs.Attested(signed.Size)
	if err != nil {
		return attestation{}, err
	}
	if said.Note == nil {
		said.Note = signed.Note
	}
	before := said
	rows := a.cosign(ctx, &said, signed.Checkpoint, policy)
	rows = append(rows, stampAll(ctx, &said, signed.Checkpoint, stampers)...)
	if !bytes.Equal(said.Note, before.Note) || len(said.Stamps) > len(before.Stamps) {
		if err := a.log.KeepAttested(said); err != nil {
			return attestation{}, err
		}
	}
	signed, err = a.log.keys.Open(said.Note)
	return attestation{signed, said.Stamps, rows}, err
}

// checkpoint seals everything that was appended and returns the checkpoint over
// it.
func (a *app) checkpoint(ctx context.Context) (proof.Signed, error) {
	if err := a.log.CatchUp(ctx); err != nil {
		return proof.Signed{}, err
	}
	note, err := a.log.proofs.Checkpoint()
	if err != nil {
		return proof.Signed{}, err
	}
	return a.log.keys.Open(note)
}

// cosign asks the witnesses, unless the policy is satisfied already.
func (a *app) cosign(ctx context.Context, said *sealer.Attested, c proof.Checkpoint, policy *witness.Policy) []attestedRow {
	if policy == nil {
		return nil
	}
	if v, err := policy.Check(said.Note); err == nil && v.Quorum {
		return cosigned(v)
	}
	prove := func(_ context.Context, older, newer int64) (tlog.TreeProof, error) {
		if newer != c.Size {
			return nil, fmt.Errorf("the checkpoint has %d entries, not %d", c.Size, newer)
		}
		return a.log.proofs.ProveTree(c, older)
	}
	var client witness.Client
	note, outcomes, err := client.Collect(ctx, said.Note, policy.Endpoints(), prove)
	if err != nil {
		return []attestedRow{{Who: "all", Kind: "witness", Result: err.Error()}}
	}
	said.Note = note
	var rows []attestedRow
	for _, o := range outcomes {
		row := attestedRow{Who: o.Witness, Kind: "witness", Result: "ok", At: o.Time}
		if o.Err != nil {
			row.Result = o.Err.Error()
		}
		rows = append(rows, row)
	}
	return rows
}

func cosigned(v witness.Verdict) []attestedRow {
	var rows []attestedRow
	for _, c := range v.Cosigned {
		rows = append(rows, attestedRow{Who: c.Witness, Kind: "witness", Result: "ok", At: c.Time})
	}
	return rows
}

// stampAll asks the authorities that have not stamped the checkpoint yet.
func stampAll(ctx context.Context, said *sealer.Attested, c proof.Checkpoint, list authorities) []attestedRow {
	var rows []attestedRow
	for _, authority := range list {
		row := attestedRow{Who: authority.Name, Kind: "time-stamp", Result: "ok"}
		at, err := stampedBy(said.Stamps, list, authority.Name, c)
		if err != nil {
			at, err = stamp(ctx, said, authority, c)
		}
		if err != nil {
			row.Result = err.Error()
		}
		row.At = at
		rows = append(rows, row)
	}
	return rows
}

// stampedBy returns when an authority stamped the checkpoint.
func stampedBy(stamps [][]byte, list authorities, name string, c proof.Checkpoint) (time.Time, error) {
	for _, text := range stamps {
		token, err := timestamp.ParseToken(text)
		if err == nil && token.Authority == name {
			return list.VerifyTimestamp(text, c.Text())
		}
	}
	return time.Time{}, errors.New("no time-stamp of it is kept")
}

func stamp(ctx context.Context, said *sealer.Attested, authority timestamp.Authority, c proof.Checkpoint) (time.Time, error) {
	token, err := authority.Stamp(ctx, c.Text())
	if err != nil {
		return time.Time{}, err
	}
	text, err := token.Text()
	if err != nil {
		return time.Time{}, err
	}
	said.Stamps = append(said.Stamps, text)
	stamped, err := timestamp.Verify(token, c.Text(), timestamp.Trust{Roots: authority.Roots, Policy: authority.Policy})
	return stamped.Time, err
}

// logHeads commits to where every record has got to, unless nothing but the
// ledger's own entries was appended since that was last done.
func (a *app) logHeads(ctx context.Context) error {
	at, err := a.settings(ctx)
	if err != nil {
		return err
	}
	if n := len(at.State.Heads); n > 0 {
		stands, err := a.headsStand(ctx, at.State.Heads[n-1].Fact.Root)
		if err != nil || stands {
			return err
		}
	}
	root, err := a.log.BuildHeads(ctx)
	if err != nil {
		return err
	}
	c := settings.HeadsLogged{Dated: domain.Dated{Happened: a.records.Setting().Today}, Root: string(root.Text())}
	return a.record(ctx, fmt.Sprintf("heads-%d", root.Size), c, domain.Facts(c)...)
}

// headsStand reports whether the heads root that was logged last still says
// where every record but the ledger's own stream has got to, and can be proved.
func (a *app) headsStand(ctx context.Context, text string) (bool, error) {
	root, err := proof.ParseHeadsRoot([]byte(text))
	if err != nil {
		return false, fmt.Errorf("stream %s: %w", systemStream, err)
	}
	kept, err := a.log.proofs.Heads(root.Size)
	if errors.Is(err, proof.ErrOutside) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	kept.Close()
	position, err := a.log.proofs.Position(root.Checkpoint, root.Size-1)
	if err != nil {
		return false, err
	}
	for e, err := range a.store.ReadLog(ctx, position) {
		if err != nil || e.Stream != systemStream {
			return false, err
		}
	}
	return true, nil
}
