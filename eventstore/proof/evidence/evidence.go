// Package evidence writes and verifies evidence packages: everything that shows
// what a ledger holds about one record, for one reader, in one zip of texts
// that can be read without us. README.md beside this file describes the format
// byte by byte.
//
// The package reads no store, keeps no keys, asks no network and no clock. A
// verifier believes the keys that it was given, and nothing that a package
// says of itself.
package evidence

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits of a package. More is refused, by Build and by Verify.
const (
	MaxEntries      = 10_000
	MaxFiles        = 4*MaxEntries + 5_000 // a zip without extensions holds 65,535
	MaxFileBytes    = 64 << 20
	MaxPackageBytes = 512 << 20
	MaxParts        = 200 // of time-stamps, older checkpoints and certificates, each
	MaxRedactions   = 1_000_000
)

// What Build refuses. Test with errors.Is.
var (
	// ErrInput says that the parts do not belong together or exceed a limit.
	ErrInput = errors.New("the parts make no package")
	// ErrFormat says that a text or container is not, byte for byte, what this
	// package writes.
	ErrFormat = errors.New("not in the format")
)

// Where the ledger itself logs what packages refer to: the stream of its own,
// the types of its events there, and their fields. A text of the same form
// anywhere else proves nothing: any user could have typed it.
const (
	SystemRecord     = "system"
	HeadsType        = "heads-root.logged/1"
	HeadsField       = "/root" // a string: proof.HeadsRoot's text
	DestructionType  = "key.destroyed/1"
	DestructionField = "/certificate" // a string: the certificate
)

// Names of the parts. Numbers have six digits and count from 1.
const (
	readmeName      = "README.txt"
	bundleName      = "bundle.pdf"
	checkpointName  = "checkpoint"
	keysName        = "keys"
	manifestName    = "manifest"
	policyName      = "policy"
	redactionsName  = "redactions"
	systemName      = "system"
	pageName        = "verifier.html"
	headDir         = "head/"
	leavesDir       = "leaves/"
	leafSuffix      = ".leaf"
	digestsDir      = "digests/"
	disclosuresDir  = "disclosures/"
	inclusionDir    = "inclusion/"
	timestampsDir   = "timestamps/"
	consistencyDir  = "consistency/"
	destructionDir  = "destruction/"
	rootPart        = "root"
	proofPart       = "proof"
	consistencyPart = "consistency"
	oldPart         = "old"
	certificatePart = "certificate"
	leafPart        = "leaf"
	digestsPart     = "digests"
	disclosuresPart = "disclosures"
	inclusionPart   = "inclusion"
)

// loggedParts show that an event is in the log, and some of its fields.
var loggedParts = [...]string{leafPart, digestsPart, disclosuresPart, inclusionPart}

const numberChars = 6

func number(n int) string { return fmt.Sprintf("%0*d", numberChars, n) }

func leafName(n int) string        { return leavesDir + number(n) + leafSuffix }
func digestsName(n int) string     { return digestsDir + number(n) }
func disclosuresName(n int) string { return disclosuresDir + number(n) }
func inclusionName(n int) string   { return inclusionDir + number(n) }

// parseNumber reads what number writes, from 1 to most.
func parseNumber(s string, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && 1 <= n && n <= most && number(n) == s
}

// known reports whether a package may have a file of this name.
func known(name string) bool {
	switch name {
	case readmeName, bundleName, checkpointName, keysName, manifestName, policyName, redactionsName, systemName, pageName:
		return true
	}
	dir, rest, ok := strings.Cut(name, "/")
	if !ok {
		return false
	}
	switch dir + "/" {
	case headDir:
		return rest == rootPart || rest == proofPart || rest == consistencyPart || isLoggedPart(rest)
	case leavesDir:
		rest, ok = strings.CutSuffix(rest, leafSuffix)
		return ok && isNumber(rest, MaxEntries)
	case digestsDir, disclosuresDir, inclusionDir:
		return isNumber(rest, MaxEntries)
	case timestampsDir:
		return isNumber(rest, MaxParts)
	case consistencyDir:
		n, part, _ := strings.Cut(rest, "/")
		return isNumber(n, MaxParts) && (part == oldPart || part == proofPart)
	case destructionDir:
		n, part, _ := strings.Cut(rest, "/")
		return isNumber(n, MaxParts) && (part == certificatePart || isLoggedPart(part))
	}
	return false
}

func isNumber(s string, most int) bool {
	_, ok := parseNumber(s, most)
	return ok
}

func isLoggedPart(s string) bool {
	for _, part := range loggedParts {
		if s == part {
			return true
		}
	}
	return false
}
