package witness

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

// Limits on a policy file.
const (
	MaxPolicy  = 256 << 10 // bytes
	maxEntries = 64        // logs, witnesses and groups, each
)

// ErrPolicy says that a text is not a policy. The error that wraps it begins
// with the line.
var ErrPolicy = errors.New("not a policy")

// Policy says which logs are believed, and which witnesses are enough (C2SP
// tlog-policy). Get one from ParsePolicy. It never changes.
type Policy struct {
	logs      []note.Verifier
	witnesses []policyWitness
	groups    []policyGroup
	quorum    string // a witness, a group, or "none"
	known     note.Verifiers
}

type policyWitness struct {
	name, url string
	key       note.Verifier
}

type policyGroup struct {
	name    string
	need    int
	members []string
}

// Verdict is what a policy makes of a checkpoint that a believed log signed.
type Verdict struct {
	Checkpoint
	Quorum   bool       // enough witnesses cosigned it
	Cosigned []Cosigned // in the order of the policy
	Missing  []string   // witnesses of the policy that did not
}

// Cosigned says when a witness cosigned, by its own clock.
type Cosigned struct {
	Witness string
	Time    time.Time // UTC, whole seconds
}

// Check verifies a signed checkpoint offline: the log must be in the policy and
// its name be the origin, and every signature of a known key must be good.
// Unknown signatures are ignored. That witnesses are missing is a verdict, not
// an error.
func (p *Policy) Check(signed []byte) (Verdict, error) {
	c, _, err := parseSigned(signed)
	if err != nil {
		return Verdict{}, fmt.Errorf("witness: %w", err)
	}
	n, err := note.Open(signed, p.known)
	if err != nil {
		return Verdict{}, fmt.Errorf("witness: %w", openError(err))
	}
	if !slices.ContainsFunc(p.logs, func(v note.Verifier) bool {
		_, ok := signatureOf(n, v)
		return ok && v.Name() == c.Origin
	}) {
		return Verdict{}, fmt.Errorf("witness: log: %w", ErrUntrusted)
	}
	verdict := Verdict{Checkpoint: c}
	done := map[string]bool{"none": true}
	for _, w := range p.witnesses {
		sig, ok := signatureOf(n, w.key)
		if at := cosignedAt(sig); ok && !at.IsZero() {
			verdict.Cosigned = append(verdict.Cosigned, Cosigned{w.name, at})
			done[w.name] = true
		} else {
			verdict.Missing = append(verdict.Missing, w.name)
		}
	}
	for _, g := range p.groups { // members stand before their group
		have := 0
		for _, m := range g.members {
			if done[m] {
				have++
			}
		}
		done[g.name] = have >= g.need
	}
	verdict.Quorum = done[p.quorum]
	return verdict, nil
}

func signatureOf(n *note.Note, v note.Verifier) (note.Signature, bool) {
	for _, s := range n.Sigs {
		if s.Name == v.Name() && s.Hash == v.KeyHash() {
			return s, true
		}
	}
	return note.Signature{}, false
}

// cosignedAt is the time in a cosignature. A time of 0 (ML-DSA cosigners may
// leave it out) or beyond 2^63-1 is no time: the result is zero.
func cosignedAt(s note.Signature) time.Time {
	t, err := cosig.CoSigV1Timestamp(s)
	if err != nil || t.Unix() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}

// Endpoints returns the witnesses that have an address.
func (p *Policy) Endpoints() []Endpoint {
	var list []Endpoint
	for _, w := range p.witnesses {
		if w.url != "" {
			list = append(list, Endpoint{w.name, w.url, w.key})
		}
	}
	return list
}

// policyParser holds what is known after the lines read so far.
type policyParser struct {
	*Policy
	names map[string]bool // witnesses and groups; true once a member of a group
	keys  map[string]bool // key material
}

