package openbao

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"caseledger/adapters/openbao/openbaotest"
	"caseledger/eventstore/seal/keys"
	"caseledger/eventstore/seal/keys/keystest"
)

func open(t *testing.T, c Config) *Transit {
	t.Helper()
	k, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.client.CloseIdleConnections)
	return k
}

// with makes a key of the server and opens it with a token for it alone.
func with(t *testing.T, s *openbaotest.Server, name string) *Transit {
	t.Helper()
	return open(t, Config{Key: s.Key(t, name), TokenFile: s.TokenFile(t, name), CAFile: s.CAFile})
}

func wrapped(t *testing.T, k keys.KMS) []byte {
	t.Helper()
	w, err := k.Wrap(t.Context(), []byte("forty bytes of an epoch and of its key"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestATransitEngineKeepsThePromisesOfAKMS(t *testing.T) {
	here, there := openbaotest.Start(t), openbaotest.Start(t)
	keystest.KMS(t, with(t, here, "caseledger"), with(t, there, "caseledger"))
}

func TestAKeyHasTheSameNameOnWhateverServerItIs(t *testing.T) {
	token := file(t, "token", "hvs.token")
	for address, want := range map[string]string{
		"https://kms.anytown.example:8200/v1/transit/keys/caseledger": "transit:transit/keys/caseledger",
		"https://10.0.0.1/v1/transit/keys/caseledger":                 "transit:transit/keys/caseledger",
		"https://kms/v1/anytown/prod/keys/keys/case_ledger-1.2":       "transit:anytown/prod/keys/keys/case_ledger-1.2",
	} {
		if got := open(t, Config{Key: address, TokenFile: token}).Name(); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

// file writes a file that only its owner can read.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestABadConfigurationIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	const address = "https://kms/v1/transit/keys/caseledger"
	token := file(t, "token", "hvs.token\n")
	exposed := file(t, "exposed", "hvs.token\n")
	if err := os.Chmod(exposed, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		c    Config
		want error
	}{
		{"no TLS", Config{Key: "http://kms/v1/transit/keys/caseledger", TokenFile: token}, keys.ErrRefused},
		{"a password", Config{Key: "https://a:b@kms/v1/transit/keys/caseledger", TokenFile: token}, keys.ErrRefused},
		{"a query", Config{Key: address + "?a=b", TokenFile: token}, keys.ErrRefused},
		{"a fragment", Config{Key: address + "#a", TokenFile: token}, keys.ErrRefused},
		{"no host", Config{Key: "https:///v1/transit/keys/caseledger", TokenFile: token}, keys.ErrRefused},
		{"no mount", Config{Key: "https://kms/v1/keys/caseledger", TokenFile: token}, keys.ErrRefused},
		{"another path", Config{Key: "https://kms/v1/transit/encrypt/caseledger", TokenFile: token}, keys.ErrRefused},
		{"no name", Config{Key: "https://kms/v1/transit/keys/", TokenFile: token}, keys.ErrRefused},
		{"a path that leads elsewhere", Config{Key: "https://kms/v1/../keys/caseledger", TokenFile: token}, keys.ErrRefused},
		{"an escape", Config{Key: "https://kms/v1/transit/keys/case%2fledger", TokenFile: token}, keys.ErrRefused},
		{"a long one", Config{Key: address + strings.Repeat("a", maxKeyURLBytes), TokenFile: token}, keys.ErrRefused},
		{"no token", Config{Key: address, TokenFile: token + "-none"}, os.ErrNotExist},
		{"a token for all to read", Config{Key: address, TokenFile: exposed}, keys.ErrExposed},
		{"an empty token", Config{Key: address, TokenFile: file(t, "token", "\n")}, keys.ErrRefused},
		{"two tokens", Config{Key: address, TokenFile: file(t, "token", "a\nb\n")}, keys.ErrRefused},
		{"a long token", Config{Key: address, TokenFile: file(t, "token", strings.Repeat("a", maxTokenBytes+1))}, keys.ErrRefused},
		{"no authorities", Config{Key: address, TokenFile: token, CAFile: token + "-none"}, os.ErrNotExist},
		{"authorities that are none", Config{Key: address, TokenFile: token, CAFile: token}, keys.ErrRefused},
	} {
		_, err := Open(tt.c)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && strings.Contains(err.Error(), "hvs.") {
			t.Errorf("%s: the error shows the token", tt.name)
		}
	}
}

func TestCredentialsThatTheServerDoesNotTakeAreDenied(t *testing.T) {
	s := openbaotest.Start(t)
	k := with(t, s, "caseledger")
	w := wrapped(t, k)
	s.Key(t, "other")
	for name, token := range map[string]string{
		"an unknown token":        file(t, "token", "hvs.unknown\n"),
		"a token for another key": s.TokenFile(t, "other"),
	} {
		c := Config{Key: s.Address("caseledger"), TokenFile: token, CAFile: s.CAFile}
		_, wrapping := open(t, c).Wrap(t.Context(), []byte("a"))
		_, unwrapping := open(t, c).Unwrap(t.Context(), w)
		if !errors.Is(wrapping, keys.ErrDenied) || !errors.Is(unwrapping, keys.ErrDenied) {
			t.Errorf("%s: %v, %v", name, wrapping, unwrapping)
		}
	}
	// An agent writes a new token into the same file.
	c := Config{Key: s.Address("caseledger"), TokenFile: file(t, "token", "hvs.unknown\n"), CAFile: s.CAFile}
	renewed := open(t, c)
	fresh, err := os.ReadFile(k.tokenFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.TokenFile, fresh, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := renewed.Unwrap(t.Context(), w); err != nil {
		t.Errorf("a token that was renewed: %v", err)
	}
	// A token that may use keys may not make them: a mistyped name is found.
	c = Config{Key: s.Address("mistyped"), TokenFile: s.TokenFile(t, "mistyped"), CAFile: s.CAFile}
	if _, err := open(t, c).Wrap(t.Context(), []byte("a")); err == nil {
		t.Error("a key was made by the way")
	}
}

func TestAKeyThatDoesNotAuthenticateIsRefused(t *testing.T) {
	s := openbaotest.Start(t)
	for name, kind := range map[string]map[string]any{
		"rsa":     {"type": "rsa-2048"},
		"signing": {"type": "ed25519"},
		"derived": {"derived": true},
	} {
		s.Admin(t, "POST", "transit/keys/"+name, kind)
		k := open(t, Config{Key: s.Address(name), TokenFile: s.TokenFile(t, name), CAFile: s.CAFile})
		if _, err := k.Wrap(t.Context(), []byte("a")); err == nil || errors.Is(err, keys.ErrDenied) || errors.Is(err, keys.ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What the key has wrapped for another purpose does not open here.
	k := with(t, s, "caseledger")
	token, err := readToken(k.tokenFile)
	if err != nil {
		t.Fatal(err)
	}
	answer := s.Admin(t, "POST", "transit/encrypt/caseledger", map[string]any{"plaintext": "YQ=="})
	_, other, _ := bytes.Cut(answer, []byte(`"ciphertext":"`))
	other, _, _ = bytes.Cut(other, []byte(`"`))
	if _, ok := Version(other); !ok {
		t.Fatalf("%q is no ciphertext", other)
	}
	if _, err := k.Unwrap(t.Context(), other); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("wrapped for another purpose: %v", err)
	}
}

func TestAKeyVersionThatTheServerForgotOpensNoOldCopy(t *testing.T) {
	s := openbaotest.Start(t)
	k := with(t, s, "caseledger")
	dirs := keys.Dirs{Keys: filepath.Join(t.TempDir(), "keys")}
	store, err := keys.CreateDirectory(t.Context(), dirs, k)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(dirs.Keys)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{copied, filepath.Join(copied, "epochs")} {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	inVersion(t, store, 1)
	s.Admin(t, "POST", "transit/keys/caseledger/rotate", nil)
	old, err := keys.OpenDirectory(t.Context(), keys.Dirs{Keys: copied}, k)
	if err != nil {
		t.Fatalf("after a rotation alone: %v", err)
	}
	if err := errors.Join(old.Close(), store.Renew(t.Context())); err != nil {
		t.Fatal(err)
	}
	inVersion(t, store, 2)
	s.Admin(t, "POST", "transit/keys/caseledger/config", map[string]any{"min_decryption_version": 2, "min_encryption_version": 2})
	s.Admin(t, "POST", "transit/keys/caseledger/trim", map[string]any{"min_available_version": 2})
	if old, err := keys.OpenDirectory(t.Context(), keys.Dirs{Keys: copied}, k); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("the old copy: %v", err)
		if err == nil {
			old.Close()
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store, err = keys.OpenDirectory(t.Context(), dirs, k)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
}

func inVersion(t *testing.T, s *keys.Directory, want int) {
	t.Helper()
	e, err := s.Epoch()
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := Version(e.Wrapped); !ok || got != want {
		t.Errorf("wrapped under version %d, want %d", got, want)
	}
}

func TestAServerThatIsGoneSealedOrHangingIsUnreachable(t *testing.T) {
	s := openbaotest.Start(t)
	k := with(t, s, "caseledger")
	w := wrapped(t, k)
	unreachable := func(when string, ctx context.Context) {
		t.Helper()
		_, wrapping := k.Wrap(ctx, []byte("a"))
		_, unwrapping := k.Unwrap(ctx, w)
		if !errors.Is(wrapping, keys.ErrUnreachable) || !errors.Is(unwrapping, keys.ErrUnreachable) {
			t.Errorf("%s: %v, %v", when, wrapping, unwrapping)
		}
	}
	stopped(t, s.Process)
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	unreachable("hanging", short)
	if _, err := k.Unwrap(short, w); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the context's own error is lost: %v", err)
	}
	if err := s.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Unwrap(t.Context(), w); err != nil {
		t.Errorf("when it goes on: %v", err)
	}
	s.Admin(t, "PUT", "sys/seal", nil)
	unreachable("sealed", t.Context())
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.Process.Wait()
	unreachable("gone", t.Context())
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	unreachable("not wanted any more", ended)
}

// stopped stops a process and waits until it has: a signal that was sent has not
// arrived yet, and the process may still answer what it is asked.
func stopped(t *testing.T, p *os.Process) {
	t.Helper()
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(p.Pid, &status, syscall.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("not stopped: %v, %v", status, err)
	}
}

func TestAServerThatCannotProveWhoItIsGetsNoToken(t *testing.T) {
	asked := 0
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer s.Close()
	token := file(t, "token", "hvs.token")
	k := open(t, Config{Key: s.URL + "/v1/transit/keys/caseledger", TokenFile: token}) // under the system's authorities
	if _, err := k.Wrap(t.Context(), []byte("a")); !errors.Is(err, keys.ErrUnreachable) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v", err)
	}
	if asked != 0 {
		t.Errorf("it was asked %d times", asked)
	}
}

// answering is a server that answers everything in one way.
func answering(t *testing.T, answer http.HandlerFunc) *Transit {
	t.Helper()
	s := httptest.NewTLSServer(answer)
	t.Cleanup(s.Close)
	k := open(t, Config{Key: s.URL + "/v1/transit/keys/caseledger", TokenFile: file(t, "token", "hvs.token")})
	k.client.Transport = s.Client().Transport
	return k
}

func TestAnAnswerThatIsNoneIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"nothing", "", 200, "something else"},
		{"not JSON", "<html>", 200, "something else"},
		{"no ciphertext", `{"data":{}}`, 200, "something else"},
		{"a text that is none", `{"data":{"ciphertext":"vault:v1:AAAB="}}`, 200, "something else"},
		{"twice", `{"data":{"ciphertext":"vault:v1:AAAA","ciphertext":"vault:v2:AAAA"}}`, 200, "something else"},
		{"too long", `{"data":{"ciphertext":"` + strings.Repeat("A", maxAnswerBytes) + `"}}`, 200, "something else"},
		{"refused without a word", "", 400, "status 400"},
		{"refused at length", `{"errors":["` + strings.Repeat("a b\\n", 1000) + `"]}`, 400, `status 400, "a b a b`},
		{"not there", `{"errors":[]}`, 404, "status 404"},
		{"in trouble", `{"errors":["oh"]}`, 502, "cannot be reached"},
	} {
		k := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tt.status)
			w.Write([]byte(tt.body))
		})
		_, err := k.Wrap(t.Context(), []byte("secret"))
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	asked := 0
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer elsewhere.Close()
	k := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Vault-Token") != "hvs.token" {
			t.Error("the server gets no token")
		}
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if _, err := k.Wrap(t.Context(), []byte("a")); !errors.Is(err, keys.ErrUnreachable) || !strings.Contains(err.Error(), "another address") {
		t.Errorf("%v", err)
	}
	if asked != 0 {
		t.Errorf("another server was asked %d times", asked)
	}
}

func TestAnAnswerThatNeverComesEndsWithTheContext(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	k := open(t, Config{Key: "https://" + silent.Addr().String() + "/v1/transit/keys/caseledger", TokenFile: file(t, "token", "hvs.token")})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := k.Wrap(ctx, []byte("a")); !errors.Is(err, keys.ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func FuzzVersion(f *testing.F) {
	for _, s := range []string{"vault:v1:AAAA", "vault:v12:AA==", "vault:v01:AAAA", "vault:v1:AB==", "vault:v-1:", "hello", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, wrapped []byte) {
		if v, ok := Version(wrapped); ok && (v < 1 || bytes.ContainsAny(wrapped, "\r\n ")) {
			t.Errorf("%q has version %d", wrapped, v)
		}
	})
}
