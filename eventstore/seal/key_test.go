package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"testing"
)

func TestAKeyedHashIsHMACUnderOneKeyAfterTheOther(t *testing.T) {
	k := newKeyedHash()
	for i := range 3 {
		key := Hash{byte(i), 31: 7}
		k.setKey(&key)
		for n := range 200 {
			message := []byte(strings.Repeat("m", n))
			want := hmac.New(sha256.New, key[:])
			want.Write(message)
			if got := k.of(message); !bytes.Equal(got, want.Sum(nil)) {
				t.Fatalf("key %d, %d bytes: %x", i, n, got)
			}
		}
		k.forget()
	}
}

func TestAForgottenKeyLeavesNothing(t *testing.T) {
	k := newKeyedHash()
	k.setKey(&Hash{1})
	k.of([]byte("message"))
	k.forget()
	for name, left := range map[string][]byte{"inner": k.inner, "outer": k.outer, "sum": k.sum, "block": k.block[:]} {
		if !bytes.Equal(left, make([]byte, len(left))) {
			t.Errorf("%s: %x", name, left)
		}
	}
}
