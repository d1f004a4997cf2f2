package timestamp

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// openssl is a throw-away authority run by `openssl ts`.
type openssl struct {
	dir  string
	path string
}

const opensslConfig = `
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = leaf.pem
certs = between.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500, microsecs:7
clock_precision_digits = 3
tsa_name = yes
ess_cert_id_alg = sha256
`

func newOpenssl(t *testing.T, p pki) openssl {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not on this machine: the comparison with it is left out")
	}
	o := openssl{t.TempDir(), path}
	key, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		t.Fatal(err)
	}
	o.write(t, "openssl.cnf", []byte(opensslConfig))
	o.write(t, "serial", []byte("1000\n"))
	o.write(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	for name, cert := range map[string]*x509.Certificate{"leaf.pem": p.leaf, "between.pem": p.between, "root.pem": p.root} {
		o.write(t, name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	return o
}

func (o openssl) write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (o openssl) run(args ...string) ([]byte, error) {
	c := exec.Command(o.path, args...)
	c.Dir = o.dir
	return c.CombinedOutput()
}

// reply is the authority's answer to one request.
func (o openssl) reply(t *testing.T) func([]byte) []byte {
	return func(request []byte) []byte {
		o.write(t, "request.tsq", request)
		if out, err := o.run("ts", "-reply", "-config", "openssl.cnf", "-queryfile", "request.tsq", "-out", "response.tsr"); err != nil {
			t.Errorf("openssl ts -reply: %v: %s", err, out)
			return nil
		}
		response, err := os.ReadFile(filepath.Join(o.dir, "response.tsr"))
		if err != nil {
			t.Error(err)
		}
		return response
	}
}

// verify asks openssl about a kept token, without the response around it.
func (o openssl) verify(t *testing.T, token, message []byte) error {
	t.Helper()
	o.write(t, "token.der", token)
	o.write(t, "message", message)
	_, err := o.run("ts", "-verify", "-token_in", "-in", "token.der", "-data", "message", "-CAfile", "root.pem")
	return err
}

func TestOpensslAndWeAgreeOnAToken(t *testing.T) {
	for name, key := range map[string]crypto.Signer{"ECDSA": ecKey(t), "RSA": rsaKey(t, 2048)} {
		t.Run(name, func(t *testing.T) {
			p := newPresentPKI(t, key)
			o := newOpenssl(t, p)
			a := Authority{Name: "openssl", Roots: p.roots, Policy: testPolicy, URL: serve(t, o.reply(t))}
			before := time.Now().Add(-time.Second)
			token, err := a.Stamp(t.Context(), checkpoint)
			if err != nil {
				t.Fatal(err)
			}
			stamp, err := Verify(token, checkpoint, p.trust())
			if err != nil || stamp.Time.Before(before) || stamp.Time.After(time.Now().Add(time.Second)) ||
				stamp.Accuracy != 1500*time.Millisecond+7*time.Microsecond {
				t.Errorf("%+v, %v", stamp, err)
			}
			if err := o.verify(t, token.DER, checkpoint); err != nil {
				t.Errorf("openssl: %v", err)
			}
			if err := o.verify(t, token.DER, []byte("another")); err == nil {
				t.Error("openssl: accepted for another text")
			}
		})
	}
}

func TestWhatOpensslRefusesWeRefuse(t *testing.T) {
	p := newPresentPKI(t, ecKey(t))
	o := newOpenssl(t, p)
	token, err := Authority{Name: "openssl", Roots: p.roots, URL: serve(t, o.reply(t))}.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(token.DER); at += len(token.DER) / 24 { // a process each: a sample
		bad := token
		bad.DER = bytes.Clone(token.DER)
		bad.DER[at] ^= 0x20
		_, ours := Verify(bad, checkpoint, p.trust())
		if theirs := o.verify(t, bad.DER, checkpoint); theirs != nil && ours == nil {
			t.Errorf("byte %d: openssl refuses it, we do not", at)
		}
		if ours == nil {
			t.Errorf("byte %d: accepted", at)
		}
	}
}

func TestEveryAlteredByteOfAnOpensslTokenIsFound(t *testing.T) {
	p := newPresentPKI(t, rsaKey(t, 2048))
	o := newOpenssl(t, p)
	token, err := Authority{Name: "openssl", Roots: p.roots, URL: serve(t, o.reply(t))}.Stamp(t.Context(), checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for at := range token.DER {
		for bit := range 8 {
			bad := token
			bad.DER = bytes.Clone(token.DER)
			bad.DER[at] ^= 1 << bit
			if _, err := Verify(bad, checkpoint, p.trust()); err == nil {
				t.Errorf("byte %d, bit %d: accepted", at, bit)
			}
		}
	}
}

func TestOpensslSaysNoToAPolicyItDoesNotHave(t *testing.T) {
	p := newPresentPKI(t, ecKey(t))
	o := newOpenssl(t, p)
	a := Authority{Name: "openssl", Roots: p.roots, Policy: []int{1, 2, 3, 4, 9}, URL: serve(t, o.reply(t))}
	var status *StatusError
	if _, err := a.Stamp(t.Context(), checkpoint); !errors.As(err, &status) || status.Failure != 15 {
		t.Error(err)
	}
}