// ParsePolicy reads a policy file, strictly; errors begin with the line.
func ParsePolicy(text []byte) (*Policy, error) {
	if len(text) > MaxPolicy {
		return nil, fmt.Errorf("policy of %d bytes: %w", len(text), ErrPolicy)
	}
	body, ok := strings.CutSuffix(string(text), "\n")
	if !ok {
		return nil, fmt.Errorf("policy: the last line does not end: %w", ErrPolicy)
	}
	p := policyParser{new(Policy), make(map[string]bool), make(map[string]bool)}
	for i, line := range strings.Split(body, "\n") {
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("policy line %d: %w: %w", i+1, ErrPolicy, err)
		}
	}
	if p.quorum == "" {
		return nil, fmt.Errorf("policy: no quorum line: %w", ErrPolicy)
	}
	all := slices.Clone(p.logs)
	for _, w := range p.witnesses {
		all = append(all, w.key)
	}
	p.known = note.VerifierList(all...)
	return p.Policy, nil
}

func (p policyParser) line(line string) error {
	if strings.IndexFunc(line, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) >= 0 {
		return errors.New("a control character")
	}
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 || words[0][0] == '#' {
		return nil
	}
	switch n := len(words); {
	case words[0] == "log" && (n == 2 || n == 3):
		return p.addLog(words[1])
	case words[0] == "witness" && n == 3:
		return p.addWitness(words[1], words[2], "")
	case words[0] == "witness" && n == 4:
		return p.addWitness(words[1], words[2], words[3])
	case words[0] == "group" && n >= 4:
		return p.addGroup(words[1], words[2], words[3:])
	case words[0] == "quorum" && n == 2:
		return p.setQuorum(words[1])
	}
	return errors.New("neither log, witness, group nor quorum with its words")
}

func (p policyParser) addLog(vkey string) error {
	material, key, err := parseKey(vkey, kindEd25519, kindMLDSA)
	if err != nil {
		return err
	}
	p.logs = append(p.logs, key)
	return p.newKey(material, len(p.logs))
}

func (p policyParser) addWitness(name, vkey, url string) error {
	material, key, err := parseKey(vkey, kindCosignature, kindMLDSA)
	if err != nil {
		return err
	}
	if err := p.newName(name); err != nil {
		return err
	}
	p.witnesses = append(p.witnesses, policyWitness{name, url, key})
	return p.newKey(material, len(p.witnesses))
}

// newKey refuses a key that stands in the file already, under whatever name: a
// witness must not count twice, and a log must not witness itself.
func (p policyParser) newKey(material string, count int) error {
	if p.keys[material] {
		return errors.New("the key stands in the file already")
	}
	p.keys[material] = true
	if count > maxEntries {
		return fmt.Errorf("more than %d of a kind", maxEntries)
	}
	return nil
}

func (p policyParser) newName(name string) error {
	if _, taken := p.names[name]; taken || name == "none" {
		return errors.New("the name is taken")
	}
	p.names[name] = false
	return nil
}

func (p policyParser) addGroup(name, need string, members []string) error {
	g := policyGroup{name: name, members: members}
	switch n, err := strconv.Atoi(need); {
	case need == "any":
		g.need = 1
	case need == "all":
		g.need = len(members)
	case err != nil || strconv.Itoa(n) != need || n < 1 || n > len(members):
		return fmt.Errorf("neither any, all nor a number from 1 to %d", len(members))
	default:
		g.need = n
	}
	for _, m := range members {
		if used, ok := p.names[m]; !ok || used {
			return errors.New("a member is unknown here, or in a group already")
		}
		p.names[m] = true
	}
	if p.groups = append(p.groups, g); len(p.groups) > maxEntries {
		return fmt.Errorf("more than %d groups", maxEntries)
	}
	return p.newName(name)
}

func (p policyParser) setQuorum(name string) error {
	if p.quorum != "" {
		return errors.New("a second quorum")
	}
	if _, ok := p.names[name]; !ok && name != "none" {
		return errors.New("the quorum is unknown here")
	}
	p.quorum = name
	return nil
}
