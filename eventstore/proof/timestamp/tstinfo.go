package timestamp

import (
	"crypto"
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// tstInfo is what an authority signs (RFC 3161, 2.4.2).
type tstInfo struct {
	policy   asn1.ObjectIdentifier
	hash     crypto.Hash
	imprint  []byte
	serial   *big.Int
	time     time.Time
	accuracy time.Duration
	nonce    *big.Int // nil for none
}

func parseTSTInfo(der []byte) (tstInfo, error) {
	t := tstInfo{serial: new(big.Int)}
	input := cryptobyte.String(der)
	var seq, imprint, hashed, when cryptobyte.String
	var version int
	if !input.ReadASN1(&seq, tag.SEQUENCE) || !input.Empty() ||
		!seq.ReadASN1Integer(&version) || version != 1 ||
		!seq.ReadASN1ObjectIdentifier(&t.policy) || !seq.ReadASN1(&imprint, tag.SEQUENCE) {
		return t, malformed("TSTInfo")
	}
	var err error
	if t.hash, err = readDigest(&imprint); err != nil {
		return t, err
	}
	if !imprint.ReadASN1(&hashed, tag.OCTET_STRING) || !imprint.Empty() ||
		!seq.ReadASN1Integer(t.serial) || len(t.serial.Bytes()) > maxSerial ||
		!seq.ReadASN1(&when, tag.GeneralizedTime) {
		return t, malformed("TSTInfo")
	}
	t.imprint = hashed
	if t.time, err = parseTime(string(when)); err != nil {
		return t, err
	}
	return t, t.readRest(&seq)
}

// readRest reads what may be left out: accuracy, ordering, nonce, the
// authority's name, extensions. A critical extension is refused, none is known.
func (t *tstInfo) readRest(seq *cryptobyte.String) error {
	var accuracy, name, extensions cryptobyte.String
	var hasAccuracy, ordering, hasName, hasExtensions bool
	if !seq.ReadOptionalASN1(&accuracy, &hasAccuracy, tag.SEQUENCE) || !t.readAccuracy(accuracy) ||
		!readTrue(seq, &ordering) {
		return malformed("TSTInfo accuracy or ordering")
	}
	if seq.PeekASN1Tag(tag.INTEGER) {
		t.nonce = new(big.Int)
		if !seq.ReadASN1Integer(t.nonce) {
			return malformed("TSTInfo nonce")
		}
	}
	if !seq.ReadOptionalASN1(&name, &hasName, tag0) ||
		!seq.ReadOptionalASN1(&extensions, &hasExtensions, tag1) || !seq.Empty() {
		return malformed("TSTInfo name or extensions")
	}
	for !extensions.Empty() {
		var ext cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if !extensions.ReadASN1(&ext, tag.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&oid) ||
			!readTrue(&ext, &critical) || critical {
			return malformed("TSTInfo extension")
		}
	}
	return nil
}

// readTrue reads BOOLEAN DEFAULT FALSE, which DER writes only when it is true.
func readTrue(s *cryptobyte.String, out *bool) bool {
	return !s.PeekASN1Tag(tag.BOOLEAN) || s.ReadASN1Boolean(out) && *out
}

// maxAccuracy bounds the seconds of an accuracy, to keep the sum in range.
const maxAccuracy = 365 * 24 * 60 * 60

func (t *tstInfo) readAccuracy(s cryptobyte.String) bool {
	var seconds int64
	if s.PeekASN1Tag(tag.INTEGER) && !s.ReadASN1Integer(&seconds) || seconds < 0 || seconds > maxAccuracy {
		return false
	}
	millis, ok := readThousandth(&s, 0)
	if !ok {
		return false
	}
	micros, ok := readThousandth(&s, 1)
	t.accuracy = time.Duration(seconds)*time.Second +
		time.Duration(millis)*time.Millisecond + time.Duration(micros)*time.Microsecond
	return ok && s.Empty()
}

// readThousandth reads [n] INTEGER (1..999) OPTIONAL.
func readThousandth(s *cryptobyte.String, n uint8) (int64, bool) {
	t := tag.Tag(n).ContextSpecific()
	if !s.PeekASN1Tag(t) {
		return 0, true
	}
	var v int64
	ok := s.ReadASN1Int64WithTag(&v, t)
	return v, ok && v >= 1 && v <= 999
}

// parseTime reads a GeneralizedTime as RFC 3161 has it: UTC, "Z", a fraction
// without trailing zeros or none.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse("20060102150405Z", s)
	if err != nil || !strings.HasSuffix(s, "Z") || t.Format("20060102150405.999999999Z") != s {
		return time.Time{}, malformed("TSTInfo time")
	}
	return t.UTC(), nil
}
