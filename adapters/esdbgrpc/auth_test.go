package esdbgrpc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"

	"caseledger/adapters/esdbgrpc"
	"caseledger/eventstore"
	"caseledger/eventstore/esdb"
	"caseledger/eventstore/memory"
)

// authority signs certificates for a test.
type authority struct {
	t    testing.TB
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	template := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.cert, a.key = a.sign("ca", template)
	return a
}

// sign writes a certificate and its key into the directory.
func (a *authority) sign(name string, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	template.SerialNumber, template.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	a.write(name+".crt", "CERTIFICATE", der)
	a.write(name+".key", "PRIVATE KEY", secret)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

func (a *authority) write(name, kind string, der []byte) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a *authority) server() *tls.Config {
	cert, key := a.sign("server", &x509.Certificate{
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
}

func (a *authority) user(name string, ends time.Time) string {
	a.sign(name, &x509.Certificate{
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: ends,
	})
	return fmt.Sprintf("&userCertFile=%s/%s.crt&userKeyFile=%s/%s.key", a.dir, name, a.dir, name)
}

// secured starts a server with TLS and four accounts, and returns how to call
// it as somebody, and its address.
func secured(t testing.TB, a *authority, opts esdbgrpc.Options) (as func(login, more string) *client.Client, address string) {
	t.Helper()
	hash, err := esdbgrpc.HashPassword("right horse")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "accounts.json")
	text := fmt.Sprintf(`{"accounts":[
		{"name":"reader","password":%[1]q,"may":["read"]},
		{"name":"writer","password":%[1]q,"may":["read","write"]},
		{"name":"operator","password":%[1]q,"may":["groups"]},
		{"name":"machine","certificate":"machine-7","may":["read"]}]}`, hash)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if opts.Accounts, err = esdbgrpc.ReadAccounts(file); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	opts.TLS, opts.ClientCAs = a.server(), roots
	address = served(t, opts)
	return func(login, more string) *client.Client {
		if login != "" {
			login += "@"
		}
		return dialled(t, "esdb://"+login+address+"?tls=true&tlsCAFile="+a.dir+"/ca.crt"+more)
	}, address
}

func TestAnAccountMayDoWhatItsRightsSay(t *testing.T) {
	a := newAuthority(t)
	as, _ := secured(t, a, esdbgrpc.Options{Scratch: func(s string) bool { return strings.HasPrefix(s, "$") }})
	other := newAuthority(t)
	soon := time.Now().Add(time.Hour)
	const fine, denied, unknown = codes.OK, codes.PermissionDenied, codes.Unauthenticated
	for _, tt := range []struct {
		login, more                 string
		reads, writes, groups, sees codes.Code // sees: a stream of the system
	}{
		{"reader:right horse", "", fine, denied, denied, denied},
		{"writer:right horse", "", fine, fine, denied, denied},
		{"operator:right horse", "", denied, denied, fine, denied},
		{"reader:wrong", "", unknown, unknown, unknown, unknown},
		{"nobody:right horse", "", unknown, unknown, unknown, unknown},
		{"machine:right horse", "", unknown, unknown, unknown, unknown}, // has no password
		{"", "", unknown, unknown, unknown, unknown},
		{"", a.user("machine-7", soon), fine, denied, denied, denied},
		{"", a.user("machine-8", soon), unknown, unknown, unknown, unknown},
		{"", a.user("expired", time.Now().Add(-time.Hour)), unknown, unknown, unknown, unknown},
		{"reader:right horse", other.user("machine-7", soon), unknown, unknown, unknown, unknown},
	} {
		c := as(strings.ReplaceAll(tt.login, " ", "%20"), tt.more)
		_, read := receiveOne(c.ReadStream(t.Context(), "record-1", client.ReadStreamOptions{}, 1))
		_, sees := receiveOne(c.ReadStream(t.Context(), "$users", client.ReadStreamOptions{}, 1))
		write := appendAt(t, c, "record-"+strings.ReplaceAll(tt.login, ":", "-")[:max(0, strings.Index(tt.login, ":"))], client.NoStream{})
		group := c.CreatePersistentSubscription(t.Context(), "record-1", "g", client.PersistentStreamSubscriptionOptions{})
		for what, got := range map[string]struct {
			err  error
			want codes.Code
		}{"read": {read, tt.reads}, "write": {write, tt.writes}, "group": {group, tt.groups}, "system": {sees, tt.sees}} {
			if found := codeOf(got.err) == client.ErrorCodeResourceNotFound; got.want == fine && (got.err == nil || found) {
				continue
			}
			if closed := codeOf(got.err) == client.ErrorCodeConnectionClosed; got.want == unknown && closed {
				continue // the client gives up for good when its first call is refused
			}
			if !is(got.err, got.want) {
				t.Errorf("%q %s: %s: %v, want %s", tt.login, filepath.Base(tt.more), what, got.err, got.want)
			}
		}
	}
}

func TestAStoreCallsWithTheCredentialsOfItsFileOrItsCertificate(t *testing.T) {
	a := newAuthority(t)
	_, address := secured(t, a, esdbgrpc.Options{})
	credentials := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(credentials, []byte("writer:right horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	connection := "esdb://" + address + "?tls=true&tlsCAFile=" + a.dir + "/ca.crt"
	for name, tt := range map[string]struct {
		opts        esdb.Options
		read, write codes.Code
	}{
		"a writer's password":    {esdb.Options{Connection: connection, Credentials: credentials}, codes.OK, codes.OK},
		"a reader's certificate": {esdb.Options{Connection: connection + a.user("machine-7", time.Now().Add(time.Hour))}, codes.OK, codes.PermissionDenied},
		"nothing":                {esdb.Options{Connection: connection}, codes.Unauthenticated, codes.Unauthenticated},
	} {
		s, err := esdb.Open(t.Context(), tt.opts)
		if err != nil {
			t.Fatal(err)
		}
		_, wrote := s.Append(t.Context(), "record-1", 0, []eventstore.Event{happened("record-1", 1)})
		var read error
		for _, err := range s.ReadLog(t.Context(), 0) {
			read = err
		}
		for _, got := range []struct {
			err  error
			want codes.Code
		}{{wrote, tt.write}, {read, tt.read}} {
			if (got.err == nil) != (got.want == codes.OK) || got.err != nil && !is(got.err, got.want) {
				t.Errorf("%s: %v, want %s", name, got.err, got.want)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func receiveOne(read *client.ReadStream, err error) (*client.ResolvedEvent, error) {
	if err != nil {
		return nil, err
	}
	defer read.Close()
	return read.Recv()
}

func TestAnUnsoundFileOfAccountsIsRefused(t *testing.T) {
	hash, err := esdbgrpc.HashPassword("x")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"no JSON":            `accounts`,
		"a member too many":  `{"accounts":[{"name":"a","may":[],"admin":true}]}`,
		"an unknown right":   `{"accounts":[{"name":"a","may":["fly"]}]}`,
		"a password in it":   `{"accounts":[{"name":"a","password":"secret","may":[]}]}`,
		"a weaker hash":      fmt.Sprintf(`{"accounts":[{"name":"a","password":%q,"may":[]}]}`, strings.Replace(hash, "t=2", "t=1", 1)),
		"a name twice":       `{"accounts":[{"name":"a","may":[]},{"name":"a","may":[]}]}`,
		"a name with colon":  `{"accounts":[{"name":"a:b","may":[]}]}`,
		"a certificate's cn": `{"accounts":[{"name":"a","certificate":"c","may":[]},{"name":"b","certificate":"c","may":[]}]}`,
	} {
		file := filepath.Join(t.TempDir(), "accounts.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := esdbgrpc.ReadAccounts(file); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := esdbgrpc.ReadAccounts(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that does not exist is read")
	}
}

func TestGossipNamesTheOneNode(t *testing.T) {
	address := served(t, esdbgrpc.Options{Anonymous: esdbgrpc.Read})
	c := dialled(t, "esdb://"+address+","+address+"?tls=false")
	v, err := c.GetServerVersion()
	if err != nil || v.Major < 20 {
		t.Errorf("version %v, %v", v, err)
	}
	read, err := c.ReadAll(t.Context(), client.ReadAllOptions{}, 1)
	if got := all(t, read, err); len(got) != 0 {
		t.Errorf("an empty log has %v", got)
	}
}

func TestWhoIsNotKnownAnyMoreIsLockedOutAtOnceAndSoAreCallsThatAreOpen(t *testing.T) {
	hash, err := esdbgrpc.HashPassword("right horse")
	if err != nil {
		t.Fatal(err)
	}
	known := func(names ...string) *esdbgrpc.Accounts {
		var list []esdbgrpc.Account
		for _, name := range names {
			list = append(list, esdbgrpc.Account{Name: name, Password: hash, May: []string{"read", "groups"}})
		}
		accounts, err := esdbgrpc.NewAccounts(list)
		if err != nil {
			t.Fatal(err)
		}
		return accounts
	}
	store := memory.New()
	fill(t, store, "record-1", 1)
	a := newAuthority(t)
	server := start(t, esdbgrpc.Options{Store: store, TLS: a.server(), Accounts: known("stays", "goes")})
	t.Cleanup(server.stop)
	as := func(name string) *client.Client {
		return dialled(t, "esdb://"+name+":right%20horse@"+server.address+"?tls=true&tlsCAFile="+a.dir+"/ca.crt")
	}
	stays, goes := as("stays"), as("goes")
	group(t, stays, "record-1", nil)
	follow := func(c *client.Client) *client.Subscription {
		s, err := c.SubscribeToStream(within(t), "record-1", client.SubscribeToStreamOptions{From: client.Start{}})
		if err != nil {
			t.Fatal(err)
		}
		if e := s.Recv(); e.EventAppeared == nil {
			t.Fatalf("%+v", e)
		}
		return s
	}
	kept, dropped, consumer := follow(stays), follow(goes), consume(t, goes, "record-1", 1)
	take(t, consumer)

	server.Know(known("stays"), nil)
	if e := heard(dropped); e.SubscriptionDropped == nil {
		t.Errorf("a follower whose account is gone is told more: %+v", e)
	}
	if e := consumer.Recv(); e.SubscriptionDropped == nil {
		t.Errorf("a consumer whose account is gone is told more: %+v", e)
	}
	if _, err := receiveOne(as("goes").ReadStream(t.Context(), "record-1", client.ReadStreamOptions{}, 1)); err == nil {
		t.Error("an account that is gone reads")
	}
	fill(t, store, "record-1", 1)
	if e := heard(kept); e.EventAppeared == nil {
		t.Errorf("a follower whose account stays is dropped: %+v", e)
	}
	server.Know(known("stays", "comes"), nil)
	if _, err := receiveOne(as("comes").ReadStream(t.Context(), "record-1", client.ReadStreamOptions{}, 1)); err != nil {
		t.Errorf("an account that is new: %v", err)
	}
}

// heard is the next event that a follower is told, or that it is told no more.
func heard(s *client.Subscription) *client.SubscriptionEvent {
	for {
		if e := s.Recv(); e.EventAppeared != nil || e.SubscriptionDropped != nil {
			return e
		}
	}
}
