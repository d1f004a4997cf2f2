package timestamp

import (
	"bytes"
	"context"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"

	tsp "github.com/digitorus/timestamp"
)

func TestAnAuthorityStampsAndTheTokenVerifiesLater(t *testing.T) {
	p := newPresentPKI(t, ecKey(t))
	a := Authority{Name: "anytown", Roots: p.roots, Policy: testPolicy}
	a.URL = serve(t, func(request []byte) []byte {
		r, err := tsp.ParseRequest(request)
		if err != nil || !r.Certificates || !r.TSAPolicyOID.Equal(testPolicy) {
			t.Errorf("request %+v, %v", r, err)
			return nil
		}
		return p.respond(t, checkpoint, r.Nonce, nil)
	})
	token, err := a.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	text, err := token.Text()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := ParseToken(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(kept, checkpoint, p.trust()); err != nil {
		t.Error(err)
	}
}

func TestTwoRequestsHaveTwoNonces(t *testing.T) {
	p := newPresentPKI(t, ecKey(t))
	a := Authority{Name: "anytown", Roots: p.roots}
	a.URL = serve(t, func(request []byte) []byte {
		r, _ := tsp.ParseRequest(request)
		return p.respond(t, checkpoint, r.Nonce, nil)
	})
	first, err := a.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Stamp(t.Context(), checkpoint)
	if err != nil || first.Nonce.Cmp(second.Nonce) == 0 {
		t.Errorf("%v and %v, %v", first.Nonce, second.Nonce, err)
	}
}

func TestUnusedCertificatesAreNotKept(t *testing.T) {
	p, other := newPresentPKI(t, ecKey(t)), newPresentPKI(t, ecKey(t))
	a := Authority{Name: "anytown", Roots: p.roots}
	a.URL = serve(t, func(request []byte) []byte {
		r, _ := tsp.ParseRequest(request)
		return grant(more(t, p.token(t, checkpoint, r.Nonce, nil), other.root, p.root).DER)
	})
	token, err := a.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := parseSigned(token.DER); err != nil || len(s.certs) != 3 {
		t.Errorf("%d certificates kept, %v", len(s.certs), err)
	}
}

func TestAnAnswerIsNotKeptWhen(t *testing.T) {
	p := newPresentPKI(t, ecKey(t))
	refusal, err := tsp.CreateErrorResponse(tsp.Rejection, tsp.UnacceptedPolicy)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		reply func(nonce *big.Int) []byte
		want  error
	}{
		{"it is an old one", func(*big.Int) []byte { return p.respond(t, checkpoint, testNonce, nil) }, ErrNonce},
		{"it is for another text", func(n *big.Int) []byte { return p.respond(t, []byte("another"), n, nil) }, ErrImprint},
		{"its policy is another", func(n *big.Int) []byte {
			return p.respond(t, checkpoint, n, func(s *tsp.Timestamp) { s.Policy = asn1.ObjectIdentifier{1, 2, 3} })
		}, ErrPolicy},
		{"it is huge", func(*big.Int) []byte { return make([]byte, MaxResponse+1) }, ErrSize},
		{"it is empty", func(*big.Int) []byte { return nil }, ErrMalformed},
		{"it is granted without a token", func(*big.Int) []byte { return []byte{0x30, 5, 0x30, 3, 2, 1, 0} }, ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Authority{Name: "anytown", Roots: p.roots, Policy: testPolicy}
			a.URL = serve(t, func(request []byte) []byte {
				r, _ := tsp.ParseRequest(request)
				return tt.reply(r.Nonce)
			})
			if token, err := a.Stamp(t.Context(), checkpoint); !errors.Is(err, tt.want) || token.DER != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	a := Authority{Name: "anytown", Roots: p.roots, URL: serve(t, func([]byte) []byte { return refusal })}
	var status *StatusError
	if _, err := a.Stamp(t.Context(), checkpoint); !errors.As(err, &status) || status.Status != 2 || status.Failure != 15 {
		t.Errorf("refusal: %v", err)
	}
}

func TestASilentAuthorityIsGivenUp(t *testing.T) {
	asked := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // or the server would not notice that the caller left
		close(asked)
		<-r.Context().Done()
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err := Authority{Name: "anytown", URL: server.URL}.Stamp(ctx, checkpoint)
	if !errors.Is(err, ErrTransport) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusTemporaryRedirect))
	defer server.Close()
	if _, err := (Authority{Name: "anytown", URL: server.URL}).Stamp(t.Context(), checkpoint); !errors.Is(err, ErrTransport) {
		t.Error(err)
	}
}

