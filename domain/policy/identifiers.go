package policy

import "strings"

const (
	healthNumberLength = 10
	upnLength          = 13
	maxUPRNLength      = 12
	maxLAChildIDLength = 20

	// upnLetters are the letters of unique pupil numbers by value, A = 0 to
	// Z = 22, without I, O and S.
	upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"
)

// ValidNHSNumber reports whether s is ten digits, the last of which checks the
// others: weights 10 to 2, and 11 less the sum modulo 11. (NHS Data
// Dictionary, NHS NUMBER.)
func ValidNHSNumber(s string) bool {
	if len(s) != healthNumberLength || !allDigits(s) {
		return false
	}
	sum := 0
	for i := range healthNumberLength - 1 {
		sum += digit(s[i]) * (healthNumberLength - i)
	}
	check := (11 - sum%11) % 11
	return check == digit(s[healthNumberLength-1]) // a check of 10 equals no digit
}

// ValidCHI reports whether s is a Community Health Index number of Scotland,
// which is checked as an NHS number is.
func ValidCHI(s string) bool { return ValidNHSNumber(s) }

// ValidUPN reports whether s is a permanent unique pupil number: a check
// letter and twelve digits.
func ValidUPN(s string) bool {
	return len(s) == upnLength && allDigits(s[1:]) && upnCheckLetter(s) == s[0]
}

// ValidTemporaryUPN reports whether s is a temporary unique pupil number: a
// check letter, eleven digits and a letter, which counts with its value in the
// list of letters. (UK Government Data Standards Catalogue, Unique Pupil
// Number 2.0, validations 1 to 6.)
func ValidTemporaryUPN(s string) bool {
	return len(s) == upnLength && allDigits(s[1:upnLength-1]) &&
		strings.IndexByte(upnLetters, s[upnLength-1]) >= 0 && upnCheckLetter(s) == s[0]
}

// upnCheckLetter returns the letter that checks positions 2 to 13.
func upnCheckLetter(s string) byte {
	sum := 0
	for i := 1; i < upnLength; i++ {
		value := strings.IndexByte(upnLetters, s[i])
		if value < 0 {
			value = digit(s[i])
		}
		sum += value * (i + 1)
	}
	return upnLetters[sum%len(upnLetters)]
}

// ValidUPRN reports whether s is a unique property reference number: one to
// twelve digits. It has no check digit.
func ValidUPRN(s string) bool {
	return len(s) >= 1 && len(s) <= maxUPRNLength && allDigits(s)
}

// ValidLAChildID reports whether s can be a local authority's own number of a
// child: one to twenty letters and digits.
func ValidLAChildID(s string) bool {
	if len(s) < 1 || len(s) > maxLAChildIDLength {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) && !isLetter(s[i]) {
			return false
		}
	}
	return true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }
func digit(c byte) int     { return int(c - '0') }
