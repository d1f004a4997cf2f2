package proof

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// ValidOrigin reports whether s can be the origin of a log: what also is a
// ledger's name.
func ValidOrigin(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-', c == '/':
		default:
			return false
		}
	}
	return 0 < len(s) && len(s) <= MaxOriginChars
}

// ParseNumber reads a number as it is written in all texts: decimal, without
// sign or leading zeros.
func ParseNumber(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == s
}

// ParseHash reads a hash as C2SP writes it.
func ParseHash(s string) (h Hash, ok bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != len(h) || strings.ContainsAny(s, "\r\n") {
		return Hash{}, false
	}
	return Hash(raw), true
}

// HashText returns a hash as ParseHash reads it: base64.
func HashText(h Hash) string { return base64.StdEncoding.EncodeToString(h[:]) }