func TestTheTextFormHasOneSpelling(t *testing.T) {
	good := "caseledger/timestamp/v1\nauthority anytown\nnonce 1a2b\ntoken AQID\n"
	token, err := ParseToken([]byte(good))
	if err != nil || token.Nonce.Cmp(big.NewInt(0x1a2b)) != 0 || !bytes.Equal(token.DER, []byte{1, 2, 3}) {
		t.Fatalf("%+v, %v", token, err)
	}
	bad := map[string]string{
		"upper case":      "caseledger/timestamp/v1\nauthority anytown\nnonce 1A2B\ntoken AQID\n",
		"leading zero":    "caseledger/timestamp/v1\nauthority anytown\nnonce 01a2b\ntoken AQID\n",
		"negative nonce":  "caseledger/timestamp/v1\nauthority anytown\nnonce -1a2b\ntoken AQID\n",
		"no nonce":        "caseledger/timestamp/v1\nauthority anytown\nnonce \ntoken AQID\n",
		"no token":        "caseledger/timestamp/v1\nauthority anytown\nnonce 1a2b\ntoken \n",
		"two words":       "caseledger/timestamp/v1\nauthority any town\nnonce 1a2b\ntoken AQID\n",
		"carriage return": "caseledger/timestamp/v1\nauthority anytown\nnonce 1a2b\ntoken AQID\r\n",
		"more":            good + "\n",
		"less":            good[:len(good)-1],
		"other version":   "caseledger/timestamp/v2\nauthority anytown\nnonce 1a2b\ntoken AQID\n",
		"other order":     "caseledger/timestamp/v1\nnonce 1a2b\nauthority anytown\ntoken AQID\n",
	}
	for name, text := range bad {
		if _, err := ParseToken([]byte(text)); !errors.Is(err, ErrText) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte("caseledger/timestamp/v1\nauthority anytown\nnonce 1a2b\ntoken AQID\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		token, err := ParseToken(text)
		if err != nil {
			return
		}
		if again, err := token.Text(); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q became %q, %v", text, again, err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	p := newPresentPKI(f, ecKey(f))
	f.Add(p.respond(f, checkpoint, testNonce, nil))
	f.Fuzz(func(t *testing.T, response []byte) {
		der, err := parseResponse(response)
		if err != nil {
			return
		}
		token, err := accept(Token{"anytown", testNonce, der}, checkpoint, p.trust())
		if err != nil {
			return
		}
		if _, err := Verify(token, checkpoint, p.trust()); err != nil {
			t.Errorf("%x: kept, then %v", response, err)
		}
	})
}

func TestAFileOfRootsHoldsCertificatesOnly(t *testing.T) {
	p := newPresentPKI(t, ecKey(t))
	good := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.root.Raw})
	if pool, err := ParseRoots(append(bytes.Clone(good), good...)); err != nil || !pool.Equal(p.roots) {
		t.Error(err)
	}
	for name, text := range map[string][]byte{
		"empty":   nil,
		"no PEM":  []byte("hello"),
		"a key":   append(bytes.Clone(good), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})...),
		"spoiled": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.root.Raw[1:]}),
		"many":    bytes.Repeat(good, maxRoots+1),
	} {
		if _, err := ParseRoots(text); !errors.Is(err, ErrRoots) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
