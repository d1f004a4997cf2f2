package policy_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"caseledger/domain/policy"
)

func TestIdentifiersAreCheckedByLengthCharactersAndCheckDigit(t *testing.T) {
	for _, tt := range []struct {
		name  string
		valid func(string) bool
		good  []string
		bad   []string
	}{
		{"NHS number", policy.ValidNHSNumber,
			[]string{"9434765919", "4010232137", "0000000000"}, // the last has check 11, written 0
			[]string{"9434765918", "943476591", "94347659190", "943 476 5919", "943476591X", "", "٩434765919",
				"0000000060"}}, // check 10, which no number has
		{"CHI", policy.ValidCHI,
			[]string{"0101990014"},
			[]string{"0101990013", "010199001", "O101990012", ""}},
		{"UPN", policy.ValidUPN,
			[]string{"B801200005001", "P207000016049"},
			[]string{"A801200005001", "b801200005001", "B80120000500", "B8012000050011", "B80120000500A", "I801200005001", "", strings.Repeat("é", 13)}},
		{"temporary UPN", policy.ValidTemporaryUPN,
			[]string{"M80120000500A", "B80120000500B", "Q80120000500C"},
			[]string{"B80120000500A", "M80120000500I", "M80120000500O", "M80120000500S", "M80120000500a", "B801200005001", "P8012000050A", ""}},
		{"UPRN", policy.ValidUPRN,
			[]string{"1", "100023336956", "000012345678"},
			[]string{"", "1000233369561", "10002333695A", "-1", " 1"}},
		{"LA child ID", policy.ValidLAChildID,
			[]string{"1", "ABC123", "abcdefghij0123456789"},
			[]string{"", "abcdefghij0123456789x", "A B", "A-1", "é1"}},
	} {
		for _, s := range tt.good {
			if !tt.valid(s) {
				t.Errorf("%s %s is refused", tt.name, s)
			}
		}
		for _, s := range tt.bad {
			if tt.valid(s) {
				t.Errorf("%s %q is accepted", tt.name, s)
			}
		}
	}
}

// completed adds to body the character of the alphabet that makes it valid.
func completed(body string, valid func(string) bool, complete func(body string, c byte) string, alphabet string) (string, bool) {
	for i := range len(alphabet) {
		if s := complete(body, alphabet[i]); valid(s) {
			return s, true
		}
	}
	return "", false
}

func TestACheckDigitDetectsEverySingleWrongDigitOfAnNHSNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{9}`).Draw(t, "body")
		s, ok := completed(body, policy.ValidNHSNumber, func(b string, c byte) string { return b + string(c) }, "0123456789")
		if !ok {
			t.Skip("no check digit: the number would need 10")
		}
		anyOtherDigitIsRefused(t, s, 0, policy.ValidNHSNumber)
	})
}

func TestACheckLetterDetectsEverySingleWrongDigitOfAUPN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{12}`).Draw(t, "body")
		s, ok := completed(body, policy.ValidUPN, func(b string, c byte) string { return string(c) + b }, "ABCDEFGHJKLMNPQRTUVWXYZ")
		if !ok {
			t.Fatalf("no letter checks %s", body)
		}
		anyOtherDigitIsRefused(t, s, 1, policy.ValidUPN)
	})
}

// anyOtherDigitIsRefused changes each digit from position first on.
func anyOtherDigitIsRefused(t *rapid.T, s string, first int, valid func(string) bool) {
	for i := first; i < len(s); i++ {
		for c := byte('0'); c <= '9'; c++ {
			changed := s[:i] + string(c) + s[i+1:]
			if changed != s && valid(changed) {
				t.Fatalf("%s and %s are both valid", s, changed)
			}
		}
	}
}

func FuzzNoTextMakesAnIdentifierCheckPanic(f *testing.F) {
	for _, seed := range []string{"9434765919", "B801200005001", "M80120000500A", "", "\xff", strings.Repeat("é", 13)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		nhs, upn, temporary := policy.ValidNHSNumber(s), policy.ValidUPN(s), policy.ValidTemporaryUPN(s)
		if nhs != policy.ValidCHI(s) {
			t.Error("an NHS number and a CHI number are checked differently")
		}
		if upn && temporary || nhs && upn {
			t.Error("one text is two kinds of number")
		}
		if nhs && !policy.ValidUPRN(s) || (upn || temporary) && !policy.ValidLAChildID(s) {
			t.Error("ten digits are no UPRN, or a UPN is not letters and digits")
		}
	})
}
