package witness

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func mustPolicy(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPolicySaysWhetherEnoughWitnessesCosigned(t *testing.T) {
	l := newTree(t).grow(t, 3, "leaf")
	a, b, c, d := newCosigner(t, "a.example"), newCosigner(t, "b.example"), newCosigner(t, "c.example"), newMLDSACosigner(t, "d.example")
	head := fmt.Sprintf("# who vouches\nlog %s\n\nwitness a %s\n\twitness b %s  https://b.example/w\nwitness c %s\nwitness d %s\n", l.vkey, a.vkey, b.vkey, c.vkey, d.vkey)
	tests := []struct {
		rule     string
		cosigned string
		want     bool
	}{
		{"quorum none\n", "", true},
		{"quorum a\n", "", false},
		{"quorum a\n", "a", true},
		{"quorum a\n", "bcd", false},
		{"quorum d\n", "d", true},
		{"group g any a b c\nquorum g\n", "", false},
		{"group g any a b c\nquorum g\n", "c", true},
		{"group g any a b c\nquorum g\n", "d", false},
		{"group g all a b c\nquorum g\n", "ab", false},
		{"group g all a b c\nquorum g\n", "abc", true},
		{"group g 2 a b c\nquorum g\n", "a", false},
		{"group g 2 a b c\nquorum g\n", "ac", true},
		{"group g 2 a b\ngroup h any c d\ngroup both all g h\nquorum both\n", "ab", false},
		{"group g 2 a b\ngroup h any c d\ngroup both all g h\nquorum both\n", "abd", true},
		{"group g 2 a b\ngroup h any c d\ngroup both all g h\nquorum both\n", "acd", false},
		{"group g 2 a b\ngroup h any c d\ngroup either any g h\nquorum either\n", "c", true},
	}
	signers := map[rune]note.Signer{'a': a.signer, 'b': b.signer, 'c': c.signer, 'd': d.signer}
	text := l.at(t, 3)
	text = text[:bytes.LastIndex(text, []byte("\n\n"))+1]
	for _, tt := range tests {
		list := []note.Signer{l.signer, newCosigner(t, "stranger.example").signer}
		for _, r := range tt.cosigned {
			list = append(list, signers[r])
		}
		p := mustPolicy(t, head+tt.rule)
		v, err := p.Check(sign(t, string(text), list...))
		if err != nil {
			t.Errorf("%q: %v", tt.rule, err)
			continue
		}
		var names []string
		for _, c := range v.Cosigned {
			names = append(names, c.Witness)
			if c.Time.IsZero() {
				t.Errorf("%q: no time", tt.rule)
			}
		}
		if v.Quorum != tt.want || strings.Join(names, "") != tt.cosigned || len(v.Missing)+len(names) != 4 || v.Size != 3 || v.Origin != origin {
			t.Errorf("%q with %q: %+v", tt.rule, tt.cosigned, v)
		}
		if e := p.Endpoints(); len(e) != 1 || e[0].Name != "b" || e[0].URL != "https://b.example/w" {
			t.Errorf("endpoints %+v", e)
		}
	}
}

func TestACheckpointIsNotJudgedWhen(t *testing.T) {
	l, stranger := newTree(t).grow(t, 3, "leaf"), newTree(t).grow(t, 3, "leaf")
	a := newCosigner(t, "a.example")
	p := mustPolicy(t, fmt.Sprintf("log %s\nwitness a %s\nquorum a\n", l.vkey, a.vkey))
	text := func(signed []byte) string { return string(signed[:bytes.LastIndex(signed, []byte("\n\n"))+1]) }
	good := sign(t, text(l.at(t, 3)), l.signer, a.signer)
	if v, err := p.Check(good); err != nil || !v.Quorum {
		t.Fatalf("%+v, %v", v, err)
	}
	tests := []struct {
		name   string
		signed []byte
		want   error
	}{
		{"the log did not sign", sign(t, text(l.at(t, 3)), a.signer), ErrUntrusted},
		{"another key of the log's name signed", sign(t, text(l.at(t, 3)), stranger.signer, a.signer), ErrUntrusted},
		{"the log signed for another origin", sign(t, strings.Replace(text(l.at(t, 3)), origin, "x.example", 1), l.signer, a.signer), ErrUntrusted},
		{"the size was altered", bytes.Replace(good, []byte("\n3\n"), []byte("\n4\n"), 1), ErrUntrusted},
		{"it is empty", nil, ErrMalformed},
		{"it is huge", make([]byte, MaxRequest+1), ErrMalformed},
	}
	for _, tt := range tests {
		if v, err := p.Check(tt.signed); !errors.Is(err, tt.want) || v.Quorum {
			t.Errorf("%s: %+v, %v", tt.name, v, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if v, err := p.Check(bad); err == nil && v.Quorum {
			t.Errorf("byte %d to %q: a quorum", i, bad[i])
		}
	}
}

func TestAPolicyFileIsRefused(t *testing.T) {
	l, a, b := newTree(t), newCosigner(t, "a.example"), newCosigner(t, "b.example")
	log, wa, wb := "log "+l.vkey+"\n", "witness a "+a.vkey+"\n", "witness b "+b.vkey+"\n"
	spoiled := strings.Replace(a.vkey, "a.example+", "a.example+0", 1)
	hash := []byte(a.vkey)
	hash[len("a.example+")] ^= 1
	tests := []struct{ name, text, at string }{
		{"empty", "", "last line"},
		{"no quorum", log + wa, "no quorum"},
		{"two quorums", log + wa + "quorum a\nquorum a\n", "line 4"},
		{"no end of the last line", log + wa + "quorum a", "last line"},
		{"quorum before its witness", log + "quorum a\n" + wa, "line 2"},
		{"unknown word", "witnes a b\nquorum none\n", "line 1"},
		{"too few words", "witness a\nquorum none\n", "line 1"},
		{"too many words", log + "quorum none none\n", "line 2"},
		{"a witness twice", wa + wa + "quorum a\n", "line 2"},
		{"a key twice under two names", wa + "witness b " + a.vkey + "\nquorum a\n", "line 2"},
		{"a name twice", wa + "witness a " + b.vkey + "\nquorum a\n", "line 2"},
		{"a witness called none", "witness none " + a.vkey + "\nquorum none\n", "line 1"},
		{"a log's key for a witness", "witness a " + l.vkey + "\nquorum a\n", "line 1"},
		{"a witness's key for a log", "log " + a.vkey + "\nquorum none\n", "line 1"},
		{"a key with a bad hash", "witness a " + string(hash) + "\nquorum a\n", "line 1"},
		{"a key with a long hash", "witness a " + spoiled + "\nquorum a\n", "line 1"},
		{"an unknown member", wa + "group g all a b\nquorum g\n", "line 2"},
		{"a member in two groups", wa + wb + "group g all a\ngroup h all a b\nquorum h\n", "line 4"},
		{"a member twice", wa + "group g 2 a a\nquorum g\n", "line 2"},
		{"none as a member", wa + "group g any a none\nquorum g\n", "line 2"},
		{"a group in itself", wa + "group g any a g\nquorum g\n", "line 2"},
		{"a group without members", wa + "group g any\nquorum g\n", "line 2"},
		{"nought of a group", wa + "group g 0 a\nquorum g\n", "line 2"},
		{"more than a group has", wa + "group g 2 a\nquorum g\n", "line 2"},
		{"a signed number", wa + "group g +1 a\nquorum g\n", "line 2"},
		{"a carriage return", wa + "quorum a\r\n", "line 2"},
		{"huge", strings.Repeat("#", MaxPolicy) + "\n", "bytes"},
		{"many groups", wa + manyGroups(maxEntries+1) + "quorum a\n", fmt.Sprintf("line %d", maxEntries+2)},
	}
	for _, tt := range tests {
		if _, err := ParsePolicy([]byte(tt.text)); !errors.Is(err, ErrPolicy) || !strings.Contains(err.Error(), tt.at) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// manyGroups is a chain of n groups.
func manyGroups(n int) string {
	text, member := "", "a"
	for i := range n {
		text += fmt.Sprintf("group g%d any %s\n", i, member)
		member = fmt.Sprintf("g%d", i)
	}
	return text
}

func TestACosignatureWithoutATimeDoesNotCount(t *testing.T) {
	for name, sig := range map[string]note.Signature{
		"short":  {Base64: "AAAA"},
		"no":     {Base64: "!"},
		"zero":   {Base64: strings.Repeat("A", 104)},
		"beyond": {Base64: "AAAAAP" + strings.Repeat("/", 98)},
	} {
		if at := cosignedAt(sig); !at.IsZero() {
			t.Errorf("%s: %v", name, at)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	l, a := newTree(f), newCosigner(f, "a.example")
	f.Add([]byte(fmt.Sprintf("log %s\nwitness a %s\ngroup g all a\nquorum g\n", l.vkey, a.vkey)), l.grow(f, 3, "leaf").at(f, 3))
	f.Add([]byte("# c\nquorum none\n"), []byte{})
	f.Fuzz(func(t *testing.T, text, signed []byte) {
		p, err := ParsePolicy(text)
		if err == nil {
			p.Check(signed)
		}
	})
}

func FuzzCosignature(f *testing.F) {
	l := newTree(f).grow(f, 3, "leaf")
	c := newCosigner(f, "a.example")
	signed := l.at(f, 3)
	next, text, err := parseSigned(signed)
	if err != nil {
		f.Fatal(err)
	}
	a := asking{&Client{}, Endpoint{"a", "", c.key(f)}, signed, text, next, l.prove}
	good := sign(f, string(text), c.signer)[len(text)+1:]
	f.Add(good)
	f.Fuzz(func(t *testing.T, answer []byte) {
		sig, err := a.cosignature(answer)
		if err != nil {
			return
		}
		if !slices.Contains(strings.SplitAfter(string(good), "\n"), fmt.Sprintf("— %s %s\n", sig.Name, sig.Base64)) {
			t.Errorf("%q gave %+v", answer, sig)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	l := newTree(b).grow(b, 3, "leaf")
	text := l.at(b, 3)
	text = text[:bytes.LastIndex(text, []byte("\n\n"))+1]
	for name, make := range map[string]func(testing.TB, string) cosigner{"Ed25519": newCosigner, "ML-DSA-44": newMLDSACosigner} {
		b.Run(name, func(b *testing.B) {
			policy, signers := "log "+l.vkey+"\n", []note.Signer{l.signer}
			for i := range 10 {
				c := make(b, fmt.Sprintf("w%d.example", i))
				policy += fmt.Sprintf("witness w%d %s\n", i, c.vkey)
				signers = append(signers, c.signer)
			}
			p := mustPolicy(b, policy+"group g all w0 w1 w2 w3 w4 w5 w6 w7 w8 w9\nquorum g\n")
			signed := sign(b, string(text), signers...)
			for b.Loop() {
				if v, err := p.Check(signed); err != nil || !v.Quorum {
					b.Fatal(v, err)
				}
			}
			b.ReportMetric(10*float64(b.N)/b.Elapsed().Seconds(), "cosignatures/s")
		})
	}
}
